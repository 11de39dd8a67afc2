/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t read_clock(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

int64_t time_now_ns(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t time_monotonic_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int64_t time_boot_offset_ns(void)
{
	return read_clock(CLOCK_REALTIME) - read_clock(CLOCK_BOOTTIME);
}

void time_format(int64_t time_ns, char ret_text[static TIME_TEXT_BYTES])
{
	int64_t fraction = time_ns % NS_PER_S;
	time_t seconds = time_ns / NS_PER_S;
	struct tm parts;

	if (fraction < 0) {
		fraction += NS_PER_S;
		seconds--;
	}
	gmtime_r(&seconds, &parts);
	size_t length = strftime(ret_text, TIME_TEXT_BYTES, "%Y-%m-%dT%H:%M:%S", &parts);

	snprintf(ret_text + length, TIME_TEXT_BYTES - length, ".%06dZ", (int)(fraction / 1000));
}

/* Exactly `count` digits. */
static int parse_digits(const char **text, int count, int *ret_number)
{
	int number = 0;

	for (int i = 0; i < count; i++, (*text)++) {
		if (**text < '0' || **text > '9')
			return -EINVAL;
		number = number * 10 + (**text - '0');
	}
	*ret_number = number;
	return 0;
}

static int parse_char(const char **text, const char *allowed)
{
	if (!**text || !strchr(allowed, **text))
		return -EINVAL;
	(*text)++;
	return 0;
}

static int parse_day(const char **text, struct tm *parts)
{
	if (parse_digits(text, 4, &parts->tm_year) < 0 || parse_char(text, "-") < 0 ||
	    parse_digits(text, 2, &parts->tm_mon) < 0 || parse_char(text, "-") < 0 ||
	    parse_digits(text, 2, &parts->tm_mday) < 0)
		return -EINVAL;
	if (parts->tm_mon < 1 || parts->tm_mon > 12 || parts->tm_mday < 1 || parts->tm_mday > 31)
		return -EINVAL;
	parts->tm_year -= 1900;
	parts->tm_mon -= 1;
	return 0;
}

/* timegm() normalises the 31st of February instead of refusing it. */
static int day_to_seconds(struct tm parts, time_t *ret_seconds)
{
	int day = parts.tm_mday;

	*ret_seconds = timegm(&parts);
	return parts.tm_mday == day ? 0 : -EINVAL;
}

static int parse_clock(const char **text, struct tm *parts, int64_t *ret_fraction_ns)
{
	int64_t scale = NS_PER_S;

	*ret_fraction_ns = 0;
	if (parse_char(text, "Tt ") < 0 || parse_digits(text, 2, &parts->tm_hour) < 0 ||
	    parse_char(text, ":") < 0 || parse_digits(text, 2, &parts->tm_min) < 0 ||
	    parse_char(text, ":") < 0 || parse_digits(text, 2, &parts->tm_sec) < 0)
		return -EINVAL;
	if (parts->tm_hour > 23 || parts->tm_min > 59 || parts->tm_sec > 60)
		return -EINVAL;
	if (**text != '.')
		return 0;
	(*text)++;
	if (**text < '0' || **text > '9')
		return -EINVAL;
	for (; **text >= '0' && **text <= '9'; (*text)++) {
		scale /= 10;
		*ret_fraction_ns += (**text - '0') * scale;
	}
	return 0;
}

static int parse_offset(const char **text, int64_t *ret_seconds)
{
	int hours, minutes, sign = **text == '-' ? -1 : 1;

	*ret_seconds = 0;
	if (**text == 'Z' || **text == 'z') {
		(*text)++;
		return 0;
	}
	if (parse_char(text, "+-") < 0 || parse_digits(text, 2, &hours) < 0 ||
	    parse_char(text, ":") < 0 || parse_digits(text, 2, &minutes) < 0 || hours > 23 ||
	    minutes > 59)
		return -EINVAL;
	*ret_seconds = sign * (hours * 3600LL + minutes * 60LL);
	return 0;
}

int time_parse(const char *text, int64_t *ret_ns)
{
	struct tm parts = { 0 };
	int64_t fraction_ns, offset, ns;
	time_t seconds;

	if (parse_day(&text, &parts) < 0 || parse_clock(&text, &parts, &fraction_ns) < 0 ||
	    parse_offset(&text, &offset) < 0 || *text)
		return -EINVAL;
	int second = parts.tm_sec;

	parts.tm_sec = 0;
	if (day_to_seconds(parts, &seconds) < 0)
		return -EINVAL;
	if (__builtin_mul_overflow((int64_t)seconds + second - offset, NS_PER_S, &ns) ||
	    __builtin_add_overflow(ns, fraction_ns, &ns))
		return -ERANGE;
	*ret_ns = ns;
	return 0;
}

int time_parse_date_end(const char *text, int64_t *ret_seconds)
{
	struct tm parts = { 0 };
	time_t seconds;

	if (parse_day(&text, &parts) < 0 || *text || day_to_seconds(parts, &seconds) < 0)
		return -EINVAL;
	*ret_seconds = (int64_t)seconds + 24 * 3600 - 1;
	return 0;
}

static const struct {
	const char *name;
	int64_t ns;
} UNITS[] = {
	{ "ns", 1 },
	{ "us", 1000 },
	{ "µs", 1000 },
	{ "μs", 1000 },
	{ "ms", NS_PER_MS },
	{ "s", NS_PER_S },
	{ "m", 60 * NS_PER_S },
	{ "h", 3600 * NS_PER_S },
	{ "d", 86400 * NS_PER_S },
};

/* The unit at the start of the text: the longest name that fits, so that "ms" is not "m". */
static int64_t parse_unit(const char **text)
{
	size_t longest = 0;
	int64_t ns = 0;

	for (size_t i = 0; i < sizeof(UNITS) / sizeof(UNITS[0]); i++) {
		size_t length = strlen(UNITS[i].name);

		if (length > longest && strncmp(*text, UNITS[i].name, length) == 0) {
			longest = length;
			ns = UNITS[i].ns;
		}
	}
	*text += longest;
	return ns;
}

/* Digits as a whole number. -ERANGE when it does not fit. */
static int parse_whole(const char **text, uint64_t *ret_number, bool *ret_has_digits)
{
	uint64_t number = 0;

	for (; **text >= '0' && **text <= '9'; (*text)++, *ret_has_digits = true) {
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, (uint64_t)(**text - '0'), &number))
			return -ERANGE;
	}
	*ret_number = number;
	return 0;
}

/* The digits after a point and what they are divided by; those that do not fit are cut. */
static void parse_fraction(const char **text, double *ret_number, double *ret_scale,
			   bool *ret_has_digits)
{
	uint64_t number = 0, scale = 1;

	for (; **text >= '0' && **text <= '9'; (*text)++, *ret_has_digits = true) {
		if (scale >= 1000000000000000000ULL)
			continue;
		number = number * 10 + (uint64_t)(**text - '0');
		scale *= 10;
	}
	*ret_number = (double)number;
	*ret_scale = (double)scale;
}

/* By the arithmetic of Go's time.ParseDuration, so that a kubelet and we read the same. */
static int parse_part(const char **text, uint64_t *total)
{
	double fraction = 0, scale = 1;
	bool has_digits = false;
	uint64_t number;
	int error = parse_whole(text, &number, &has_digits);

	if (error < 0)
		return error;
	if (**text == '.') {
		(*text)++;
		parse_fraction(text, &fraction, &scale, &has_digits);
	}
	uint64_t unit = has_digits ? (uint64_t)parse_unit(text) : 0;

	if (!unit)
		return -EINVAL;
	if (__builtin_mul_overflow(number, unit, &number) ||
	    __builtin_add_overflow(number, (uint64_t)(fraction * ((double)unit / scale)),
				   &number) ||
	    __builtin_add_overflow(*total, number, total) || *total > INT64_MAX)
		return -ERANGE;
	return 0;
}

int time_parse_duration(const char *text, int64_t *ret_ns)
{
	bool is_negative = *text == '-';
	uint64_t total = 0;

	if (*text == '-' || *text == '+')
		text++;
	if (strcmp(text, "0") == 0) {
		*ret_ns = 0;
		return 0;
	}
	if (!*text)
		return -EINVAL;
	while (*text) {
		int error = parse_part(&text, &total);

		if (error < 0)
			return error;
	}
	*ret_ns = is_negative ? -(int64_t)total : (int64_t)total;
	return 0;
}

void time_format_duration(int64_t duration_ns, char ret_text[static TIME_TEXT_BYTES])
{
	static const struct {
		const char *name;
		int64_t ns;
	} units[] = { { "d", 86400 * NS_PER_S },
		      { "h", 3600 * NS_PER_S },
		      { "m", 60 * NS_PER_S },
		      { "s", NS_PER_S },
		      { "ms", NS_PER_MS },
		      { "us", 1000 },
		      { "ns", 1 } };
	bool is_negative = duration_ns < 0;
	uint64_t left = is_negative ? -(uint64_t)duration_ns : (uint64_t)duration_ns;
	size_t length = (size_t)snprintf(ret_text, TIME_TEXT_BYTES, "%s",
					 is_negative	    ? "-"
					 : duration_ns == 0 ? "0s"
							    : "");

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		uint64_t count = left / (uint64_t)units[i].ns;

		if (count && length < TIME_TEXT_BYTES)
			length += (size_t)snprintf(ret_text + length, TIME_TEXT_BYTES - length,
						   "%llu%s", (unsigned long long)count,
						   units[i].name);
		left %= (uint64_t)units[i].ns;
	}
}
