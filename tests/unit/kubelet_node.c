/* SPDX-License-Identifier: Apache-2.0 */
#include "kubelet_node.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/words.h"
#include "observe/kubelet/kubelet.h"

int kubelet_node_setup(void **state)
{
	struct kubelet_node *node = calloc(1, sizeof(*node));

	assert_non_null(node);
	tree_make(&node->tree);
	tree_write(&node->tree, "/proc/stat", "cpu 0\nbtime 1700000000\n");
	tree_write(&node->tree, "/proc/sys/kernel/hostname", "Node-A.example\n");
	node->arena = arena_new();
	assert_non_null(node->arena);
	*state = node;
	return 0;
}

int kubelet_node_teardown(void **state)
{
	struct kubelet_node *node = *state;

	host_free(node->host);
	arena_free(node->arena);
	tree_remove(&node->tree);
	free(node);
	return 0;
}

void observe_again(struct kubelet_node *node)
{
	struct process *process;

	host_free(node->host);
	node->host = NULL;
	assert_int_equal(host_open(node->tree.path, &node->host), 0);
	assert_int_equal(process_read(node->host, KUBELET_PID, node->arena, &process), 0);
	node->component = (struct component){ .version = node->version };
	assert_int_equal(kubelet_observe(node->host, process, node->arena, &node->component), 0);
}

void observe_kubelet(struct kubelet_node *node, const char *const *arguments)
{
	const char *all[64] = { "/usr/bin/kubelet" };

	for (size_t i = 0; arguments[i]; i++) {
		assert_in_range(i, 0, 60);
		all[i + 1] = arguments[i];
	}
	tree_process(&node->tree, KUBELET_PID, "/usr/bin/kubelet", all);
	observe_again(node);
}

const struct setting *setting_of(const struct kubelet_node *node, const char *name)
{
	const struct setting *setting = component_setting(&node->component, name);

	if (!setting)
		fail_msg("there is no setting %s", name);
	return setting;
}

void assert_setting(const struct kubelet_node *node, const char *name, const char *value,
		    const char *source)
{
	const struct setting *setting = setting_of(node, name);
	const char *found = value_words(&setting->value, node->arena);
	const char *found_source = source_words(&setting->source, node->arena);

	if (strcmp(found, value) != 0 || strcmp(found_source, source) != 0)
		fail_msg("%s is \"%s\" by \"%s\", not \"%s\" by \"%s\"", name, found, found_source,
			 value, source);
	assert_non_null(setting->detail);
}

void assert_unknown(const struct kubelet_node *node, const char *name)
{
	const struct setting *setting = setting_of(node, name);

	if (setting->value.kind != VALUE_UNKNOWN)
		fail_msg("%s is known: %s", name, value_words(&setting->value, node->arena));
	assert_int_equal(setting->source.kind, SOURCE_NONE);
	assert_non_null(setting->detail);
}

void assert_problem(const struct kubelet_node *node, enum problem_kind kind, const char *part)
{
	const struct component *component = &node->component;

	for (size_t i = 0; i < component->problem_count; i++)
		if (component->problems[i].kind == kind &&
		    strstr(component->problems[i].message, part))
			return;
	for (size_t i = 0; i < component->problem_count; i++)
		print_message("problem of kind %d: %s:%u: %s\n", (int)component->problems[i].kind,
			      component->problems[i].path ? component->problems[i].path : "argv",
			      component->problems[i].line, component->problems[i].message);
	fail_msg("no problem of kind %d says \"%s\"", (int)kind, part);
}

size_t count_problems(const struct kubelet_node *node, enum problem_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < node->component.problem_count; i++)
		count += node->component.problems[i].kind == kind;
	return count;
}
