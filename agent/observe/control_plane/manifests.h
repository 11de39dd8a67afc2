/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manifests of static pods, held against what runs: a manifest that was edited takes effect
 * when the kubelet starts the pod again, and where it cannot, what runs stays as it was.
 */
#ifndef OBSERVE_CONTROL_PLANE_MANIFESTS_H
#define OBSERVE_CONTROL_PLANE_MANIFESTS_H

#include "nodelatch/component.h"

#include "base/arena.h"
#include "observe/host.h"

/* Where the node's static pods are said; NULL: nowhere known. *ret_reader: the kubelet that reads
 * them, NULL: there is none. */
const char *manifests_directory(const struct component *components, size_t count,
				const struct component **ret_reader);
/*
 * Finds the manifest of each component that runs in a static pod, in the directory that a kubelet
 * among the components reads, else in that of their distribution. The manifest becomes one of the
 * component's inputs, and each setting that it would make another one says so in `pending`. Returns
 * 0 or -ENOMEM; what is not understood becomes a problem of the component.
 */
int manifests_compare(const struct host *host, struct component *components, size_t count,
		      struct arena *arena);

#endif
