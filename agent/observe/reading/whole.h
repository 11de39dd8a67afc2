/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the readers of all components do alike, before and after the settings are read.
 */
#ifndef OBSERVE_READING_WHOLE_H
#define OBSERVE_READING_WHOLE_H

#include "observe/reading/program.h"
#include "observe/reading/reading.h"

/* "1.31.9" is 31; -1 when it is no version of the schema's major number. */
int reading_minor(const struct schema *schema, const char *version);
/* The arguments after the program's own name. false: they cannot be read, the reading is told. */
bool reading_arguments(struct reading *reading, const struct program *program,
		       struct arguments *ret_arguments);
/* Paths that came from this source count from the directory; NULL: it is not known. */
void reading_make_absolute(struct reading *reading, enum source_kind source, const char *directory);
void reading_set_unknown(struct field_state *state, const char *reason);
/* No setting is known. */
void reading_forget(struct reading *reading, const char *reason);
/* Exports into the arena. What needs more memory than one component may take becomes unknown.
 * Returns 0 or -ENOMEM. */
int reading_export(struct reading *reading, struct arena *arena, struct component *component);

#endif
