/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "observe/exec_event.h"

/* A record with its path and arguments behind it. */
struct sample {
	struct event_exec event;
	char tail[EVENT_PATH_MAX + EVENT_ARGUMENTS_MAX + 16];
};

static struct sample sample;
static struct exec_text text;
static struct exec_record record;

static void make(const char *path, size_t path_bytes, const char *arguments, size_t argument_bytes)
{
	memset(&sample, 0, sizeof(sample));
	sample.event.header = (struct event_header){ .version = EVENT_VERSION,
						     .kind = EVENT_EXEC,
						     .time_ns = 5000 };
	sample.event.started_ns = 1234567890123;
	sample.event.pid = 42;
	sample.event.parent_pid = 41;
	sample.event.uid = 1000;
	memcpy(sample.event.comm, "true", 4);
	sample.event.exe_bytes = (uint16_t)path_bytes;
	sample.event.argument_captured = (uint16_t)argument_bytes;
	sample.event.argument_bytes = (uint32_t)argument_bytes;
	memcpy(sample.tail, path, path_bytes);
	memcpy(sample.tail + path_bytes, arguments, argument_bytes);
}

/* From the heap and of the exact size, so that reading past it is seen. */
static int decode_bytes(size_t size)
{
	void *exact = malloc(size ? size : 1);

	memcpy(exact, &sample, size);
	int error = exec_event_decode(exact, size, 1000, &text, &record);

	free(exact);
	return error;
}

static int decode(void)
{
	return decode_bytes(sizeof(sample.event) + sample.event.exe_bytes +
			    sample.event.argument_captured);
}

static void record_is_decoded(void **state)
{
	(void)state;
	make("true\0bin\0usr", 13, "true\0\0a b\n\0", 11);
	assert_int_equal(decode(), 0);
	assert_int_equal(record.time_ns, 6000);
	assert_int_equal(record.process.pid, 42);
	assert_int_equal(record.process.parent_pid, 41);
	assert_int_equal(record.process.uid, 0); /* the effective one */
	assert_int_equal(record.process.start_ticks, 123456);
	assert_int_equal(record.process.started_at_ns, 1234567891123);
	assert_string_equal(record.process.name, "true");
	assert_string_equal(record.process.exe, "/usr/bin/true");
	assert_int_equal(record.process.argument_count, 3);
	assert_string_equal(record.process.arguments[1], "");
	assert_string_equal(record.process.arguments[2], "a b\n");
}

static void empty_last_argument_is_one(void **state)
{
	(void)state;
	make("x", 2, "x\0\0", 3);
	assert_int_equal(decode(), 0);
	assert_int_equal(record.process.argument_count, 2);
	assert_string_equal(record.process.arguments[1], "");
}

static void no_arguments_and_no_path_are_possible(void **state)
{
	(void)state;
	make("", 0, "", 0);
	assert_int_equal(decode(), 0);
	assert_int_equal(record.process.argument_count, 0);
	assert_null(record.process.exe);
}

static void last_argument_without_its_end_is_taken(void **state)
{
	(void)state;
	make("x", 2, "a\0bc", 4);
	assert_int_equal(decode(), 0);
	assert_int_equal(record.process.argument_count, 2);
	assert_string_equal(record.process.arguments[1], "bc");
}

static void flags_show_in_the_path(void **state)
{
	(void)state;
	make("x\0y", 4, "", 0);
	sample.event.flags = EVENT_EXEC_FILE_DELETED | EVENT_EXEC_PATH_TRUNCATED;
	assert_int_equal(decode(), 0);
	assert_string_equal(record.process.exe, "[...]/y/x (deleted)");
	sample.event.flags = EVENT_EXEC_PATH_UNREADABLE | EVENT_EXEC_ARGUMENTS_UNREADABLE;
	assert_int_equal(decode(), 0);
	assert_null(record.process.exe);
	assert_true(record.arguments_unreadable);
}

static void longest_path_fits(void **state)
{
	static char path[EVENT_PATH_MAX];

	(void)state;
	memset(path, 'x', sizeof(path));
	make(path, sizeof(path), "", 0);
	sample.event.flags = EVENT_EXEC_FILE_DELETED | EVENT_EXEC_PATH_TRUNCATED;
	assert_int_equal(decode(), 0);
	assert_int_equal(strlen(record.process.exe), 5 + 1 + EVENT_PATH_MAX + 10);
	memset(path, 0, sizeof(path)); /* nothing but empty names */
	make(path, sizeof(path), "", 0);
	sample.event.flags = EVENT_EXEC_FILE_DELETED | EVENT_EXEC_PATH_TRUNCATED;
	assert_int_equal(decode(), 0);
	assert_int_equal(strlen(record.process.exe), 5 + EVENT_PATH_MAX + 10);
}

static void missing_middle_is_said(void **state)
{
	static char arguments[EVENT_ARGUMENTS_MAX];

	(void)state;
	memset(arguments, 'x', sizeof(arguments));
	arguments[1] = arguments[sizeof(arguments) - 1] = '\0';
	make("x", 2, arguments, sizeof(arguments));
	sample.event.argument_bytes = 10000;
	sample.event.flags = EVENT_EXEC_ARGUMENTS_TRUNCATED;
	assert_int_equal(decode(), 0);
	assert_true(record.arguments_truncated);
	assert_true(record.process.arguments_truncated);
	assert_int_equal(record.argument_bytes, 10000);
	assert_int_equal(record.process.argument_count, 4);
	assert_string_equal(record.process.arguments[0], "x");
	assert_int_equal(strlen(record.process.arguments[1]), EVENT_ARGUMENTS_HEAD - 2);
	assert_string_equal(record.process.arguments[2], "[1808 bytes not captured]");
	assert_int_equal(strlen(record.process.arguments[3]), EVENT_ARGUMENTS_TAIL - 1);
}

static void as_many_arguments_as_bytes(void **state)
{
	static char arguments[EVENT_ARGUMENTS_MAX];

	(void)state;
	make("x", 2, arguments, sizeof(arguments));
	assert_int_equal(decode(), 0);
	assert_int_equal(record.process.argument_count, EVENT_ARGUMENTS_MAX);
	sample.event.flags = EVENT_EXEC_ARGUMENTS_TRUNCATED;
	assert_int_equal(decode(), 0);
	assert_int_equal(record.process.argument_count, EVENT_ARGUMENTS_MAX + 1);
}

static void lies_are_refused(void **state)
{
	(void)state;
	make("x", 2, "abc", 4);
	size_t size = sizeof(sample.event) + 6;

	for (size_t shorter = 0; shorter < size; shorter++)
		assert_int_equal(decode_bytes(shorter), -EBADMSG);
	assert_int_equal(decode_bytes(size + 1), -EBADMSG);
	assert_int_equal(decode_bytes(size), 0);
	sample.event.header.version++;
	assert_int_equal(decode_bytes(size), -EBADMSG);
	sample.event.header.version--;
	sample.event.header.kind = EVENT_LISTEN;
	assert_int_equal(decode_bytes(size), -EBADMSG);
	sample.event.header.kind = EVENT_EXEC;
	sample.event.argument_bytes = 3; /* fewer than were captured */
	assert_int_equal(decode_bytes(size), -EBADMSG);
	make("x", 2, "", 0);
	sample.event.exe_bytes = EVENT_PATH_MAX + 1;
	assert_int_equal(decode(), -EBADMSG);
	sample.event.exe_bytes = 0;
	sample.event.argument_captured = EVENT_ARGUMENTS_MAX + 1;
	sample.event.argument_bytes = UINT32_MAX;
	assert_int_equal(decode(), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(record_is_decoded),
		cmocka_unit_test(empty_last_argument_is_one),
		cmocka_unit_test(no_arguments_and_no_path_are_possible),
		cmocka_unit_test(last_argument_without_its_end_is_taken),
		cmocka_unit_test(flags_show_in_the_path),
		cmocka_unit_test(longest_path_fits),
		cmocka_unit_test(missing_middle_is_said),
		cmocka_unit_test(as_many_arguments_as_bytes),
		cmocka_unit_test(lies_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
