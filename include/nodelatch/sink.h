/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sink turns changes into lines for somebody. One file per sink ends in a `const struct sink`;
 * report/sinks.c lists them. Queues, limits and retry belong to the frame around it, not to the
 * sink.
 */
#ifndef NODELATCH_SINK_H
#define NODELATCH_SINK_H

#include <stdbool.h>

#include "nodelatch/change.h"

struct text_buffer; /* base/buffer.h */

struct sink_style {
	bool has_colour;
	unsigned width; /* columns of the terminal; 0: do not wrap */
};

struct sink {
	const char *name; /* "text", "json", "ocsf" */
	/* Appends one change, newline included. Returns 0 or -errno; on error the buffer is as it
	 * was. */
	int (*write)(const struct sink_style *style, const struct change *change,
		     struct text_buffer *buffer);
};

#endif
