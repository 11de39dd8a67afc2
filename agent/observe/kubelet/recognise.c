/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/text.h"
#include "observe/kubelet/embedder.h"
#include "observe/kubelet/flags.h"
#include "observe/kubelet/kubelet.h"

static bool is_named(const char *path, const char *name)
{
	return path && text_equal(text_base_name(path), name);
}

/* `hyperkube kubelet`: all of Kubernetes in one program, up to 1.18. */
static bool is_hyperkube_kubelet(const struct process *process)
{
	if (process->argument_count < 2 || !text_equal(process->arguments[1], "kubelet"))
		return false;
	return is_named(process->exe, "hyperkube") || is_named(process->arguments[0], "hyperkube");
}

/* A pod has a network namespace of its own unless it asked for the host's. */
static bool speaks_for_a_pod(const struct host *host, const struct process *process)
{
	return process->pod_uid && (!process->netns || process->netns != host_netns(host));
}

bool kubelet_recognise(const struct host *host, const struct process *process)
{
	const char *first = process->argument_count ? process->arguments[0] : NULL;
	size_t own_words = is_hyperkube_kubelet(process) ? 2 : 1;

	if (speaks_for_a_pod(host, process))
		return false;
	if (embedder_of(process))
		return true;
	if (own_words == 1 && !is_named(process->exe, "kubelet") && !is_named(first, "kubelet"))
		return false;
	return process->argument_count <= own_words ||
	       !flags_only_print(process->arguments + own_words,
				 process->argument_count - own_words);
}
