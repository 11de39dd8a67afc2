/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/text.h"
#include "observe/probes/result.h"

#define BEGIN "{\"schema\":\"nodelatch.probes/1\",\"probes\":["
#define PLACE "\"pid\":900,\"address\":\"127.0.0.1\",\"port\":10250"

struct fixture {
	struct arena *arena;
	struct probe_list list;
	const char *problem;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	fixture->arena = arena_new();
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	arena_free(fixture->arena);
	free(fixture);
	return 0;
}

static int read_text_of(struct fixture *fixture, const char *text)
{
	fixture->list = (struct probe_list){ 0 };
	fixture->problem = NULL;
	return probes_from_json(text, strlen(text), fixture->arena, &fixture->list,
				&fixture->problem);
}

static const struct probe *read_one(struct fixture *fixture, const char *members)
{
	char text[4096];

	snprintf(text, sizeof(text), BEGIN "{" PLACE ",%s}]}", members);
	assert_int_equal(read_text_of(fixture, text), 0);
	assert_int_equal(fixture->list.count, 1);
	return fixture->list.items;
}

static void refuses(struct fixture *fixture, const char *text, const char *problem)
{
	assert_int_equal(read_text_of(fixture, text), -EINVAL);
	assert_true(text_matches_glob(fixture->problem, problem));
}

static void refuses_member(struct fixture *fixture, const char *members)
{
	char text[4096];

	snprintf(text, sizeof(text), BEGIN "{" PLACE ",%s}]}", members);
	refuses(fixture, text, "has a probe, number 1, that is not one");
}

static void reads_everything(void **state)
{
	const struct probe *probe = read_one(
		*state, "\"path\":\"/pods\",\"tls\":true,\"outcome\":\"answered\",\"status\":401,"
			"\"problem\":null,\"shows_pods\":true,"
			"\"asks_for_client_certificate\":true,\"versions\":[\"TLSv1.2\"],"
			"\"suites\":[\"TLS_RSA_WITH_AES_128_CBC_SHA\",\"B\"],\"served\":[]");

	assert_int_equal(probe->pid, 900);
	assert_int_equal(probe->port, 10250);
	assert_int_equal(probe->address.bytes[0], 127);
	assert_string_equal(probe->path, "/pods");
	assert_int_equal(probe->outcome, PROBE_ANSWERED);
	assert_int_equal(probe->status, 401);
	assert_null(probe->problem);
	assert_true(probe->is_tls && probe->shows_pods && probe->asks_for_client_certificate);
	assert_int_equal(probe->version_count, 1);
	assert_string_equal(probe->versions[0], "TLSv1.2");
	assert_int_equal(probe->suite_count, 2);
	assert_string_equal(probe->suites[1], "B");
	assert_int_equal(probe->served.status, FILE_UNKNOWN);
}

static void what_is_not_there_is_nothing(void **state)
{
	const struct probe *probe = read_one(*state, "\"outcome\":\"failed\"");

	assert_int_equal(probe->outcome, PROBE_FAILED);
	assert_null(probe->path);
	assert_false(probe->is_tls || probe->shows_pods || probe->status || probe->version_count ||
		     probe->suite_count);
}

static void knows_every_outcome(void **state)
{
	for (unsigned i = PROBE_FAILED; i <= PROBE_ANSWERED; i++) {
		char members[64];

		snprintf(members, sizeof(members), "\"outcome\":\"%s\"",
			 probe_outcome_word((enum probe_outcome)i));
		assert_int_equal(read_one(*state, members)->outcome, i);
	}
}

static void reads_the_version_that_was_told(void **state)
{
	const struct probe *probe =
		read_one(*state, "\"outcome\":\"answered\",\"path\":\"/pods\","
				 "\"version\":\"1.31.9\",\"version_path\":\"/metrics\"");

	assert_string_equal(probe->version, "1.31.9");
	assert_string_equal(probe->version_path, "/metrics");
	probe = read_one(*state, "\"outcome\":\"answered\",\"path\":\"/metrics\","
				 "\"version\":\"3.5.15\"");
	assert_string_equal(probe->version_path, "/metrics");
	assert_null(read_one(*state, "\"outcome\":\"answered\",\"version\":null")->version);
}

static void refuses_what_is_no_document(void **state)
{
	refuses(*state, "", "is not JSON");
	refuses(*state, "{", "is not JSON");
	refuses(*state, "[]", "is not a document of nodelatch.probes/1");
	refuses(*state, "{\"schema\":\"nodelatch.probes/2\",\"probes\":[]}", "is not a document*");
	refuses(*state, "{\"schema\":\"nodelatch.probes/1\",\"probes\":{}}", "is not a document*");
	refuses(*state, BEGIN "7]}", "has a probe, number 1,*");
	refuses(*state, BEGIN "{\"pid\":1,\"pid\":2}]}", "is not JSON");
}

static void refuses_wrong_members(void **state)
{
	refuses_member(*state, "\"outcome\":\"maybe\"");
	refuses_member(*state, "\"tls\":true");
	refuses_member(*state, "\"outcome\":\"failed\",\"tls\":1");
	refuses_member(*state, "\"outcome\":\"failed\",\"status\":1000");
	refuses_member(*state, "\"outcome\":\"failed\",\"status\":-1");
	refuses_member(*state, "\"outcome\":\"failed\",\"path\":7");
	refuses_member(*state, "\"outcome\":\"failed\",\"version\":131");
	refuses_member(*state, "\"outcome\":\"failed\",\"version\":\"v1.31.9\"");
	refuses_member(*state, "\"outcome\":\"failed\",\"version\":\"1.31\"");
	refuses_member(*state, "\"outcome\":\"failed\",\"version_path\":[]");
	refuses_member(*state, "\"outcome\":\"failed\",\"versions\":\"TLSv1.2\"");
	refuses_member(*state, "\"outcome\":\"failed\",\"versions\":[7]");
	refuses_member(*state, "\"outcome\":\"failed\",\"suites\":[\"a b\"]");
	refuses_member(*state, "\"outcome\":\"failed\",\"suites\":[\"\"]");
	refuses_member(*state, "\"outcome\":\"failed\",\"served\":[7]");
	refuses_member(*state, "\"outcome\":\"failed\",\"served\":{}");
	refuses(*state, BEGIN "{\"pid\":0,\"address\":\"::1\",\"port\":1,\"outcome\":\"failed\"}]}",
		"has a probe*");
	refuses(*state,
		BEGIN "{\"pid\":1,\"address\":\"host\",\"port\":1,\"outcome\":\"failed\"}]}",
		"has a probe*");
	refuses(*state,
		BEGIN "{\"pid\":1,\"address\":\"::1\",\"port\":65536,\"outcome\":\"failed\"}]}",
		"has a probe*");
}

static void a_broken_certificate_is_told(void **state)
{
	const struct probe *probe =
		read_one(*state, "\"outcome\":\"handshake\",\"served\":[\"AAAA\"]");

	assert_int_equal(probe->served.status, FILE_INVALID);
	assert_int_equal(probe->served.count, 0);
	assert_string_equal(probe->served.problem, "certificate 1 of the chain is not the DER "
						   "encoding of an X.509 certificate");
	probe = read_one(*state, "\"outcome\":\"handshake\",\"served\":[\"=\"]");
	assert_string_equal(probe->served.problem,
			    "certificate 1 of the chain is not valid base64");
}

/* As many of `item` as said, in a list of a probe. */
static int read_many(struct fixture *fixture, const char *begin, const char *item, size_t count,
		     const char *end)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };

	buffer_text(&text, begin);
	for (size_t i = 0; i < count; i++)
		buffer_printf(&text, "%s%s", i ? "," : "", item);
	buffer_text(&text, end);
	return read_text_of(fixture, text.data);
}

static void lists_have_an_end(void **state)
{
	static const char WORDS[] = BEGIN "{" PLACE ",\"outcome\":\"failed\",\"suites\":[";
	static const char CHAIN[] = BEGIN "{" PLACE ",\"outcome\":\"failed\",\"served\":[";
	static const char PROBE[] = "{" PLACE ",\"outcome\":\"failed\"}";

	assert_int_equal(read_many(*state, WORDS, "\"A\"", PROBE_WORDS_MAX, "]}]}"), 0);
	assert_int_equal(read_many(*state, WORDS, "\"A\"", PROBE_WORDS_MAX + 1, "]}]}"), -EINVAL);
	assert_int_equal(read_many(*state, CHAIN, "\"A\"", PROBE_CERTIFICATES_MAX, "]}]}"), 0);
	assert_int_equal(read_many(*state, CHAIN, "\"A\"", PROBE_CERTIFICATES_MAX + 1, "]}]}"),
			 -EINVAL);
	assert_int_equal(read_many(*state, BEGIN, PROBE, PROBES_MAX, "]}"), 0);
	assert_int_equal(read_many(*state, BEGIN, PROBE, PROBES_MAX + 1, "]}"), -EINVAL);
}

static void texts_have_an_end(void **state)
{
	char members[PROBE_TEXT_BYTES_MAX + 64];
	int length = snprintf(members, sizeof(members), "\"outcome\":\"failed\",\"path\":\"");

	memset(members + length, 'x', PROBE_TEXT_BYTES_MAX);
	memcpy(members + length + PROBE_TEXT_BYTES_MAX, "\"", 2);
	assert_int_equal(strlen(read_one(*state, members)->path), PROBE_TEXT_BYTES_MAX);
	memcpy(members + length + PROBE_TEXT_BYTES_MAX, "x\"", 3);
	refuses_member(*state, members);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(reads_everything),
		TEST(what_is_not_there_is_nothing),
		TEST(knows_every_outcome),
		TEST(refuses_what_is_no_document),
		TEST(reads_the_version_that_was_told),
		TEST(refuses_wrong_members),
		TEST(a_broken_certificate_is_told),
		TEST(lists_have_an_end),
		TEST(texts_have_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
