/* SPDX-License-Identifier: Apache-2.0 */
/* Who names files, and which: the parts of files_observe(). */
#ifndef OBSERVE_FILES_PARTS_H
#define OBSERVE_FILES_PARTS_H

#include "nodelatch/component.h"

#include "observe/files/collector.h"
#include "observe/layout/layout.h"

/* The value of a setting that is an absolute path; NULL: it is none. */
const char *named_path(const struct component *component, const char *setting);

/* "kubelet-unit": a unit's fragment, drop-ins and EnvironmentFiles. */
void collect_unit(struct collector *collector, const char *name);
/* What a kubelet and its unit name. */
void collect_kubelet(struct collector *collector, const struct component *kubelet,
		     const struct layout *layout);
/* What a distribution keeps on a node, named by a flag or not: manifests, credentials, the PKI.
 * kubelet is NULL where none runs. */
void collect_layout(struct collector *collector, const struct component *kubelet,
		    const struct layout *layout);
/* What a component of the control plane, etcd or kube-proxy names. */
void collect_control_plane(struct collector *collector, const struct component *component);

#endif
