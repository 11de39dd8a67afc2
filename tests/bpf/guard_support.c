/* SPDX-License-Identifier: Apache-2.0 */
#include "bpf/guard_support.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "base/time.h"
#include "model/address.h"

enum { ANSWER_MS = 3000 }; /* two of TCP's first retransmissions */

static int say_nothing(enum libbpf_print_level level, const char *format, va_list arguments)
{
	return 0;
}

static _Noreturn void skip_all(const char *reason)
{
	printf("skip: %s: %s\n", program_invocation_short_name, reason);
	exit(0);
}

int support_begin(void **state)
{
	const char *problem, *remedy;
	struct arena *arena = arena_new();

	libbpf_set_print(say_nothing);
	if (geteuid() != 0)
		skip_all("needs root");
	if (unshare(CLONE_NEWNS | CLONE_NEWNET) < 0)
		skip_all("no namespaces of its own");
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("bpf", "/sys/fs/bpf", "bpf", 0, NULL) < 0)
		skip_all("no BPF file system of its own");
	if (guard_probe(arena, &problem, &remedy) < 0)
		skip_all(problem);
	arena_free(arena);
	return 0;
}

static void interface_up(const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_UP };
	int socket_fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memcpy(request.ifr_name, name, strlen(name));
	assert_int_equal(ioctl(socket_fd, SIOCSIFFLAGS, &request), 0);
	close(socket_fd);
}

int support_fresh_network(void **state)
{
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	interface_up("lo");
	return 0;
}

int network_here(void)
{
	int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

void network_enter(int netns)
{
	assert_int_equal(setns(netns, CLONE_NEWNET), 0);
}

static socklen_t socket_address(const char *text, uint16_t port, struct sockaddr_storage *ret)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)ret;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)ret;

	memset(ret, 0, sizeof(*ret));
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		return sizeof(*v4);
	}
	assert_int_equal(inet_pton(AF_INET6, text, &v6->sin6_addr), 1);
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(port);
	return sizeof(*v6);
}

static int bound_socket(int type, const char *address, uint16_t port)
{
	struct sockaddr_storage name;
	socklen_t length = socket_address(address, port, &name);
	int fd = socket(name.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	const int yes = 1;

	assert_true(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	assert_int_equal(bind(fd, (struct sockaddr *)&name, length), 0);
	return fd;
}

int serve_tcp(const char *address, uint16_t port)
{
	int fd = bound_socket(SOCK_STREAM, address, port);

	assert_int_equal(listen(fd, 4096), 0);
	return fd;
}

int serve_udp(const char *address, uint16_t port)
{
	return bound_socket(SOCK_DGRAM, address, port);
}

/* A client socket, its connect() begun; *ret_error is what came of it at once. */
static int client_socket(int type, const char *from, const char *to, uint16_t port, int *ret_error)
{
	struct sockaddr_storage name;
	socklen_t length = socket_address(to, port, &name);
	int fd = socket(name.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	const struct linger at_once = { .l_onoff = 1 };

	assert_true(fd >= 0);
	/* no TIME_WAIT, so that a test never runs out of ports */
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	if (from) {
		struct sockaddr_storage own;
		socklen_t own_length = socket_address(from, 0, &own);

		assert_int_equal(bind(fd, (struct sockaddr *)&own, own_length), 0);
	}
	*ret_error = connect(fd, (struct sockaddr *)&name, length) < 0 ? errno : 0;
	return fd;
}

static int wait_for(int fd, short events)
{
	struct pollfd waiting = { .fd = fd, .events = events };

	return poll(&waiting, 1, ANSWER_MS);
}

static int pending_error(int fd)
{
	int error = 0;
	socklen_t length = sizeof(error);

	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
	return error;
}

enum outcome ask_tcp(int server, const char *from, const char *to, uint16_t port)
{
	int error;
	int client = client_socket(SOCK_STREAM, from, to, port, &error);
	enum outcome outcome = SILENCE;

	if (error == EINPROGRESS && wait_for(client, POLLOUT) == 1)
		error = pending_error(client);
	if (error == ECONNREFUSED)
		outcome = REFUSED;
	if (!error && server < 0)
		outcome = SERVED;
	if (!error && server >= 0 && wait_for(server, POLLIN) == 1) {
		int accepted = accept4(server, NULL, NULL, SOCK_CLOEXEC);

		if (accepted >= 0)
			outcome = SERVED;
		close(accepted);
	}
	close(client);
	return outcome;
}

enum outcome ask_udp(int server, const char *from, const char *to, uint16_t port)
{
	int error;
	int client = client_socket(SOCK_DGRAM, from, to, port, &error);
	enum outcome outcome = SILENCE;
	struct pollfd both[] = { { .fd = client, .events = POLLIN },
				 { .fd = server, .events = POLLIN } };
	char byte = 'x';

	assert_int_equal(error, 0);
	assert_int_equal(send(client, &byte, 1, 0), 1);
	if (poll(both, server < 0 ? 1 : 2, ANSWER_MS) > 0) {
		if (both[0].revents && pending_error(client) == ECONNREFUSED)
			outcome = REFUSED;
		else if (server >= 0 && recv(server, &byte, 1, 0) == 1)
			outcome = SERVED;
	}
	close(client);
	return outcome;
}

struct settings policy_of(enum policy_mode mode, const struct port_rule *rules, size_t count)
{
	return (struct settings){ .mode = mode, .ports = rules, .port_count = count };
}

struct cidr network_of(const char *text)
{
	struct cidr network;

	assert_int_equal(cidr_parse(text, &network), 0);
	return network;
}

struct guard *guard_here(void)
{
	struct guard_options options = { .netns_fd = network_here() };
	struct guard *guard;

	assert_int_equal(guard_open(&options, &guard), 0);
	close(options.netns_fd);
	return guard;
}

void apply_rules(struct guard *guard, enum policy_mode mode, const struct port_rule *rules,
		 size_t count)
{
	const struct settings settings = policy_of(mode, rules, count);

	assert_int_equal(guard_apply(guard, &settings, time_now_ns()), 0);
}

void apply_simple(struct guard *guard, enum policy_mode mode)
{
	const struct port_rule rule = RULE("closed", PORT);

	apply_rules(guard, mode, &rule, 1);
}

void assert_effective(const struct guard *guard, size_t rule, enum guard_mode mode)
{
	struct arena *arena = arena_new();
	struct guard_status status;

	assert_int_equal(guard_status(guard, arena, &status), 0);
	assert_true(rule < status.count);
	if (status.rules[rule].effective != mode)
		print_error("%s\n", status.rules[rule].problem);
	assert_int_equal(status.rules[rule].effective, mode);
	arena_free(arena);
}

static unsigned counted; /* nftw() has no argument to hand on */

static int count_entry(const char *path, const struct stat *status, int type, struct FTW *where)
{
	counted++;
	return 0;
}

unsigned count_pins(void)
{
	counted = 0;
	nftw(PIN_DIRECTORY, count_entry, 8, FTW_PHYS);
	return counted;
}
