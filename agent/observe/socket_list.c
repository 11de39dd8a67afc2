/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/socket_list.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "model/address.h"
#include "model/listener.h"

int socket_list_add(struct socket_list *list, const struct socket_row *row)
{
	if (list->count == SOCKET_ROWS_MAX)
		return -E2BIG;
	struct socket_row *place =
		arena_push(list->arena, &list->rows, &list->count, &list->capacity, sizeof(*row));

	if (!place)
		return -ENOMEM;
	*place = *row;
	return 0;
}

#define COMPARE(one, other) (((one) > (other)) - ((one) < (other)))

/* By what makes two sockets one listener. */
static int compare_places(const struct socket_row *one, const struct socket_row *other)
{
	int order = COMPARE(one->netns, other->netns);

	if (!order)
		order = COMPARE(one->transport, other->transport);
	if (!order)
		order = COMPARE(one->address.is_ipv6, other->address.is_ipv6);
	if (!order)
		order = memcmp(one->address.bytes, other->address.bytes,
			       sizeof(one->address.bytes));
	return order ? order : COMPARE(one->port, other->port);
}

static int compare_rows(const void *first, const void *second)
{
	const struct socket_row *one = first, *other = second;
	int order = compare_places(one, other);

	if (!order)
		order = COMPARE(one->inode, other->inode);
	return order ? order : COMPARE(one->pid, other->pid);
}

/* The one to name first: who serves, rather than who holds for others; of several the eldest, which
 * started the rest. */
static int compare_owners(const void *first, const void *second)
{
	const struct process *one = *(const struct process *const *)first;
	const struct process *other = *(const struct process *const *)second;
	int order = COMPARE(process_is_holder(one), process_is_holder(other));

	if (!order)
		order = COMPARE(one->start_ticks, other->start_ticks);
	return order ? order : COMPARE(one->pid, other->pid);
}

static int compare_pointers(const void *first, const void *second)
{
	const void *const *one = first, *const *other = second;

	return COMPARE(*one, *other);
}

/* Every process once; a process table gives the same pointer for the same pid. */
static size_t drop_doubles(const struct process **owners, size_t count)
{
	size_t kept = 0;

	qsort(owners, count, sizeof(*owners), compare_pointers);
	for (size_t i = 0; i < count; i++)
		if (!kept || owners[kept - 1] != owners[i])
			owners[kept++] = owners[i];
	return kept;
}

static int find_owners(const struct socket_row *rows, size_t count, struct arena *arena,
		       struct process_table *processes, struct listener *listener)
{
	const struct process **owners = arena_array(arena, count, sizeof(struct process *));
	size_t found = 0;

	if (!owners)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const struct process *process =
			rows[i].pid ? process_table_get(processes, rows[i].pid) : NULL;

		if (process)
			owners[found++] = process;
	}
	listener->owner_count = drop_doubles(owners, found);
	qsort(owners, listener->owner_count, sizeof(*owners), compare_owners);
	listener->owners = owners;
	return 0;
}

/* Says all of a listener but its owners, from the rows of one place. */
static void describe(const struct socket_row *rows, size_t count, const struct host *host,
		     struct listener *ret_listener)
{
	struct listener listener = {
		.transport = rows->transport,
		.address = rows->address,
		.port = rows->port,
		.netns = rows->netns,
		.is_in_host_netns =
			!rows->netns || !host_netns(host) || rows->netns == host_netns(host),
		.exposure = address_exposure(&rows->address),
		.inode = rows[count - 1].inode,
	};

	for (size_t i = 0; i < count; i++) {
		/* rows without an inode sort first, and stand for others where there are any */
		if (i == 0 || rows[i].inode != rows[i - 1].inode)
			listener.socket_count += rows[i].inode || i + 1 == count;
		if (rows->address.is_ipv6 && address_is_wildcard(&rows->address) &&
		    !rows[i].is_ipv6_only)
			listener.is_dual_stack = true;
	}
	*ret_listener = listener;
}

/* How many rows from here on are of the same place. */
static size_t rows_of_place(const struct socket_row *rows, size_t left)
{
	size_t count = 1;

	while (count < left && compare_places(&rows[0], &rows[count]) == 0)
		count++;
	return count;
}

int socket_list_group(struct socket_list *list, const struct host *host,
		      struct process_table *processes, struct listener_list *ret_list)
{
	struct listener *listeners = NULL;
	size_t count = 0, capacity = 0, rows;

	if (list->count)
		qsort(list->rows, list->count, sizeof(*list->rows), compare_rows);
	for (size_t start = 0; start < list->count; start += rows) {
		const struct socket_row *first = &list->rows[start];

		rows = rows_of_place(first, list->count - start);
		if (count == LISTENERS_MAX)
			return -E2BIG;
		struct listener *place =
			arena_push(list->arena, &listeners, &count, &capacity, sizeof(*place));

		if (!place)
			return -ENOMEM;
		describe(first, rows, host, place);
		int error = find_owners(first, rows, list->arena, processes, place);

		if (error < 0)
			return error;
	}
	*ret_list = (struct listener_list){ .items = listeners, .count = count };
	return 0;
}
