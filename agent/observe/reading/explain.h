/* SPDX-License-Identifier: Apache-2.0 */
/* One sentence of evidence for the value of a setting. */
#ifndef OBSERVE_READING_EXPLAIN_H
#define OBSERVE_READING_EXPLAIN_H

#include "observe/reading/reading.h"

const char *explain_state(struct reading *reading, const struct field *field,
			  const struct field_state *state);

#endif
