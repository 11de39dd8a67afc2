/* SPDX-License-Identifier: Apache-2.0 */
/* What a unit would run, and the kubelet of a disk that does not run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "observe/observer.h"
#include "observe/rest/unit_command.h"
#include "tree.h"

/* The words of the command with '|' between; NULL: it is not understood. */
static const char *command_of(struct arena *arena, const char *text)
{
	struct unit_text unit = { .arena = arena, .root = -1 };
	struct unit_command command;
	const char *line = "";

	unit_text_add(&unit, text);
	if (unit_text_command(&unit, &command) < 0)
		return NULL;
	for (size_t i = 0; i < command.count; i++)
		line = arena_printf(arena, "%s%s%s", line, i ? "|" : "", command.words[i]);
	return line;
}

static void words_are_split_as_systemd_does(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)state;
	assert_string_equal(
		command_of(arena, "[Service]\nExecStart=-/k --a \"b c\" 'd e'\\\n --f\n"),
		"/k|--a|b c|d e|--f");
	assert_string_equal(
		command_of(arena, "[Service]\nExecStart=/a\nExecStart=\nExecStart=/b\n"), "/b");
	assert_string_equal(
		command_of(arena, "[Service]\n# ExecStart=/a\n ExecStart = /k 1%% $$x\n"),
		"/k|1%|$x");
	assert_null(command_of(arena, "[Unit]\nExecStart=/a\n"));
	assert_null(command_of(arena, "[Service]\nExecStart=/a\nExecStart=/b\n"));
	assert_null(command_of(arena, "[Service]\nExecStart=/a \"b\n"));
	assert_null(command_of(arena, "[Service]\nExecStart=/a %i\n"));
}

static void variables_are_words_or_parts_of_one(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)state;
	assert_string_equal(command_of(arena, "[Service]\nEnvironment=\"A=1 2\" B=3\n"
					      "ExecStart=/k $A ${A} x${B} $NONE ${NONE} x$B\n"),
			    "/k|1|2|1 2|x3||x$B");
	assert_string_equal(command_of(arena, "[Service]\nEnvironment=A=1\nEnvironment=\n"
					      "Environment=B=2\nExecStart=/k $A $B\n"),
			    "/k|2");
}

static void a_disk_at_rest_has_the_kubelet_of_its_unit(void **state)
{
	CLEANUP(cleanup_host) struct host *host = NULL;
	CLEANUP(cleanup_observer) struct observer *observer = NULL;
	struct tree tree;
	struct node node;

	(void)state;
	tree_make(&tree);
	tree_write(&tree, "/usr/lib/systemd/system/kubelet.service",
		   "[Service]\nExecStart=/usr/bin/kubelet\n");
	tree_write(&tree, "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf",
		   "[Service]\nEnvironmentFile=-/etc/default/none\n"
		   "EnvironmentFile=/etc/default/kubelet\nExecStart=\n"
		   "ExecStart=/usr/bin/kubelet $EXTRA\n");
	tree_write(&tree, "/etc/default/kubelet", "EXTRA=\"--read-only-port=0 --v=2\"\n");
	assert_int_equal(host_open(tree.path, &host), 0);
	assert_int_equal(observer_new(host, &observer), 0);
	assert_int_equal(observer_refresh(observer, OBSERVE_COMPONENTS, 1), 0);
	observer_node(observer, &node);
	assert_int_equal(node.component_count, 1);
	const struct setting *port = component_setting(&node.components[0], "readOnlyPort");

	assert_int_equal(port->value.integer, 0);
	assert_int_equal(port->source.kind, SOURCE_FLAG);
	assert_non_null(strstr(port->detail, "(from kubelet.service, not running)"));
	/* Where processes are, only they count. */
	tree_process(&tree, 1, "/sbin/init", (const char *const[]){ "init", NULL });
	assert_int_equal(observer_refresh(observer, OBSERVE_COMPONENTS, 1), 0);
	observer_node(observer, &node);
	assert_int_equal(node.component_count, 0);
	tree_remove(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_split_as_systemd_does),
		cmocka_unit_test(variables_are_words_or_parts_of_one),
		cmocka_unit_test(a_disk_at_rest_has_the_kubelet_of_its_unit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
