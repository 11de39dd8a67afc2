/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/layout/embedder.h"
#include "observe/kubelet/fields.h"
#include "observe/kubelet/kubelet.h"

const struct program KUBELET_PROGRAM = {
	.names = (const char *const[]){ "kubelet", NULL },
	.hyperkube_words = (const char *const[]){ "kubelet", NULL },
	.schema = &KUBELET_SCHEMA,
};

bool kubelet_recognise(const struct host *host, const struct process *process)
{
	return process_is_the_nodes(host, process) &&
	       (embedder_of(host, process, COMPONENT_KUBELET) ||
		program_serves(&KUBELET_PROGRAM, process));
}
