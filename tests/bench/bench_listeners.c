/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long a snapshot of every listener takes: 1,000 of them in 20 network namespaces, held by 20
 * processes, besides whatever this machine has. All in namespaces of their own, gone with the
 * bench.
 */
#include <arpa/inet.h>
#include <bpf/libbpf.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"
#include "observe/listeners.h"

#define NAMESPACES	   20
#define LISTENERS_IN_EACH  50
#define ROUNDS		   9
#define LISTENERS_AT_LEAST ((size_t)NAMESPACES * LISTENERS_IN_EACH)
#define FIRST_PORT	   20000

struct bench {
	struct host *host;
	struct arena *arena;
	struct listener_reader *reader;
};

static int listen_in_own_namespace(void)
{
	if (unshare(CLONE_NEWNET) < 0)
		return 1;
	for (int i = 0; i < LISTENERS_IN_EACH; i++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);
		struct sockaddr_in name = { .sin_family = AF_INET,
					    .sin_port = htons((uint16_t)(FIRST_PORT + i)) };

		if (fd < 0 || bind(fd, (struct sockaddr *)&name, sizeof(name)) < 0 ||
		    listen(fd, 8) < 0)
			return 1;
	}
	return 0;
}

/* A process with its listeners. Returns its pid once they listen, 0 when they cannot. */
static pid_t start_holder(void)
{
	int ready[2];
	char answer = 'n';

	if (pipe(ready) < 0)
		return 0;
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		answer = listen_in_own_namespace() == 0 ? 'y' : 'n';
		if (write(ready[1], &answer, 1) == 1)
			pause();
		_exit(0);
	}
	close(ready[1]);
	if (read(ready[0], &answer, 1) < 1)
		answer = 'n';
	close(ready[0]);
	return answer == 'y' ? pid : 0;
}

static double cpu_ms(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

/* One snapshot; says what it took. Fails when listeners are missing. */
static int snapshot(struct bench *bench, const char *name)
{
	struct listener_list list = { 0 };

	arena_reset(bench->arena);
	int64_t start = time_monotonic_ns();
	double cpu = cpu_ms();
	struct process_table *processes = process_table_new(bench->host, bench->arena);
	int error = bench->reader
			    ? listener_reader_read(bench->reader, processes, bench->arena, &list)
			    : listeners_read(bench->host, processes, bench->arena, &list);

	if (error < 0 || list.count < LISTENERS_AT_LEAST) {
		fprintf(stderr, "bench_listeners: %s: %zu listeners, error %d\n", name, list.count,
			error);
		return 1;
	}
	printf("sample: snapshot, %s: %.2f ms\nsample: snapshot CPU, %s: %.2f ms\n", name,
	       (double)(time_monotonic_ns() - start) / 1e6, name, cpu_ms() - cpu);
	return 0;
}

static int run_round(struct bench *bench)
{
	int failed = snapshot(bench, "/proc");
	int64_t start = time_monotonic_ns();
	int error = listener_reader_open(bench->host, &bench->reader);

	if (error < 0) {
		printf("note: no iterators: %s\n", listener_reader_problem(error, bench->arena));
		return failed;
	}
	printf("sample: loading the iterators: %.1f ms\n",
	       (double)(time_monotonic_ns() - start) / 1e6);
	failed |= snapshot(bench, "iterators, the first");
	failed |= snapshot(bench, "iterators, the second");
	failed |= snapshot(bench, "iterators");
	listener_reader_close(bench->reader);
	bench->reader = NULL;
	return failed;
}

int main(void)
{
	struct bench bench = { .arena = arena_new() };
	pid_t holders[NAMESPACES];
	int failed = 0;

	libbpf_set_print(NULL);
	if (!bench.arena || host_open(NULL, &bench.host) < 0)
		return 1;
	for (int i = 0; i < NAMESPACES; i++) {
		holders[i] = start_holder();
		if (!holders[i]) {
			puts("skip: bench_listeners: network namespaces take root");
			return 0;
		}
	}
	for (int round = 0; round < ROUNDS && !failed; round++)
		failed = run_round(&bench);
	puts("ratio: snapshot, /proc to iterators: snapshot, /proc / snapshot, iterators");
	puts("aim: snapshot, iterators: 2");
	for (int i = 0; i < NAMESPACES; i++) {
		kill(holders[i], SIGKILL);
		waitpid(holders[i], NULL, 0);
	}
	host_free(bench.host);
	arena_free(bench.arena);
	return failed;
}
