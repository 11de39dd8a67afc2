/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the port guard costs: a refusal against a closed port, a connection to a port that it does
 * not guard with and without it, and how long it takes to be in force, reload and flip.
 * One run is one sample of each; rounds with and without the guard take turns.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/cleanup.h"
#include "base/time.h"
#include "enforce/guard.h"

enum {
	GUARDED_PORT = 10255,
	CLOSED_PORT = 10257,
	OPEN_PORT = 10258,
	CONNECTS = 4000, /* a round */
	ROUNDS = 3,	 /* of each kind, in turns */
	REPEATS = 20,	 /* of what takes milliseconds */
	MANY_RULES = 1000,
};

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

static struct sockaddr_storage target(int family, uint16_t port, socklen_t *ret_length)
{
	struct sockaddr_storage name = { .ss_family = (sa_family_t)family };
	struct sockaddr_in *v4 = (struct sockaddr_in *)&name;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&name;

	if (family == AF_INET) {
		v4->sin_port = htons(port);
		v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		*ret_length = sizeof(*v4);
	} else {
		v6->sin6_port = htons(port);
		v6->sin6_addr = in6addr_loopback;
		*ret_length = sizeof(*v6);
	}
	return name;
}

static int listen_on(uint16_t port)
{
	struct sockaddr_in6 name = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&name, sizeof(name)) < 0 || listen(fd, 128) < 0)
		fail("listen");
	return fd;
}

/* One connect that is refused; nanoseconds of wall time. */
static int64_t refused_connect(const struct sockaddr_storage *to, socklen_t length)
{
	int fd = socket(to->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int64_t begun = time_monotonic_ns();
	int result = connect(fd, (const struct sockaddr *)to, length);
	int64_t ended = time_monotonic_ns();

	if (result == 0 || errno != ECONNREFUSED)
		fail("connect was not refused");
	close(fd);
	return ended - begun;
}

static int compare_times(const void *one, const void *other)
{
	int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;

	return (a > b) - (a < b);
}

static void sample(const char *name, double value, const char *unit)
{
	printf("sample: %s: %.6g %s\n", name, value, unit);
}

static void sample_spread(const char *name, int64_t *times, size_t count)
{
	char text[64];

	qsort(times, count, sizeof(*times), compare_times);
	snprintf(text, sizeof(text), "%s p50", name);
	sample(text, (double)times[count / 2] / 1e3, "us");
	snprintf(text, sizeof(text), "%s p99", name);
	sample(text, (double)times[count * 99 / 100] / 1e3, "us");
}

/* Guarded and closed port in turns, connect by connect. */
static void measure_refusals(int family, const char *refused_name, const char *closed_name)
{
	static int64_t refused[CONNECTS], closed[CONNECTS];
	socklen_t length;
	struct sockaddr_storage to_guarded = target(family, GUARDED_PORT, &length);
	struct sockaddr_storage to_closed = target(family, CLOSED_PORT, &length);

	for (int i = 0; i < CONNECTS; i++) {
		refused[i] = refused_connect(&to_guarded, length);
		closed[i] = refused_connect(&to_closed, length);
	}
	sample_spread(refused_name, refused, CONNECTS);
	sample_spread(closed_name, closed, CONNECTS);
}

static int64_t cpu_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* CPU of connect, accept and close on a port without a rule; both ends are this process. */
static double served_connects_us(int server)
{
	const struct linger at_once = { .l_onoff = 1 };
	socklen_t length;
	struct sockaddr_storage to = target(AF_INET, OPEN_PORT, &length);
	int64_t begun = cpu_now_ns();

	for (int i = 0; i < CONNECTS; i++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

		setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
		if (connect(fd, (struct sockaddr *)&to, length) < 0)
			fail("connect");
		close(accept4(server, NULL, NULL, SOCK_CLOEXEC));
		close(fd);
	}
	return (double)(cpu_now_ns() - begun) / CONNECTS / 1e3;
}

static struct guard *open_guard(void)
{
	CLEANUP_CLOSE int netns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	const struct guard_options options = { .netns_fd = netns };
	struct guard *guard;

	errno = -guard_open(&options, &guard);
	if (errno)
		fail("guard_open");
	return guard;
}

/* GUARDED_PORT, and as many ports above it as are asked for. */
static void apply(struct guard *guard, enum policy_mode mode, size_t count)
{
	static struct port_rule rules[MANY_RULES];
	const struct settings settings = { .mode = mode, .ports = rules, .port_count = count };

	for (size_t i = 0; i < count; i++)
		rules[i] = (struct port_rule){ .name = "bench",
					       .port = (uint16_t)(i ? 20000 + i : GUARDED_PORT),
					       .action = ACTION_REFUSE };
	errno = -guard_apply(guard, &settings, time_now_ns());
	if (errno)
		fail("guard_apply");
}

static void measure_served(void)
{
	int server = listen_on(OPEN_PORT);

	served_connects_us(server); /* warm */
	for (int round = 0; round < ROUNDS; round++) {
		struct guard *guard = open_guard();

		sample("CPU a connection, no guard", served_connects_us(server), "us");
		apply(guard, MODE_ENFORCE, 1);
		sample("CPU a connection, guard with 1 rule", served_connects_us(server), "us");
		apply(guard, MODE_ENFORCE, MANY_RULES);
		sample("CPU a connection, guard with 1000 rules", served_connects_us(server), "us");
		guard_release(guard, false);
	}
	close(server);
}

static double ms_since(int64_t begun)
{
	return (double)(time_monotonic_ns() - begun) / 1e6;
}

/* From nothing, and from an earlier agent's pins. */
static void measure_start(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		int64_t begun = time_monotonic_ns();
		struct guard *guard = open_guard();

		apply(guard, MODE_ENFORCE, 2);
		sample("open to in force", ms_since(begun), "ms");
		guard_release(guard, true);
		begun = time_monotonic_ns();
		guard = open_guard();
		apply(guard, MODE_ENFORCE, 2);
		sample("open to adopted", ms_since(begun), "ms");
		guard_release(guard, false);
	}
}

static void measure_changes(void)
{
	struct guard *guard = open_guard();

	apply(guard, MODE_ENFORCE, 2);
	for (int i = 0; i < REPEATS; i++) {
		int64_t begun = time_monotonic_ns();

		apply(guard, MODE_ENFORCE, i % 2 ? 2 : 3);
		sample("reload, other rules", ms_since(begun), "ms");
	}
	for (int i = 0; i < REPEATS; i++) {
		int64_t begun = time_monotonic_ns();

		apply(guard, i % 2 ? MODE_ENFORCE : MODE_AUDIT, 2);
		sample("reload, other mode", ms_since(begun), "ms");
	}
	guard_release(guard, false);
}

/* By the kernel's own clock, which adds some 64 ns to each run. */
static void measure_program(void)
{
	CLEANUP_CLOSE int stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
	CLEANUP_CLOSE int netns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	struct guard *guard = open_guard();
	struct bpf_prog_info info = { 0 };
	uint32_t id, one = 1, flags = 0, length = sizeof(info);
	int server = listen_on(OPEN_PORT);

	apply(guard, MODE_ENFORCE, 2);
	if (stats >= 0 && !bpf_prog_query(netns, BPF_SK_LOOKUP, 0, &flags, &id, &one)) {
		CLEANUP_CLOSE int program = bpf_prog_get_fd_by_id(id);

		served_connects_us(server);
		if (!bpf_obj_get_info_by_fd(program, &info, &length) && info.run_cnt)
			sample("program on a port without a rule",
			       (double)info.run_time_ns / (double)info.run_cnt, "ns");
	}
	close(server);
	guard_release(guard, false);
}

int main(void)
{
	struct arena *arena = arena_new();
	const char *problem, *remedy;

	if (!arena || guard_probe(arena, &problem, &remedy) < 0) {
		printf("skip: guard: %s\n", arena ? problem : "no memory");
		return 77;
	}
	arena_free(arena);
	int server = listen_on(GUARDED_PORT);
	struct guard *guard = open_guard();

	apply(guard, MODE_ENFORCE, 2);
	measure_refusals(AF_INET, "refused v4", "closed port v4");
	measure_refusals(AF_INET6, "refused v6", "closed port v6");
	guard_release(guard, false);
	close(server);
	measure_served();
	measure_start();
	measure_changes();
	measure_program();
	printf("ratio: refusal to a closed port, v4: refused v4 p50 / closed port v4 p50\n"
	       "ratio: refusal to a closed port, v6: refused v6 p50 / closed port v6 p50\n"
	       "ratio: connection with the guard: CPU a connection, guard with 1 rule / "
	       "CPU a connection, no guard\n"
	       "ratio: connection with 1000 rules: CPU a connection, guard with 1000 rules / "
	       "CPU a connection, no guard\n"
	       "aim: open to in force: 50\n");
	return 0;
}
