/* SPDX-License-Identifier: Apache-2.0 */
/* Listeners from the kernel's iterators (bpf/sockets.bpf.c). */
#include "observe/listeners.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "sockets.skel.h"

#include "base/limits.h"
#include "observe/kernel_problem.h"
#include "observe/kernel_types.h"
#include "observe/socket_list.h"

#include "nodelatch/event.h"

/* Namespaces looked into for sockets without an owner in one reading, after the first; each costs
 * a millisecond, since the kernel walks its whole table of connections for each. */
#define VISITS_IN_TURN 1
/* At once, in all; each takes three descriptors. */
#define VISITS_MAX 64
/* Namespaces with sockets without an owner that are looked into each time. */
#define REMEMBERED_MAX 16
/* A read that finds nothing in a million objects says "again"; no node has that many times this. */
#define READ_AGAIN_MAX 1000

struct listener_reader {
	const struct host *host;
	struct sockets_bpf *program;
	uint64_t own_netns;
	bool has_seen_all;
	uint64_t last_in_turn; /* the namespace visited last in turn */
	uint64_t remembered[REMEMBERED_MAX];
	size_t remembered_count;
};

/* A network namespace and one process that lives in it. */
struct home {
	uint64_t netns;
	pid_t pid;
};

struct homes {
	struct arena *arena;
	struct home *items;
	size_t count, capacity;
};

/* One namespace to look into: first its descriptor, then the iterators made inside it. */
struct visit {
	uint64_t netns;
	int netns_fd, tcp_fd, udp_fd;
};

struct tour {
	const struct sockets_bpf *program;
	struct visit visits[VISITS_MAX];
	size_t count;
};

/* ---- reading an iterator */

typedef int (*record_handler)(void *context, const void *record);

/* Hands over every record of an open iterator. Returns 0 or -errno. */
static int read_records(int fd, size_t size, record_handler handle, void *context)
{
	char buffer[16 << 10];
	size_t room = sizeof(buffer) / size * size;
	int again = 0;

	for (;;) {
		ssize_t length = read(fd, buffer, room);

		if (length < 0 && errno == EAGAIN && again++ < READ_AGAIN_MAX)
			continue;
		if (length < 0)
			return -errno;
		if (length == 0)
			return 0;
		if ((size_t)length % size)
			return -EBADMSG;
		for (size_t used = 0; used < (size_t)length; used += size) {
			int error = handle(context, buffer + used);

			if (error < 0)
				return error;
		}
	}
}

static int read_link(const struct bpf_link *link, size_t size, record_handler handle, void *context)
{
	CLEANUP_CLOSE int fd = bpf_iter_create(bpf_link__fd(link));

	return fd < 0 ? fd : read_records(fd, size, handle, context);
}

static int add_socket(void *context, const void *record)
{
	struct event_socket event;

	memcpy(&event, record, sizeof(event));
	struct socket_row row = {
		.netns = event.netns,
		.inode = event.inode,
		.transport = event.flags & EVENT_SOCKET_UDP ? TRANSPORT_UDP : TRANSPORT_TCP,
		.address.is_ipv6 = event.flags & EVENT_SOCKET_IPV6,
		.port = event.port,
		.is_ipv6_only = event.flags & EVENT_SOCKET_IPV6_ONLY,
		.pid = (pid_t)event.pid,
	};

	memcpy(row.address.bytes, event.address, sizeof(row.address.bytes));
	return socket_list_add(context, &row);
}

/* ---- namespaces */

static int add_home(void *context, const void *record)
{
	struct homes *homes = context;
	struct event_task event;

	memcpy(&event, record, sizeof(event));
	/* neighbours mostly share one */
	for (size_t i = homes->count; i > 0; i--)
		if (homes->items[i - 1].netns == event.netns)
			return 0;
	struct home *home = arena_push(homes->arena, &homes->items, &homes->count, &homes->capacity,
				       sizeof(*home));

	if (!home)
		return -ENOMEM;
	*home = (struct home){ .netns = event.netns, .pid = (pid_t)event.pid };
	return 0;
}

static int compare_homes(const void *one, const void *other)
{
	uint64_t a = ((const struct home *)one)->netns, b = ((const struct home *)other)->netns;

	return (a > b) - (a < b);
}

static bool is_remembered(const struct listener_reader *reader, uint64_t netns)
{
	for (size_t i = 0; i < reader->remembered_count; i++)
		if (reader->remembered[i] == netns)
			return true;
	return false;
}

static void remember(struct listener_reader *reader, uint64_t netns)
{
	if (!is_remembered(reader, netns) && reader->remembered_count < REMEMBERED_MAX)
		reader->remembered[reader->remembered_count++] = netns;
}

/* ---- looking into a namespace */

static void open_iterators(const struct sockets_bpf *program, struct visit *visit)
{
	visit->tcp_fd = bpf_iter_create(bpf_link__fd(program->links.tcp_sockets));
	visit->udp_fd = bpf_iter_create(bpf_link__fd(program->links.udp_sockets));
}

/* An iterator belongs to the namespace it was made in. Entering one is for a thread of its own, so
 * that this process's never changes, whatever fails. No memory is allocated here. */
static void *take_tour(void *argument)
{
	struct tour *tour = argument;

	for (size_t i = 0; i < tour->count; i++)
		if (setns(tour->visits[i].netns_fd, CLONE_NEWNET) == 0)
			open_iterators(tour->program, &tour->visits[i]);
	return NULL;
}

static void end_tour(struct tour *tour)
{
	for (size_t i = 0; i < tour->count; i++) {
		cleanup_close(&tour->visits[i].netns_fd);
		cleanup_close(&tour->visits[i].tcp_fd);
		cleanup_close(&tour->visits[i].udp_fd);
	}
	tour->count = 0;
}

static int read_tour(struct tour *tour, struct socket_list *list)
{
	pthread_t thread;
	int error = pthread_create(&thread, NULL, take_tour, tour);

	if (error)
		return -error;
	pthread_join(thread, NULL);
	for (size_t i = 0; i < tour->count && !error; i++) {
		/* a namespace that went away meanwhile has no sockets */
		if (tour->visits[i].tcp_fd >= 0)
			error = read_records(tour->visits[i].tcp_fd, sizeof(struct event_socket),
					     add_socket, list);
		if (tour->visits[i].udp_fd >= 0 && !error)
			error = read_records(tour->visits[i].udp_fd, sizeof(struct event_socket),
					     add_socket, list);
	}
	return error;
}

static int read_here(const struct listener_reader *reader, struct socket_list *list)
{
	int error = read_link(reader->program->links.tcp_sockets, sizeof(struct event_socket),
			      add_socket, list);

	return error < 0 ? error
			 : read_link(reader->program->links.udp_sockets,
				     sizeof(struct event_socket), add_socket, list);
}

static void add_visit(struct tour *tour, const struct home *home)
{
	struct visit visit = { .netns = home->netns, .tcp_fd = -1, .udp_fd = -1 };
	char path[32];
	struct stat status;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", home->pid);
	visit.netns_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (visit.netns_fd >= 0 && fstat(visit.netns_fd, &status) == 0 &&
	    status.st_ino == home->netns)
		tour->visits[tour->count++] = visit;
	else
		cleanup_close(&visit.netns_fd);
}

static int visit_home(struct listener_reader *reader, const struct home *home, struct tour *tour,
		      struct socket_list *list)
{
	if (home->netns == reader->own_netns)
		return read_here(reader, list);
	add_visit(tour, home);
	if (tour->count < VISITS_MAX)
		return 0;
	int error = read_tour(tour, list);

	end_tour(tour);
	return error;
}

/* Whose turn it is: the next namespaces after the last one, in order of inode. */
static bool is_in_turn(struct listener_reader *reader, const struct home *home, int *left)
{
	if (*left == 0 || home->netns <= reader->last_in_turn)
		return false;
	(*left)--;
	reader->last_in_turn = home->netns;
	return true;
}

static int visit_homes(struct listener_reader *reader, const struct homes *homes,
		       struct socket_list *list)
{
	CLEANUP(end_tour) struct tour tour = { .program = reader->program };
	int error = 0, left = VISITS_IN_TURN;

	for (size_t i = 0; i < homes->count && !error; i++) {
		const struct home *home = &homes->items[i];

		if (!reader->has_seen_all || home->netns == host_netns(reader->host) ||
		    is_remembered(reader, home->netns) || is_in_turn(reader, home, &left))
			error = visit_home(reader, home, &tour, list);
	}
	if (left)
		reader->last_in_turn = 0; /* once around */
	if (!error && tour.count)
		error = read_tour(&tour, list);
	reader->has_seen_all |= !error;
	return error;
}

static int read_all(struct listener_reader *reader, struct socket_list *list)
{
	struct homes homes = { .arena = list->arena };
	int error = read_link(reader->program->links.held_sockets, sizeof(struct event_socket),
			      add_socket, list);

	if (!error)
		error = read_link(reader->program->links.tasks, sizeof(struct event_task), add_home,
				  &homes);
	if (error)
		return error;
	if (homes.count)
		qsort(homes.items, homes.count, sizeof(*homes.items), compare_homes);
	return visit_homes(reader, &homes, list);
}

int listener_reader_read(struct listener_reader *reader, struct process_table *processes,
			 struct arena *arena, struct listener_list *ret_list)
{
	struct socket_list sockets = { .arena = arena };
	struct listener_list list;
	int error = read_all(reader, &sockets);

	if (!error)
		error = socket_list_group(&sockets, reader->host, processes, &list);
	if (error)
		return error;
	reader->remembered_count = 0;
	for (size_t i = 0; i < list.count; i++)
		if (list.items[i].owner_count == 0)
			remember(reader, list.items[i].netns);
	list.method = "BPF iterators";
	*ret_list = list;
	return 0;
}

/* ---- loading */

static int load(struct listener_reader *reader)
{
	CLEANUP(cleanup_kernel_types) struct kernel_types *types = NULL;
	CLEANUP_CLOSE int types_fd = memfd_create("kernel types", MFD_CLOEXEC);
	char path[32];
	struct bpf_object_open_opts options = { .sz = sizeof(options), .btf_custom_path = path };
	struct stat status;

	if (types_fd < 0)
		return -errno;
	if (kernel_types_open(&types) < 0 || stat("/proc/self/ns/pid", &status) < 0)
		return -ESRCH; /* as libbpf says it */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", types_fd);
	reader->program = sockets_bpf__open_opts(&options);
	if (!reader->program)
		return -errno;
	reader->program->rodata->reader_pid_namespace = (uint32_t)status.st_ino;
	int error = kernel_types_write(types, reader->program->obj, types_fd);

	kernel_types_close(take_ptr(types));
	if (!error)
		error = sockets_bpf__load(reader->program);
	return error ? error : sockets_bpf__attach(reader->program);
}

int listener_reader_open(const struct host *host, struct listener_reader **ret_reader)
{
	CLEANUP(cleanup_listener_reader)
	struct listener_reader *reader = calloc(1, sizeof(*reader));
	struct stat status;

	if (!reader)
		return -ENOMEM;
	if (host_is_tree(host))
		return -EINVAL;
	reader->host = host;
	if (stat("/proc/self/ns/net", &status) == 0)
		reader->own_netns = status.st_ino;
	int error = load(reader);

	malloc_trim(0);
	if (!error)
		*ret_reader = take_ptr(reader);
	return error;
}

const char *listener_reader_problem(int error, struct arena *arena)
{
	char text[320];

	kernel_problem_text("the socket iterators cannot be loaded", -error, text, sizeof(text));
	return arena_text(arena, text);
}

void listener_reader_close(struct listener_reader *reader)
{
	if (!reader)
		return;
	sockets_bpf__destroy(reader->program);
	free(reader);
}
