/* SPDX-License-Identifier: Apache-2.0 */
/* Changes as lines for people: time, severity, check, subject, what, -> remedy. */
#include "base/time.h"
#include "model/words.h"
#include "report/sinks.h"
#include "report/text_line.h"
#include "report/text_words.h"

/* The longest severity; the longest checks and subjects of the usual line. */
#define SEVERITY_COLUMNS 8
#define CHECK_COLUMNS	 26
#define SUBJECT_COLUMNS	 28

/* On a terminal "11-22 05:48:26", so that there is room for the rest; else all of it. */
static void write_time(const struct sink_style *style, int64_t time_ns, struct text_buffer *buffer)
{
	char text[TIME_TEXT_BYTES];

	time_format(time_ns, text);
	if (!style->width || text[4] != '-')
		buffer_text(buffer, text);
	else
		buffer_printf(buffer, "%.5s %.8s", text + 5, text + 11);
}

/* Where a terminal is too narrow for one line, what follows stands under the check. */
#define CONTINUATION_INDENT 24

/* "tcp [::]:10255 kubelet[812]  The kubelet serves ... -> set readOnlyPort: 0 ..." */
static void write_what(const struct sink_style *style, const struct change *change,
		       size_t check_start, struct text_buffer *buffer)
{
	CLEANUP_BUFFER struct text_buffer what = { 0 }, remedy = { 0 };
	bool is_over = change->kind == CHANGE_RESOLVED;
	size_t column = CONTINUATION_INDENT + line_columns(buffer, check_start);

	change_words(change, &what);
	if (!is_over && *change->finding.remedy) {
		buffer_text(&remedy, " -> ");
		buffer_escaped(&remedy, change->finding.remedy);
	}
	if (buffer_error(&what) < 0 || buffer_error(&remedy) < 0) {
		buffer->error = buffer_error(&what) ? buffer_error(&what) : buffer_error(&remedy);
		return;
	}
	line_tone(style, is_over ? TONE_GOOD : TONE_STRONG, buffer);
	column = line_wrapped(style, what.data, column, CONTINUATION_INDENT, buffer);
	line_end_tone(style, buffer);
	if (remedy.length)
		line_wrapped(style, remedy.data, column, CONTINUATION_INDENT, buffer);
}

static void write_severity(const struct sink_style *style, const struct change *change,
			   struct text_buffer *buffer)
{
	if (change->kind == CHANGE_RESOLVED)
		line_tone(style, TONE_GOOD, buffer);
	else
		line_severity_tone(style, change->finding.severity, buffer);
	line_column(severity_word(change->finding.severity), SEVERITY_COLUMNS, buffer);
	line_end_tone(style, buffer);
}

static int write_text(const struct sink_style *style, const struct change *change,
		      struct text_buffer *buffer)
{
	size_t before = buffer->length;

	line_tone(style, TONE_FAINT, buffer);
	write_time(style, change->time_ns, buffer);
	line_end_tone(style, buffer);
	buffer_text(buffer, " ");
	write_severity(style, change, buffer);
	buffer_text(buffer, " ");
	size_t check = buffer->length;

	line_column(change->finding.check, CHECK_COLUMNS, buffer);
	buffer_text(buffer, " ");
	line_subject(&change->finding.subject, buffer);
	line_pad(check, CHECK_COLUMNS + 1 + SUBJECT_COLUMNS, buffer);
	buffer_text(buffer, " ");
	write_what(style, change, check, buffer);
	buffer_text(buffer, "\n");
	return line_finish(buffer, before);
}

const struct sink TEXT_SINK = { .name = "text", .write = write_text };
