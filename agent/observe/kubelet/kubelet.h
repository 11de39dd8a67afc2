/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kubelets: which processes are one, and the settings in force for each, with how each is known.
 *
 * The algorithm is the kubelet's own: defaults, flags, --config, --config-dir, flags again. What it
 * rests on: fields.h (the table of settings), flags.h (argv), decode.h and dropins.h (files).
 */
#ifndef OBSERVE_KUBELET_KUBELET_H
#define OBSERVE_KUBELET_KUBELET_H

#include <stdbool.h>

#include "nodelatch/component.h"

#include "base/arena.h"
#include "observe/host.h"

/*
 * Whether the process is a kubelet of this node: by the name of its program or argv[0], never by a
 * part of a word. A kubelet in a container of its own (a nested node) is one. A process of a pod is
 * one only where it is known to share the host's network namespace: what else is named kubelet in a
 * pod speaks for that pod. `kubelet --version` and its kin serve nothing and are none.
 */
bool kubelet_recognise(const struct host *host, const struct process *process);

/*
 * Fills everything of the component but its version, identity and certificates. The version is
 * read: set it before when the operator said one, since defaults and flags differ between versions.
 * Returns 0 or -ENOMEM; every other thing that goes wrong is one of the component's problems.
 */
int kubelet_observe(const struct host *host, const struct process *process, struct arena *arena,
		    struct component *component);

#endif
