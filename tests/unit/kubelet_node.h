/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A node tree with one kubelet, pid 900, and what the agent makes of it.
 */
#ifndef TESTS_UNIT_KUBELET_NODE_H
#define TESTS_UNIT_KUBELET_NODE_H

#include "nodelatch/component.h"

#include "base/arena.h"
#include "observe/host.h"
#include "tree.h"

#define KUBELET_PID 900
#define HEADER	    "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"

struct kubelet_node {
	struct tree tree;
	struct arena *arena;
	struct host *host;
	const char *version; /* set it before observing; NULL: unknown */
	struct component component;
};

/* cmocka's setup and teardown: *state is the node. */
int kubelet_node_setup(void **state);
int kubelet_node_teardown(void **state);

/* Writes the process (the arguments after "kubelet", up to NULL) and observes it. */
void observe_kubelet(struct kubelet_node *node, const char *const *arguments);
#define OBSERVE(node, ...) observe_kubelet(node, (const char *const[]){ __VA_ARGS__, NULL })
/* Observes the process as it stands in the tree. */
void observe_again(struct kubelet_node *node);

/* The setting must be there. */
const struct setting *setting_of(const struct kubelet_node *node, const char *name);
/* Value and source, as the interface writes them: "10255", "default:flag". */
void assert_setting(const struct kubelet_node *node, const char *name, const char *value,
		    const char *source);
void assert_unknown(const struct kubelet_node *node, const char *name);
/* One problem of that kind has this part in its message. */
void assert_problem(const struct kubelet_node *node, enum problem_kind kind, const char *part);
size_t count_problems(const struct kubelet_node *node, enum problem_kind kind);

#endif
