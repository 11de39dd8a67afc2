/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Every exec, once it cannot fail any more: who, from where, with which arguments. The arguments
 * are read from the new image's own memory, where they are one block, so nobody can change them
 * between what runs and what is reported.
 */
#define RING_BYTES                                                                                 \
	(1 << 20) /* some 5,000 records: half a second of the fastest loop of two cores */

#include "emit.h"
#include "pid.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct walk {
	struct dentry *dentry, *mount_root, *root;
	struct vfsmount *mount, *root_mount;
};

struct scratch {
	struct event_exec event;
	/* path and arguments, and room for what the verifier thinks could still follow */
	char tail[EVENT_PATH_MAX + EVENT_NAME_MAX + 2 * EVENT_ARGUMENTS_MAX];
	/* In memory, where the verifier keeps no range: with one a round it walks every path of
	 * the loop, and loading takes seconds. */
	volatile __u32 path_bytes;
	struct walk walk;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

/* From one mount's root to the place it is mounted on; NULL at the top. */
static __always_inline struct dentry *mounted_on(struct vfsmount **mount)
{
	struct mount *here = (void *)*mount - bpf_core_field_offset(struct mount, mnt);
	struct mount *parent = BPF_CORE_READ(here, mnt_parent);

	if (parent == here)
		return NULL;
	*mount = (void *)parent + bpf_core_field_offset(struct mount, mnt);
	return BPF_CORE_READ(here, mnt_mountpoint);
}

/* Parent and name of an entry, which lie close together: one call for both. */
static __always_inline struct dentry *read_entry(struct dentry *dentry, const void **ret_name)
{
	const __u32 parent = bpf_core_field_offset(struct dentry, d_parent);
	const __u32 name = bpf_core_field_offset(struct dentry, d_name.name);
	__u64 words[4] = { 0 };

	if (name - parent > sizeof(words) - sizeof(*words)) { /* not in this kernel */
		*ret_name = BPF_CORE_READ(dentry, d_name.name);
		return BPF_CORE_READ(dentry, d_parent);
	}
	bpf_probe_read_kernel(words, sizeof(words), (void *)dentry + parent);
	*ret_name = (void *)words[(name - parent) / sizeof(*words) & 3];
	return (void *)words[0];
}

/* Appends one component; returns 0, or what is wrong as a flag. */
static __always_inline __u32 copy_name(struct scratch *scratch, const void *name)
{
	__u32 used = scratch->path_bytes;

	if (used > EVENT_PATH_MAX - EVENT_NAME_MAX)
		return EVENT_EXEC_PATH_TRUNCATED;
	long length = bpf_probe_read_kernel_str(scratch->tail + used, EVENT_NAME_MAX, name);
	if (length <= 0)
		return EVENT_EXEC_PATH_UNREADABLE;
	scratch->path_bytes = used + (__u32)length;
	return 0;
}

/*
 * Writes the components from the last to the first; stops at the process's own root. The walk
 * starts where the verifier knows what it reads, and such a read is a plain load; after that it
 * cannot know, so each read is a call of a helper. Numbers that went through memory are no pointers
 * to it any more, which lets one loop do both.
 */
static __always_inline __u32 copy_path(struct scratch *scratch, struct task_struct *task,
				       struct file *file)
{
	volatile struct walk *walk = &scratch->walk;

	walk->dentry = file->f_path.dentry;
	walk->mount = file->f_path.mnt;
	walk->mount_root = file->f_path.mnt->mnt_root;
	walk->root = task->fs->root.dentry;
	walk->root_mount = task->fs->root.mnt;
	scratch->path_bytes = 0;

	struct dentry *dentry = walk->dentry, *mount_root = walk->mount_root;
	struct vfsmount *mount = walk->mount;
	struct dentry *root = walk->root;
	struct vfsmount *root_mount = walk->root_mount;

	for (int depth = 0; depth < EVENT_PATH_DEPTH_MAX; depth++) {
		if (!dentry || (dentry == root && mount == root_mount))
			return 0;
		if (dentry == mount_root) {
			dentry = mounted_on(&mount);
			mount_root = BPF_CORE_READ(mount, mnt_root);
			continue;
		}
		const void *name;
		struct dentry *parent = read_entry(dentry, &name);
		__u32 problem = copy_name(scratch, name);

		if (problem || parent == dentry) /* a file without a place, like a memfd */
			return problem;
		dentry = parent;
	}
	return EVENT_EXEC_PATH_TRUNCATED;
}

/* Copies argv behind the path and returns how many bytes of it. */
static __always_inline __u32 copy_arguments(struct scratch *scratch, __u32 used,
					    struct mm_struct *mm)
{
	__u64 start = mm->arg_start;
	__u64 whole = mm->arg_end - start;
	__u32 head = whole, tail = 0;

	scratch->event.argument_bytes = whole > 0xffffffff ? 0xffffffff : whole;
	if (whole > EVENT_ARGUMENTS_MAX) {
		head = EVENT_ARGUMENTS_HEAD;
		tail = EVENT_ARGUMENTS_TAIL;
		scratch->event.flags |= EVENT_EXEC_ARGUMENTS_TRUNCATED;
	}
	KEEP_IN_REGISTER(head);
	if (head > EVENT_ARGUMENTS_MAX)
		return 0;
	char *to = scratch->tail + used;

	if (bpf_probe_read_user(to, head, (void *)start) ||
	    (tail && bpf_probe_read_user(to + EVENT_ARGUMENTS_HEAD, EVENT_ARGUMENTS_TAIL,
					 (void *)(start + whole - EVENT_ARGUMENTS_TAIL)))) {
		scratch->event.flags |= EVENT_EXEC_ARGUMENTS_UNREADABLE;
		return 0;
	}
	return head + tail;
}

static __always_inline __u64 pids_cgroup_of(struct task_struct *task)
{
	if (!bpf_core_enum_value_exists(enum cgroup_subsys_id, pids_cgrp_id))
		return 0;
	__u32 index = bpf_core_enum_value(enum cgroup_subsys_id, pids_cgrp_id);
	struct cgroup_subsys_state *state = task->cgroups->subsys[index];

	return state->cgroup->kn->id;
}

static __always_inline void describe(struct event_exec *event, struct task_struct *task,
				     struct linux_binprm *bprm)
{
	struct task_struct *parent = task->real_parent;
	const struct cred *cred = task->cred;
	struct nsproxy *namespaces = task->nsproxy;

	event->started_ns = task->start_boottime;
	event->parent_started_ns = parent->group_leader->start_boottime;
	event->cgroup = task->cgroups->dfl_cgrp->kn->id;
	event->pids_cgroup = pids_cgroup_of(task);
	event->pid = pid_of(task);
	event->parent_pid = pid_of(parent);
	event->uid = cred->uid.val;
	event->euid = cred->euid.val;
	event->gid = cred->gid.val;
	event->netns = namespaces->net_ns->ns.inum;
	event->mntns = namespaces->mnt_ns->ns.inum;
	event->pidns = pid_namespace_of(task);
	event->argument_count = bprm->argc;
	event->argument_bytes = 0;
	event->argument_captured = 0;
	event->exe_bytes = 0;
	event->flags = EVENT_EXEC_PATH_UNREADABLE | EVENT_EXEC_ARGUMENTS_UNREADABLE;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
}

/* Path and arguments; returns their bytes. */
static __always_inline __u32 copy_image(struct scratch *scratch, struct task_struct *task,
					struct mm_struct *mm)
{
	struct event_exec *event = &scratch->event;

	event->flags = mm->exe_file->f_inode->i_nlink ? 0 : EVENT_EXEC_FILE_DELETED;
	event->flags |= copy_path(scratch, task, mm->exe_file);
	__u32 path_bytes = scratch->path_bytes;

	if (path_bytes > EVENT_PATH_MAX)
		return 0;
	event->exe_bytes = path_bytes;
	__u32 argument_bytes = copy_arguments(scratch, path_bytes, mm);

	event->argument_captured = argument_bytes;
	return path_bytes + argument_bytes;
}

SEC("tp_btf/sched_process_exec")
int watch_exec(__u64 *arguments)
{
	struct task_struct *task = (void *)arguments[0];
	struct linux_binprm *bprm = (void *)arguments[2];
	__u32 first = 0;
	struct scratch *scratch = bpf_map_lookup_elem(&scratches, &first);

	if (!scratch) {
		emit_lost(EVENT_LOST_NO_SCRATCH);
		return 0;
	}
	describe(&scratch->event, task, bprm);
	if (!scratch->event.pid) /* another node's */
		return 0;
	__u32 length = sizeof(scratch->event);

	length += may_copy_memory ? copy_image(scratch, task, task->mm) : 0;
	KEEP_IN_REGISTER(length);
	if (length > sizeof(*scratch))
		length = sizeof(*scratch);
	emit(&scratch->event.header, EVENT_EXEC, length);
	return 0;
}
