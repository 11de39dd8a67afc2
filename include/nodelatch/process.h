/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process, as /proc or the kernel's exec event shows it. Its identity is (pid, start_ticks): a
 * pid alone is reused.
 */
#ifndef NODELATCH_PROCESS_H
#define NODELATCH_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A path as a process in a container sees it, and where that is on the host; NULL: nowhere. */
struct path_mount {
	const char *inside, *outside; /* absolute and clean */
};

/* What a node at rest would run, told by a unit or by the manifest of a static pod. */
struct process_plan {
	const char *from;    /* "kubelet.service", "/etc/kubernetes/manifests/etcd.yaml" */
	const char *problem; /* why its command line is not known; NULL: it is */
	const char *image;   /* of its container: its program and files are in there, but for its
				mounts; NULL: they are the host's */
	const struct path_mount *mounts;
	size_t mount_count;
	const char *environment; /* "NAME=value" with a NUL each; NULL: not known */
	size_t environment_length;
};

struct process {
	pid_t pid; /* in the host's pid namespace (the tree's, under --root) */
	pid_t parent_pid;
	uint64_t start_ticks;  /* /proc/PID/stat field 22: 100 Hz ticks since boot; 0 unknown */
	int64_t started_at_ns; /* wall clock; 0 unknown */
	uid_t uid;	       /* effective */
	const char *name;      /* comm */
	const char *exe;       /* as the process sees it; NULL when it cannot be read */
	const char *const *arguments; /* argv, split by length, not by double NUL */
	size_t argument_count;
	bool arguments_truncated;
	bool arguments_rewritten; /* the arguments are those at its exec; it shows others since */
	uint64_t netns, mntns, pidns; /* namespace inodes; 0 unknown */
	const char *cgroup;	      /* the path in the unified or pids hierarchy; NULL unknown */
	const char *unit;	      /* systemd unit, from the cgroup; NULL when none */
	const char *pod_uid;	      /* NULL when not in a pod */
	const char *container_id;     /* NULL when not in a container */
	const struct process_plan *plan; /* it does not run, and has no pid; NULL: it does */
};

#endif
