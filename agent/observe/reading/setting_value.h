/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One value of one row, from a file, a flag or the table of defaults, in the row's own type.
 */
#ifndef OBSERVE_READING_SETTING_VALUE_H
#define OBSERVE_READING_SETTING_VALUE_H

#include "observe/reading/document.h"
#include "observe/reading/reading.h"

/* Fills value and map. false: the kubelet would not take it, and the complaint says why. */
bool value_from_document(struct reading *reading, const struct field *field,
			 struct document *document, struct field_state *ret_state,
			 const char **ret_complaint);
/* The same from the text of a flag. Lists and maps add to what is in the state; empty it before the
 * first use of the flag. */
bool value_from_flag(struct reading *reading, const struct field *field, const char *text,
		     struct field_state *state, const char **ret_complaint);
/* A default of the table; NULL: false, 0 or nothing. */
void value_of_default(struct reading *reading, const struct field *field, const char *text,
		      struct field_state *ret_state);
/* What a map holds, as a sorted list of key=value. */
struct value value_of_map(struct reading *reading, const struct document *map);

#endif
