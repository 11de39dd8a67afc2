/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A node tree with one component of the control plane, and what the agent makes of it. Built on the
 * node of the kubelet's tests, whose assertions work here, too.
 */
#ifndef TESTS_UNIT_CONTROL_PLANE_NODE_H
#define TESTS_UNIT_CONTROL_PLANE_NODE_H

#include "kubelet_node.h"

/* Writes the process and reads it back. */
struct process *read_process(struct kubelet_node *node, const char *exe,
			     const char *const *arguments);
/* The same, and observes it as a component of that kind. */
void observe_kind(struct kubelet_node *node, enum component_kind kind,
		  const char *const *arguments);
#define OBSERVE_KIND(node, kind, ...)                                                              \
	observe_kind(node, COMPONENT_##kind, (const char *const[]){ __VA_ARGS__, NULL })
/* "NAME=value" words, NUL-separated. */
#define SET_ENVIRONMENT(node, words)                                                               \
	tree_write_bytes(&(node)->tree, "/proc/900/environ", words, sizeof(words))

void assert_unset(const struct kubelet_node *node, const char *name);
/* Its sentence of evidence has this part. */
void assert_detail(const struct kubelet_node *node, const char *name, const char *part);

#endif
