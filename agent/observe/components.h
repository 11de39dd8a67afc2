/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which processes are Kubernetes components, and what is in force for each: a table of readers, one
 * a kind. One process may be several components (k3s, kubelite).
 */
#ifndef OBSERVE_COMPONENTS_H
#define OBSERVE_COMPONENTS_H

#include "nodelatch/component.h"

#include "base/arena.h"
#include "observe/host.h"

struct component_list {
	struct component *items; /* in the arena; by pid, then by kind */
	size_t count, capacity;
};

/*
 * Reads every component of the host. versions[kind] is what the operator said of its version, NULL
 * where he said nothing. Returns 0 or -ENOMEM; what else goes wrong is told by the components.
 */
int components_observe(const struct host *host, char *const versions[COMPONENT_KIND_COUNT],
		       struct arena *arena, struct component_list *ret_list);

#endif
