/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the cgroup ids that the kernel reports to what /proc/PID/cgroup would have said, also for a
 * process that is gone. Remembers the last some hundred, in memory of fixed size.
 */
#ifndef OBSERVE_CGROUP_PATH_H
#define OBSERVE_CGROUP_PATH_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "nodelatch/process.h"

struct cgroup_paths;

/* Returns NULL when there is no memory. Where no cgroup file system is mounted nothing is found. */
struct cgroup_paths *cgroup_paths_new(void);
void cgroup_paths_free(struct cgroup_paths *paths);

/*
 * Fills in cgroup, unit, pod_uid and container_id from the ids in the unified hierarchy and in that
 * of the pids controller. They stay unknown where the cgroup is gone. Returns 0 or -ENOMEM.
 */
int cgroup_paths_describe(struct cgroup_paths *paths, uint64_t unified_id, uint64_t pids_id,
			  struct arena *arena, struct process *process);

#endif
