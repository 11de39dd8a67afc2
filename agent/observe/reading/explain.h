/* SPDX-License-Identifier: Apache-2.0 */
/* One sentence of evidence for the value of a setting. */
#ifndef OBSERVE_READING_EXPLAIN_H
#define OBSERVE_READING_EXPLAIN_H

#include "observe/reading/reading.h"

/* A value as it stands in such a sentence: "nothing" where it is unset. */
const char *explain_value(struct reading *reading, const struct value *value);
/* "/path, line 7" */
const char *explain_place(struct reading *reading, const struct source *source, unsigned line);
const char *explain_state(struct reading *reading, const struct field *field,
			  const struct field_state *state);
/* The same, with where it is from when the component does not run. */
const char *explain_evidence(struct reading *reading, const struct field *field,
			     const struct field_state *state);

#endif
