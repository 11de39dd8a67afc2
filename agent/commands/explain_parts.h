/* SPDX-License-Identifier: Apache-2.0 */
/* The forms in which rows are explained. All append; what fails is the buffer's error. */
#ifndef COMMANDS_EXPLAIN_PARTS_H
#define COMMANDS_EXPLAIN_PARTS_H

#include "base/buffer.h"
#include "nodelatch/check.h"
#include "nodelatch/sink.h"

/* One check, or (NULL) the list of all. */
void explain_text(const struct check *check, const struct sink_style *style,
		  struct text_buffer *out);
void explain_json(const struct check *check, struct text_buffer *out);
/* The table of all checks that stands in agent/check/README.md. */
void explain_markdown(struct text_buffer *out);
/* The manual page nodelatch-checks(7). */
void explain_man(struct text_buffer *out);

/* "4.2.11 (1.8), 4.2.10 (1.9 to 1.12)": each number, with the versions of the benchmark that have
 * it. Nothing where there is none. */
void explain_cis(const struct check *check, struct text_buffer *out);
/* The first check of each family, and those of one family: call with NULL for the first. */
const struct check *family_first(const struct check *previous);
const struct check *family_next(const struct check *first, const struct check *previous);

#endif
