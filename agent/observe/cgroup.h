/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a cgroup path says of its owner, without asking a runtime: systemd unit, pod, container.
 * Source of the forms: the kubelet's cgroupfs and systemd drivers, containerd, CRI-O, docker and
 * podman.
 */
#ifndef OBSERVE_CGROUP_H
#define OBSERVE_CGROUP_H

#include <stddef.h>

#include "nodelatch/process.h"

#include "base/arena.h"

/* From the text of /proc/PID/cgroup: the unified path, or that of the pids, memory or systemd
 * hierarchy where the unified one is "/". Fills cgroup, unit, pod_uid and container_id. Returns 0
 * or -ENOMEM. */
int cgroup_describe(const char *text, size_t length, struct arena *arena, struct process *process);

#endif
