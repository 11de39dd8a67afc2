/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "observe/control_plane/control_plane.h"
#include "observe/control_plane/programs.h"
#include "observe/layout/embedder.h"

/* Many a program is called dashboard; this one is an image's only file, and runs in a container. */
static bool is_workload(const struct process *process, enum component_kind kind)
{
	return kind == COMPONENT_TILLER || process->pod_uid || process->container_id ||
	       text_equal(process->exe, "/dashboard");
}

bool control_plane_recognise(const struct host *host, const struct process *process,
			     enum component_kind kind)
{
	const struct control_plane_program *row = control_plane_program(kind);

	if (row && embedder_of(host, process, kind))
		return process_is_the_nodes(host, process);
	if (!row || !program_serves(&row->program, process))
		return false;
	return row->is_in_any_pod ? is_workload(process, kind)
				  : process_is_the_nodes(host, process);
}
