/* SPDX-License-Identifier: Apache-2.0 */
/* --config: YAML 1.1 or JSON, the types Go wants, and what a file may be instead of one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/text.h"
#include "kubelet_node.h"

#define PATH   "/var/lib/kubelet/config.yaml"
#define SOURCE "config:" PATH

/* The kubelet with --config and that file, header included. */
static void observe_config(struct kubelet_node *node, const char *body)
{
	char text[4096];

	snprintf(text, sizeof(text), HEADER "%s", body);
	tree_write(&node->tree, PATH, text);
	OBSERVE(node, "--config", PATH);
}

static void observe_file(struct kubelet_node *node, const char *text)
{
	tree_write(&node->tree, PATH, text);
	OBSERVE(node, "--config", PATH);
}

/* Nothing that files decide is known, and a flag still decides. */
static void assert_refused(struct kubelet_node *node, enum problem_kind kind, const char *part)
{
	assert_problem(node, kind, part);
	assert_unknown(node, "authentication.anonymous.enabled");
	assert_unknown(node, "readOnlyPort");
	assert_unknown(node, "featureGates");
	assert_unknown(node, "featureGates.RotateKubeletServerCertificate");
	assert_setting(node, "--cert-dir", "/var/lib/kubelet/pki", "default:flag");
	OBSERVE(node, "--config", PATH, "--read-only-port=0", "--feature-gates=A=true");
	assert_setting(node, "readOnlyPort", "0", "flag");
	assert_setting(node, "featureGates.A", "true", "flag");
	assert_unknown(node, "featureGates");
	assert_unknown(node, "authorization.mode");
}

static void values_have_the_file_and_line_they_come_from(void **state)
{
	struct kubelet_node *node = *state;

	observe_config(node, "authentication:\n  anonymous:\n    enabled: true\n"
			     "  x509: {clientCAFile: /etc/kubernetes/pki/ca.crt}\n"
			     "authorization: {mode: AlwaysAllow}\nreadOnlyPort: 10255\n"
			     "tlsCipherSuites: [A, B]\nrotateCertificates: true\n");
	assert_setting(node, "authentication.anonymous.enabled", "true", SOURCE);
	assert_setting(node, "authentication.x509.clientCAFile", "/etc/kubernetes/pki/ca.crt",
		       SOURCE);
	assert_setting(node, "authentication.webhook.enabled", "true", "default:config");
	assert_setting(node, "authorization.mode", "AlwaysAllow", SOURCE);
	assert_setting(node, "readOnlyPort", "10255", SOURCE);
	assert_setting(node, "tlsCipherSuites", "A,B", SOURCE);
	assert_setting(node, "rotateCertificates", "true", SOURCE);
	assert_string_equal(setting_of(node, "readOnlyPort")->detail,
			    PATH ", line 8 sets readOnlyPort: 10255");
	assert_int_equal(node->component.problem_count, 0);
}

static void flags_win_over_the_file(void **state)
{
	struct kubelet_node *node = *state;

	tree_write(&node->tree, PATH,
		   HEADER
		   "readOnlyPort: 10255\ntlsCipherSuites: [A, B]\nkubeReserved: {cpu: 1m}\n");
	OBSERVE(node, "--read-only-port=0", "--config=" PATH, "--tls-cipher-suites=C",
		"--kube-reserved=memory=1Mi");
	assert_setting(node, "readOnlyPort", "0", "flag");
	assert_setting(node, "tlsCipherSuites", "C", "flag");
	assert_setting(node, "kubeReserved", "memory=1Mi", "flag");
	assert_string_equal(setting_of(node, "readOnlyPort")->detail,
			    "--read-only-port is set on the command line, and wins over " PATH
			    ", line 3: 0");
}

static void feature_gates_are_merged_by_key_and_flags_win(void **state)
{
	struct kubelet_node *node = *state;

	tree_write(&node->tree, PATH, HEADER "featureGates: {A: true, B: true}\n");
	OBSERVE(node, "--config=" PATH, "--feature-gates=A=false,C=true");
	assert_setting(node, "featureGates.A", "false", "flag");
	assert_setting(node, "featureGates.B", "true", SOURCE);
	assert_setting(node, "featureGates.C", "true", "flag");
	assert_setting(node, "featureGates", "A=false,B=true,C=true", "flag");
}

static void seccomp_default_is_either(void **state)
{
	struct kubelet_node *node = *state;

	observe_config(node, "seccompDefault: true\n");
	OBSERVE(node, "--config", PATH, "--seccomp-default=false");
	assert_setting(node, "seccompDefault", "true", SOURCE);
	observe_config(node, "seccompDefault: false\n");
	assert_setting(node, "seccompDefault", "false", SOURCE);
	OBSERVE(node, "--config", PATH, "--seccomp-default");
	assert_setting(node, "seccompDefault", "true", "flag");
}

static void yaml_is_1_1(void **state)
{
	static const struct {
		const char *text, *value;
	} booleans[] = { { "yes", "true" },  { "on", "true" },	  { "Y", "true" },
			 { "True", "true" }, { "off", "false" },  { "no", "false" },
			 { "n", "false" },   { "FALSE", "false" } },
	  numbers[] = { { "0x280F", "10255" }, { "010255", "4269" }, { "10_255", "10255" },
			{ "1__0_", "10" },     { "0b11", "3" },	     { "1e4", "10000" },
			{ "09", "9" },	       { "80.0", "80" },     { "+7", "7" },
			{ "0o17", "15" } };
	struct kubelet_node *node = *state;
	char body[128];

	for (size_t i = 0; i < ARRAY_SIZE(booleans); i++) {
		snprintf(body, sizeof(body), "rotateCertificates: %s\n", booleans[i].text);
		observe_config(node, body);
		assert_setting(node, "rotateCertificates", booleans[i].value, SOURCE);
	}
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		snprintf(body, sizeof(body), "readOnlyPort: %s\n", numbers[i].text);
		observe_config(node, body);
		assert_setting(node, "readOnlyPort", numbers[i].value, SOURCE);
	}
}

static void a_wrong_type_is_fatal(void **state)
{
	static const char *const bad[] = {
		"readOnlyPort: \"10255\"\n",
		"readOnlyPort: 1.5\n",
		"readOnlyPort: 70000\n",
		"readOnlyPort: -1\n",
		"readOnlyPort: 4294967296\n",
		"readOnlyPort: [0]\n",
		"readOnlyPort: !!str 0\n",
		"rotateCertificates: 1\n",
		"rotateCertificates: \"true\"\n",
		"rotateCertificates: 'yes'\n",
		"authorization: {mode: true}\n",
		"authorization: Webhook\n",
		"authentication: {anonymous: {enabled: \"false\"}}\n",
		"authentication: {anonymous: [false]}\n",
		"clusterDomain: 1\n",
		"tlsCipherSuites: A\n",
		"tlsCipherSuites: [1]\n",
		"featureGates: {A: \"true\"}\n",
		"kubeReserved: {cpu: 1}\n",
		"kubeReserved: [cpu]\n",
		"syncFrequency: 60\n",
		"syncFrequency: 0\n",
		"syncFrequency: \"\"\n",
		"syncFrequency: 1d\n",
		"syncFrequency:\n",
		"memoryThrottlingFactor: high\n",
		"readOnlyPort: .inf\n",
		"readOnlyPort: .nan\n",
		"1: {2: 3}\nreadOnlyPort: x\n",
	};
	struct kubelet_node *node = *state;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		observe_config(node, bad[i]);
		assert_true(count_problems(node, PROBLEM_FATAL) == 1);
		assert_unknown(node, "readOnlyPort");
		assert_unknown(node, "authorization.mode");
	}
	observe_config(node, "readOnlyPort: \"10255\"\n");
	assert_refused(node, PROBLEM_FATAL,
		       "readOnlyPort must be a port from 0 to 65535, and is the text \"10255\"");
	observe_config(node, "\nreadOnlyPort: \"10255\"\n");
	assert_int_equal(node->component.problems[0].line, 4);
	assert_string_equal(node->component.problems[0].path, PATH);
}

static void zero_means_the_default_unless_it_is_a_pointer(void **state)
{
	struct kubelet_node *node = *state;

	node->version = "1.31.9"; /* by which some defaults go */
	observe_config(node, "streamingConnectionIdleTimeout: 0s\nport: 0\neventBurst: 0\n"
			     "authorization: {mode: \"\"}\naddress: ''\n"
			     "eventRecordQPS: 0\npodPidsLimit: 0\nhealthzPort: 0\n"
			     "seccompDefault: false\nenableServer: false\nreadOnlyPort: 0\n"
			     "authentication: {anonymous: {enabled: false}}\n");
	assert_setting(node, "streamingConnectionIdleTimeout", "4h", "default:config");
	assert_setting(node, "port", "10250", "default:config");
	assert_setting(node, "eventBurst", "100", "default:config");
	assert_setting(node, "authorization.mode", "Webhook", "default:config");
	assert_setting(node, "address", "0.0.0.0", "default:config");
	assert_setting(node, "eventRecordQPS", "0", SOURCE);
	assert_setting(node, "podPidsLimit", "0", SOURCE);
	assert_setting(node, "healthzPort", "0", SOURCE);
	assert_setting(node, "seccompDefault", "false", SOURCE);
	assert_setting(node, "enableServer", "false", SOURCE);
	assert_setting(node, "readOnlyPort", "0", SOURCE);
	assert_setting(node, "authentication.anonymous.enabled", "false", SOURCE);
	assert_string_equal(setting_of(node, "port")->detail,
			    PATH ", line 4 sets port to zero, which stands for the default: the "
				 "configuration's default, 10250, is in force");
	assert_int_equal(node->component.problem_count, 0);
}

static void null_means_the_default(void **state)
{
	struct kubelet_node *node = *state;

	observe_config(node, "readOnlyPort: null\nauthentication:\nauthorization: {mode: ~}\n"
			     "cpuCFSQuotaPeriod: null\n");
	assert_setting(node, "readOnlyPort", "0", "default:config");
	assert_setting(node, "authentication.anonymous.enabled", "false", "default:config");
	assert_setting(node, "authorization.mode", "Webhook", "default:config");
	assert_int_equal(node->component.problem_count, 0);
}

static void unknown_keys_are_told_with_their_line(void **state)
{
	struct kubelet_node *node = *state;

	observe_config(node, "readonlyport: 10255\nauthentication:\n  anonymus: {enabled: true}\n"
			     "noSuchThing: [1, {a: b}]\nauthorization.mode: AlwaysAllow\n"
			     "logging: {options: {json: {splitStream: true}}}\n"
			     "reservedMemory: [{numaNode: 0, limits: {memory: 1Gi}}]\n");
	assert_setting(node, "readOnlyPort", "0", "default:config");
	assert_setting(node, "authorization.mode", "Webhook", "default:config");
	assert_int_equal(count_problems(node, PROBLEM_UNKNOWN_KEY), 4);
	assert_int_equal(node->component.problem_count, 4);
	assert_problem(node, PROBLEM_UNKNOWN_KEY, "it is spelled readOnlyPort");
	assert_problem(node, PROBLEM_UNKNOWN_KEY, "authentication.anonymus is no key");
	assert_int_equal(node->component.problems[0].line, 3);
	assert_int_equal(node->component.problems[1].line, 5);
	assert_int_equal(node->component.problems[2].line, 6);
}

static void of_two_equal_keys_the_last_counts(void **state)
{
	struct kubelet_node *node = *state;

	observe_config(node, "readOnlyPort: 0\nreadOnlyPort: 10255\n"
			     "authentication: {anonymous: {enabled: true}}\n"
			     "authentication: {webhook: {enabled: false}}\n");
	assert_setting(node, "readOnlyPort", "10255", SOURCE);
	assert_setting(node, "authentication.anonymous.enabled", "false", "default:config");
	assert_setting(node, "authentication.webhook.enabled", "false", SOURCE);
	assert_int_equal(count_problems(node, PROBLEM_DUPLICATE_KEY), 2);
	assert_int_equal(node->component.problems[0].line, 4);
}

static void only_the_first_document_counts(void **state)
{
	struct kubelet_node *node = *state;

	observe_config(node, "readOnlyPort: 0\n---\n" HEADER "readOnlyPort: 10255\n---\n}{\n");
	assert_setting(node, "readOnlyPort", "0", SOURCE);
	observe_file(node, "---\n---\n" HEADER);
	assert_refused(node, PROBLEM_FATAL, "is not a mapping");
}

static void anchors_and_merges_are_expanded(void **state)
{
	struct kubelet_node *node = *state;

	observe_config(node, "featureGates: &gates {A: true}\nqosReserved: {}\n"
			     "authentication:\n  anonymous: &on {enabled: true}\n"
			     "  webhook:\n    <<: *on\n    cacheTTL: 1m\n");
	assert_setting(node, "authentication.webhook.enabled", "true", SOURCE);
	assert_setting(node, "authentication.webhook.cacheTTL", "1m", SOURCE);
	assert_int_equal(node->component.problem_count, 0);
}

static void what_is_no_kubelet_configuration_is_fatal(void **state)
{
	struct kubelet_node *node = *state;

	observe_file(node, "");
	assert_refused(node, PROBLEM_FATAL, "is empty");
	observe_file(node, "# nothing\n");
	assert_refused(node, PROBLEM_FATAL, "is not a mapping");
	observe_file(node, "readOnlyPort: 0\n");
	assert_refused(node, PROBLEM_FATAL, "does not say apiVersion");
	observe_file(node, "apiVersion: v1\nkind: Config\n");
	assert_refused(node, PROBLEM_FATAL, "does not say apiVersion");
	observe_file(node,
		     "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: kubeletConfiguration\n");
	assert_refused(node, PROBLEM_FATAL, "does not say apiVersion");
	observe_file(node, "- a\n- b\n");
	assert_refused(node, PROBLEM_FATAL, "is not a mapping");
	observe_file(node, HEADER "a:\n\t- b\n");
	assert_refused(node, PROBLEM_FATAL, "cannot be parsed");
	observe_file(node, HEADER "a: b: c\n");
	assert_refused(node, PROBLEM_FATAL, "cannot be parsed");
}

static void what_is_no_file_is_unknown(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE(node, "--config", PATH);
	assert_refused(node, PROBLEM_FATAL, "does not exist");
	tree_directory(&node->tree, PATH);
	OBSERVE(node, "--config", PATH);
	assert_refused(node, PROBLEM_FATAL, "directory");
}

static void a_fifo_does_not_stop_the_agent(void **state)
{
	struct kubelet_node *node = *state;

	tree_fifo(&node->tree, PATH);
	OBSERVE(node, "--config", PATH);
	assert_refused(node, PROBLEM_UNREADABLE, "FIFO");
}

static void twenty_megabytes_are_too_much(void **state)
{
	struct kubelet_node *node = *state;
	size_t length = 20 << 20;
	char *text = malloc(length);

	assert_non_null(text);
	memset(text, '#', length);
	tree_write_bytes(&node->tree, PATH, text, length);
	OBSERVE(node, "--config", PATH);
	assert_refused(node, PROBLEM_UNREADABLE, "is larger than");
	free(text);
}

static void no_link_leads_out_of_the_root(void **state)
{
	struct kubelet_node *node = *state;
	char outside[128];

	snprintf(outside, sizeof(outside), "%s.outside", node->tree.path);
	FILE *file = fopen(outside, "w");

	assert_non_null(file);
	fputs(HEADER "readOnlyPort: 0\n", file);
	fclose(file);
	tree_link(&node->tree, PATH, outside);
	OBSERVE(node, "--config", PATH);
	assert_refused(node, PROBLEM_FATAL, "does not exist");
	tree_link(&node->tree, PATH, "../../../../../../../../etc/kubelet.yaml");
	tree_write(&node->tree, "/etc/kubelet.yaml", HEADER "readOnlyPort: 1\n");
	OBSERVE(node, "--config", PATH);
	assert_setting(node, "readOnlyPort", "1", SOURCE);
	tree_link(&node->tree, PATH, PATH);
	OBSERVE(node, "--config", PATH);
	assert_refused(node, PROBLEM_FATAL, "loop");
	unlink(outside);
}

static void the_files_are_those_of_the_processs_own_root(void **state)
{
	struct kubelet_node *node = *state;

	tree_write(&node->tree, PATH, HEADER "readOnlyPort: 10255\n");
	tree_write(&node->tree, "/srv/ct" PATH, HEADER "readOnlyPort: 0\n");
	OBSERVE(node, "--config", PATH);
	tree_link(&node->tree, "/proc/900/root", "/srv/ct");
	observe_again(node);
	assert_setting(node, "readOnlyPort", "0", SOURCE);
}

static void config_counts_from_the_working_directory_and_its_paths_from_it(void **state)
{
	struct kubelet_node *node = *state;

	tree_write(&node->tree, "/srv/conf/kubelet_conf.json",
		   HEADER "authentication: {x509: {clientCAFile: pki/../ca.crt}}\n"
			  "tlsCertFile: /etc/x.crt\nstaticPodPath: ../manifests\n");
	OBSERVE(node, "--config=../conf/./kubelet_conf.json", "--tls-private-key-file=x.key");
	tree_link(&node->tree, "/proc/900/cwd", "/srv/work");
	observe_again(node);
	assert_setting(node, "authentication.x509.clientCAFile", "/srv/conf/ca.crt",
		       "config:/srv/conf/kubelet_conf.json");
	assert_setting(node, "tlsCertFile", "/etc/x.crt", "config:/srv/conf/kubelet_conf.json");
	assert_setting(node, "staticPodPath", "/srv/manifests",
		       "config:/srv/conf/kubelet_conf.json");
	assert_setting(node, "tlsPrivateKeyFile", "/srv/work/x.key", "flag");
	assert_setting(node, "--config", "/srv/conf/kubelet_conf.json", "flag");
}

static void inputs_have_their_times(void **state)
{
	struct kubelet_node *node = *state;

	tree_write(&node->tree, PATH, HEADER);
	tree_write(&node->tree, "/etc/kubernetes/kubelet.conf", "x");
	tree_set_time(&node->tree, PATH, 1600000000);
	OBSERVE(node, "--config", PATH, "--kubeconfig=/etc/kubernetes/kubelet.conf");
	assert_int_equal(node->component.input_count, 2);
	assert_string_equal(node->component.inputs[0].path, PATH);
	assert_true(node->component.inputs[0].exists);
	assert_null(node->component.inputs[0].host_path);
	assert_int_equal(node->component.inputs[0].changed_at_ns, 1600000000000000000);
	assert_string_equal(node->component.inputs[1].path, "/etc/kubernetes/kubelet.conf");
	/* the kubelet writes it itself */
	OBSERVE(node, "--config", PATH, "--kubeconfig=/etc/kubernetes/kubelet.conf",
		"--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf");
	assert_int_equal(node->component.input_count, 1);
}

static void too_many_keys_are_not_looked_through(void **state)
{
	struct kubelet_node *node = *state;
	char *text = calloc(1, 200000), *at = text;

	assert_non_null(text);
	at += snprintf(at, 200, HEADER "featureGates:\n");
	for (int i = 0; i < SETTING_ITEMS_MAX + 1; i++)
		at += snprintf(at, 40, "  Gate%d: true\n", i);
	tree_write(&node->tree, PATH, text);
	OBSERVE(node, "--config", PATH);
	assert_refused(node, PROBLEM_UNREADABLE, "more keys in one place");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kubelet_node_setup, kubelet_node_teardown)
		TEST(values_have_the_file_and_line_they_come_from),
		TEST(flags_win_over_the_file),
		TEST(feature_gates_are_merged_by_key_and_flags_win),
		TEST(seccomp_default_is_either),
		TEST(yaml_is_1_1),
		TEST(a_wrong_type_is_fatal),
		TEST(zero_means_the_default_unless_it_is_a_pointer),
		TEST(null_means_the_default),
		TEST(unknown_keys_are_told_with_their_line),
		TEST(of_two_equal_keys_the_last_counts),
		TEST(only_the_first_document_counts),
		TEST(anchors_and_merges_are_expanded),
		TEST(what_is_no_kubelet_configuration_is_fatal),
		TEST(what_is_no_file_is_unknown),
		TEST(a_fifo_does_not_stop_the_agent),
		TEST(twenty_megabytes_are_too_much),
		TEST(no_link_leads_out_of_the_root),
		TEST(the_files_are_those_of_the_processs_own_root),
		TEST(config_counts_from_the_working_directory_and_its_paths_from_it),
		TEST(inputs_have_their_times),
		TEST(too_many_keys_are_not_looked_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
