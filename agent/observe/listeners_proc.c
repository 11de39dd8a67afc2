/* SPDX-License-Identifier: Apache-2.0 */
/* Listeners from /proc, the host's or a node tree's. */
#include "observe/listeners.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "observe/socket_list.h"
#include "observe/socket_table.h"

static const struct table {
	const char *name;
	enum transport transport;
} TABLES[] = { { "tcp", TRANSPORT_TCP },
	       { "tcp6", TRANSPORT_TCP },
	       { "udp", TRANSPORT_UDP },
	       { "udp6", TRANSPORT_UDP } };

#define ALL_TABLES ((1U << ARRAY_SIZE(TABLES)) - 1)
#define TCP_TABLES 3U

/* A network namespace and which of its tables were read, from whichever of its processes. */
struct namespace_seen {
	uint64_t netns;
	unsigned tables_read, tables_damaged; /* by bit */
};

struct reading {
	const struct host *host;
	struct arena *arena;
	struct socket_list sockets;
	const pid_t *pids;
	size_t pid_count;
	struct namespace_seen *namespaces;
	size_t namespace_count, namespace_capacity;
	bool has_table;
};

/* "net:[4026531992]" and "socket:[48211]": 0 when it is something else. */
static uint64_t inode_of_link(int directory, const char *name, const char *prefix)
{
	char target[64];
	ssize_t length = readlinkat(directory, name, target, sizeof(target) - 1);
	size_t start = strlen(prefix);
	uint64_t inode = 0;

	if (length < (ssize_t)start + 2 || strncmp(target, prefix, start) != 0 ||
	    target[length - 1] != ']')
		return 0;
	target[length - 1] = '\0';
	return text_to_unsigned(target + start, UINT64_MAX, &inode) < 0 ? 0 : inode;
}

static struct namespace_seen *find_namespace(struct reading *reading, uint64_t netns)
{
	for (size_t i = 0; i < reading->namespace_count; i++)
		if (reading->namespaces[i].netns == netns)
			return &reading->namespaces[i];
	struct namespace_seen *seen =
		arena_push(reading->arena, &reading->namespaces, &reading->namespace_count,
			   &reading->namespace_capacity, sizeof(*seen));

	if (seen)
		*seen = (struct namespace_seen){ .netns = netns };
	return seen;
}

static int read_table(struct reading *reading, pid_t pid, const struct table *table, uint64_t netns)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct file_content content;
	char path[64], *target;

	if (!arena)
		return -ENOMEM;
	snprintf(path, sizeof(path), "/proc/%d/net/%s", pid, table->name);
	int error = file_read_in(host_root(reading->host), path, SOCKET_TABLE_BYTES_MAX, arena,
				 &content);

	/* A link that leads nowhere was a table once. */
	if (error == -ENOENT && host_is_tree(reading->host) &&
	    file_link_in(host_root(reading->host), path, arena, &target) == 0)
		error = -ELOOP;
	return error < 0 ? error
			 : socket_table_parse(content.data, content.length, table->transport, netns,
					      &reading->sockets);
}

/* Opens a directory of one process. */
static int open_directory(const struct reading *reading, pid_t pid, const char *name, int flags,
			  int *ret_fd)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return file_open_in(host_root(reading->host), path, flags | O_DIRECTORY, ret_fd);
}

/* In a tree, a table that this process does not show may be shown by another one of its namespace;
 * on a live host each shows all there are. */
static int read_tables(struct reading *reading, pid_t pid)
{
	CLEANUP_CLOSE int directory = -1;

	if (open_directory(reading, pid, "", O_PATH, &directory) < 0)
		return 0;
	uint64_t netns = inode_of_link(directory, "ns/net", "net:[");

	if (!netns && !host_is_tree(reading->host))
		return 0; /* not ours to look at; its tables may be another one's of these */
	struct namespace_seen *seen = find_namespace(reading, netns);

	if (!seen)
		return -ENOMEM;
	for (unsigned i = 0; i < ARRAY_SIZE(TABLES); i++) {
		if (seen->tables_read & 1U << i)
			continue;
		int error = read_table(reading, pid, &TABLES[i], seen->netns);

		if (error == -ENOMEM || error == -E2BIG)
			return error;
		if (error == 0)
			seen->tables_read |= 1U << i;
		else if (error != -ENOENT && host_is_tree(reading->host))
			seen->tables_damaged |= 1U << i;
	}
	if (seen->tables_read && !host_is_tree(reading->host))
		seen->tables_read = ALL_TABLES;
	/* A pod's tables, or UDP's alone, say nothing of who listens on the host. */
	if (!host_is_tree(reading->host) || !netns || !host_netns(reading->host) ||
	    netns == host_netns(reading->host))
		reading->has_table |= (seen->tables_read & TCP_TABLES) != 0;
	return 0;
}

/* Of a tree, a table that is not there is one that the node had not (no IPv6, say); one that is
 * there and cannot be read, from no process of its namespace, hides what listens. */
static bool hides_sockets(const struct reading *reading)
{
	for (size_t i = 0; i < reading->namespace_count; i++)
		if (reading->namespaces[i].tables_damaged & ~reading->namespaces[i].tables_read)
			return true;
	return false;
}

static int compare_inodes(const void *one, const void *other)
{
	uint64_t a = ((const struct socket_row *)one)->inode;
	uint64_t b = ((const struct socket_row *)other)->inode;

	return (a > b) - (a < b);
}

static void cleanup_closedir(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

/* Adds a row for each of the sockets that the process holds. `sockets` are those of the tables. */
static int find_held(struct reading *reading, pid_t pid, const struct socket_row *sockets,
		     size_t count)
{
	CLEANUP(cleanup_closedir) DIR *directory = NULL;
	int fd;

	if (open_directory(reading, pid, "fd", O_RDONLY, &fd) < 0)
		return 0; /* it is gone, or not ours to look at */
	directory = fdopendir(fd);
	if (!directory) {
		cleanup_close(&fd);
		return -ENOMEM;
	}
	for (struct dirent *entry; (entry = readdir(directory));) {
		struct socket_row wanted = { .inode =
						     inode_of_link(fd, entry->d_name, "socket:[") };
		const struct socket_row *socket =
			wanted.inode
				? bsearch(&wanted, sockets, count, sizeof(*sockets), compare_inodes)
				: NULL;

		if (!socket)
			continue;
		wanted = *socket;
		wanted.pid = pid;
		int error = socket_list_add(&reading->sockets, &wanted);

		if (error < 0)
			return error;
	}
	return 0;
}

static int find_owners(struct reading *reading)
{
	size_t count = reading->sockets.count;
	struct socket_row *sockets = arena_array(reading->arena, count, sizeof(*sockets));
	int error = 0;

	if (!count)
		return 0;
	if (!sockets)
		return -ENOMEM;
	memcpy(sockets, reading->sockets.rows, count * sizeof(*sockets));
	qsort(sockets, count, sizeof(*sockets), compare_inodes);
	for (size_t i = 0; i < reading->pid_count && !error; i++)
		error = find_held(reading, reading->pids[i], sockets, count);
	return error;
}

int listeners_read(const struct host *host, struct process_table *processes, struct arena *arena,
		   struct listener_list *ret_list)
{
	struct reading reading = { .host = host, .arena = arena, .sockets = { .arena = arena } };
	pid_t *pids;
	int error = host_list_pids(host, arena, &pids, &reading.pid_count);

	if (error < 0)
		return error;
	reading.pids = pids;
	for (size_t i = 0; i < reading.pid_count && !error; i++)
		error = read_tables(&reading, pids[i]);
	if (!error && !reading.has_table)
		error = -ENOENT;
	if (!error && hides_sockets(&reading))
		error = -EBADMSG;
	if (!error)
		error = find_owners(&reading);
	if (!error)
		error = socket_list_group(&reading.sockets, host, processes, ret_list);
	if (!error)
		ret_list->method = host_is_tree(host) ? "the node tree" : "/proc";
	return error;
}
