/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <errno.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/time.h"

#define DAY_NS (86400 * NS_PER_S)

static void formats_rfc3339_in_utc(void **state)
{
	static const struct {
		int64_t ns;
		const char *text;
	} times[] = {
		{ 0, "1970-01-01T00:00:00.000000Z" },
		{ 1795326506123456789, "2026-11-22T05:48:26.123456Z" },
		{ -1, "1969-12-31T23:59:59.999999Z" },
		{ 951782400 * NS_PER_S, "2000-02-29T00:00:00.000000Z" },
		{ INT64_MAX, "2262-04-11T23:47:16.854775Z" },
		{ INT64_MIN, "1677-09-21T00:12:43.145224Z" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		char text[TIME_TEXT_BYTES];

		time_format(times[i].ns, text);
		assert_string_equal(text, times[i].text);
	}
}

static void reads_every_offset_and_fraction(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} times[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2026-11-22T05:48:26.123456789Z", 1795326506123456789 },
		{ "2026-11-22T05:48:26.1234567891234Z", 1795326506123456789 },
		{ "2026-11-22t07:18:26.5+01:30", 1795326506500000000 },
		{ "2026-11-21T19:48:26-10:00", 1795326506000000000 },
		{ "2026-11-22 05:48:26z", 1795326506000000000 },
		{ "2016-12-31T23:59:60Z", 1483228800 * NS_PER_S },
		{ "1969-12-31T23:59:59.999999999Z", -1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		int64_t ns;

		assert_int_equal(time_parse(times[i].text, &ns), 0);
		assert_int_equal(ns, times[i].ns);
	}
}

static void what_is_formatted_reads_back(void **state)
{
	int64_t step = 987654321987654000 / 7 / 1000 * 1000;

	for (int64_t ns = -9000000000000000000; ns < 9000000000000000000; ns += step) {
		char text[TIME_TEXT_BYTES];
		int64_t again;

		time_format(ns, text);
		assert_int_equal(time_parse(text, &again), 0);
		assert_int_equal(again, ns);
	}
}

static void refuses_what_is_no_time(void **state)
{
	static const char *const wrong[] = {
		"",
		"2026",
		"2026-11-22",
		"2026-11-22T05:48:26",
		"2026-11-22T05:48:26.Z",
		"2026-11-22T05:48:26+0100",
		"2026-11-22T05:48:26+24:00",
		"2026-11-22T05:48:26+01:60",
		"2026-11-22T24:00:00Z",
		"2026-11-22T05:60:00Z",
		"2026-11-22T05:48:61Z",
		"2026-13-01T00:00:00Z",
		"2026-00-01T00:00:00Z",
		"2026-02-29T00:00:00Z",
		"2026-04-31T00:00:00Z",
		"2026-11-22T05:48:26Z ",
		" 2026-11-22T05:48:26Z",
		"26-11-22T05:48:26Z",
		"+026-11-22T05:48:26Z",
	};
	int64_t ns;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(time_parse(wrong[i], &ns), -EINVAL);
	assert_int_equal(time_parse("2263-01-01T00:00:00Z", &ns), -ERANGE);
	assert_int_equal(time_parse("9999-12-31T23:59:59Z", &ns), -ERANGE);
	assert_int_equal(time_parse("0001-01-01T00:00:00Z", &ns), -ERANGE);
}

static void a_date_ends_with_its_last_second(void **state)
{
	int64_t seconds;

	assert_int_equal(time_parse_date_end("1970-01-01", &seconds), 0);
	assert_int_equal(seconds, 86399);
	assert_int_equal(time_parse_date_end("2028-02-29", &seconds), 0);
	assert_int_equal(seconds, 1835481599);
	assert_int_equal(time_parse_date_end("2027-02-29", &seconds), -EINVAL);
	assert_int_equal(time_parse_date_end("2027-06-31", &seconds), -EINVAL);
	assert_int_equal(time_parse_date_end("2027-6-30", &seconds), -EINVAL);
	assert_int_equal(time_parse_date_end("2027-06-30T00:00:00Z", &seconds), -EINVAL);
	assert_int_equal(time_parse_date_end("", &seconds), -EINVAL);
}

static void reads_durations_to_the_nanosecond(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} durations[] = {
		{ "0", 0 },
		{ "0s", 0 },
		{ "-0", 0 },
		{ "30s", 30 * NS_PER_S },
		{ "1h30m", 5400 * NS_PER_S },
		{ "1.5h", 5400 * NS_PER_S },
		{ ".5s", 500 * NS_PER_MS },
		{ "1.s", NS_PER_S },
		{ "+5s", 5 * NS_PER_S },
		{ "-1m30s", -90 * NS_PER_S },
		{ "250ms", 250 * NS_PER_MS },
		{ "1us", 1000 },
		{ "1\xc2\xb5s", 1000 },
		{ "1\xce\xbcs", 1000 },
		{ "7d", 7 * DAY_NS },
		{ "3650d1ns", 3650 * DAY_NS + 1 },
		{ "0.1s", 100 * NS_PER_MS },
		{ "1.9ns", 1 },
		{ "0.333333333333333333333h", 1200 * NS_PER_S - 1 },
		{ "9223372036854775807ns", INT64_MAX },
		{ "-9223372036854775807ns", -INT64_MAX },
	};

	for (size_t i = 0; i < ARRAY_SIZE(durations); i++) {
		int64_t ns;

		assert_int_equal(time_parse_duration(durations[i].text, &ns), 0);
		if (durations[i].ns != ns)
			fail_msg("%s is %lld, not %lld", durations[i].text,
				 (long long)durations[i].ns, (long long)ns);
	}
}

static void refuses_what_is_no_duration(void **state)
{
	static const char *const wrong[] = {
		"",    "-",  "+",   "5",    "s",    ".s",  ".",	 "1x",
		"1 s", "s1", "1s ", "--1s", "1e3s", "1hm", "00", "1S"
	};
	static const char *const large[] = {
		"9223372036854775808ns",    "106752d",	  "2562048h",
		"99999999999999999999999s", "106751d24h", "-9223372036854775808ns"
	};
	int64_t ns = 42;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (time_parse_duration(wrong[i], &ns) != -EINVAL)
			fail_msg("\"%s\" was taken", wrong[i]);
	for (size_t i = 0; i < ARRAY_SIZE(large); i++)
		if (time_parse_duration(large[i], &ns) != -ERANGE)
			fail_msg("\"%s\" was taken", large[i]);
	assert_int_equal(ns, 42);
}

static void writes_the_shortest_duration(void **state)
{
	static const struct {
		int64_t ns;
		const char *text;
	} durations[] = {
		{ 0, "0s" },
		{ 1, "1ns" },
		{ 5400 * NS_PER_S, "1h30m" },
		{ 30 * NS_PER_S, "30s" },
		{ 250 * NS_PER_MS, "250ms" },
		{ -90 * NS_PER_S, "-1m30s" },
		{ 7 * DAY_NS, "7d" },
		{ 25 * 3600 * NS_PER_S, "1d1h" },
		{ INT64_MAX, "106751d23h47m16s854ms775us807ns" },
		{ INT64_MIN, "-106751d23h47m16s854ms775us808ns" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(durations); i++) {
		char text[TIME_TEXT_BYTES];
		int64_t again;

		time_format_duration(durations[i].ns, text);
		assert_string_equal(text, durations[i].text);
		if (durations[i].ns == INT64_MIN)
			continue;
		assert_int_equal(time_parse_duration(text, &again), 0);
		assert_int_equal(again, durations[i].ns);
	}
}

static void the_clocks_go_forward(void **state)
{
	int64_t monotonic = time_monotonic_ns();

	assert_true(time_now_ns() > 1700000000 * NS_PER_S);
	assert_true(time_monotonic_ns() >= monotonic);
	assert_true(time_boot_offset_ns() <= time_now_ns());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_rfc3339_in_utc),
		cmocka_unit_test(reads_every_offset_and_fraction),
		cmocka_unit_test(what_is_formatted_reads_back),
		cmocka_unit_test(refuses_what_is_no_time),
		cmocka_unit_test(a_date_ends_with_its_last_second),
		cmocka_unit_test(reads_durations_to_the_nanosecond),
		cmocka_unit_test(refuses_what_is_no_duration),
		cmocka_unit_test(writes_the_shortest_duration),
		cmocka_unit_test(the_clocks_go_forward),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
