/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Processes, namespaces and cgroups, as far as they are read. */
#ifndef BPF_KERNEL_TASK_H
#define BPF_KERNEL_TASK_H

#include "kernel_file.h"

KERNEL_STRUCTS_BEGIN

struct ns_common {
	unsigned int inum;
};

struct net {
	struct ns_common ns;
};

struct pid_namespace {
	struct ns_common ns;
};

struct mnt_namespace {
	struct ns_common ns;
};

struct nsproxy {
	struct mnt_namespace *mnt_ns;
	struct pid_namespace *pid_ns_for_children;
	struct net *net_ns;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

struct mm_struct {
	unsigned long arg_start, arg_end;
	struct file *exe_file;
};

typedef struct {
	unsigned int val;
} kuid_t;

typedef struct {
	unsigned int val;
} kgid_t;

struct cred {
	kuid_t uid, euid;
	kgid_t gid;
};

struct kernfs_node {
	__u64 id;
};

struct cgroup {
	struct kernfs_node *kn;
};

struct cgroup_subsys_state {
	struct cgroup *cgroup;
};

enum cgroup_subsys_id {
	pids_cgrp_id = 0x7fff, /* CO-RE puts the running kernel's number here */
};

struct css_set {
	struct cgroup_subsys_state *subsys[1];
	struct cgroup *dfl_cgrp;
};

struct task_struct {
	int pid, tgid;
	__u64 start_boottime;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	struct mm_struct *mm;
	struct fs_struct *fs;
	const struct cred *cred;
	struct nsproxy *nsproxy;
	struct css_set *cgroups;
	struct pid *thread_pid;
	char comm[16];
};

struct linux_binprm {
	int argc;
};

KERNEL_STRUCTS_END

#endif
