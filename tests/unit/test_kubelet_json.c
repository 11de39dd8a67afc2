/* SPDX-License-Identifier: Apache-2.0 */
/* --config as JSON, which Go decodes otherwise than YAML. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "kubelet_node.h"

#define PATH   "/var/lib/kubelet/config.yaml"
#define SOURCE "config:" PATH
#define HEAD   "\"apiVersion\":\"kubelet.config.k8s.io/v1beta1\",\"kind\":\"KubeletConfiguration\""

static void observe_json(struct kubelet_node *node, const char *text)
{
	tree_write(&node->tree, PATH, text);
	OBSERVE(node, "--config", PATH);
}

static void it_is_taken_whatever_the_file_is_called(void **state)
{
	struct kubelet_node *node = *state;

	observe_json(node, " \n{" HEAD ",\n\t\"readOnlyPort\":10255,\n"
			   "\"authentication\":{\"anonymous\":{\"enabled\":true}}}\n");
	assert_setting(node, "readOnlyPort", "10255", SOURCE);
	assert_setting(node, "authentication.anonymous.enabled", "true", SOURCE);
	assert_int_equal(node->component.problem_count, 0);
}

static void equal_keys_are_decoded_over_one_another(void **state)
{
	struct kubelet_node *node = *state;

	observe_json(node, "{" HEAD ",\"authentication\":{\"anonymous\":{\"enabled\":true}},"
			   "\"authentication\":{\"webhook\":{\"enabled\":false}}}");
	assert_setting(node, "authentication.anonymous.enabled", "true", SOURCE);
	assert_setting(node, "authentication.webhook.enabled", "false", SOURCE);
	assert_int_equal(count_problems(node, PROBLEM_DUPLICATE_KEY), 1);
	observe_json(node, "{" HEAD ",\"featureGates\":{\"A\":true,\"A\":false}}");
	assert_setting(node, "featureGates.A", "false", SOURCE);
	assert_setting(node, "featureGates", "A=false", SOURCE);
}

static void a_brace_makes_it_json_and_nothing_else(void **state)
{
	static const char *const bad[] = {
		"{apiVersion: kubelet.config.k8s.io/v1beta1, kind: KubeletConfiguration}",
		"{" HEAD ",}",
		"{" HEAD "}x",
		"{" HEAD ",\"readOnlyPort\":10255.0}",
		"{" HEAD ",\"readOnlyPort\":1e1}",
		"{" HEAD ",\"readOnlyPort\":010}",
		"{" HEAD ",\"rotateCertificates\":yes}",
		"{",
	};
	struct kubelet_node *node = *state;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		observe_json(node, bad[i]);
		assert_int_equal(count_problems(node, PROBLEM_FATAL), 1);
		assert_unknown(node, "readOnlyPort");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kubelet_node_setup, kubelet_node_teardown)
		TEST(it_is_taken_whatever_the_file_is_called),
		TEST(equal_keys_are_decoded_over_one_another),
		TEST(a_brace_makes_it_json_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
