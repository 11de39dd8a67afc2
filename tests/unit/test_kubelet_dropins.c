/* SPDX-License-Identifier: Apache-2.0 */
/* --config-dir: order, merging, deleting, and what stops the kubelet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/text.h"
#include "kubelet_node.h"

#define CONFIG "/var/lib/kubelet/config.yaml"
#define DIR    "/etc/kubelet.d"

static void dropin(struct kubelet_node *node, const char *name, const char *body)
{
	char path[128], text[2048];

	snprintf(path, sizeof(path), DIR "/%s", name);
	snprintf(text, sizeof(text), HEADER "%s", body);
	tree_write(&node->tree, path, text);
}

static void alone_it_keeps_the_flags_defaults(void **state)
{
	struct kubelet_node *node = *state;

	dropin(node, "10.conf", "authorization: {mode: Webhook}\n");
	OBSERVE(node, "--config-dir", DIR);
	assert_setting(node, "authorization.mode", "Webhook", "dropin:" DIR "/10.conf");
	assert_setting(node, "readOnlyPort", "10255", "default:flag");
	assert_setting(node, "authentication.anonymous.enabled", "true", "default:flag");
	assert_setting(node, "authentication.webhook.enabled", "false", "default:flag");
	assert_string_equal(setting_of(node, "readOnlyPort")->detail,
			    "no drop-in sets readOnlyPort, and --read-only-port is not set; "
			    "without --config the flags' defaults stay: the flag's default, 10255, "
			    "is in force");
	assert_int_equal(node->component.problem_count, 0);
}

static void with_config_it_keeps_the_configurations_defaults(void **state)
{
	struct kubelet_node *node = *state;

	tree_write(&node->tree, CONFIG, HEADER "port: 10260\nreadOnlyPort: 10255\n");
	dropin(node, "10.conf", "readOnlyPort: 0\n");
	OBSERVE(node, "--config-dir=" DIR, "--config=" CONFIG);
	assert_setting(node, "port", "10260", "config:" CONFIG);
	assert_setting(node, "readOnlyPort", "0", "dropin:" DIR "/10.conf");
	assert_setting(node, "authorization.mode", "Webhook", "default:config");
	assert_string_equal(setting_of(node, "readOnlyPort")->detail,
			    "the drop-in " DIR "/10.conf, line 3 sets readOnlyPort: 0");
	OBSERVE(node, "--config-dir=" DIR, "--config=" CONFIG, "--read-only-port=1");
	assert_setting(node, "readOnlyPort", "1", "flag");
}

static void an_empty_directory_changes_nothing(void **state)
{
	struct kubelet_node *node = *state;

	tree_directory(&node->tree, DIR);
	OBSERVE(node, "--config-dir=" DIR);
	assert_setting(node, "readOnlyPort", "10255", "default:flag");
	assert_int_equal(node->component.problem_count, 0);
	assert_int_equal(node->component.input_count, 1);
	assert_string_equal(node->component.inputs[0].path, DIR);
}

static void files_come_in_lexical_order_directories_in_place(void **state)
{
	struct kubelet_node *node = *state;

	dropin(node, "10.conf", "port: 1\nmaxPods: 1\npodPidsLimit: 1\noomScoreAdj: 1\n");
	dropin(node, "20-sub/90.conf", "port: 2\nmaxPods: 2\npodPidsLimit: 2\n");
	dropin(node, "20-sub/95/1.conf", "podPidsLimit: 4\n");
	dropin(node, "30.conf", "port: 3\n");
	dropin(node, "9.conf", "maxPods: 9\n");
	OBSERVE(node, "--config-dir=" DIR);
	assert_setting(node, "port", "3", "dropin:" DIR "/30.conf");
	assert_setting(node, "maxPods", "9", "dropin:" DIR "/9.conf");
	assert_setting(node, "podPidsLimit", "4", "dropin:" DIR "/20-sub/95/1.conf");
	assert_setting(node, "oomScoreAdj", "1", "dropin:" DIR "/10.conf");
	/* the directory, two below it, five files */
	assert_int_equal(node->component.input_count, 8);
}

static void the_order_is_that_of_names_not_of_the_directory(void **state)
{
	struct kubelet_node *node = *state;
	char name[32];

	/* 0, 7, 14, 21, 5, 12, ...: each of 23 once */
	for (int i = 0; i < 23; i++) {
		snprintf(name, sizeof(name), "%02d.conf", i * 7 % 23);
		dropin(node, name, "readOnlyPort: 0\n");
	}
	OBSERVE(node, "--config-dir=" DIR);
	assert_setting(node, "readOnlyPort", "0", "dropin:" DIR "/22.conf");
	for (size_t i = 2; i < node->component.input_count; i++)
		assert_true(strcmp(node->component.inputs[i - 1].path,
				   node->component.inputs[i].path) < 0);
}

static void only_names_that_end_in_conf_count(void **state)
{
	struct kubelet_node *node = *state;

	dropin(node, ".hidden.conf", "port: 1\n");
	dropin(node, "10.yaml", "readOnlyPort: 0\n");
	dropin(node, "10.CONF", "readOnlyPort: 0\n");
	dropin(node, "10.conf~", "readOnlyPort: 0\n");
	dropin(node, "10.conf.bak", "readOnlyPort: 0\n");
	dropin(node, "conf", "readOnlyPort: 0\n");
	tree_write(&node->tree, DIR "/README", "nothing\n");
	OBSERVE(node, "--config-dir=" DIR);
	assert_setting(node, "port", "1", "dropin:" DIR "/.hidden.conf");
	assert_setting(node, "readOnlyPort", "10255", "default:flag");
	assert_int_equal(node->component.problem_count, 0);
}

static void mappings_merge_and_lists_replace(void **state)
{
	struct kubelet_node *node = *state;

	tree_write(&node->tree, CONFIG,
		   HEADER "tlsCipherSuites: [A, B]\nkubeReserved: {cpu: 1m, memory: 1Mi}\n"
			  "authentication: {anonymous: {enabled: false}, "
			  "x509: {clientCAFile: ca.crt}}\nfeatureGates: {A: true}\n");
	dropin(node, "10.conf",
	       "tlsCipherSuites: [C]\nkubeReserved: {memory: 2Mi, pid: '5'}\n"
	       "authentication: {anonymous: {enabled: true}}\n"
	       "featureGates: {B: false}\n");
	OBSERVE(node, "--config-dir=" DIR, "--config=" CONFIG, "--feature-gates=C=true");
	assert_setting(node, "tlsCipherSuites", "C", "dropin:" DIR "/10.conf");
	assert_setting(node, "kubeReserved", "cpu=1m,memory=2Mi,pid=5", "dropin:" DIR "/10.conf");
	assert_setting(node, "authentication.anonymous.enabled", "true", "dropin:" DIR "/10.conf");
	assert_setting(node, "authentication.x509.clientCAFile", "/var/lib/kubelet/ca.crt",
		       "config:" CONFIG);
	assert_setting(node, "featureGates.A", "true", "config:" CONFIG);
	assert_setting(node, "featureGates.B", "false", "dropin:" DIR "/10.conf");
	assert_setting(node, "featureGates.C", "true", "flag");
}

static void null_brings_the_configurations_default_back(void **state)
{
	struct kubelet_node *node = *state;

	dropin(node, "10.conf",
	       "readOnlyPort: null\nauthentication: null\n"
	       "streamingConnectionIdleTimeout: null\n"
	       "kubeReserved: {cpu: 1m, memory: 1Mi}\n");
	dropin(node, "20.conf", "kubeReserved: {cpu: null}\n");
	OBSERVE(node, "--config-dir=" DIR);
	assert_setting(node, "readOnlyPort", "0", "default:config");
	assert_setting(node, "authentication.anonymous.enabled", "false", "default:config");
	assert_setting(node, "authentication.webhook.enabled", "true", "default:config");
	assert_setting(node, "authorization.mode", "AlwaysAllow", "default:flag");
	assert_setting(node, "streamingConnectionIdleTimeout", "4h", "default:config");
	assert_setting(node, "kubeReserved", "memory=1Mi", "dropin:" DIR "/20.conf");
	assert_string_equal(setting_of(node, "readOnlyPort")->detail,
			    "the drop-in " DIR "/10.conf, line 3 deletes readOnlyPort with null: "
			    "the configuration's default, 0, is in force");
	assert_non_null(strstr(setting_of(node, "authentication.webhook.enabled")->detail,
			       "deletes authentication.webhook.enabled with null"));
	assert_int_equal(node->component.problem_count, 0);
}

static void what_was_deleted_can_be_set_again(void **state)
{
	struct kubelet_node *node = *state;

	dropin(node, "10.conf", "authentication: null\n");
	dropin(node, "20.conf", "authentication: {webhook: {enabled: false}}\n");
	OBSERVE(node, "--config-dir=" DIR);
	assert_setting(node, "authentication.webhook.enabled", "false", "dropin:" DIR "/20.conf");
	/* the flag's default went with the rest */
	assert_setting(node, "authentication.anonymous.enabled", "false", "default:config");
}

static void zero_means_the_default_again(void **state)
{
	struct kubelet_node *node = *state;

	tree_write(&node->tree, CONFIG, HEADER "port: 10260\nstreamingConnectionIdleTimeout: 1h\n");
	dropin(node, "10.conf", "port: 0\nstreamingConnectionIdleTimeout: 0s\neventRecordQPS: 0\n");
	OBSERVE(node, "--config-dir=" DIR, "--config=" CONFIG);
	assert_setting(node, "port", "10250", "default:config");
	assert_setting(node, "streamingConnectionIdleTimeout", "4h", "default:config");
	assert_setting(node, "eventRecordQPS", "0", "dropin:" DIR "/10.conf");
	OBSERVE(node, "--config-dir=" DIR, "--streaming-connection-idle-timeout=0");
	assert_setting(node, "streamingConnectionIdleTimeout", "0s", "flag");
}

/* encoding/json, which reads the merged document, does not mind the case of a key. */
static void keys_in_another_case_count_in_a_dropin(void **state)
{
	struct kubelet_node *node = *state;

	tree_write(&node->tree, CONFIG, HEADER "readOnlyPort: 0\n");
	dropin(node, "10.conf", "readonlyport: 10255\n");
	OBSERVE(node, "--config-dir=" DIR, "--config=" CONFIG);
	assert_setting(node, "readOnlyPort", "10255", "dropin:" DIR "/10.conf");
	assert_int_equal(node->component.problem_count, 0);
	dropin(node, "10.conf", "READONLYPORT: 10255\n");
	OBSERVE(node, "--config-dir=" DIR, "--config=" CONFIG);
	/* it sorts before readOnlyPort, but a zero of the base is not written */
	assert_setting(node, "readOnlyPort", "10255", "dropin:" DIR "/10.conf");
	dropin(node, "10.conf", "READONLYPORT: 0\n");
	OBSERVE(node, "--config-dir=" DIR);
	assert_setting(node, "readOnlyPort", "10255", "default:flag");
	dropin(node, "10.conf", "Authentication: {Anonymous: {Enabled: true}}\n");
	OBSERVE(node, "--config-dir=" DIR, "--config=" CONFIG);
	/* "Authentication" sorts before "authentication", whose value then stands */
	assert_setting(node, "authentication.anonymous.enabled", "false", "default:config");
}

static void unknown_keys_are_told(void **state)
{
	struct kubelet_node *node = *state;

	dropin(node, "10.conf", "readOnlyPorts: 0\n");
	OBSERVE(node, "--config-dir=" DIR);
	assert_problem(node, PROBLEM_UNKNOWN_KEY, "readOnlyPorts is no key");
	assert_string_equal(node->component.problems[0].path, DIR "/10.conf");
	assert_int_equal(node->component.problems[0].line, 3);
}

static void assert_stopped(struct kubelet_node *node, enum problem_kind kind, const char *part)
{
	OBSERVE(node, "--config-dir=" DIR, "--read-only-port=0");
	assert_problem(node, kind, part);
	assert_setting(node, "readOnlyPort", "0", "flag");
	assert_unknown(node, "authorization.mode");
	assert_unknown(node, "authentication.anonymous.enabled");
}

static void what_stops_the_kubelet_is_told(void **state)
{
	struct kubelet_node *node = *state;

	assert_stopped(node, PROBLEM_FATAL, "does not exist");
	tree_write(&node->tree, DIR "/10.conf", "");
	assert_stopped(node, PROBLEM_FATAL, "is empty");
	tree_write(&node->tree, DIR "/10.conf", "authorization: {mode: Webhook}\n");
	assert_stopped(node, PROBLEM_FATAL, "does not say apiVersion");
	tree_write(&node->tree, DIR "/10.conf", "kind: KubeletConfiguration\n");
	assert_stopped(node, PROBLEM_FATAL, "does not say apiVersion");
	dropin(node, "10.conf", "maxPods: 1\nmaxPods: 2\n");
	assert_stopped(node, PROBLEM_FATAL, "sets maxPods twice");
	dropin(node, "10.conf", "maxPods: many\n");
	assert_stopped(node, PROBLEM_FATAL, "maxPods must be");
	dropin(node, "10.conf", "authentication: none\n");
	assert_stopped(node, PROBLEM_FATAL, "authentication must be a mapping");
	dropin(node, "10.conf", "a: b: c\n");
	assert_stopped(node, PROBLEM_FATAL, "cannot be parsed");
}

static void links_to_files_count_and_links_to_directories_stop_it(void **state)
{
	struct kubelet_node *node = *state;

	tree_write(&node->tree, "/srv/real", HEADER "readOnlyPort: 0\n");
	tree_link(&node->tree, DIR "/10.conf", "/srv/real");
	tree_directory(&node->tree, "/srv/more");
	tree_write(&node->tree, "/srv/more/1.conf", "nonsense");
	tree_link(&node->tree, DIR "/20", "/srv/more");
	OBSERVE(node, "--config-dir=" DIR);
	assert_setting(node, "readOnlyPort", "0", "dropin:" DIR "/10.conf");
	assert_int_equal(node->component.problem_count, 0);
	tree_link(&node->tree, DIR "/30.conf", "/srv/more");
	assert_stopped(node, PROBLEM_FATAL, "directory");
	tree_link(&node->tree, DIR "/30.conf", "/srv/gone");
	assert_stopped(node, PROBLEM_FATAL, "does not exist");
}

static void a_linked_directory_needs_its_slash(void **state)
{
	struct kubelet_node *node = *state;

	dropin(node, "10.conf", "readOnlyPort: 0\n");
	tree_link(&node->tree, "/etc/link.d", DIR);
	OBSERVE(node, "--config-dir=/etc/link.d");
	assert_setting(node, "readOnlyPort", "10255", "default:flag");
	assert_problem(node, PROBLEM_UNKNOWN_KEY, "is a link, which the kubelet does not follow");
	OBSERVE(node, "--config-dir=/etc/link.d/");
	assert_setting(node, "readOnlyPort", "0", "dropin:/etc/link.d/10.conf");
	assert_int_equal(node->component.problem_count, 0);
	tree_link(&node->tree, "/etc/link.conf", DIR);
	OBSERVE(node, "--config-dir=/etc/link.conf");
	assert_problem(node, PROBLEM_FATAL, "directory");
	/* a file that is named like a drop-in is one */
	OBSERVE(node, "--config-dir=" DIR "/10.conf");
	assert_setting(node, "readOnlyPort", "0", "dropin:" DIR "/10.conf");
}

static void a_fifo_is_not_waited_for(void **state)
{
	struct kubelet_node *node = *state;

	tree_fifo(&node->tree, DIR "/10.conf");
	assert_stopped(node, PROBLEM_UNREADABLE, "FIFO");
}

static void versions_differ(void **state)
{
	struct kubelet_node *node = *state;

	dropin(node, "10.conf", "authorization: {mode: Webhook}\n");
	node->version = "1.27.4";
	assert_stopped(node, PROBLEM_FATAL, "kubelets before 1.28 do not know");
	node->version = "1.28.4";
	assert_stopped(node, PROBLEM_UNREADABLE, "environment");
	OBSERVE(node, "--config-dir=" DIR);
	tree_write_bytes(&node->tree, "/proc/900/environ", "PATH=/bin", 10);
	observe_again(node);
	assert_problem(node, PROBLEM_FATAL, "KUBELET_CONFIG_DROPIN_DIR_ALPHA");
	tree_write_bytes(&node->tree, "/proc/900/environ",
			 "A=\0KUBELET_CONFIG_DROPIN_DIR_ALPHA=", 36);
	observe_again(node);
	assert_setting(node, "authorization.mode", "Webhook", "dropin:" DIR "/10.conf");
	node->version = "1.30";
	tree_write_bytes(&node->tree, "/proc/900/environ", "", 0);
	observe_again(node);
	assert_setting(node, "authorization.mode", "Webhook", "dropin:" DIR "/10.conf");
}

/* Only --config makes paths count from its own directory. */
static void relative_paths_count_from_the_working_directory(void **state)
{
	struct kubelet_node *node = *state;

	dropin(node, "10.conf", "authentication: {x509: {clientCAFile: ca.crt}}\n");
	OBSERVE(node, "--config-dir=kubelet.d");
	tree_link(&node->tree, "/proc/900/cwd", "/etc");
	observe_again(node);
	assert_setting(node, "authentication.x509.clientCAFile", "/etc/ca.crt",
		       "dropin:" DIR "/10.conf");
}

static void depth_and_number_are_bounded(void **state)
{
	struct kubelet_node *node = *state;
	char name[32], deep[256] = DIR;

	for (int i = 0; i <= DROPINS_MAX; i++) {
		snprintf(name, sizeof(name), "%03d.conf", i);
		dropin(node, name, "maxPods: 1\n");
	}
	assert_stopped(node, PROBLEM_UNREADABLE, "one drop-in more than this agent reads");
	for (int i = 0; i <= DROPIN_DEPTH_MAX; i++)
		snprintf(deep + strlen(deep), sizeof(deep) - strlen(deep), "/0");
	tree_directory(&node->tree, deep);
	OBSERVE(node, "--config-dir=" DIR);
	assert_unknown(node, "authorization.mode");
	assert_int_equal(count_problems(node, PROBLEM_UNREADABLE), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kubelet_node_setup, kubelet_node_teardown)
		TEST(alone_it_keeps_the_flags_defaults),
		TEST(with_config_it_keeps_the_configurations_defaults),
		TEST(an_empty_directory_changes_nothing),
		TEST(files_come_in_lexical_order_directories_in_place),
		TEST(the_order_is_that_of_names_not_of_the_directory),
		TEST(only_names_that_end_in_conf_count),
		TEST(mappings_merge_and_lists_replace),
		TEST(null_brings_the_configurations_default_back),
		TEST(what_was_deleted_can_be_set_again),
		TEST(zero_means_the_default_again),
		TEST(keys_in_another_case_count_in_a_dropin),
		TEST(unknown_keys_are_told),
		TEST(what_stops_the_kubelet_is_told),
		TEST(links_to_files_count_and_links_to_directories_stop_it),
		TEST(a_linked_directory_needs_its_slash),
		TEST(a_fifo_is_not_waited_for),
		TEST(versions_differ),
		TEST(relative_paths_count_from_the_working_directory),
		TEST(depth_and_number_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
