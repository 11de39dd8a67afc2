/* SPDX-License-Identifier: Apache-2.0 */
/* The document of a cluster: what is taken, and what is not one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "observe/cluster/document.h"

#define HEAD "{\"schema\":\"nodelatch.cluster/1\",\"rbac\":\"unknown\",\"bindings\":["
#define BINDING                                                                                    \
	"{\"kind\":\"RoleBinding\",\"namespace\":\"a\",\"name\":\"b\",\"role_kind\":\"Role\","     \
	"\"role\":\"r\",\"subject_kind\":\"User\",\"subject_namespace\":null,\"subject\":\"u\"}"

static int set_up(void **state)
{
	*state = arena_new();
	return *state ? 0 : -1;
}

static int tear_down(void **state)
{
	arena_free(*state);
	return 0;
}

static void assert_refused(struct arena *arena, const char *text, const char *words)
{
	struct cluster cluster;
	const char *problem = NULL;

	assert_int_equal(cluster_from_json(text, strlen(text), arena, &cluster, &problem), -EINVAL);
	assert_non_null(strstr(problem, words));
}

static void a_document(void **state)
{
	static const char TEXT[] = HEAD BINDING "]}";
	struct cluster cluster;
	const char *problem = NULL;

	assert_int_equal(cluster_from_json(TEXT, strlen(TEXT), *state, &cluster, &problem), 0);
	assert_true(cluster.is_asked);
	assert_true(cluster.is_known);
	assert_int_equal(cluster.rbac, RBAC_UNKNOWN);
	assert_int_equal(cluster.binding_count, 1);
	assert_string_equal(cluster.bindings[0].namespace, "a");
	assert_string_equal(cluster.bindings[0].subject, "u");
	assert_null(cluster.bindings[0].subject_namespace);
}

static void a_problem_is_not_known(void **state)
{
	static const char TEXT[] = "{\"schema\":\"nodelatch.cluster/1\",\"rbac\":\"in-force\","
				   "\"problem\":\"403\",\"bindings\":[]}";
	struct cluster cluster;
	const char *problem = NULL;

	assert_int_equal(cluster_from_json(TEXT, strlen(TEXT), *state, &cluster, &problem), 0);
	assert_false(cluster.is_known);
	assert_int_equal(cluster.rbac, RBAC_IN_FORCE);
	assert_string_equal(cluster.problem, "403");
}

static void what_is_no_document(void **state)
{
	assert_refused(*state, "", "is not a document");
	assert_refused(*state, "[]", "is not a document");
	assert_refused(*state, "{\"schema\":\"nodelatch.cluster/2\"}", "is not a document");
	assert_refused(*state,
		       "{\"schema\":\"nodelatch.cluster/1\",\"rbac\":\"yes\","
		       "\"bindings\":[]}",
		       "is not a document");
	assert_refused(*state, "{\"schema\":\"nodelatch.cluster/1\",\"rbac\":\"absent\"}",
		       "is not a document");
	assert_refused(*state, HEAD "7]}", "number 1");
	assert_refused(*state, HEAD BINDING ",{\"kind\":\"RoleBinding\",\"name\":7}]}", "number 2");
	assert_refused(*state, HEAD BINDING ",{}]}", "number 2");
}

static void too_much(void **state)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };

	buffer_text(&text, HEAD BINDING);
	for (size_t i = 0; i < CLUSTER_BINDINGS_MAX; i++)
		buffer_text(&text, "," BINDING);
	buffer_text(&text, "]}");
	assert_refused(*state, text.data, "is not a document");
	buffer_reset(&text);
	buffer_text(&text, HEAD "{\"kind\":\"");
	for (size_t i = 0; i <= CLUSTER_TEXT_BYTES_MAX; i++)
		buffer_text(&text, "x");
	buffer_text(&text, "\"}]}");
	assert_refused(*state, text.data, "number 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_document, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_problem_is_not_known, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_no_document, set_up, tear_down),
		cmocka_unit_test_setup_teardown(too_much, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
