/* SPDX-License-Identifier: Apache-2.0 */
/* From the policy's credential to the prober's plan: which servers, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/json.h"
#include "observe/cluster/question.h"

#define PATH "/tmp/nodelatch-test-question"
/* Whether the authority is one is the prober's to say. */
#define HEAD                                                                                       \
	"{current-context: c, contexts: [{name: c, context: {cluster: k, user: u}}], clusters: "   \
	"[{name: k, cluster: {certificate-authority-data: Q0E=, server: '%s'}}], users: [{name: "  \
	"u, user: {token: '%s'}}]}\n"

static int set_up(void **state)
{
	*state = arena_new();
	return *state ? 0 : -1;
}

static int tear_down(void **state)
{
	arena_free(*state);
	return unlink(PATH);
}

static void read_question(struct arena *arena, const char *server, const char *token,
			  struct cluster_question *ret_question)
{
	const struct settings settings = { .cluster_kubeconfig = PATH };
	FILE *file = fopen(PATH, "we");

	assert_non_null(file);
	fprintf(file, HEAD, server, token);
	fclose(file);
	assert_true(cluster_is_wanted(&settings));
	assert_int_equal(cluster_question_read(&settings, arena, ret_question), 0);
}

static void assert_place(struct arena *arena, const char *server, const char *host, int port,
			 const char *path)
{
	struct cluster_question question;

	read_question(arena, server, "a.b", &question);
	assert_null(question.problem);
	assert_string_equal(question.server, server);
	CLEANUP_JSON json_t *plan = json_loadb(question.plan.data, question.plan.length, 0, NULL);
	const json_t *cluster = json_object_get(plan, "cluster");

	assert_string_equal(json_get_text(cluster, "host", ""), host);
	assert_int_equal(json_get_integer(cluster, "port", 0), port);
	assert_string_equal(json_get_text(cluster, "path", "-"), path);
	assert_string_equal(json_get_text(cluster, "authority", ""), "CA");
	assert_string_equal(json_get_text(cluster, "token", ""), "a.b");
	assert_null(json_object_get(cluster, "key"));
	cluster_question_done(&question);
	assert_null(question.plan.data);
}

static void assert_refused(struct arena *arena, const char *server, const char *token,
			   const char *words)
{
	struct cluster_question question;

	read_question(arena, server, token, &question);
	assert_non_null(question.problem);
	assert_non_null(strstr(question.problem, words));
	assert_null(question.plan.data);
}

static void servers(void **state)
{
	assert_place(*state, "https://10.0.0.1:6443", "10.0.0.1", 6443, "");
	assert_place(*state, "https://api.example", "api.example", 443, "");
	assert_place(*state, "https://api.example/k8s/c-1//", "api.example", 443, "/k8s/c-1");
	assert_place(*state, "https://[2001:db8::1]:6443/", "2001:db8::1", 6443, "");
	assert_place(*state, "https://[::1]", "::1", 443, "");
}

static void what_is_no_server(void **state)
{
	static const char *const SERVERS[] = {
		"https://",	 "https://:6443",  "https://a:0",  "https://a:65536",
		"https://a:x",	 "https://user@a", "https://[::1", "https://[::1]x:6443",
		"https://a/b c", "https://a/?q=1", "https://a/#b", "https://a\"b",
	};

	for (size_t i = 0; i < sizeof(SERVERS) / sizeof(*SERVERS); i++)
		assert_refused(*state, SERVERS[i], "a.b", "is no URL of an API server");
	assert_refused(*state, "http://a", "a.b", "is no https URL");
	assert_refused(*state, "", "a.b", "is no https URL");
}

static void tokens(void **state)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };

	assert_refused(*state, "https://a", "a b", "is not one word");
	assert_refused(*state, "https://a", "a\xc3\xa9", "is not one word");
	assert_refused(*state, "https://a", "", "neither a client certificate nor a token");
	for (size_t i = 0; i < 40000; i++)
		buffer_text(&text, "x");
	assert_refused(*state, "https://a", text.data, "too long");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(servers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_no_server, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tokens, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
