/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kube-proxy, the control plane, etcd, the dashboard and tiller: which processes are one, and the
 * settings in force for each, with how each is known.
 *
 * Every component has a table (programs.h). A setting is named by its flag with the dashes,
 * kube-proxy's by the key of its configuration.
 */
#ifndef OBSERVE_CONTROL_PLANE_CONTROL_PLANE_H
#define OBSERVE_CONTROL_PLANE_CONTROL_PLANE_H

#include <stdbool.h>

#include "nodelatch/component.h"

#include "base/arena.h"
#include "observe/host.h"

/* Whether the process is a component of this kind and of this node; a dashboard or tiller is one in
 * whatever pod it runs. */
bool control_plane_recognise(const struct host *host, const struct process *process,
			     enum component_kind kind);

/*
 * Fills everything of the component but its identity and certificates. kind, process and version
 * are read: defaults differ between versions. Returns 0 or -ENOMEM; every other thing that goes
 * wrong is one of the component's problems.
 */
int control_plane_observe(const struct host *host, const struct process *process,
			  struct arena *arena, struct component *component);

#endif
