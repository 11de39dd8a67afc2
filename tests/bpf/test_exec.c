/* SPDX-License-Identifier: Apache-2.0 */
/* The exec watcher on the running kernel: nothing is lost, nothing is cut but what says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/limits.h"
#include "base/time.h"
#include "bpf/watch_support.h"

extern char **environ;

static bool was_seen(const struct recorder *recorder)
{
	return recorder->was_seen;
}

static int open_recorder(void **state)
{
	struct recorder *recorder = calloc(1, sizeof(*recorder));

	if (!recorder)
		return -1;
	*state = recorder;
	recorder->was_seen = !recorder_open(recorder, "exec"); /* the tests then skip */
	return 0;
}

static int close_recorder(void **state)
{
	recorder_close(*state);
	free(*state);
	return 0;
}

/* Runs a program and waits for its record. */
static const struct process *run_and_see(struct recorder *recorder, const char *path,
					 char *const arguments[])
{
	if (recorder->was_seen)
		skip();
	pid_t pid = start_program(path, arguments);

	assert_true(pid > 0);
	recorder->only_pid = pid;
	assert_true(recorder_wait(recorder, was_seen, 10000));
	assert_int_equal(end_of(pid), 0);
	return &recorder->record.process;
}

static void arguments_are_exact(void **state)
{
	char *const arguments[] = {
		(char[]){ "true" },	    (char[]){ "" }, (char[]){ "two words\n" },
		(char[]){ "\xff\x1b[31m" }, (char[]){ "" }, NULL
	};
	const struct process *process = run_and_see(*state, "/usr/bin/true", arguments);

	assert_int_equal(process->argument_count, 5);
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(process->arguments[i], arguments[i]);
	assert_false(process->arguments_truncated);
	assert_string_equal(process->name, "true");
	CLEANUP_FREE char *exe = realpath("/usr/bin/true", NULL);

	assert_string_equal(process->exe, exe);
	assert_int_equal(process->parent_pid, getpid());
	assert_int_equal(process->uid, geteuid());
	assert_int_equal(process->netns, namespace_of("/proc/self/ns/net"));
	assert_int_equal(process->mntns, namespace_of("/proc/self/ns/mnt"));
	assert_int_equal(process->pidns, namespace_of("/proc/self/ns/pid"));
}

/* The record says of a live process what /proc says of it. */
static void record_agrees_with_proc(void **state)
{
	struct recorder *recorder = *state;
	char *const arguments[] = { (char[]){ "sleep" }, (char[]){ "30" }, NULL };
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct process *shown;

	if (recorder->was_seen)
		skip();
	pid_t pid = start_program("/usr/bin/sleep", arguments);

	recorder->only_pid = pid;
	assert_true(recorder_wait(recorder, was_seen, 10000));
	assert_int_equal(process_read(recorder->host, pid, arena, &shown), 0);
	kill(pid, SIGKILL);
	end_of(pid);
	assert_string_equal(recorder->record.process.exe, shown->exe);
	assert_int_equal(recorder->record.process.start_ticks, shown->start_ticks);
	assert_int_equal(recorder->record.process.argument_count, shown->argument_count);
	int64_t apart = recorder->record.time_ns - time_now_ns();

	assert_true(apart <= 0 && apart > -5 * NS_PER_S);
}

static void write_pid(const char *directory, pid_t pid)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/cgroup.procs", directory);
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fprintf(file, "%d", pid);
	assert_int_equal(fclose(file), 0);
}

static void cgroup_is_named(void **state)
{
	const char *mount = access("/sys/fs/cgroup/cgroup.procs", F_OK) == 0
				    ? "/sys/fs/cgroup"
				    : "/sys/fs/cgroup/unified";
	char group[64];

	snprintf(group, sizeof(group), "%s/test.service", mount);
	if (mkdir(group, 0755) < 0)
		skip();
	write_pid(group, getpid());
	const struct process *process =
		run_and_see(*state, "/usr/bin/true", (char *const[]){ (char[]){ "true" }, NULL });

	write_pid(mount, getpid());
	assert_int_equal(rmdir(group), 0);
	assert_string_equal(process->cgroup, "/test.service");
}

static void long_arguments_keep_head_and_tail(void **state)
{
	static char longest[10000];
	char *const arguments[] = { (char[]){ "true" }, longest, (char[]){ "--last" }, NULL };
	struct recorder *recorder = *state;

	memset(longest, 'x', sizeof(longest) - 1);
	const struct process *process = run_and_see(recorder, "/usr/bin/true", arguments);

	assert_true(process->arguments_truncated);
	assert_int_equal(recorder->record.argument_bytes, 5 + 10000 + 7);
	assert_int_equal(process->argument_count, 5);
	assert_string_equal(process->arguments[0], "true");
	assert_int_equal(strlen(process->arguments[1]), 6144 - 5);
	assert_string_equal(process->arguments[2], "[1820 bytes not captured]");
	assert_int_equal(strlen(process->arguments[3]), 2048 - 7 - 1);
	assert_string_equal(process->arguments[4], "--last");
}

static void arguments_that_just_fit_are_whole(void **state)
{
	static char longest[EXEC_ARGUMENTS_MAX - 5];
	char *const arguments[] = { (char[]){ "true" }, longest, NULL };

	memset(longest, 'x', sizeof(longest) - 1);
	const struct process *process = run_and_see(*state, "/usr/bin/true", arguments);

	assert_false(process->arguments_truncated);
	assert_int_equal(process->argument_count, 2);
	assert_string_equal(process->arguments[1], longest);
}

/* A program that lives in no directory, as some runtimes and all stealthy ones start. */
static void program_in_memory_is_named(void **state)
{
	struct recorder *recorder = *state;
	char buffer[4096], path[32];

	if (recorder->was_seen)
		skip();
	int from = open("/usr/bin/true", O_RDONLY | O_CLOEXEC);
	int to = memfd_create("hidden", MFD_CLOEXEC);

	for (ssize_t got; (got = read(from, buffer, sizeof(buffer))) > 0;)
		assert_int_equal(write(to, buffer, (size_t)got), got);
	close(from);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", to);
	int program = open(path, O_RDONLY | O_CLOEXEC);

	close(to); /* what is open for writing may not run */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", program);
	recorder->only_pid = fork();
	if (recorder->only_pid == 0) {
		execve(path, (char *const[]){ (char[]){ "true" }, NULL }, environ);
		_exit(1);
	}
	close(program);
	assert_true(recorder_wait(recorder, was_seen, 10000));
	assert_int_equal(end_of(recorder->only_pid), 0);
	assert_string_equal(recorder->record.process.exe, "/memfd:hidden (deleted)");
}

static void start_one(char *argument)
{
	pid_t pid = vfork();

	if (pid == 0) {
		execve("/usr/bin/true", (char *const[]){ (char[]){ "true" }, argument, NULL },
		       environ);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
}

static void start_many(size_t count)
{
	while (count--)
		start_one((char[]){ "--argument" });
}

/* From another process, at full rate, while this one reads. */
static pid_t start_storm(size_t count)
{
	pid_t pid = fork();

	if (pid == 0) {
		start_many(count);
		_exit(0);
	}
	return pid;
}

static uint64_t seen(struct recorder *recorder, uint64_t *ret_lost)
{
	const struct watch_status *status;
	uint64_t count = 0;

	for (size_t i = watch_status(recorder->watch, &status); i > 0; i--)
		if (strcmp(status[i - 1].name, "exec") == 0) {
			count = status[i - 1].seen;
			*ret_lost = status[i - 1].lost;
		}
	return count;
}

static void storm_loses_nothing(void **state)
{
	struct recorder *recorder = *state;
	uint64_t lost = 1;

	if (recorder->was_seen)
		skip();
	size_t storm = getenv("IN_VM") ? 400 : 8000; /* emulated, an exec takes 20 ms */
	uint64_t before = seen(recorder, &lost);
	pid_t pid = start_storm(storm);

	while (waitpid(pid, NULL, WNOHANG) == 0)
		recorder_run(recorder, 20);
	recorder_run(recorder, 50);
	assert_true(seen(recorder, &lost) - before >= storm);
	assert_int_equal(lost, 0);
	assert_int_equal(recorder->gap_lost, 0);
}

/* Whoever does not read loses, and is told exactly how much. */
static void loss_is_counted(void **state)
{
	static char longest[7000];
	struct recorder *recorder = *state;
	size_t started = 0;
	uint64_t lost = 0;

	memset(longest, 'x', sizeof(longest) - 1);
	if (recorder->was_seen)
		skip();
	recorder_run(recorder, 20);
	uint64_t before = seen(recorder, &lost);
	int64_t start = time_now_ns();

	for (; !lost && started < 1000; started++) {
		start_one(longest);
		seen(recorder, &lost);
	}
	assert_true(lost > 0);
	assert_int_equal(recorder->gap_lost, 0);
	recorder_run(recorder, 50);
	assert_true(seen(recorder, &lost) - before + lost >= started);
	assert_int_equal(recorder->gap_lost, lost);
	assert_true(recorder->gap_from_ns >= start - NS_PER_S);
	assert_true(recorder->gap_to_ns >= recorder->gap_from_ns);
	assert_true(recorder->gap_to_ns <= time_now_ns());
	/* and goes on */
	recorder->was_seen = false;
	recorder->only_pid =
		start_program("/usr/bin/true", (char *const[]){ (char[]){ "true" }, NULL });
	assert_true(recorder_wait(recorder, was_seen, 10000));
	end_of(recorder->only_pid);
}

static void steady_state_allocates_nothing(void **state)
{
	struct recorder *recorder = *state;

	if (recorder->was_seen)
		skip();
	start_many(100);
	recorder_run(recorder, 30);
	struct mallinfo2 before = mallinfo2();

	for (int i = 0; i < 5; i++) {
		start_many(100);
		recorder_run(recorder, 20);
	}
	struct mallinfo2 after = mallinfo2();

	assert_true(recorder->execs >= 600);
	assert_int_equal(after.uordblks, before.uordblks);
	assert_int_equal(after.arena + after.hblkhd, before.arena + before.hblkhd);
}

/* With nothing to tell, it costs nothing. */
static void idle_is_quiet(void **state)
{
	struct recorder *recorder = *state;
	struct rusage before, after;

	if (recorder->was_seen)
		skip();
	recorder_run(recorder, 50);
	getrusage(RUSAGE_SELF, &before);
	recorder_run(recorder, 200);
	getrusage(RUSAGE_SELF, &after);
	/* other processes of the machine may exec meanwhile: three looks each */
	assert_true(after.ru_nvcsw - before.ru_nvcsw < 60);
}

int main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, open_recorder, close_recorder)
	const struct CMUnitTest tests[] = {
		EACH(arguments_are_exact),
		EACH(record_agrees_with_proc),
		EACH(cgroup_is_named),
		EACH(long_arguments_keep_head_and_tail),
		EACH(arguments_that_just_fit_are_whole),
		EACH(program_in_memory_is_named),
		EACH(storm_loses_nothing),
		EACH(loss_is_counted),
		EACH(steady_state_allocates_nothing),
		EACH(idle_is_quiet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
