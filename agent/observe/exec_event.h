/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The exec record of nodelatch/event.h, decoded. The bytes are not trusted: every length is checked
 * against what came. No allocation.
 */
#ifndef OBSERVE_EXEC_EVENT_H
#define OBSERVE_EXEC_EVENT_H

#include <stddef.h>

#include "nodelatch/event.h"
#include "nodelatch/observation.h"

/* What the decoded record points into: overwritten by the next one. */
struct exec_text {
	char path[EVENT_PATH_MAX + 32];
	char name[EVENT_COMM_BYTES + 1];
	char arguments[EVENT_ARGUMENTS_MAX + 2];
	char gap[48];
	const char *items[EVENT_ARGUMENTS_MAX + 3];
};

/*
 * Fills in everything but the cgroup. Returns 0, or -EBADMSG for bytes that are no exec record.
 *
 * Where the middle of a long argv was not captured, an argument of its own says so,
 * "[1840 bytes not captured]"; the one before it may be cut short and the one after it may lack its
 * start. A path whose start was not captured begins with "[...]".
 */
int exec_event_decode(const void *data, size_t size, int64_t boot_offset_ns, struct exec_text *text,
		      struct exec_record *ret_record);

#endif
