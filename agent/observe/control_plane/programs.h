/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The components besides the kubelet: their programs and their tables of settings, one file each.
 */
#ifndef OBSERVE_CONTROL_PLANE_PROGRAMS_H
#define OBSERVE_CONTROL_PLANE_PROGRAMS_H

#include "nodelatch/component.h"

#include "observe/control_plane/readers.h"
#include "observe/reading/program.h"

extern const struct schema KUBE_PROXY_SCHEMA, APISERVER_SCHEMA, CONTROLLER_MANAGER_SCHEMA,
	SCHEDULER_SCHEMA, ETCD_SCHEMA, DASHBOARD_SCHEMA, TILLER_SCHEMA;

struct control_plane_program {
	struct program program;
	control_plane_reader *read;
	bool is_in_any_pod; /* a workload: it speaks for itself wherever it runs */
};

/* NULL for kinds that are not read here. */
const struct control_plane_program *control_plane_program(enum component_kind kind);

#endif
