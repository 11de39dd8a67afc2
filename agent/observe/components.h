/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which processes are Kubernetes components, and what is in force for each: a table of readers, one
 * a kind. One process may be several components (k3s, kubelite).
 */
#ifndef OBSERVE_COMPONENTS_H
#define OBSERVE_COMPONENTS_H

#include "nodelatch/component.h"

#include "base/arena.h"
#include "observe/exec_memory.h"
#include "observe/host.h"
#include "observe/live_versions.h"
#include "observe/version/memory.h"

struct component_list {
	struct component *items; /* in the arena; by pid, then by kind */
	size_t count, capacity;
};

/* Whether the process is a component of this node, of any kind. */
bool components_know(const struct host *host, const struct process *process);

/* What is known besides what the host shows. */
struct components_hints {
	char *const
		*versions; /* of each kind: what the operator said, NULL where he said nothing */
	const struct exec_memory *memory; /* NULL: no exec was watched */
	struct version_memory *programs;  /* what they told of their versions; NULL: nothing */
	const struct live_versions *live; /* NULL: nobody was asked */
};

/*
 * Reads every component of the host. Returns 0 or -ENOMEM; what else goes wrong is told by the
 * components.
 */
int components_observe(const struct host *host, const struct components_hints *hints,
		       struct arena *arena, struct component_list *ret_list);

#endif
