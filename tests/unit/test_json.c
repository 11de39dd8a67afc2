/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"

static void assert_written(const char *text, const char *want)
{
	CLEANUP_JSON json_t *object = json_object(), *again = NULL;
	CLEANUP_BUFFER struct text_buffer buffer = { 0 }, pretty = { 0 };

	assert_int_equal(json_set_text(object, "k", text), 0);
	json_write(object, &buffer);
	assert_string_equal(buffer.data, want);
	json_write_pretty(object, &pretty);
	again = json_loads(pretty.data, 0, NULL);
	assert_true(json_equal(object, again));
}

static void escapes_what_a_terminal_would_obey(void **state)
{
	(void)state;
	assert_written("a\x1b[31m\n\"\\", "{\"k\":\"a\\u001B[31m\\n\\\"\\\\\"}");
	assert_written("\xc2\x9b"
		       "31m",
		       "{\"k\":\"\\u009B31m\"}");
	assert_written("\xe2\x80\xae"
		       "gpj.exe",
		       "{\"k\":\"\\u202Egpj.exe\"}");
	assert_written("x\xf3\xa0\x80\x81y", "{\"k\":\"x\\uDB40\\uDC01y\"}");
}

static void replaces_what_is_not_text(void **state)
{
	(void)state;
	assert_written("a\xff\xfe", "{\"k\":\"a\\uFFFD\\uFFFD\"}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes_what_a_terminal_would_obey),
		cmocka_unit_test(replaces_what_is_not_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
