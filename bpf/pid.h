/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Processes by the number that the agent knows them by: that of its own pid namespace, which is the
 * initial one unless the node itself is a container.
 */
#ifndef BPF_PID_H
#define BPF_PID_H

#include "kernel_task.h"

#define INITIAL_PID_NAMESPACE 0xEFFFFFFCU /* include/linux/proc_ns.h: PROC_PID_INIT_INO */
#define PID_LEVELS_MAX	      32	  /* include/linux/pid_namespace.h: MAX_PID_NS_LEVEL */

const volatile __u32 reader_pid_namespace = INITIAL_PID_NAMESPACE;

/* False where the kernel is locked down for confidentiality: no helper may copy memory there. */
const volatile bool may_copy_memory = true;

/* One row of the table at the end of struct pid. The verifier allows no index into it, so `pid`
 * must be a plain number to it: one that a helper read. */
static __always_inline struct upid *pid_row(struct pid *pid, __u32 level)
{
	return (void *)pid + bpf_core_field_offset(struct pid, numbers) +
	       level * bpf_core_type_size(struct upid);
}

/* The process's number; 0 when it is outside the agent's namespace. */
static __always_inline __u32 pid_of(struct task_struct *task)
{
	if (reader_pid_namespace == INITIAL_PID_NAMESPACE)
		return task->tgid;
	if (!may_copy_memory)
		return 0;
	struct pid *pid = BPF_CORE_READ(task, group_leader, thread_pid);
	__u32 levels = BPF_CORE_READ(pid, level);

	for (__u32 level = 0; level < PID_LEVELS_MAX; level++) {
		struct upid *row = pid_row(pid, level);

		if (level > levels)
			break;
		if (BPF_CORE_READ(row, ns, ns.inum) == reader_pid_namespace)
			return BPF_CORE_READ(row, nr);
	}
	return 0;
}

/* The namespace that the process is in, which may differ from that of its children to be. */
static __always_inline __u32 pid_namespace_of(struct task_struct *task)
{
	struct pid *pid = task->thread_pid;

	if (pid->level == 0)
		return pid->numbers[0].ns->ns.inum;
	if (!may_copy_memory)
		return task->nsproxy->pid_ns_for_children->ns.inum;
	struct upid *row = pid_row(BPF_CORE_READ(task, thread_pid), pid->level);

	return BPF_CORE_READ(row, ns, ns.inum);
}

#endif
