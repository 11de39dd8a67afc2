/* SPDX-License-Identifier: Apache-2.0 */
/* Listeners of the running kernel, by the iterators and by /proc: both see the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#include "base/text.h"
#include "bpf/watch_support.h"
#include "model/address.h"
#include "observe/listeners.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

/* One way of reading, and what was read last. */
struct reading {
	struct host *host;
	struct listener_reader *reader; /* NULL: by /proc */
	struct arena *arena;
	struct listener *listeners;
	size_t count;
	const char *method;
};

static int open_proc(void **state)
{
	struct reading *reading = calloc(1, sizeof(*reading));

	*state = reading;
	reading->arena = arena_new();
	return host_open(NULL, &reading->host);
}

static bool kernel_is_before(unsigned major, unsigned minor)
{
	struct utsname name;
	unsigned here_major = 0, here_minor = 0;

	uname(&name);
	sscanf(name.release, "%u.%u", &here_major, &here_minor);
	return here_major < major || (here_major == major && here_minor < minor);
}

static int open_kernel(void **state)
{
	libbpf_set_print(NULL);
	int error = open_proc(state);
	struct reading *reading = *state;

	if (!error)
		error = listener_reader_open(reading->host, &reading->reader);
	if (!error)
		return 0;
	printf("# %s\n", listener_reader_problem(error, reading->arena));
	/* read_all() then skips; bpf_sock_from_file came with 5.11 */
	return error == -EPERM || error == -ESRCH || (error == -EINVAL && kernel_is_before(5, 11))
		       ? 0
		       : -1;
}

static int close_reading(void **state)
{
	struct reading *reading = *state;

	listener_reader_close(reading->reader);
	host_free(reading->host);
	arena_free(reading->arena);
	free(reading);
	return 0;
}

static void read_all(struct reading *reading, bool by_kernel)
{
	if (by_kernel && !reading->reader)
		skip();
	arena_reset(reading->arena);
	struct process_table *processes = process_table_new(reading->host, reading->arena);
	struct listener_list list = { 0 };
	int error =
		by_kernel ? listener_reader_read(reading->reader, processes, reading->arena, &list)
			  : listeners_read(reading->host, processes, reading->arena, &list);

	reading->listeners = list.items;
	reading->count = list.count;
	reading->method = list.method;
	assert_int_equal(error, 0);
	assert_string_equal(reading->method, by_kernel ? "BPF iterators" : "/proc");
}

static const struct listener *find(const struct reading *reading, uint64_t netns, const char *name)
{
	for (size_t i = 0; i < reading->count; i++) {
		const struct listener *listener = &reading->listeners[i];
		char text[ADDRESS_TEXT_BYTES];

		listener_format(listener->transport, &listener->address, listener->port, text);
		if (listener->netns == netns && strcmp(text, name) == 0)
			return listener;
	}
	return NULL;
}

/* In this process's own namespace. */
static const struct listener *find_here(const struct reading *reading, const char *format,
					uint16_t port)
{
	char name[ADDRESS_TEXT_BYTES];

	snprintf(name, sizeof(name), "%s:%u", format, port);
	return find(reading, namespace_of("/proc/self/ns/net"), name);
}

static void own_listeners_are_seen(struct reading *reading, bool by_kernel)
{
	uint16_t four, six;
	int fd4 = listen_on(AF_INET, false, 0, &four), fd6 = listen_on(AF_INET6, false, 0, &six);

	read_all(reading, by_kernel);
	const struct listener *listener = find_here(reading, "tcp 0.0.0.0", four);

	assert_non_null(listener);
	assert_int_equal(listener->owner_count, 1);
	assert_int_equal(listener->owners[0]->pid, getpid());
	assert_int_equal(listener->exposure, EXPOSURE_ANY);
	assert_int_equal(listener->socket_count, 1);
	assert_false(listener->is_dual_stack);
	listener = find_here(reading, "tcp [::]", six);
	assert_non_null(listener);
	assert_true(listener->is_dual_stack);
	close(fd4);
	close(fd6);
	read_all(reading, by_kernel);
	assert_null(find_here(reading, "tcp 0.0.0.0", four));
}

/* A child in a network namespace of its own, which listens and then waits for its end. */
static pid_t listen_elsewhere(uint16_t port, int *ret_ready)
{
	int ready[2];

	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork();

	if (pid == 0) {
		uint16_t same;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (unshare(CLONE_NEWNET) == 0 && listen_on(AF_INET, false, port, &same) >= 0 &&
		    write(ready[1], "y", 1) == 1)
			pause();
		_exit(1);
	}
	close(ready[1]);
	*ret_ready = ready[0];
	return pid;
}

static void other_namespaces_are_seen(struct reading *reading, bool by_kernel)
{
	char path[32], answer;
	int ready;
	pid_t pid = listen_elsewhere(10255, &ready);

	assert_int_equal(read(ready, &answer, 1), 1);
	close(ready);
	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	read_all(reading, by_kernel);
	const struct listener *listener = find(reading, namespace_of(path), "tcp 0.0.0.0:10255");

	assert_non_null(listener);
	assert_int_equal(listener->owner_count, 1);
	assert_int_equal(listener->owners[0]->pid, pid);
	assert_false(listener->is_in_host_netns);
	kill(pid, SIGKILL);
	end_of(pid);
}

static void send_descriptor(int socket, int fd)
{
	char byte = 0, control[CMSG_SPACE(sizeof(fd))] = { 0 };
	struct iovec part = { &byte, 1 };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	*header = (struct cmsghdr){ CMSG_LEN(sizeof(fd)), SOL_SOCKET, SCM_RIGHTS };
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	assert_int_equal(sendmsg(socket, &message, 0), 1);
}

/* A listener in flight between two processes is in no table of descriptors, and yet accepts. */
static void listeners_without_owner_are_seen(struct reading *reading, bool by_kernel)
{
	uint16_t port;
	int pair[2], fd = listen_on(AF_INET, false, 0, &port);

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	send_descriptor(pair[0], fd);
	close(fd);
	for (int i = 0; i < 5; i++) { /* each time, not only when everything is visited */
		read_all(reading, by_kernel);
		const struct listener *listener = find_here(reading, "tcp 0.0.0.0", port);

		assert_non_null(listener);
		assert_int_equal(listener->owner_count, 0);
	}
	close(pair[0]);
	close(pair[1]);
	read_all(reading, by_kernel);
	assert_null(find_here(reading, "tcp 0.0.0.0", port));
}

static void groups_are_one_listener(struct reading *reading, bool by_kernel)
{
	uint16_t port;
	int first = listen_on(AF_INET, true, 0, &port);
	int second = listen_on(AF_INET, true, port, &port);
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
		_exit(0);
	}
	read_all(reading, by_kernel);
	const struct listener *listener = find_here(reading, "tcp 0.0.0.0", port);

	assert_true(first >= 0 && second >= 0);
	assert_non_null(listener);
	assert_int_equal(listener->socket_count, 2);
	assert_int_equal(listener->owner_count, 2);
	assert_int_equal(listener->owners[0]->pid, getpid()); /* the eldest is named */
	assert_int_equal(listener->owners[1]->pid, pid);
	kill(pid, SIGKILL);
	end_of(pid);
	close(first);
	close(second);
}

static int bind_udp(uint32_t address, uint16_t *ret_port)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in name = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(address) };
	socklen_t length = sizeof(name);

	assert_int_equal(bind(fd, (struct sockaddr *)&name, length), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &length), 0);
	*ret_port = ntohs(name.sin_port);
	return fd;
}

static void udp_counts_unless_connected(struct reading *reading, bool by_kernel)
{
	uint16_t bound, connected;
	int one = bind_udp(INADDR_LOOPBACK, &bound), two = bind_udp(INADDR_LOOPBACK, &connected);
	struct sockaddr_in peer = { .sin_family = AF_INET,
				    .sin_port = htons(bound),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	assert_int_equal(connect(two, (struct sockaddr *)&peer, sizeof(peer)), 0);
	read_all(reading, by_kernel);
	const struct listener *listener = find_here(reading, "udp 127.0.0.1", bound);

	assert_non_null(listener);
	assert_int_equal(listener->exposure, EXPOSURE_LOOPBACK);
	assert_int_equal(listener->owners[0]->pid, getpid());
	assert_null(find_here(reading, "udp 127.0.0.1", connected));
	close(one);
	close(two);
}

/* What a server in Go listens with. */
static void mptcp_is_one_tcp_listener(struct reading *reading, bool by_kernel)
{
	int fd = socket(AF_INET6, SOCK_STREAM, IPPROTO_MPTCP);
	struct sockaddr_in6 name = { .sin6_family = AF_INET6 };
	socklen_t length = sizeof(name);

	if (fd < 0) {
		printf("# this kernel has no MPTCP\n");
		skip();
	}
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &length), 0);
	read_all(reading, by_kernel);
	const struct listener *listener = find_here(reading, "tcp [::]", ntohs(name.sin6_port));

	assert_non_null(listener);
	assert_int_equal(listener->socket_count, 1);
	assert_int_equal(listener->owner_count, 1);
	assert_int_equal(listener->owners[0]->pid, getpid());
	close(fd);
}

static void ipv6_only_is_known(void **state)
{
	struct reading *reading = *state;
	int fd = socket(AF_INET6, SOCK_STREAM, 0), on = 1;
	struct sockaddr_in6 name = { .sin6_family = AF_INET6 };
	socklen_t length = sizeof(name);

	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &length), 0);
	read_all(reading, true);
	const struct listener *listener = find_here(reading, "tcp [::]", ntohs(name.sin6_port));

	assert_non_null(listener);
	assert_false(listener->is_dual_stack);
	close(fd);
}

static int count_open(void)
{
	DIR *directory = opendir("/proc/self/fd");
	int count = 0;

	while (readdir(directory))
		count++;
	closedir(directory);
	return count;
}

/* Reading again and again leaves nothing open, and this process where it was. */
static void reading_leaves_nothing_open(void **state)
{
	struct reading *reading = *state;
	uint64_t netns = namespace_of("/proc/self/ns/net");

	read_all(reading, true);
	int before = count_open();

	for (int i = 0; i < 20; i++)
		read_all(reading, true);
	assert_int_equal(count_open(), before);
	assert_int_equal(namespace_of("/proc/self/ns/net"), netns);
}

#define BOTH_WAYS(test)                                                                            \
	static void test##_by_kernel(void **state)                                                 \
	{                                                                                          \
		test(*state, true);                                                                \
	}                                                                                          \
	static void test##_by_proc(void **state)                                                   \
	{                                                                                          \
		test(*state, false);                                                               \
	}
#define RUN_BOTH(test)                                                                             \
	cmocka_unit_test_setup_teardown(test##_by_kernel, open_kernel, close_reading),             \
		cmocka_unit_test_setup_teardown(test##_by_proc, open_proc, close_reading)

BOTH_WAYS(own_listeners_are_seen)
BOTH_WAYS(other_namespaces_are_seen)
BOTH_WAYS(listeners_without_owner_are_seen)
BOTH_WAYS(groups_are_one_listener)
BOTH_WAYS(udp_counts_unless_connected)
BOTH_WAYS(mptcp_is_one_tcp_listener)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN_BOTH(own_listeners_are_seen),
		RUN_BOTH(other_namespaces_are_seen),
		RUN_BOTH(listeners_without_owner_are_seen),
		RUN_BOTH(groups_are_one_listener),
		RUN_BOTH(udp_counts_unless_connected),
		RUN_BOTH(mptcp_is_one_tcp_listener),
		cmocka_unit_test_setup_teardown(ipv6_only_is_known, open_kernel, close_reading),
		cmocka_unit_test_setup_teardown(reading_leaves_nothing_open, open_kernel,
						close_reading),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
