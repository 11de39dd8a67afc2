/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of a systemd unit file that say where variables are read from. */
#ifndef OBSERVE_FILES_UNIT_FILE_H
#define OBSERVE_FILES_UNIT_FILE_H

#include <stddef.h>

#include "base/arena.h"

/* The caller fills in the text, NUL-terminated, and zeroes the rest. */
struct unit_reader {
	const char *rest;
	struct arena *arena;
	int is_in_service; /* the section that the reader is in is [Service] */
};

/*
 * The next EnvironmentFile= of the section [Service]: an absolute path or glob, without the '-'
 * before it; "" where the list is emptied. Returns 1, 0 at the end, or -ENOMEM.
 */
int unit_next_environment(struct unit_reader *reader, const char **ret_path);

#endif
