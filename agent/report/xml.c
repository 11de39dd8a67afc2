/* SPDX-License-Identifier: Apache-2.0 */
#include "report/xml.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"

/* The code point of a valid UTF-8 sequence. */
static uint32_t point_of(const char *character, size_t length)
{
	static const unsigned char masks[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t point = (unsigned char)character[0] & masks[length];

	for (size_t i = 1; i < length; i++)
		point = point << 6 | ((unsigned char)character[i] & 0x3f);
	return point;
}

/* Unicode has them, XML has not. */
static bool is_noncharacter(uint32_t point)
{
	return (point & 0xfffe) == 0xfffe || (point >= 0xfdd0 && point <= 0xfdef);
}

static void write_point(struct text_buffer *buffer, uint32_t point)
{
	if (is_noncharacter(point))
		buffer_printf(buffer, "\\u{%x}", point);
	else if (point >= 0x80 || strchr("&<>\"'", (int)point))
		buffer_printf(buffer, "&#x%x;", point);
	else
		buffer_printf(buffer, "%c", (int)point);
}

void xml_text(struct text_buffer *buffer, const char *text)
{
	size_t left = strlen(text);

	while (left) {
		char escaped[TEXT_ESCAPE_BYTES];
		size_t taken = text_escape_one(text, left, escaped), length;

		for (const char *at = escaped; *at; at += length) {
			length = text_utf8_length(at, strlen(at));
			write_point(buffer, point_of(at, length));
		}
		text += taken;
		left -= taken;
	}
}

void xml_attribute(struct text_buffer *buffer, const char *name, const char *text)
{
	buffer_printf(buffer, " %s=\"", name);
	xml_text(buffer, text);
	buffer_text(buffer, "\"");
}

void xml_attribute_number(struct text_buffer *buffer, const char *name, unsigned number)
{
	buffer_printf(buffer, " %s=\"%u\"", name, number);
}
