/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a node at rest, a disk without processes, would run: its kubelet, by its unit, and the
 * control plane, by the manifests of its static pods. What is found becomes a process with a plan
 * and without a pid, which is read like any other. What cannot be understood is one whose command
 * line is not known, with the reason.
 */
#ifndef OBSERVE_REST_PLANNED_H
#define OBSERVE_REST_PLANNED_H

#include "nodelatch/component.h"

#include "base/arena.h"
#include "observe/host.h"

struct document; /* observe/reading/document.h */

struct planned {
	enum component_kind kind;
	struct process *process;
};

struct planned_list {
	struct planned *items; /* in the arena */
	size_t count, capacity;
};

/* The kubelet of kubelet.service, or of a unit of a distribution. Returns 0 or -ENOMEM. */
int plan_kubelet(const struct host *host, struct arena *arena, struct planned_list *list);
/* Every component of the manifests in this directory. Returns 0 or -ENOMEM. */
int plan_static_pods(const struct host *host, const char *directory, struct arena *arena,
		     struct planned_list *list);

/* Those of one manifest; NULL: it could not be read. Returns 0 or -ENOMEM. */
int plan_pod(const struct document *root, const char *path, struct arena *arena,
	     struct planned_list *list);

/* Adds a process with this plan; NULL: no memory. */
struct process *planned_add(struct arena *arena, struct planned_list *list,
			    enum component_kind kind, const struct process_plan *plan);

#endif
