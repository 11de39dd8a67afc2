/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sockets as they are found, one row for each owner of each, and how they become listeners.
 */
#ifndef OBSERVE_SOCKET_LIST_H
#define OBSERVE_SOCKET_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "nodelatch/listener.h"

#include "base/arena.h"
#include "observe/host.h"
#include "observe/listeners.h"

struct socket_row {
	uint64_t netns; /* inode; 0 unknown */
	uint64_t inode; /* 0: a kernel socket without a file */
	enum transport transport;
	struct address address;
	uint16_t port;
	bool is_ipv6_only;
	pid_t pid; /* an owner; 0: the socket exists, whoever holds it */
};

struct socket_list {
	struct arena *arena;
	struct socket_row *rows;
	size_t count, capacity;
};

/* Returns 0; -ENOMEM; -E2BIG past SOCKET_ROWS_MAX. */
int socket_list_add(struct socket_list *list, const struct socket_row *row);

/*
 * Groups the rows into listeners: one for each namespace, protocol, address and port. Sorts the
 * list. Returns 0, -ENOMEM, or -E2BIG past LISTENERS_MAX.
 */
int socket_list_group(struct socket_list *list, const struct host *host,
		      struct process_table *processes, struct listener_list *ret_list);

#endif
