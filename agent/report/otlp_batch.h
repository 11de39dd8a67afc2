/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A batch of changes as the body of one request, at most BATCH_CHANGES_MAX of them and
 * BATCH_BYTES_MAX bytes, unless one change alone is longer.
 */
#ifndef REPORT_OTLP_BATCH_H
#define REPORT_OTLP_BATCH_H

#include "report/otlp_encoding.h"

struct otlp_batch {
	const struct otlp_encoding *encoding;
	struct text_buffer records;
	size_t count;
};

/* Returns 0; -E2BIG: it is full, and as it was; or -ENOMEM. */
int otlp_batch_add(struct otlp_batch *batch, const struct change *change);
/* Appends the request, packed where the settings say so. Returns 0 or -errno. */
int otlp_batch_finish(const struct otlp_batch *batch, const struct otlp_settings *settings,
		      struct text_buffer *body);
/* Forgets the records, keeps the memory. */
void otlp_batch_reset(struct otlp_batch *batch);
void otlp_batch_done(struct otlp_batch *batch);

#endif
