/* SPDX-License-Identifier: Apache-2.0 */
#include "bpf/watch_support.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "base/time.h"

/* Copies a text behind what is already kept. */
static const char *keep(struct recorder *recorder, size_t *used, const char *text)
{
	size_t length = text ? strlen(text) + 1 : 0;

	if (!text || *used + length > sizeof(recorder->text))
		return NULL;
	char *copy = memcpy(recorder->text + *used, text, length);

	*used += length;
	return copy;
}

static void on_exec(void *context, const struct exec_record *record)
{
	struct recorder *recorder = context;
	size_t used = 0;

	if (record->process.parent_pid == getpid())
		recorder->execs++;
	if (!recorder->only_pid || record->process.pid != recorder->only_pid)
		return;
	recorder->was_seen = true;
	recorder->record = *record;
	recorder->record.process.exe = keep(recorder, &used, record->process.exe);
	recorder->record.process.name = keep(recorder, &used, record->process.name);
	recorder->record.process.cgroup = keep(recorder, &used, record->process.cgroup);
	recorder->record.process.arguments = recorder->arguments;
	for (size_t i = 0; i < record->process.argument_count; i++)
		recorder->arguments[i] = keep(recorder, &used, record->process.arguments[i]);
}

static void on_listeners_moved(void *context)
{
	((struct recorder *)context)->moves++;
}

static void on_gap(void *context, const struct gap_record *gap)
{
	struct recorder *recorder = context;

	if (!text_equal(gap->stream, "exec"))
		return;
	recorder->gap_lost += gap->lost;
	recorder->gap_from_ns = gap->from_ns;
	recorder->gap_to_ns = gap->to_ns;
}

bool recorder_open(struct recorder *recorder, const char *watcher)
{
	struct watch_handlers handlers = {
		.context = recorder,
		.exec = on_exec,
		.listeners_moved = on_listeners_moved,
		.gap = on_gap,
	};
	const struct watch_status *status;

	libbpf_set_print(NULL);
	memset(recorder, 0, sizeof(*recorder));
	if (host_open(NULL, &recorder->host) < 0 ||
	    watch_open(recorder->host, &handlers, &recorder->watch) < 0)
		return false;
	for (size_t i = watch_status(recorder->watch, &status); i > 0; i--)
		if (text_equal(status[i - 1].name, watcher)) {
			bool is_on = status[i - 1].is_on;
			const char *problem = status[i - 1].problem;

			if (is_on)
				return true;
			printf("# %s: %s\n", watcher, problem);
			if (!strstr(problem, "EPERM") && !strstr(problem, "ESRCH"))
				abort();
			return false;
		}
	return false;
}

void recorder_close(struct recorder *recorder)
{
	watch_close(recorder->watch);
	host_free(recorder->host);
}

bool recorder_wait(struct recorder *recorder, bool (*is_done)(const struct recorder *recorder),
		   int timeout_ms)
{
	int64_t end = time_monotonic_ns() + timeout_ms * NS_PER_MS;

	while (!is_done(recorder)) {
		struct pollfd ready = { .fd = watch_fd(recorder->watch), .events = POLLIN };
		int64_t left = end - time_monotonic_ns();

		if (left <= 0)
			return false;
		if (poll(&ready, 1, (int)(left / NS_PER_MS) + 1) > 0)
			watch_read(recorder->watch);
	}
	return true;
}

static bool never(const struct recorder *recorder)
{
	(void)recorder;
	return false;
}

void recorder_run(struct recorder *recorder, int time_ms)
{
	recorder_wait(recorder, never, time_ms);
}

pid_t start_program(const char *path, char *const arguments[])
{
	char *const environment[] = { NULL };
	pid_t pid;
	int error = posix_spawn(&pid, path, NULL, NULL, arguments, environment);

	return error ? -error : pid;
}

int end_of(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) < 0 ? -errno : WEXITSTATUS(status);
}

int listen_on(int family, bool reuses_port, uint16_t port, uint16_t *ret_port)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = reuses_port;
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(port) };
	const void *address = family == AF_INET6 ? (void *)&six : (void *)&four;
	socklen_t length = family == AF_INET6 ? sizeof(six) : sizeof(four);

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
	if (bind(fd, address, length) < 0 || listen(fd, 8) < 0 ||
	    getsockname(fd, (struct sockaddr *)&six, &(socklen_t){ sizeof(six) }) < 0) {
		close(fd);
		return -errno;
	}
	*ret_port = ntohs(six.sin6_port); /* at the same place in both families */
	return fd;
}

uint64_t namespace_of(const char *path)
{
	struct stat status;

	return stat(path, &status) < 0 ? 0 : status.st_ino;
}
