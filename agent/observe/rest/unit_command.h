/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a systemd unit would run: ExecStart= of its fragment and drop-ins, with the variables of
 * Environment= and EnvironmentFile=. Sources: systemd.service(5), systemd.exec(5).
 */
#ifndef OBSERVE_REST_UNIT_COMMAND_H
#define OBSERVE_REST_UNIT_COMMAND_H

#include <stddef.h>

#include "base/arena.h"

struct unit_command {
	const char **words; /* the program first */
	size_t count;
	const char *problem; /* of unit_command_read(): why there are none; NULL: there are */
};

/* One unit while its files are read. */
struct unit_text {
	struct arena *arena;
	int root;	    /* where its EnvironmentFiles are; -1: nowhere */
	const char *start;  /* the last ExecStart=; NULL: none */
	const char **names; /* of the variables, the last of a name counts */
	const char **values;
	size_t count, name_capacity, value_count, value_capacity;
	int error; /* 0 or -errno */
};

/* Takes in one file of the unit, NUL-terminated. */
void unit_text_add(struct unit_text *unit, const char *text);
/* The command as it is now. Returns 0; -ENOENT: it has none; -EINVAL: it has what is not understood
 * here, specifiers say; or another error that was met. */
int unit_text_command(struct unit_text *unit, struct unit_command *ret_command);
/* All files of the unit of that name, below the root. Returns 0; -ENOENT: there is no such unit, or
 * it is masked; -ENOMEM. What is wrong with it is the command's problem. */
int unit_command_read(int root, const char *name, struct arena *arena,
		      struct unit_command *ret_command);

#endif
