/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "observe/probes/told_version.h"

static void knows_a_version(void **state)
{
	static const char *const sound[] = { "1.31.9",	      "1.8.0",
					     "1.31.4+k3s1",   "1.31.2-eks-7f9249a",
					     "1.33.0-rc.1",   "1.29.1-gke.1589018",
					     "3.5.15",	      "3.6.0-alpha.0",
					     "1.30.5+rke2r1", "1.28.100" };
	static const char *const others[] = { "",	 "1",	       "1.31",	   "1.31.",
					      "v1.31.9", "2.31.9",     "0.0.0",	   "11.31.9",
					      "1.310.9", "1.31.9.",    "1.31.9 ",  "1.31.9+",
					      "1.31.9x", "1.031.9",    "1.31.09",  "1.31.1000",
					      "1.-1.0",	 "1.31.9-a b", "1.31.9\n", "1.31.9+\"",
					      "1..9",	 "1.31.9é",    "+1.31.9",  " 1.31.9",
					      "1,31,9",	 "1.31.9/../" };
	char longest[PROBE_WORD_BYTES_MAX + 2];

	for (size_t i = 0; i < ARRAY_SIZE(sound); i++)
		if (!told_version_is_sound(sound[i]))
			fail_msg("%s is a version", sound[i]);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (told_version_is_sound(others[i]))
			fail_msg("%s is no version", others[i]);
	memset(longest, 'a', sizeof(longest));
	memcpy(longest, "1.31.9-", 7);
	longest[PROBE_WORD_BYTES_MAX] = '\0';
	assert_true(told_version_is_sound(longest));
	longest[PROBE_WORD_BYTES_MAX] = 'a';
	longest[PROBE_WORD_BYTES_MAX + 1] = '\0';
	assert_false(told_version_is_sound(longest));
}

static void assert_metrics(const char *text, const char *version)
{
	char found[TOLD_VERSION_BYTES] = "";

	assert_int_equal(told_version_by_metrics(text, strlen(text), found), version != NULL);
	assert_string_equal(found, version ? version : "");
}

#define KUBERNETES "\nkubernetes_build_info{build_date=\"2025-05-15T07:05:24Z\","

static void finds_it_in_metrics(void **state)
{
	assert_metrics("# HELP x\n# TYPE kubernetes_build_info gauge" KUBERNETES
		       "git_commit=\"4\",git_version=\"v1.31.9\",major=\"1\"} 1\nx 2\n",
		       "1.31.9");
	assert_metrics(KUBERNETES "git_version=\"v1.31.4+k3s1\"} 1", "1.31.4+k3s1");
	assert_metrics("\nkubernetes_build_info{git_version=\"v1.31.9\"} 1", "1.31.9");
	/* As it was called up to 1.16. */
	assert_metrics("\nkubernetes_build_info{compiler=\"gc\",gitVersion=\"v1.10.13\"} 1\n",
		       "1.10.13");
	assert_metrics("\netcd_server_version{server_version=\"3.5.15\"} 1\n", "3.5.15");
	/* One that is none does not hide one that is. */
	assert_metrics("\nkubernetes_build_info{git_version=\"none\"} 1" KUBERNETES
		       "git_version=\"v1.31.9\"} 1\n",
		       "1.31.9");
}

static void other_metrics_tell_none(void **state)
{
	assert_metrics("", NULL);
	assert_metrics("\n", NULL);
	assert_metrics(KUBERNETES "git_version=\"v1.31.9", NULL);
	assert_metrics(KUBERNETES "git_version=\"v1.31\n.9\"} 1\n", NULL);
	assert_metrics(KUBERNETES "\n x{git_version=\"v1.31.9\"} 1\n", NULL);
	assert_metrics(KUBERNETES "git_version=\"1.31.9\"} 1\n", NULL);
	assert_metrics(KUBERNETES "git_version=\"v3.31.9\"} 1\n", NULL);
	assert_metrics(KUBERNETES "git_version=\"v0.0.0-master+$Format:%h$\"} 1\n", NULL);
	assert_metrics(KUBERNETES "git_version=\"v99999999999999999999.1.1\"} 1\n", NULL);
	assert_metrics(KUBERNETES "not_git_version=\"v1.31.9\"} 1\n", NULL);
	assert_metrics(KUBERNETES "x=\",git_version=\\\"v1.31.9\\\"\"} 1\n", NULL);
	assert_metrics("kubernetes_build_info{git_version=\"v1.31.9\"} 1\n", NULL);
	assert_metrics("\n# kubernetes_build_info{git_version=\"v1.31.9\"} 1\n", NULL);
	assert_metrics("\nkubernetes_build_info_x{git_version=\"v1.31.9\"} 1\n", NULL);
	assert_metrics("\netcd_server_version{server_version=\"1.5.15\"} 1\n", NULL);
}

/* What is cut off anywhere is not read beyond its end. */
static void has_an_end(void **state)
{
	static const char TEXT[] = KUBERNETES "git_version=\"v1.31.9\"} 1";
	char found[TOLD_VERSION_BYTES];

	for (size_t length = 0; length < sizeof(TEXT); length++) {
		char *copy = malloc(length + 1);

		memcpy(copy, TEXT, length);
		assert_int_equal(told_version_by_metrics(copy, length, found),
				 length >= sizeof(TEXT) - 1 - strlen("} 1"));
		free(copy);
	}
}

static void assert_json(const char *text, const char *version)
{
	char found[TOLD_VERSION_BYTES] = "";

	assert_int_equal(told_version_by_json(text, strlen(text), found), version != NULL);
	assert_string_equal(found, version ? version : "");
}

static void finds_it_in_json(void **state)
{
	assert_json("\n{\n  \"major\": \"1\",\n  \"gitVersion\": \"v1.31.9\"\n}", "1.31.9");
	assert_json("{\"etcdserver\":\"3.5.15\",\"etcdcluster\":\"3.5.0\"}", "3.5.15");
	assert_json("", NULL);
	assert_json("[]", NULL);
	assert_json("{\"gitVersion\":7}", NULL);
	assert_json("{\"gitVersion\":\"1.31.9\"}", NULL);
	assert_json("{\"gitVersion\":\"v1.31.9\"", NULL);
	assert_json("{\"gitVersion\":\"v1.31.9\\u0000\"}", NULL);
	assert_json("{\"gitVersion\":\"v1.31.9\",\"gitVersion\":\"v1.31.9\"}", NULL);
	assert_json("{\"x\":{\"gitVersion\":\"v1.31.9\"}}", NULL);
	assert_json("{\"etcdserver\":\"v3.5.15\"}", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_a_version),	   cmocka_unit_test(finds_it_in_metrics),
		cmocka_unit_test(other_metrics_tell_none), cmocka_unit_test(has_an_end),
		cmocka_unit_test(finds_it_in_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
