/* SPDX-License-Identifier: Apache-2.0 */
/* A node tree with one process whose version is looked for. */
#ifndef TESTS_UNIT_VERSION_NODE_H
#define TESTS_UNIT_VERSION_NODE_H

#include "observe/version/version.h"
#include "tree.h"

#define PID	900
#define BOOT	1700000000 /* when the process started */
#define KUBELET "/usr/bin/kubelet"

struct fixture {
	struct tree tree;
	struct arena *arena;
};

int version_set_up(void **state);
int version_tear_down(void **state);
/* What is found of a process that runs this file. */
struct found_version version_find_in(struct fixture *fixture, const char *exe,
				     enum component_kind kind);

#endif
