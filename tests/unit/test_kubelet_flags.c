/* SPDX-License-Identifier: Apache-2.0 */
/* argv as the kubelet's flag library reads it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/text.h"
#include "kubelet_node.h"
#include "observe/kubelet/fields.h"

static void a_value_stands_behind_equals_or_as_the_next_argument(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE(node, "--read-only-port", "0", "--authorization-mode=Webhook");
	assert_setting(node, "readOnlyPort", "0", "flag");
	assert_setting(node, "authorization.mode", "Webhook", "flag");
	assert_int_equal(node->component.problem_count, 0);
	assert_string_equal(setting_of(node, "readOnlyPort")->detail,
			    "--read-only-port is set on the command line: 0");
}

static void a_bare_boolean_is_true(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE(node, "--rotate-certificates", "--rotate-server-certificates=false");
	assert_setting(node, "rotateCertificates", "true", "flag");
	assert_setting(node, "serverTLSBootstrap", "false", "flag");
}

static void a_bare_boolean_never_takes_the_next_argument(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE(node, "--anonymous-auth", "false");
	assert_setting(node, "authentication.anonymous.enabled", "true", "flag");
	assert_problem(node, PROBLEM_FATAL, "--anonymous-auth takes its value only after '='");
}

static void booleans_are_those_of_go(void **state)
{
	static const char *const YES[] = { "1", "t", "T", "true", "TRUE", "True" };
	static const char *const NO[] = { "0", "f", "F", "false", "FALSE", "False" };
	static const char *const NEITHER[] = { "yes", "on", "tRUE", "", " true", "2" };
	struct kubelet_node *node = *state;
	char flag[64];

	for (size_t i = 0; i < ARRAY_SIZE(YES); i++) {
		snprintf(flag, sizeof(flag), "--anonymous-auth=%s", YES[i]);
		OBSERVE(node, flag);
		assert_setting(node, "authentication.anonymous.enabled", "true", "flag");
		snprintf(flag, sizeof(flag), "--anonymous-auth=%s", NO[i]);
		OBSERVE(node, flag);
		assert_setting(node, "authentication.anonymous.enabled", "false", "flag");
		snprintf(flag, sizeof(flag), "--anonymous-auth=%s", NEITHER[i]);
		OBSERVE(node, flag);
		assert_unknown(node, "authentication.anonymous.enabled");
		assert_problem(node, PROBLEM_FATAL, "--anonymous-auth cannot be");
	}
}

static void integers_are_those_of_go(void **state)
{
	static const struct {
		const char *text, *value;
	} good[] = {
		{ "0x280F", "10255" }, { "010255", "4269" }, { "0o17", "15" },
		{ "0b101", "5" },      { "1_000", "1000" },  { "0x_ff", "255" },
		{ "+10255", "10255" }, { "0", "0" },	     { "00", "0" },
		{ "65535", "65535" },  { "0_7", "7" },
	};
	static const char *const bad[] = { "",
					   "10255 ",
					   "1e3",
					   "0x",
					   "08",
					   "1__0",
					   "_1",
					   "1_",
					   "65536",
					   "-1",
					   "4294967296",
					   "0b2",
					   "99999999999999999999",
					   "ten" };
	struct kubelet_node *node = *state;
	char flag[64];

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		snprintf(flag, sizeof(flag), "--read-only-port=%s", good[i].text);
		OBSERVE(node, flag);
		assert_setting(node, "readOnlyPort", good[i].value, "flag");
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(flag, sizeof(flag), "--read-only-port=%s", bad[i]);
		OBSERVE(node, flag);
		assert_unknown(node, "readOnlyPort");
		assert_problem(node, PROBLEM_FATAL, "--read-only-port cannot be");
	}
}

static void durations_are_those_of_go(void **state)
{
	static const struct {
		const char *text, *value;
	} good[] = {
		{ "5m", "5m" }, { "1h30m", "1h30m" }, { "1.5h", "1h30m" },	   { "0", "0s" },
		{ "0s", "0s" }, { ".5s", "500ms" },   { "100\xc2\xb5s", "100us" },
	};
	static const char *const bad[] = { "", "5", "7d", "1h 30m", "s", ".s", "h1", "5M" };
	struct kubelet_node *node = *state;
	char flag[64];

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		snprintf(flag, sizeof(flag), "--streaming-connection-idle-timeout=%s",
			 good[i].text);
		OBSERVE(node, flag);
		assert_setting(node, "streamingConnectionIdleTimeout", good[i].value, "flag");
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(flag, sizeof(flag), "--streaming-connection-idle-timeout=%s", bad[i]);
		OBSERVE(node, flag);
		assert_unknown(node, "streamingConnectionIdleTimeout");
	}
	OBSERVE(node, "--streaming-connection-idle-timeout=-1.5h");
	assert_int_equal(setting_of(node, "streamingConnectionIdleTimeout")->value.integer,
			 -5400000000000);
}

static void the_last_one_wins(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE(node, "--read-only-port=10255", "--read_only_port=0", "--anonymous-auth=false",
		"--anonymous-auth");
	assert_setting(node, "readOnlyPort", "0", "flag");
	assert_setting(node, "authentication.anonymous.enabled", "true", "flag");
}

static void underscores_are_dashes(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE(node, "--read_only_port", "0", "--client-ca_file=/ca.crt");
	assert_setting(node, "readOnlyPort", "0", "flag");
	assert_setting(node, "authentication.x509.clientCAFile", "/ca.crt", "flag");
}

static void a_text_swallows_the_next_argument_whatever_it_is(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE(node, "--hostname-override", "--read-only-port=0");
	assert_setting(node, "--hostname-override", "--read-only-port=0", "flag");
	assert_setting(node, "readOnlyPort", "10255", "default:flag");
	OBSERVE(node, "--lock-file", "--anonymous-auth=false");
	assert_setting(node, "authentication.anonymous.enabled", "true", "default:flag");
	assert_int_equal(node->component.problem_count, 0);
}

static void lists_add_up(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE(node, "--tls-cipher-suites=A,B", "--tls-cipher-suites", "C");
	assert_setting(node, "tlsCipherSuites", "A,B,C", "flag");
	OBSERVE(node, "--allowed-unsafe-sysctls=\"net.a,b\",kernel.*");
	assert_int_equal(setting_of(node, "allowedUnsafeSysctls")->value.list.count, 2);
	assert_string_equal(setting_of(node, "allowedUnsafeSysctls")->value.list.items[0],
			    "net.a,b");
	OBSERVE(node, "--allowed-unsafe-sysctls=");
	assert_setting(node, "allowedUnsafeSysctls", "", "flag");
	OBSERVE(node, "--allowed-unsafe-sysctls=a\"b");
	assert_problem(node, PROBLEM_FATAL, "--allowed-unsafe-sysctls cannot be");
}

static void maps_add_up(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE(node, "--feature-gates=B=true, A = false ", "--feature-gates=C=t,B=0");
	assert_setting(node, "featureGates", "A=false,B=false,C=true", "flag");
	assert_setting(node, "featureGates.C", "true", "flag");
	assert_setting(node, "featureGates.RotateKubeletServerCertificate", "true", "default:flag");
	assert_setting(node, "featureGates.AllBeta", "", "default:flag");
	OBSERVE(node, "--eviction-hard=memory.available<100Mi,nodefs.available<10%");
	assert_setting(node, "evictionHard", "memory.available=100Mi,nodefs.available=10%", "flag");
	OBSERVE(node, "--cpu-manager-policy-options=a=1,b=2");
	assert_setting(node, "cpuManagerPolicyOptions", "a=1,b=2", "flag");
	assert_int_equal(setting_of(node, "cpuManagerPolicyOptions")->value.list.count, 1);
	OBSERVE(node, "--feature-gates=A");
	assert_problem(node, PROBLEM_FATAL, "--feature-gates cannot be \"A\"");
	OBSERVE(node, "--feature-gates=A=yes");
	assert_problem(node, PROBLEM_FATAL, "--feature-gates cannot be");
}

static void what_the_kubelet_would_exit_on_is_told(void **state)
{
	static const char *const bad[] = { "-r", "--=0", "---read-only-port=0", "kubelet",
					   "",	 "-",	 "-read-only-port=0" };
	struct kubelet_node *node = *state;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		OBSERVE(node, bad[i]);
		assert_int_equal(count_problems(node, PROBLEM_FATAL), 1);
	}
	OBSERVE(node, "--");
	assert_int_equal(node->component.problem_count, 0);
	OBSERVE(node, "--", "--read-only-port=0");
	assert_int_equal(count_problems(node, PROBLEM_FATAL), 1);
	assert_setting(node, "readOnlyPort", "10255", "default:flag");
	OBSERVE(node, "--read-only-port");
	assert_problem(node, PROBLEM_FATAL, "lacks its value");
	OBSERVE(node, "--address=localhost");
	assert_problem(node, PROBLEM_FATAL, "--address cannot be \"localhost\"");
}

static void an_authorization_mode_is_one_of_two_by_case(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE(node, "--authorization-mode=webhook");
	assert_problem(node, PROBLEM_FATAL, "authorization mode \"webhook\"");
	OBSERVE(node, "--authorization-mode=");
	assert_problem(node, PROBLEM_FATAL, "authorization mode \"\"");
	OBSERVE(node, "--authorization-mode=AlwaysAllow");
	assert_int_equal(node->component.problem_count, 0);
}

static void short_flags_are_v_and_h(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE(node, "-v", "4", "--read-only-port=0");
	assert_setting(node, "logging.verbosity", "4", "flag");
	assert_setting(node, "readOnlyPort", "0", "flag");
	OBSERVE(node, "-v=5");
	assert_setting(node, "logging.verbosity", "5", "flag");
	OBSERVE(node, "-v6");
	assert_setting(node, "logging.verbosity", "6", "flag");
	assert_int_equal(node->component.problem_count, 0);
}

static void an_unknown_flag_is_noted_and_not_fatal(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE(node, "--from-the-future=1", "--read-only-port=0");
	assert_problem(node, PROBLEM_UNKNOWN_FLAG, "--from-the-future is no flag");
	assert_int_equal(node->component.problem_count, 1);
	assert_setting(node, "readOnlyPort", "0", "flag");
	OBSERVE(node, "--from-the-future", "value", "--read-only-port=0");
	assert_int_equal(node->component.problem_count, 1);
	assert_setting(node, "readOnlyPort", "0", "flag");
}

static void what_an_unknown_flag_may_have_swallowed_is_unknown(void **state)
{
	struct kubelet_node *node = *state;

	tree_write(&node->tree, "/c.yaml", HEADER);
	OBSERVE(node, "--from-the-future", "--read-only-port=0", "--anonymous-auth=false");
	assert_unknown(node, "readOnlyPort");
	assert_setting(node, "authentication.anonymous.enabled", "false", "flag");
	OBSERVE(node, "--from-the-future", "--read-only-port=0", "--read-only-port=0");
	assert_setting(node, "readOnlyPort", "0", "flag");
	OBSERVE(node, "--from-the-future", "--tls-cipher-suites=A", "--tls-cipher-suites=B");
	assert_unknown(node, "tlsCipherSuites");
	OBSERVE(node, "--from-the-future", "--feature-gates=A=true", "--feature-gates=B=true");
	assert_unknown(node, "featureGates");
	OBSERVE(node, "--from-the-future", "--config=/c.yaml", "--authorization-mode=Webhook");
	assert_unknown(node, "readOnlyPort");
	assert_setting(node, "authorization.mode", "Webhook", "flag");
}

static void every_flag_is_in_one_table_only(void **state)
{
	for (size_t i = 0; i < KUBELET_SCHEMA.field_count; i++) {
		const struct field *field = &KUBELET_SCHEMA.fields[i];

		for (size_t j = i + 1; j < KUBELET_SCHEMA.field_count; j++) {
			assert_string_not_equal(field->name, KUBELET_SCHEMA.fields[j].name);
			if (field->flag && KUBELET_SCHEMA.fields[j].flag)
				assert_string_not_equal(field->flag, KUBELET_SCHEMA.fields[j].flag);
		}
		if (field->flag)
			assert_int_equal(field_of_flag(&KUBELET_SCHEMA, field->flag), i);
	}
	assert_int_equal(flag_kind(&KUBELET_SCHEMA, "version"), FLAG_BARE);
	assert_int_equal(flag_kind(&KUBELET_SCHEMA, "docker-root"), FLAG_WITH_VALUE);
	assert_int_equal(flag_kind(&KUBELET_SCHEMA, "experimental-bootstrap-kubeconfig"),
			 FLAG_WITH_VALUE);
	assert_int_equal(flag_kind(&KUBELET_SCHEMA, "experimental-fail-swap-on"), FLAG_BARE);
	assert_int_equal(flag_kind(&KUBELET_SCHEMA, "nothing-like-it"), FLAG_UNKNOWN);
}

static void relative_paths_count_from_the_working_directory(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE(node, "--client-ca-file=pki/ca.crt", "--cert-dir", "../certs");
	tree_link(&node->tree, "/proc/900/cwd", "/srv/work");
	observe_again(node);
	assert_setting(node, "authentication.x509.clientCAFile", "/srv/work/pki/ca.crt", "flag");
	assert_setting(node, "--cert-dir", "/srv/certs", "flag");
}

static void without_a_working_directory_they_are_unknown(void **state)
{
	struct kubelet_node *node = *state;
	char cwd[128];

	OBSERVE(node, "--client-ca-file=pki/ca.crt", "--config=c.yaml", "--read-only-port=0");
	snprintf(cwd, sizeof(cwd), "%s/proc/900/cwd", node->tree.path);
	unlink(cwd);
	observe_again(node);
	assert_unknown(node, "authentication.x509.clientCAFile");
	assert_unknown(node, "authorization.mode");
	assert_setting(node, "readOnlyPort", "0", "flag");
	assert_problem(node, PROBLEM_UNREADABLE, "relative to a working directory");
}

static void foreign_bytes_stay_and_do_no_harm(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE(node, "--hostname-override=a\xff\x1b[31m\n", "--\xff\xfe", "\x1b]0;x\x07");
	assert_string_equal(setting_of(node, "--hostname-override")->value.text, "a\xff\x1b[31m\n");
	assert_problem(node, PROBLEM_UNKNOWN_FLAG, "\xff\xfe");
}

static void a_huge_value_is_unknown(void **state)
{
	struct kubelet_node *node = *state;
	size_t length = 2 << 20;
	char *flag = calloc(1, length + 1);

	assert_non_null(flag);
	memset(flag, 'a', length);
	memcpy(flag, "--authorization-mode=", strlen("--authorization-mode="));
	OBSERVE(node, flag);
	assert_unknown(node, "authorization.mode");
	assert_problem(node, PROBLEM_UNREADABLE, "more than this agent takes");
	memset(flag, 'a', length);
	OBSERVE(node, flag);
	assert_true(strlen(node->component.problems[0].message) < 400);
	free(flag);
}

static void an_argv_of_a_million_words_is_unknown(void **state)
{
	struct kubelet_node *node = *state;
	size_t length = 2 << 20;
	char *cmdline = calloc(1, length);

	assert_non_null(cmdline);
	OBSERVE(node, "--read-only-port=0");
	memset(cmdline, '-', length);
	for (size_t i = 2; i < length; i += 3)
		cmdline[i] = '\0';
	tree_write_bytes(&node->tree, "/proc/900/cmdline", cmdline, length);
	observe_again(node);
	assert_false(node->component.settings_known);
	assert_unknown(node, "readOnlyPort");
	assert_problem(node, PROBLEM_UNREADABLE, "longer than this agent reads");
	free(cmdline);
}

static void problems_are_bounded(void **state)
{
	struct kubelet_node *node = *state;
	size_t count = ARGUMENTS_MAX;
	char *cmdline = calloc(count, 4);

	assert_non_null(cmdline);
	OBSERVE(node, "--v=2");
	for (size_t i = 0; i < count; i++)
		memcpy(cmdline + i * 4, i == count - 1 ? "bad" : "--u", 4);
	tree_write_bytes(&node->tree, "/proc/900/cmdline", cmdline, count * 4);
	observe_again(node);
	assert_int_equal(node->component.problem_count, PROBLEMS_MAX);
	free(cmdline);
}

static void a_truncated_or_absent_command_line_makes_everything_unknown(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE(node, "--read-only-port=0");
	tree_write(&node->tree, "/proc/900/cmdline", "");
	observe_again(node);
	assert_false(node->component.settings_known);
	assert_unknown(node, "readOnlyPort");
	assert_unknown(node, "--kubeconfig");
	assert_false(node->component.is_standalone);
	assert_problem(node, PROBLEM_UNREADABLE, "the command line cannot be read");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kubelet_node_setup, kubelet_node_teardown)
		TEST(a_value_stands_behind_equals_or_as_the_next_argument),
		TEST(a_bare_boolean_is_true),
		TEST(a_bare_boolean_never_takes_the_next_argument),
		TEST(booleans_are_those_of_go),
		TEST(integers_are_those_of_go),
		TEST(durations_are_those_of_go),
		TEST(the_last_one_wins),
		TEST(underscores_are_dashes),
		TEST(a_text_swallows_the_next_argument_whatever_it_is),
		TEST(lists_add_up),
		TEST(maps_add_up),
		TEST(what_the_kubelet_would_exit_on_is_told),
		TEST(an_authorization_mode_is_one_of_two_by_case),
		TEST(short_flags_are_v_and_h),
		TEST(an_unknown_flag_is_noted_and_not_fatal),
		TEST(what_an_unknown_flag_may_have_swallowed_is_unknown),
		TEST(every_flag_is_in_one_table_only),
		TEST(relative_paths_count_from_the_working_directory),
		TEST(without_a_working_directory_they_are_unknown),
		TEST(foreign_bytes_stay_and_do_no_harm),
		TEST(a_huge_value_is_unknown),
		TEST(an_argv_of_a_million_words_is_unknown),
		TEST(problems_are_bounded),
		TEST(a_truncated_or_absent_command_line_makes_everything_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
