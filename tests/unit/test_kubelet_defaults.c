/* SPDX-License-Identifier: Apache-2.0 */
/* Which of the two sets of defaults is in force, and what --config changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "kubelet_node.h"

#define CONFIG "--config=/var/lib/kubelet/config.yaml"
#define PATH   "/var/lib/kubelet/config.yaml"

static void without_files_the_flags_defaults_are_in_force(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE(node, "--v=2");
	assert_setting(node, "authentication.anonymous.enabled", "true", "default:flag");
	assert_setting(node, "authentication.webhook.enabled", "false", "default:flag");
	assert_setting(node, "authorization.mode", "AlwaysAllow", "default:flag");
	assert_setting(node, "readOnlyPort", "10255", "default:flag");
	assert_setting(node, "rotateCertificates", "false", "default:flag");
	assert_setting(node, "serverTLSBootstrap", "false", "default:flag");
	assert_setting(node, "authentication.x509.clientCAFile", "", "default:flag");
	assert_setting(node, "streamingConnectionIdleTimeout", "4h", "default:flag");
	assert_setting(node, "podPidsLimit", "-1", "default:flag");
	assert_setting(node, "address", "0.0.0.0", "default:flag");
	assert_setting(node, "--cert-dir", "/var/lib/kubelet/pki", "default:flag");
	assert_true(node->component.settings_known);
	assert_int_equal(node->component.problem_count, 0);
	assert_string_equal(setting_of(node, "readOnlyPort")->detail,
			    "no --config, and --read-only-port is not set: the flag's default, "
			    "10255, is in force");
}

static void with_config_its_defaults_are_in_force(void **state)
{
	struct kubelet_node *node = *state;

	tree_write(&node->tree, PATH, HEADER);
	OBSERVE(node, CONFIG);
	assert_setting(node, "authentication.anonymous.enabled", "false", "default:config");
	assert_setting(node, "authentication.webhook.enabled", "true", "default:config");
	assert_setting(node, "authorization.mode", "Webhook", "default:config");
	assert_setting(node, "readOnlyPort", "0", "default:config");
	assert_setting(node, "rotateCertificates", "false", "default:config");
	assert_setting(node, "--cert-dir", "/var/lib/kubelet/pki", "default:flag");
	assert_setting(node, "--config", PATH, "flag");
	assert_int_equal(node->component.problem_count, 0);
	assert_string_equal(setting_of(node, "readOnlyPort")->detail,
			    PATH " does not set readOnlyPort, and --read-only-port is not set: the "
				 "configuration's default, 0, is in force");
}

static void an_empty_config_flag_is_none(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE(node, "--config=", "--config-dir=");
	assert_setting(node, "readOnlyPort", "10255", "default:flag");
	assert_int_equal(node->component.problem_count, 0);
}

static void settings_are_sorted_by_name(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE(node, "--feature-gates=B=true,A=false");
	assert_true(node->component.setting_count > 100);
	for (size_t i = 1; i < node->component.setting_count; i++)
		assert_true(strcmp(node->component.settings[i - 1].name,
				   node->component.settings[i].name) < 0);
}

static void defaults_that_changed_follow_the_version(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE(node, "--v=2");
	assert_unknown(node, "eventRecordQPS");
	node->version = "1.26.3";
	OBSERVE(node, "--v=2");
	assert_setting(node, "eventRecordQPS", "5", "default:flag");
	node->version = "v1.27.0+k3s1";
	OBSERVE(node, "--v=2");
	assert_setting(node, "eventRecordQPS", "50", "default:flag");
}

static void the_cadvisor_port_follows_the_version(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE(node, "--v=2");
	assert_unknown(node, "--cadvisor-port");
	node->version = "1.10.13";
	OBSERVE(node, "--v=2");
	assert_setting(node, "--cadvisor-port", "4194", "default:flag");
	OBSERVE(node, "--cadvisor-port=0");
	assert_setting(node, "--cadvisor-port", "0", "flag");
	node->version = "1.11";
	OBSERVE(node, "--v=2");
	assert_setting(node, "--cadvisor-port", "0", "default:flag");
	node->version = "1.31.9";
	OBSERVE(node, "--v=2");
	assert_setting(node, "--cadvisor-port", "0", "default:flag");
	assert_int_equal(node->component.problem_count, 0);
	OBSERVE(node, "--cadvisor-port=0");
	assert_problem(node, PROBLEM_FATAL, "--cadvisor-port is no flag since 1.12");
}

static void a_newer_key_or_flag_shows_that_the_cadvisor_port_is_gone(void **state)
{
	struct kubelet_node *node = *state;

	tree_write(&node->tree, PATH, HEADER "memorySwap: {swapBehavior: NoSwap}\n");
	OBSERVE(node, CONFIG);
	assert_setting(node, "--cadvisor-port", "0", "default:flag");
	OBSERVE(node, "--image-credential-provider-bin-dir=/usr/libexec");
	assert_setting(node, "--cadvisor-port", "0", "default:flag");
	tree_write(&node->tree, PATH, HEADER "readOnlyPort: 0\n");
	OBSERVE(node, CONFIG);
	assert_unknown(node, "--cadvisor-port");
}

static void without_kubeconfig_it_is_standalone(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE(node, "--v=2");
	assert_true(node->component.is_standalone);
	OBSERVE(node, "--kubeconfig=");
	assert_true(node->component.is_standalone);
	OBSERVE(node, "--kubeconfig", "/etc/kubernetes/kubelet.conf");
	assert_false(node->component.is_standalone);
}

/* They are flags only; in a file they are keys that nobody knows. */
static void what_only_flags_make_is_no_key(void **state)
{
	static const char *const KEYS[] = { "hostnameOverride", "certDir",	"kubeconfig",
					    "nodeIP",		"cadvisorPort", "--cert-dir" };
	struct kubelet_node *node = *state;
	char body[256];

	for (size_t i = 0; i < ARRAY_SIZE(KEYS); i++) {
		snprintf(body, sizeof(body), HEADER "%s: /x\n", KEYS[i]);
		tree_write(&node->tree, PATH, body);
		OBSERVE(node, CONFIG, "--cert-dir=/certs");
		assert_problem(node, PROBLEM_UNKNOWN_KEY, KEYS[i]);
		assert_setting(node, "--cert-dir", "/certs", "flag");
		assert_setting(node, "--hostname-override", "", "default:flag");
		assert_true(node->component.is_standalone);
	}
}

/* Deprecated since 1.10, and still there in the newest release. */
static void deprecated_flags_still_count(void **state)
{
	struct kubelet_node *node = *state;

	node->version = "1.37.0";
	OBSERVE(node, "--read-only-port=0", "--anonymous-auth=false",
		"--authorization-mode=Webhook");
	assert_setting(node, "readOnlyPort", "0", "flag");
	assert_setting(node, "authentication.anonymous.enabled", "false", "flag");
	assert_setting(node, "authorization.mode", "Webhook", "flag");
	assert_int_equal(node->component.problem_count, 0);
}

/* cAdvisor's own flags came along with its package until 1.36. */
static void flags_that_leaked_in_take_their_values(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE(node, "--containerd", "/run/k3s/containerd/containerd.sock", "--read-only-port=0");
	assert_setting(node, "readOnlyPort", "0", "flag");
	assert_int_equal(node->component.problem_count, 0);
}

static void the_node_name_is_lower_case(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE(node, "--v=2");
	assert_string_equal(node->component.node_name, "node-a.example");
	OBSERVE(node, "--hostname-override= Worker-7 ");
	assert_string_equal(node->component.node_name, "worker-7");
}

static void a_nested_node_has_its_own_name(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE(node, "--v=2");
	tree_write(&node->tree, "/srv/ct/etc/hostname", "Kind-Worker\n");
	tree_link(&node->tree, "/proc/900/root", "/srv/ct");
	observe_again(node);
	assert_string_equal(node->component.node_name, "kind-worker");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kubelet_node_setup, kubelet_node_teardown)
		TEST(without_files_the_flags_defaults_are_in_force),
		TEST(with_config_its_defaults_are_in_force),
		TEST(an_empty_config_flag_is_none),
		TEST(settings_are_sorted_by_name),
		TEST(defaults_that_changed_follow_the_version),
		TEST(the_cadvisor_port_follows_the_version),
		TEST(a_newer_key_or_flag_shows_that_the_cadvisor_port_is_gone),
		TEST(without_kubeconfig_it_is_standalone),
		TEST(what_only_flags_make_is_no_key),
		TEST(deprecated_flags_still_count),
		TEST(flags_that_leaked_in_take_their_values),
		TEST(the_node_name_is_lower_case),
		TEST(a_nested_node_has_its_own_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
