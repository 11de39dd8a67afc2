/* SPDX-License-Identifier: Apache-2.0 */
/* Components that rewrote their argv: what the kernel saw at their exec is what counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/text.h"
#include "observe/observer.h"
#include "tree.h"

#define PID   500
#define TICKS 7700

struct fixture {
	struct tree tree;
	struct host *host;
	struct observer *observer;
	struct node node;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	tree_make(&fixture->tree);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	observer_free(fixture->observer);
	host_free(fixture->host);
	tree_remove(&fixture->tree);
	free(fixture);
	return 0;
}

/* A process as it shows itself now. */
static void show(struct fixture *fixture, const char *exe, const char *const *arguments)
{
	tree_process(&fixture->tree, PID, exe, arguments);
	tree_write(&fixture->tree, "/proc/500/stat",
		   "500 (x) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 7700 0 0 0\n");
	tree_directory(&fixture->tree, "/var/lib/rancher/k3s/agent/etc/kubelet.conf.d");
	if (fixture->host)
		return;
	assert_int_equal(host_open(fixture->tree.path, &fixture->host), 0);
	assert_int_equal(observer_new(fixture->host, &fixture->observer), 0);
}

struct seen {
	pid_t pid;
	uint64_t ticks;
	bool is_cut;
	const char *const *arguments;
};

static bool note(struct fixture *fixture, const char *exe, const struct seen *seen)
{
	struct exec_record record = {
		.process = { .pid = seen->pid,
			     .start_ticks = seen->ticks,
			     .exe = exe,
			     .arguments = seen->arguments },
		.argument_bytes = 100000,
		.arguments_truncated = seen->is_cut,
	};

	while (seen->arguments[record.process.argument_count])
		record.process.argument_count++;
	return observer_note_exec(fixture->observer, &record);
}

static const struct setting *look(struct fixture *fixture, const char *setting)
{
	assert_int_equal(observer_refresh(fixture->observer, OBSERVE_COMPONENTS, 1), 0);
	observer_node(fixture->observer, &fixture->node);
	assert_true(fixture->node.component_count > 0);
	assert_int_equal(fixture->node.components[0].kind, COMPONENT_KUBELET);
	return component_setting(&fixture->node.components[0], setting);
}

static const char *const REWRITTEN[] = { "k3s agent", NULL };
static const char *const K3S[] = { "k3s", "agent", "--kubelet-arg=read-only-port=0", NULL };
static const char *const KUBELET[] = { "kubelet", "--read-only-port=0", NULL };

static void what_the_kernel_saw_counts(void **state)
{
	struct fixture *fixture = *state;
	const struct setting *port;

	show(fixture, "/usr/local/bin/k3s", REWRITTEN);
	port = look(fixture, "readOnlyPort");
	assert_int_equal(port->value.kind, VALUE_UNKNOWN);
	assert_non_null(strstr(port->detail, "argv was rewritten and the start was not seen"));
	assert_true(note(fixture, "/usr/local/bin/k3s", &(struct seen){ PID, TICKS, false, K3S }));
	port = look(fixture, "readOnlyPort");
	assert_int_equal(port->value.kind, VALUE_INTEGER);
	assert_int_equal(port->value.integer, 0);
	assert_int_equal(port->source.kind, SOURCE_EXEC);
	assert_null(strstr(look(fixture, "podPidsLimit")->detail, "was not seen"));
}

static void a_kubelet_may_do_so_too(void **state)
{
	struct fixture *fixture = *state;

	show(fixture, "/usr/bin/kubelet", (const char *const[]){ "kubelet", NULL });
	assert_true(
		note(fixture, "/usr/bin/kubelet", &(struct seen){ PID, TICKS, false, KUBELET }));
	assert_int_equal(look(fixture, "readOnlyPort")->source.kind, SOURCE_EXEC);
	assert_non_null(strstr(look(fixture, "readOnlyPort")->detail, "rewrote since"));
	/* Not rewritten: a flag as any other. */
	show(fixture, "/usr/bin/kubelet", KUBELET);
	assert_int_equal(look(fixture, "readOnlyPort")->source.kind, SOURCE_FLAG);
}

static void another_process_of_that_pid_is_another(void **state)
{
	struct fixture *fixture = *state;

	show(fixture, "/usr/local/bin/k3s", REWRITTEN);
	note(fixture, "/usr/local/bin/k3s", &(struct seen){ PID, TICKS - 1, false, K3S });
	note(fixture, "/usr/local/bin/k3s", &(struct seen){ PID + 1, TICKS, false, K3S });
	assert_int_equal(look(fixture, "readOnlyPort")->value.kind, VALUE_UNKNOWN);
}

static void a_part_of_it_is_no_truth(void **state)
{
	struct fixture *fixture = *state;

	show(fixture, "/usr/bin/kubelet", (const char *const[]){ "kubelet", NULL });
	note(fixture, "/usr/bin/kubelet", &(struct seen){ PID, TICKS, true, KUBELET });
	assert_int_equal(look(fixture, "readOnlyPort")->value.kind, VALUE_UNKNOWN);
	assert_false(fixture->node.components[0].settings_known);
}

static void others_are_not_remembered_and_the_memory_is_bounded(void **state)
{
	struct fixture *fixture = *state;

	show(fixture, "/usr/local/bin/k3s", REWRITTEN);
	assert_false(note(fixture, "/bin/true", &(struct seen){ PID, TICKS, false, K3S + 1 }));
	note(fixture, "/usr/local/bin/k3s", &(struct seen){ PID, TICKS, false, K3S });
	for (int i = 1; i < EXEC_MEMORY_MAX; i++)
		note(fixture, "/usr/local/bin/k3s", &(struct seen){ PID + i, 1, false, K3S });
	assert_int_equal(look(fixture, "readOnlyPort")->source.kind, SOURCE_EXEC);
	note(fixture, "/usr/local/bin/k3s", &(struct seen){ 9999, 1, false, K3S });
	assert_int_equal(look(fixture, "readOnlyPort")->value.kind, VALUE_UNKNOWN);
}

/* pid and start time stay when a process runs another program. */
static void another_program_of_that_process_is_another(void **state)
{
	struct fixture *fixture = *state;

	show(fixture, "/usr/local/bin/k3s", REWRITTEN);
	note(fixture, "/usr/local/bin/k3s", &(struct seen){ PID, TICKS, false, K3S });
	assert_int_equal(look(fixture, "readOnlyPort")->source.kind, SOURCE_EXEC);
	assert_false(note(fixture, "/bin/true", &(struct seen){ PID, TICKS, false, K3S + 1 }));
	assert_int_equal(look(fixture, "readOnlyPort")->value.kind, VALUE_UNKNOWN);
}

static void what_was_lost_may_have_been_of_any_process(void **state)
{
	struct fixture *fixture = *state;

	show(fixture, "/usr/local/bin/k3s", REWRITTEN);
	note(fixture, "/usr/local/bin/k3s", &(struct seen){ PID, TICKS, false, K3S });
	assert_int_equal(look(fixture, "readOnlyPort")->source.kind, SOURCE_EXEC);
	observer_lost_execs(fixture->observer);
	assert_int_equal(look(fixture, "readOnlyPort")->value.kind, VALUE_UNKNOWN);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(what_the_kernel_saw_counts),
		TEST(a_kubelet_may_do_so_too),
		TEST(another_process_of_that_pid_is_another),
		TEST(a_part_of_it_is_no_truth),
		TEST(others_are_not_remembered_and_the_memory_is_bounded),
		TEST(another_program_of_that_process_is_another),
		TEST(what_was_lost_may_have_been_of_any_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
