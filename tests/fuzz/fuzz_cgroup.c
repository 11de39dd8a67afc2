/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/PID/cgroup, in which names are whatever somebody called a cgroup. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "observe/cgroup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What becomes part of a finding's subject is one name, not a path. */
static void expect_name(const char *name)
{
	if (name && (!*name || strchr(name, '/')))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct process process = { 0 };

	if (!arena || cgroup_describe((const char *)data, size, arena, &process) < 0)
		return 0;
	expect_name(process.unit);
	expect_name(process.pod_uid);
	expect_name(process.container_id);
	if ((process.unit || process.pod_uid || process.container_id) && !process.cgroup)
		abort();
	return 0;
}
