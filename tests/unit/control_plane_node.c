/* SPDX-License-Identifier: Apache-2.0 */
#include "control_plane_node.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "observe/control_plane/control_plane.h"

struct process *read_process(struct kubelet_node *node, const char *exe,
			     const char *const *arguments)
{
	struct process *process;

	tree_process(&node->tree, KUBELET_PID, exe, arguments);
	host_free(node->host);
	node->host = NULL;
	assert_int_equal(host_open(node->tree.path, &node->host), 0);
	assert_int_equal(process_read(node->host, KUBELET_PID, node->arena, &process), 0);
	return process;
}

void observe_kind(struct kubelet_node *node, enum component_kind kind, const char *const *arguments)
{
	struct process *process = read_process(node, "/usr/bin/x", arguments);

	node->component = (struct component){ .version = node->version, .kind = kind };
	assert_int_equal(control_plane_observe(node->host, process, node->arena, &node->component),
			 0);
}

void assert_unset(const struct kubelet_node *node, const char *name)
{
	assert_int_equal(setting_of(node, name)->value.kind, VALUE_UNSET);
}

void assert_detail(const struct kubelet_node *node, const char *name, const char *part)
{
	const char *detail = setting_of(node, name)->detail;

	if (!strstr(detail, part))
		fail_msg("%s: \"%s\" does not say \"%s\"", name, detail, part);
}
