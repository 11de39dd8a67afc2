/* SPDX-License-Identifier: Apache-2.0 */
/* The watch as a whole: hints, and what it says when the kernel refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <bpf/libbpf.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/time.h"
#include "bpf/watch_support.h"
#include "observe/listeners.h"

static bool has_moved(const struct recorder *recorder)
{
	return recorder->moves > 0;
}

static void listening_and_closing_give_hints(void **state)
{
	static struct recorder recorder;
	uint16_t port;

	(void)state;
	if (!recorder_open(&recorder, "listen"))
		skip();
	recorder_run(&recorder, 30);
	recorder.moves = 0;
	int64_t start = time_monotonic_ns();
	int fd = listen_on(AF_INET, false, 0, &port);

	assert_true(recorder_wait(&recorder, has_moved, 10000));
	assert_true(time_monotonic_ns() - start < 50 * NS_PER_MS);
	recorder_run(&recorder, 30);
	recorder.moves = 0;
	close(fd);
	assert_true(recorder_wait(&recorder, has_moved, 10000));
	recorder_close(&recorder);
}

/* A storm of listens is one hint a read, not one a listen. */
static void storm_of_listens_is_damped(void **state)
{
	static struct recorder recorder;
	uint16_t port;

	(void)state;
	if (!recorder_open(&recorder, "listen"))
		skip();
	for (int i = 0; i < 2000; i++)
		close(listen_on(AF_INET, false, 0, &port));
	recorder_run(&recorder, 50);
	assert_in_range(recorder.moves, 1, 20);
	recorder_close(&recorder);
}

/* In a child, so that what is given up stays given up there alone. Its exit status is the answer.
 */
static int in_child(int (*run)(void))
{
	fflush(stdout);
	pid_t pid = fork();

	if (pid == 0)
		_exit(run());
	return end_of(pid);
}

/* Both watchers off, each with a reason that holds the word; the iterators refused too. */
static int all_are_refused(const char *word, int error)
{
	struct watch_handlers nobody = { 0 };
	CLEANUP(cleanup_host) struct host *host = NULL;
	CLEANUP(cleanup_watch) struct watch *watch = NULL;
	CLEANUP(cleanup_listener_reader) struct listener_reader *reader = NULL;
	const struct watch_status *status;

	libbpf_set_print(NULL);
	if (host_open(NULL, &host) < 0 || watch_open(host, &nobody, &watch) < 0)
		return 2;
	size_t count = watch_status(watch, &status);

	for (size_t i = 0; i < count; i++) {
		printf("# %s: %s\n", status[i].name, status[i].problem);
		if (status[i].is_on || !status[i].problem || !strstr(status[i].problem, word) ||
		    !status[i].cost)
			return 3;
	}
	if (watch_read(watch) < 0)
		return 4;
	return listener_reader_open(host, &reader) == error ? 0 : 5;
}

static int without_privilege(void)
{
	if (setgid(65534) < 0 || setuid(65534) < 0)
		return 1;
	return all_are_refused("CAP_BPF", -EPERM);
}

static int without_kernel_types(void)
{
	if (unshare(CLONE_NEWNS) < 0 || mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", "/sys/kernel/btf", "tmpfs", 0, NULL) < 0)
		return 77;
	return all_are_refused("CONFIG_DEBUG_INFO_BTF", -ESRCH);
}

static void refusal_is_said(void **state)
{
	(void)state;
	assert_int_equal(in_child(without_privilege), 0);
}

static void missing_types_are_said(void **state)
{
	int answer = in_child(without_kernel_types);

	(void)state;
	if (answer == 77)
		skip();
	assert_int_equal(answer, 0);
}

/* The agent's own pid namespace is what it reports in: a node may itself be a container. */
static bool saw_own_child(const struct recorder *recorder)
{
	return recorder->execs > 0;
}

static int in_nested_namespace(void)
{
	static struct recorder recorder;

	if (mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("proc", "/proc", "proc", 0, NULL) < 0)
		return 77;
	if (!recorder_open(&recorder, "exec"))
		return 77;
	pid_t pid = start_program("/usr/bin/true", (char *const[]){ (char[]){ "true" }, NULL });

	recorder.only_pid = pid;
	if (!recorder_wait(&recorder, saw_own_child, 10000) || !recorder.was_seen)
		return 2;
	return recorder.record.process.parent_pid == 1 ? 0 : 3; /* this process, in there */
}

static int enter_nested_namespace(void)
{
	return unshare(CLONE_NEWPID | CLONE_NEWNS) < 0 ? 77 : in_child(in_nested_namespace);
}

static void nested_pids_are_the_agents(void **state)
{
	int answer = in_child(enter_nested_namespace);

	(void)state;
	if (answer == 77)
		skip();
	assert_int_equal(answer, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(listening_and_closing_give_hints),
		cmocka_unit_test(storm_of_listens_is_damped),
		cmocka_unit_test(refusal_is_said),
		cmocka_unit_test(missing_types_are_said),
		cmocka_unit_test(nested_pids_are_the_agents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
