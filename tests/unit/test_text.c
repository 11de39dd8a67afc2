/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/text.h"

static void nothing_equals_only_nothing(void **state)
{
	assert_true(text_equal("a", "a"));
	assert_false(text_equal("a", "b"));
	assert_false(text_equal("a", NULL));
	assert_false(text_equal(NULL, ""));
	assert_true(text_equal(NULL, NULL));
}

static void compares_beginnings_and_ends(void **state)
{
	assert_true(text_starts_with("kubelet", "kube"));
	assert_true(text_starts_with("kubelet", ""));
	assert_false(text_starts_with("kube", "kubelet"));
	assert_true(text_ends_with("kubelet.conf", ".conf"));
	assert_false(text_ends_with("conf", "kubelet.conf"));
	assert_string_equal(text_base_name("/usr/bin/kubelet"), "kubelet");
	assert_string_equal(text_base_name("kubelet"), "kubelet");
	assert_string_equal(text_base_name("/usr/bin/"), "");
}

static void a_glob_crosses_slashes(void **state)
{
	assert_true(text_matches_glob("/usr/local/bin/kubectl", "*/kubectl"));
	assert_true(text_matches_glob("anything", NULL));
	assert_false(text_matches_glob(NULL, "*"));
	assert_false(text_matches_glob("/usr/bin/kubectl2", "*/kubectl"));
	assert_true(text_matches_glob("--address=0.0.0.0", "--address=*"));
	assert_true(text_matches_glob(".hidden", "*"));
	assert_false(text_matches_glob("a", "[a"));
}

static void knows_utf8(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
	} characters[] = {
		{ "a", 1 },
		{ "\xc3\xa9", 2 },
		{ "\xe2\x82\xac", 3 },
		{ "\xf0\x9f\x98\x80", 4 },
		{ "\xf4\x8f\xbf\xbf", 4 },
		{ "\x80", 0 },		   /* continuation alone */
		{ "\xc0\xaf", 0 },	   /* overlong '/' */
		{ "\xc1\xbf", 0 },	   /* overlong */
		{ "\xe0\x80\xaf", 0 },	   /* overlong */
		{ "\xf0\x80\x80\xaf", 0 }, /* overlong */
		{ "\xed\xa0\x80", 0 },	   /* surrogate */
		{ "\xf4\x90\x80\x80", 0 }, /* above U+10FFFF */
		{ "\xf5\x80\x80\x80", 0 },
		{ "\xff", 0 },
		{ "\xe2\x82", 0 }, /* cut short */
		{ "\xe2\x28\xa1", 0 },
		{ "\xf0\x9f\x98\x41", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(characters); i++)
		assert_int_equal(text_utf8_length(characters[i].bytes, strlen(characters[i].bytes)),
				 characters[i].length);
	assert_int_equal(text_utf8_length("", 0), 0);
	assert_int_equal(text_utf8_length("\0", 1), 1);
	assert_true(text_is_utf8("", 0));
	assert_true(text_is_utf8("gr\xc3\xbc\xc3\x9f", 6));
	assert_false(text_is_utf8("gr\xc3\xbc\xc3", 5));
}

static void escapes_what_is_more_than_text(void **state)
{
	static const struct {
		const char *bytes, *shown;
	} texts[] = {
		{ "plain text", "plain text" },
		{ "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80",
		  "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80" },
		{ "a\nb\tc\rd", "a\\nb\\tc\\rd" },
		{ "\x1b[2Jx\x07", "\\x1b[2Jx\\x07" },
		{ "\x7f", "\\x7f" },
		{ "\xc2\x9b", "\\u{9b}" },				/* C1: CSI */
		{ "\xc2\x85", "\\u{85}" },				/* C1: next line */
		{ "\xe2\x80\xae", "\\u{202e}" },			/* right to left override */
		{ "\xe2\x81\xa6x\xe2\x81\xa9", "\\u{2066}x\\u{2069}" }, /* isolates */
		{ "\xd8\x9c", "\\u{61c}" },				/* Arabic letter mark */
		{ "\xe2\x80\x8b", "\\u{200b}" },			/* zero width space */
		{ "\xc2\xad", "\\u{ad}" },				/* soft hyphen */
		{ "\xef\xbb\xbf", "\\u{feff}" },
		{ "\xf3\xa0\x81\x81", "\\u{e0041}" }, /* tag */
		{ "\xe2\x80\xa8", "\\u{2028}" },      /* line separator */
		{ "\xff\xc3", "\\xff\\xc3" },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
		{ "\\x1b", "\\\\x1b" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		CLEANUP_BUFFER struct text_buffer shown = { 0 };

		buffer_escaped(&shown, texts[i].bytes);
		assert_string_equal(shown.data, texts[i].shown);
	}
}

/* Two different texts never look the same, and nothing in what is shown is a control byte. */
static void every_character_has_its_own_escape(void **state)
{
	char escaped[TEXT_ESCAPE_BYTES];

	for (unsigned byte = 0; byte < 256; byte++) {
		char text[2] = { (char)byte, 'x' };

		assert_int_equal(text_escape_one(text, 2, escaped), 1);
		for (const char *at = escaped; *at; at++)
			assert_true((unsigned char)*at >= 0x20 && (unsigned char)*at < 0x7f);
		if (byte >= 0x80 || byte < 0x20)
			assert_int_equal(escaped[0], '\\');
	}
}

static void numbers_are_digits_only(void **state)
{
	static const char *const wrong[] = { "", " 1", "1 ", "+1", "-1", "0x1", "1.0", "1e3", "a" };
	uint64_t number = 7;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(text_to_unsigned(wrong[i], UINT64_MAX, &number), -EINVAL);
	assert_int_equal(text_to_unsigned("65536", 65535, &number), -ERANGE);
	assert_int_equal(text_to_unsigned("18446744073709551616", UINT64_MAX, &number), -ERANGE);
	assert_int_equal(text_to_unsigned("99999999999999999999999", UINT64_MAX, &number), -ERANGE);
	assert_int_equal(number, 7);
	assert_int_equal(text_to_unsigned("18446744073709551615", UINT64_MAX, &number), 0);
	assert_true(number == UINT64_MAX);
	assert_int_equal(text_to_unsigned("0065535", 65535, &number), 0);
	assert_int_equal(number, 65535);
}

static void a_buffer_stops_at_its_bound(void **state)
{
	CLEANUP_BUFFER struct text_buffer buffer = { 0 };
	static char block[1 << 20];

	memset(block, 'x', sizeof(block));
	for (size_t i = 0; i < BUFFER_BYTES_MAX / sizeof(block) - 1; i++)
		buffer_append(&buffer, block, sizeof(block));
	assert_int_equal(buffer_error(&buffer), 0);
	buffer_append(&buffer, block, sizeof(block));
	assert_int_equal(buffer_error(&buffer), -E2BIG);
	buffer_text(&buffer, "more");
	buffer_printf(&buffer, "%d", 5);
	assert_int_equal(buffer.length, BUFFER_BYTES_MAX - sizeof(block));
	assert_int_equal(buffer.data[buffer.length], '\0');
	buffer_reset(&buffer);
	assert_int_equal(buffer_error(&buffer), 0);
	buffer_printf(&buffer, "%s %d", "port", 10255);
	assert_string_equal(buffer.data, "port 10255");
	buffer_append(&buffer, NULL, 0);
	assert_int_equal(buffer.length, 10);
}

static void a_buffer_writes_itself(void **state)
{
	CLEANUP_BUFFER struct text_buffer buffer = { 0 };
	char read_back[16] = "";
	int ends[2];

	buffer_text(&buffer, "two\nlines\n");
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(buffer_write(&buffer, ends[1]), 0);
	assert_int_equal(read(ends[0], read_back, sizeof(read_back)), 10);
	assert_string_equal(read_back, "two\nlines\n");
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(buffer_write(&buffer, ends[1]), -EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_equals_only_nothing),
		cmocka_unit_test(compares_beginnings_and_ends),
		cmocka_unit_test(a_glob_crosses_slashes),
		cmocka_unit_test(knows_utf8),
		cmocka_unit_test(escapes_what_is_more_than_text),
		cmocka_unit_test(every_character_has_its_own_escape),
		cmocka_unit_test(numbers_are_digits_only),
		cmocka_unit_test(a_buffer_stops_at_its_bound),
		cmocka_unit_test(a_buffer_writes_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
