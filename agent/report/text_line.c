/* SPDX-License-Identifier: Apache-2.0 */
#include "report/text_line.h"

#include <assert.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

int line_finish(struct text_buffer *buffer, size_t length_before)
{
	int error = buffer_error(buffer);

	if (!error)
		return 0;
	buffer->error = 0;
	buffer->length = length_before;
	if (buffer->data)
		buffer->data[length_before] = '\0';
	return error;
}

int line_json(const json_t *object, struct text_buffer *buffer)
{
	size_t before = buffer->length;

	if (!object)
		return -ENOMEM;
	json_write(object, buffer);
	buffer_text(buffer, "\n");
	return line_finish(buffer, before);
}

/* ECMA-48 "select graphic rendition". */
static const char *const TONES[] = {
	[TONE_PLAIN] = "\033[0m",
	[TONE_FAINT] = "\033[2m",
	[TONE_STRONG] = "\033[1m",
	[TONE_GOOD] = "\033[32m",
};
static_assert(ARRAY_SIZE(TONES) == TONE_COUNT, "every tone has its code");

static const char *const SEVERITY_TONES[] = {
	[SEVERITY_INFO] = "\033[2m",	       /* faint */
	[SEVERITY_LOW] = "\033[36m",	       /* cyan */
	[SEVERITY_MEDIUM] = "\033[33m",	       /* yellow */
	[SEVERITY_HIGH] = "\033[1;31m",	       /* bold red */
	[SEVERITY_CRITICAL] = "\033[1;37;41m", /* bold white on red */
};
static_assert(ARRAY_SIZE(SEVERITY_TONES) == SEVERITY_COUNT, "every severity has its code");

void line_tone(const struct sink_style *style, enum tone tone, struct text_buffer *buffer)
{
	if (style->has_colour)
		buffer_text(buffer, TONES[tone]);
}

void line_severity_tone(const struct sink_style *style, enum severity severity,
			struct text_buffer *buffer)
{
	if (style->has_colour)
		buffer_text(buffer, SEVERITY_TONES[severity]);
}

void line_end_tone(const struct sink_style *style, struct text_buffer *buffer)
{
	line_tone(style, TONE_PLAIN, buffer);
}

/* One a character. */
static size_t count_columns(const char *text, size_t length)
{
	size_t columns = 0;

	for (size_t i = 0; i < length; i++)
		columns += ((unsigned char)text[i] & 0xc0) != 0x80;
	return columns;
}

size_t line_columns(const struct text_buffer *buffer, size_t from)
{
	return buffer->data ? count_columns(buffer->data + from, buffer->length - from) : 0;
}

/* Narrower than this, wrapping makes it worse. */
#define WIDTH_MIN 40

size_t line_wrapped(const struct sink_style *style, const char *text, size_t column, size_t indent,
		    struct text_buffer *buffer)
{
	bool is_first = true;

	while (*text) {
		size_t length = strcspn(text, " ");
		size_t columns = count_columns(text, length), space = is_first ? 0 : 1;

		if (style->width >= WIDTH_MIN && column > indent &&
		    column + space + columns > style->width) {
			buffer_printf(buffer, "\n%*s", (int)indent, "");
			column = indent;
		} else if (space) {
			buffer_text(buffer, " ");
			column++;
		}
		buffer_append(buffer, text, length);
		column += columns;
		is_first = false;
		text += length + (text[length] == ' ');
	}
	return column;
}

void line_pad(size_t from, size_t columns, struct text_buffer *buffer)
{
	for (size_t used = line_columns(buffer, from); used < columns; used++)
		buffer_text(buffer, " ");
}

void line_column(const char *text, size_t columns, struct text_buffer *buffer)
{
	size_t from = buffer->length;

	buffer_escaped(buffer, text);
	line_pad(from, columns, buffer);
}

void line_subject(const struct subject *subject, struct text_buffer *buffer)
{
	const char *program = subject->exe ? text_base_name(subject->exe) : NULL;

	buffer_escaped(buffer, subject->name);
	if (program && *program && !text_equal(program, subject->name)) {
		buffer_text(buffer, " ");
		buffer_escaped(buffer, program);
	}
	if (subject->pid)
		buffer_printf(buffer, "%s[%d]", program ? "" : " ", subject->pid);
}

bool line_value(const struct finding *finding, struct text_buffer *buffer)
{
	const char *between = *finding->value ? " (" : "(";

	buffer_escaped(buffer, finding->value);
	if (*finding->source) {
		buffer_text(buffer, between);
		buffer_escaped(buffer, finding->source);
		buffer_text(buffer, ")");
	}
	return *finding->value || *finding->source;
}
