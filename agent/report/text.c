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

static int write_text(const struct sink_style *style, const struct change *change,
		      struct text_buffer *buffer)
{
	const struct finding *finding = &change->finding;
	bool is_over = change->kind == CHANGE_RESOLVED;
	size_t before = buffer->length;

	line_tone(style, TONE_FAINT, buffer);
	write_time(style, change->time_ns, buffer);
	line_end_tone(style, buffer);
	buffer_text(buffer, " ");
	if (is_over)
		line_tone(style, TONE_GOOD, buffer);
	else
		line_severity_tone(style, finding->severity, buffer);
	line_column(severity_word(finding->severity), SEVERITY_COLUMNS, buffer);
	line_end_tone(style, buffer);
	buffer_text(buffer, " ");
	line_column(finding->check, CHECK_COLUMNS, buffer);
	buffer_text(buffer, " ");
	size_t subject = buffer->length;

	line_subject(&finding->subject, buffer);
	line_pad(subject, SUBJECT_COLUMNS, buffer);
	buffer_text(buffer, " ");
	line_tone(style, is_over ? TONE_GOOD : TONE_STRONG, buffer);
	change_words(change, buffer);
	line_end_tone(style, buffer);
	if (!is_over && *finding->remedy) {
		buffer_text(buffer, " -> ");
		buffer_escaped(buffer, finding->remedy);
	}
	buffer_text(buffer, "\n");
	return line_finish(buffer, before);
}

const struct sink TEXT_SINK = { .name = "text", .write = write_text };
