/* SPDX-License-Identifier: Apache-2.0 */
/* What lines have in common: whole or not at all, colours, columns, foreign text made safe. */
#ifndef REPORT_TEXT_LINE_H
#define REPORT_TEXT_LINE_H

#include <jansson.h>

#include "base/buffer.h"
#include "nodelatch/finding.h"
#include "nodelatch/sink.h"

/* After appending a line to what had that length: returns 0, or the buffer's error, with the buffer
 * as it was before. */
int line_finish(struct text_buffer *buffer, size_t length_before);
/* Appends the object, which may be NULL for "no memory", and a newline, the same way. */
int line_json(const json_t *object, struct text_buffer *buffer);

/* What a colour says, so that all output says it alike. */
enum tone { TONE_PLAIN, TONE_FAINT, TONE_STRONG, TONE_GOOD, TONE_COUNT };

void line_tone(const struct sink_style *style, enum tone tone, struct text_buffer *buffer);
void line_severity_tone(const struct sink_style *style, enum severity severity,
			struct text_buffer *buffer);
void line_end_tone(const struct sink_style *style, struct text_buffer *buffer);

/* Escaped, and then spaces up to so many columns. */
void line_column(const char *text, size_t columns, struct text_buffer *buffer);
/* Spaces until what was appended from that place on has so many columns. */
void line_pad(size_t from, size_t columns, struct text_buffer *buffer);
/* Columns of the text from that place on; what is escaped has one a character. */
size_t line_columns(const struct text_buffer *buffer, size_t from);
/* Appends a text that was escaped already and starts at that column, broken between words where the
 * style's width asks for it, with following lines indented. Returns the column where it ended. */
size_t line_wrapped(const struct sink_style *style, const char *text, size_t column, size_t indent,
		    struct text_buffer *buffer);
/* "tcp [::]:10255 kubelet[812]": the name, and who it is where the name does not say. */
void line_subject(const struct subject *subject, struct text_buffer *buffer);
/* "10255 (default:flag)", with whatever of the two there is; returns whether there was any. */
bool line_value(const struct finding *finding, struct text_buffer *buffer);

#endif
