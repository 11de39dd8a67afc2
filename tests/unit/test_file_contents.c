/* SPDX-License-Identifier: Apache-2.0 */
/* What of a file is looked at besides stat: access lists, unit files, whether a secret is in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "observe/files/access_list.h"
#include "observe/files/secret_scan.h"
#include "observe/files/unit_file.h"

#define ENTRY(tag, permissions, id) tag, 0, permissions, 0, id, 0, 0, 0

static void access_lists_tell_who_gets_in(void **state)
{
	static const struct {
		unsigned char bytes[44];
		size_t length;
		unsigned permissions;
		const char *names;
	} cases[] = {
		{ { 2, 0, 0, 0 }, 4, 0, "" },
		{ { 2, 0, 0, 0, ENTRY(2, 6, 7), ENTRY(8, 4, 9), ENTRY(16, 7, 0) },
		  28,
		  6,
		  "user 7 rw-, group 9 r--" },
		/* The mask takes away, and those without anything are not named. */
		{ { 2, 0, 0, 0, ENTRY(2, 6, 7), ENTRY(8, 2, 9), ENTRY(16, 4, 0) },
		  28,
		  4,
		  "user 7 r--" },
		/* The owner, its group and everybody are in the mode already. */
		{ { 2, 0, 0, 0, ENTRY(1, 7, 0), ENTRY(4, 7, 0), ENTRY(32, 7, 0) }, 28, 0, "" },
		{ { 2, 0, 0, 0, ENTRY(2, 1, 255) }, 12, 1, "user 255 --x" },
	};
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct access_list list;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(access_list_parse(cases[i].bytes, cases[i].length, arena, &list),
				 0);
		assert_int_equal(list.permissions, cases[i].permissions);
		assert_string_equal(list.names, cases[i].names);
	}
	assert_int_equal(access_list_parse("\2\0\0", 3, arena, &list), -EINVAL);
	assert_int_equal(access_list_parse("\3\0\0\0", 4, arena, &list), -EINVAL);
	assert_int_equal(access_list_parse("\2\0\0\0\2\0\6", 7, arena, &list), -EINVAL);
}

static void long_access_lists_are_cut(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	unsigned char bytes[4 + 8 * 20] = { 2 };
	struct access_list list;

	for (unsigned i = 0; i < 20; i++)
		memcpy(bytes + 4 + i * 8, (unsigned char[]){ ENTRY(2, 4, (unsigned char)i) }, 8);
	assert_int_equal(access_list_parse(bytes, sizeof(bytes), arena, &list), 0);
	assert_non_null(strstr(list.names, "user 7 r-- and 12 more"));
}

static const char *next(struct unit_reader *reader)
{
	const char *path = NULL;

	return unit_next_environment(reader, &path) > 0 ? path : NULL;
}

static void unit_files_name_their_variables(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct unit_reader reader = {
		.rest = "EnvironmentFile=/before/any/section\n"
			"[Unit]\nEnvironmentFile=/not/here\n"
			"[Service]\r\n"
			"# EnvironmentFile=/a/comment\n"
			"EnvironmentFiles=/another/word\n"
			"  EnvironmentFile = -/etc/one \r\n"
			"EnvironmentFile=relative\n"
			"EnvironmentFile=/with/%i\n"
			"EnvironmentFile=\n"
			"EnvironmentFile=/long/\\\nname\n"
			"[Install]\nEnvironmentFile=/nor/here\n"
			"[Service]\nEnvironmentFile=/last\\",
		.arena = arena,
	};

	assert_string_equal(next(&reader), "/etc/one");
	assert_string_equal(next(&reader), "");
	assert_string_equal(next(&reader), "/long/\\\nname");
	assert_string_equal(next(&reader), "/last\\");
	assert_null(next(&reader));
}

static void secrets_are_recognised(void **state)
{
	static const char *const WITH[] = {
		"user: {token: abc}",
		"user:\n  token:   abc\n",
		"user:\n  token:\n    abc\n",
		"{\"user\":{\"client-key-data\":\"QUJD\"}}",
		"{\"user\":{\"token\" : \"x\"}}",
		"password: 'x'",
		"config: {id-token: x.y.z}",
		"first: {token: \"\"}, second: {token: x}",
		"text before\n-----BEGIN EC PRIVATE KEY-----\n",
		"-----BEGIN ENCRYPTED PRIVATE KEY-----",
	};
	static const char *const WITHOUT[] = {
		"",
		"token",
		"token:",
		"user: {token: \"\", password: '', client-key-data: null}",
		"user: {token: ~}\n",
		"tokenFile: /var/run/token",
		"args: [eks, get-token, --cluster, x]",
		"client-key: /etc/key.pem\nclient-certificate-data: QUJD\n",
		"-----BEGIN PUBLIC KEY-----",
		"-----BEGIN CERTIFICATE-----",
	};

	for (size_t i = 0; i < ARRAY_SIZE(WITH); i++)
		assert_true(secret_in_text(WITH[i], strlen(WITH[i])));
	for (size_t i = 0; i < ARRAY_SIZE(WITHOUT); i++)
		assert_false(secret_in_text(WITHOUT[i], strlen(WITHOUT[i])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(access_lists_tell_who_gets_in),
		cmocka_unit_test(long_access_lists_are_cut),
		cmocka_unit_test(unit_files_name_their_variables),
		cmocka_unit_test(secrets_are_recognised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
