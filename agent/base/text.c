/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

bool text_equal(const char *one, const char *other)
{
	if (!one || !other)
		return one == other;
	return strcmp(one, other) == 0;
}

bool text_starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends_with(const char *text, const char *suffix)
{
	size_t length = strlen(text), tail = strlen(suffix);

	return length >= tail && strcmp(text + length - tail, suffix) == 0;
}

const char *text_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool text_matches_glob(const char *text, const char *pattern)
{
	if (!pattern)
		return true;
	return text && fnmatch(pattern, text, 0) == 0;
}

/* RFC 3629, table of well-formed sequences: no overlong forms, no surrogates, nothing over
 * U+10FFFF. */
size_t text_utf8_length(const char *text, size_t length)
{
	const unsigned char *byte = (const unsigned char *)text;
	unsigned char low = 0x80, high = 0xbf;
	size_t want;

	if (!length)
		return 0;
	if (byte[0] < 0x80)
		return 1;
	if (byte[0] < 0xc2 || byte[0] > 0xf4)
		return 0;
	want = byte[0] < 0xe0 ? 2 : byte[0] < 0xf0 ? 3 : 4;
	if (want > length)
		return 0;
	if (byte[0] == 0xe0)
		low = 0xa0;
	else if (byte[0] == 0xed)
		high = 0x9f;
	else if (byte[0] == 0xf0)
		low = 0x90;
	else if (byte[0] == 0xf4)
		high = 0x8f;
	if (byte[1] < low || byte[1] > high)
		return 0;
	for (size_t i = 2; i < want; i++)
		if (byte[i] < 0x80 || byte[i] > 0xbf)
			return 0;
	return want;
}

bool text_is_utf8(const char *text, size_t length)
{
	while (length) {
		size_t taken = text_utf8_length(text, length);

		if (!taken)
			return false;
		text += taken;
		length -= taken;
	}
	return true;
}

static uint32_t decode(const char *text, size_t taken)
{
	const unsigned char *byte = (const unsigned char *)text;
	uint32_t point = taken == 1 ? byte[0] : byte[0] & (0xffU >> (taken + 1));

	for (size_t i = 1; i < taken; i++)
		point = point << 6 | (byte[i] & 0x3f);
	return point;
}

/* Characters that are not seen, or that change how what stands around them is seen. */
static bool is_deceptive(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point <= 0x9f) || point == 0xad ||
	       point == 0x61c || point == 0x180e || (point >= 0xfff9 && point <= 0xfffb) ||
	       (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
	       (point >= 0x2060 && point <= 0x206f) || point == 0xfeff ||
	       (point >= 0xe0000 && point <= 0xe007f);
}

static void escape_point(uint32_t point, char *escaped)
{
	if (point == '\n' || point == '\t' || point == '\r')
		snprintf(escaped, TEXT_ESCAPE_BYTES, "\\%c",
			 point == '\n'	 ? 'n'
			 : point == '\t' ? 't'
					 : 'r');
	else if (point < 0x80)
		snprintf(escaped, TEXT_ESCAPE_BYTES, "\\x%02x", (unsigned)point);
	else
		snprintf(escaped, TEXT_ESCAPE_BYTES, "\\u{%x}", (unsigned)point & 0x1fffff);
}

size_t text_escape_one(const char *text, size_t length, char ret_escaped[static TEXT_ESCAPE_BYTES])
{
	size_t taken = text_utf8_length(text, length);

	if (!taken) {
		snprintf(ret_escaped, TEXT_ESCAPE_BYTES, "\\x%02x", (unsigned char)text[0]);
		return 1;
	}
	uint32_t point = decode(text, taken);

	if (is_deceptive(point)) {
		escape_point(point, ret_escaped);
	} else if (point == '\\') {
		memcpy(ret_escaped, "\\\\", 3);
	} else {
		memcpy(ret_escaped, text, taken);
		ret_escaped[taken] = '\0';
	}
	return taken;
}

int text_to_unsigned(const char *text, uint64_t max, uint64_t *ret_number)
{
	uint64_t number = 0;

	if (!*text)
		return -EINVAL;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -EINVAL;
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, (uint64_t)(*text - '0'), &number) ||
		    number > max)
			return -ERANGE;
	}
	*ret_number = number;
	return 0;
}
