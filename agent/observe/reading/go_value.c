/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/reading/go_value.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"

int go_boolean(const char *text, bool *ret_value)
{
	static const char *const TRUE_WORDS[] = { "1", "t", "T", "true", "TRUE", "True" };
	static const char *const FALSE_WORDS[] = { "0", "f", "F", "false", "FALSE", "False" };

	for (size_t i = 0; i < ARRAY_SIZE(TRUE_WORDS); i++) {
		if (strcmp(text, TRUE_WORDS[i]) == 0 || strcmp(text, FALSE_WORDS[i]) == 0) {
			*ret_value = strcmp(text, TRUE_WORDS[i]) == 0;
			return 0;
		}
	}
	return -EINVAL;
}

static unsigned digit_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return (unsigned)(digit - '0');
	if (isalpha((unsigned char)digit))
		return (unsigned)(tolower((unsigned char)digit) - 'a') + 10;
	return 99;
}

/* What the digits count in, and where they begin. A leading 0 alone means octal; the 0 itself then
 * is a digit. */
static unsigned base_of(const char **digits)
{
	const char *text = *digits;

	if (text[0] != '0' || text[1] == '\0')
		return 10;
	*digits = text + 2;
	switch (tolower((unsigned char)text[1])) {
	case 'x':
		return 16;
	case 'o':
		return 8;
	case 'b':
		return 2;
	default:
		*digits = text;
		return 8;
	}
}

/* An underscore stands between two digits, or after the prefix of the base. */
static bool underscore_fits(const char *start, const char *at, bool has_prefix)
{
	return (at == start ? has_prefix : at[-1] != '_') && at[1] != '\0' && at[1] != '_';
}

static int read_digits(const char *start, unsigned base, bool has_prefix, uint64_t *ret_number)
{
	uint64_t number = 0;
	int result = 0;
	bool any = false;

	for (const char *at = start; *at; at++) {
		if (*at == '_' && underscore_fits(start, at, has_prefix))
			continue;
		if (digit_value(*at) >= base)
			return -EINVAL;
		any = true;
		if (__builtin_mul_overflow(number, base, &number) ||
		    __builtin_add_overflow(number, digit_value(*at), &number))
			result = -ERANGE;
	}
	*ret_number = number;
	return any ? result : -EINVAL;
}

int go_integer(const char *text, unsigned bits, int64_t *ret_value)
{
	bool is_negative = *text == '-';
	const char *start = text + (*text == '-' || *text == '+');
	const char *digits = start;
	unsigned base = base_of(&digits);
	uint64_t magnitude, limit = 1ULL << (bits - 1);
	int error = read_digits(digits, base, digits != start, &magnitude);

	if (error < 0)
		return error;
	if (magnitude > (is_negative ? limit : limit - 1))
		return -ERANGE;
	*ret_value = is_negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
	return 0;
}

static const struct {
	const char *name;
	int64_t ns;
} UNITS[] = {
	{ "ns", 1 },	       { "us", 1000 },	  { "\xc2\xb5s", 1000 }, /* U+00B5, micro sign */
	{ "\xce\xbcs", 1000 },						 /* U+03BC, Greek mu */
	{ "ms", NS_PER_MS },   { "s", NS_PER_S }, { "m", 60 * NS_PER_S }, { "h", 3600 * NS_PER_S },
};

static int64_t unit_of(const char **at)
{
	size_t length = strcspn(*at, ".0123456789");

	for (size_t i = 0; i < ARRAY_SIZE(UNITS); i++) {
		if (strlen(UNITS[i].name) == length && memcmp(UNITS[i].name, *at, length) == 0) {
			*at += length;
			return UNITS[i].ns;
		}
	}
	return 0;
}

/* One number with its unit: "1.5h". */
static int read_span(const char **at, int64_t *ret_ns)
{
	const char *start = *at;
	__int128 whole = 0, fraction = 0, scale = 1;

	for (; isdigit((unsigned char)**at); (*at)++)
		if ((whole = whole * 10 + (**at - '0')) > INT64_MAX)
			return -ERANGE;
	bool has_digits = *at != start;

	if (**at == '.')
		for (start = ++*at; isdigit((unsigned char)**at); (*at)++)
			if (scale < INT64_MAX / 10) {
				fraction = fraction * 10 + (**at - '0');
				scale *= 10;
			}
	if (!has_digits && *at == start)
		return -EINVAL;
	__int128 unit = unit_of(at);
	__int128 ns = whole * unit + fraction * unit / scale;

	if (!unit)
		return -EINVAL;
	if (ns > INT64_MAX)
		return -ERANGE;
	*ret_ns = (int64_t)ns;
	return 0;
}

int go_duration(const char *text, int64_t *ret_ns)
{
	const char *at = text + (*text == '-' || *text == '+');
	int64_t total = 0;

	if (strcmp(at, "0") == 0) {
		*ret_ns = 0;
		return 0;
	}
	if (!*at)
		return -EINVAL;
	while (*at) {
		int64_t ns;
		int error = read_span(&at, &ns);

		if (error < 0)
			return error;
		if (__builtin_add_overflow(total, ns, &total))
			return -ERANGE;
	}
	*ret_ns = *text == '-' ? -total : total;
	return 0;
}

/* A quoted field, at the quote; leaves *at after the closing one. */
static int read_quoted(const char **at, struct arena *arena, const char **ret_item)
{
	char *item = arena_text(arena, *at + 1), *out = item;

	if (!item)
		return -ENOMEM;
	for (const char *in = *at + 1; *in; in++) {
		if (*in != '"' || in[1] == '"') {
			in += *in == '"';
			*out++ = *in;
			continue;
		}
		*out = '\0';
		*at = in + 1;
		*ret_item = item;
		return strchr(",\r\n", in[1]) ? 0 : -EINVAL;
	}
	return -EINVAL;
}

static int read_item(const char **at, struct arena *arena, const char **ret_item)
{
	size_t length = strcspn(*at, ",\r\n");

	if (**at == '"')
		return read_quoted(at, arena, ret_item);
	if (memchr(*at, '"', length))
		return -EINVAL;
	*ret_item = arena_copy(arena, *at, length);
	*at += length;
	return *ret_item ? 0 : -ENOMEM;
}

int go_list(const char *text, struct arena *arena, const char *const **ret_items, size_t *ret_count)
{
	size_t count = 0, capacity = 0;
	const char **items = NULL;
	const char *at = text;

	while (*text) {
		if (count == SETTING_ITEMS_MAX)
			return -E2BIG;
		const char **item = arena_push(arena, &items, &count, &capacity, sizeof(*items));
		int error = item ? read_item(&at, arena, item) : -ENOMEM;

		if (error < 0)
			return error;
		if (*at++ != ',')
			break;
	}
	*ret_items = items;
	*ret_count = count;
	return 0;
}
