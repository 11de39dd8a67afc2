/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One family of metrics in the making. A node exporter drops a whole file in which a series stands
 * twice, so samples with the same labels are made one before they are written.
 */
#ifndef REPORT_METRICS_PAGE_H
#define REPORT_METRICS_PAGE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"

enum metrics_merge { MERGE_SUM, MERGE_LEAST };

struct metrics_sample {
	const char *labels; /* `{a="b",c="d"}`, or "" */
	int64_t value;
};

struct metrics_page {
	struct arena *arena; /* forgets a family when it is written */
	struct text_buffer *buffer;
	struct metrics_sample *samples;
	size_t count, capacity;
	int error;
};

/* Labels and their values by turns; a label whose value is NULL is left out. */
#define LABELS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define NO_LABELS   ((const char *const[]){ NULL })

void page_add(struct metrics_page *page, int64_t value, const char *const *labels);
/* Writes the family with what was added; nothing when that is nothing. */
void page_end(struct metrics_page *page, const char *name, const char *type, const char *help,
	      enum metrics_merge merge);

#endif
