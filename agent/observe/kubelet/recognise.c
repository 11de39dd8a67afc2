/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "observe/kubelet/embedder.h"
#include "observe/kubelet/flags.h"
#include "observe/kubelet/kubelet.h"

static bool is_named_kubelet(const char *path)
{
	return path && text_equal(text_base_name(path), "kubelet");
}

/* A pod has a network namespace of its own unless it asked for the host's. */
static bool speaks_for_a_pod(const struct host *host, const struct process *process)
{
	return process->pod_uid && (!process->netns || process->netns != host_netns(host));
}

bool kubelet_recognise(const struct host *host, const struct process *process)
{
	const char *first = process->argument_count ? process->arguments[0] : NULL;
	size_t start = flags_start(process);

	if (speaks_for_a_pod(host, process))
		return false;
	if (embedder_of(process))
		return true;
	if (start == 1 && !is_named_kubelet(process->exe) && !is_named_kubelet(first))
		return false;
	/* What is too long to be read is not known to print only. */
	return process->argument_count <= start ||
	       process->argument_count > KUBELET_ARGUMENTS_MAX ||
	       !flags_only_print(process->arguments + start, process->argument_count - start);
}
