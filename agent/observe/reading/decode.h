/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From documents to settings: what Go's decoders make of a component's configuration,
 * and the defaults that it then fills in.
 */
#ifndef OBSERVE_READING_DECODE_H
#define OBSERVE_READING_DECODE_H

#include "observe/reading/document.h"
#include "observe/reading/reading.h"

enum decode_rule {
	DECODE_CONFIG, /* --config: keys count by case, null in a duration stops the kubelet */
	DECODE_MERGED, /* base and drop-ins: encoding/json, to which the case of a key is nothing */
};

/*
 * Sets the states of all rows from the document; rows it does not set become the defaults of a
 * configuration. A value of the wrong type is told to the reading, and then all that files say is
 * unknown.
 */
void decode_document(struct reading *reading, struct document *root, enum decode_rule rule);
/* Tells the reading of every key that no row has. */
void decode_report_unknown_keys(struct reading *reading, const struct document *root,
				const char *path, enum decode_rule rule);
/* All rows at their defaults, those of flags or those of a configuration. */
void decode_defaults(struct reading *reading, bool is_legacy);
/* One row at its default. */
void decode_default(struct reading *reading, size_t row, bool is_legacy);
/* The rows as a document, for drop-ins to be merged into. NULL: the arena is full. */
struct document *decode_base(struct reading *reading);

#endif
