/* SPDX-License-Identifier: Apache-2.0 */
/* Every exec, with its whole argv (bpf/exec.bpf.c). */
#include <string.h>

#include "exec.skel.h"

#include "observe/watcher.h"

static int open_exec(const struct watch_context *context,
		     const struct bpf_object_open_opts *options, struct watch_program *ret_program)
{
	struct exec_bpf *skeleton = exec_bpf__open_opts(options);

	if (!skeleton)
		return -errno;
	skeleton->rodata->reader_pid_namespace = context->pid_namespace;
	skeleton->rodata->may_copy_memory = context->may_copy_memory;
	*ret_program = (struct watch_program){
		.skeleton = skeleton,
		.parts = skeleton->skeleton,
		.object = skeleton->obj,
		.reader_sleeps = &skeleton->bss->reader_sleeps,
	};
	return 0;
}

static int hand_over(struct watch_context *context, const void *data, size_t size)
{
	struct exec_record record;
	struct event_exec event;
	int error = exec_event_decode(data, size, context->boot_offset_ns, context->text, &record);

	if (error < 0 || !context->handlers->exec)
		return error;
	memcpy(&event, data, sizeof(event));
	arena_reset(context->arena);
	/* without memory for it the cgroup stays unknown, and the rest is as good as before */
	(void)cgroup_paths_describe(context->cgroups, event.cgroup, event.pids_cgroup,
				    context->arena, &record.process);
	context->handlers->exec(context->handlers->context, &record);
	return 0;
}

const struct watcher exec_watcher = {
	.name = "exec",
	.program = "watch_exec",
	.cost = "processes that start are seen when the node is next looked at, and those that are "
		"gone by then never",
	.cost_of_lockdown = "execs are seen without their path and arguments",
	.counts_skipped_runs = true,
	.kind = EVENT_EXEC,
	.open = open_exec,
	.record = hand_over,
};
