/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "check_node.h"

static void judges_a_good_kubelet_as_good(void **state)
{
	struct fixture *fixture = *state;

	assert_in_range(judge_all(fixture, "kubelet.*"), 20, 40);
	for (size_t i = 0; i < fixture->findings.count; i++)
		assert_int_equal(fixture->findings.items[i].verdict, VERDICT_PASS);
}

static void says_what_was_found_and_where(void **state)
{
	struct fixture *fixture = *state;

	set(fixture, "readOnlyPort", integer_value(10255));
	const struct finding *finding = judge_one(fixture, "kubelet.read-only-port");

	assert_verdict(finding, VERDICT_FAIL, SEVERITY_HIGH);
	assert_string_equal(finding->value, "10255");
	assert_string_equal(finding->expected, "0");
	assert_string_equal(finding->source, "config:/etc/k.yaml");
	assert_string_equal(finding->subject.kind, "kubelet");
	assert_string_equal(finding->subject.key, "n1");
	assert_int_equal(finding->subject.pid, 900);
	assert_int_equal(finding->exposure, EXPOSURE_ANY);
	assert_int_equal(finding->cis_count, 5);
	assert_string_equal(finding->cis[4].benchmark, "1.12");
	assert_string_equal(finding->cis[4].number, "4.2.4");
	assert_string_equal(finding->evidence[0].kind, "config");
	assert_string_equal(finding->evidence[0].detail, "readOnlyPort");
}

static void fails_each_bad_setting(void **state)
{
	static const struct {
		const char *check, *setting;
		struct value value;
		enum severity severity;
	} CASES[] = {
		{ "kubelet.anonymous-auth",
		  "authentication.anonymous.enabled",
		  { VALUE_BOOLEAN, { .boolean = true } },
		  SEVERITY_HIGH },
		{ "kubelet.authorization-mode",
		  "authorization.mode",
		  { VALUE_TEXT, { .text = "AlwaysAllow" } },
		  SEVERITY_CRITICAL },
		{ "kubelet.client-ca",
		  "authentication.x509.clientCAFile",
		  { VALUE_TEXT, { .text = "" } },
		  SEVERITY_HIGH },
		{ "kubelet.client-ca",
		  "authentication.x509.clientCAFile",
		  { .kind = VALUE_UNSET },
		  SEVERITY_HIGH },
		{ "kubelet.token-webhook",
		  "authentication.webhook.enabled",
		  { VALUE_BOOLEAN, { .boolean = false } },
		  SEVERITY_MEDIUM },
		{ "kubelet.cadvisor-port",
		  "--cadvisor-port",
		  { VALUE_INTEGER, { .integer = 4194 } },
		  SEVERITY_HIGH },
		{ "kubelet.rotate-client-certificate",
		  "rotateCertificates",
		  { VALUE_BOOLEAN, { .boolean = false } },
		  SEVERITY_MEDIUM },
		{ "kubelet.rotate-serving-certificate",
		  "serverTLSBootstrap",
		  { VALUE_BOOLEAN, { .boolean = false } },
		  SEVERITY_MEDIUM },
		{ "kubelet.rotate-serving-certificate",
		  "featureGates.RotateKubeletServerCertificate",
		  { VALUE_BOOLEAN, { .boolean = false } },
		  SEVERITY_MEDIUM },
	};

	for (size_t i = 0; i < ARRAY_SIZE(CASES); i++) {
		struct fixture *fixture;

		make_fixture((void **)&fixture);
		set(fixture, CASES[i].setting, CASES[i].value);
		assert_verdict(judge_one(fixture, CASES[i].check), VERDICT_FAIL, CASES[i].severity);
		free_fixture((void **)&fixture);
	}
}

static void never_passes_the_unknown(void **state)
{
	static const struct {
		const char *check, *setting;
	} ROWS[] = {
		{ "kubelet.anonymous-auth", "authentication.anonymous.enabled" },
		{ "kubelet.authorization-mode", "authorization.mode" },
		{ "kubelet.client-ca", "authentication.x509.clientCAFile" },
		{ "kubelet.token-webhook", "authentication.webhook.enabled" },
		{ "kubelet.read-only-port", "readOnlyPort" },
		{ "kubelet.cadvisor-port", "--cadvisor-port" },
		{ "kubelet.rotate-client-certificate", "rotateCertificates" },
		{ "kubelet.rotate-serving-certificate", "serverTLSBootstrap" },
		{ "kubelet.streaming-idle-timeout", "streamingConnectionIdleTimeout" },
		{ "kubelet.healthz-bind-address", "healthzBindAddress" },
		{ "kubelet.debug-handlers", "enableSystemLogQuery" },
		{ "kubelet.pod-pids-limit", "podPidsLimit" },
		{ "kubelet.seccomp-default", "seccompDefault" },
		{ "kubelet.protect-kernel-defaults", "protectKernelDefaults" },
		{ "kubelet.iptables-util-chains", "makeIPTablesUtilChains" },
		{ "kubelet.static-pod-url", "staticPodURL" },
		{ "kubelet.unsafe-sysctls", "allowedUnsafeSysctls" },
		{ "kubelet.standalone", "--kubeconfig" },
		{ "kubelet.hostname-override", "--hostname-override" },
		{ "kubelet.event-rate", "eventRecordQPS" },
		{ "kubelet.alpha-features", "featureGates.AllAlpha" },
	};
	static const struct problem problem = { PROBLEM_UNREADABLE, "/etc/k.yaml", 0, "is a FIFO" };
	struct fixture *fixture = *state;

	fixture->kubelets[0].problems = &problem;
	fixture->kubelets[0].problem_count = 1;
	for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++) {
		set(fixture, ROWS[i].setting, (struct value){ .kind = VALUE_UNKNOWN });
		const struct finding *finding = judge_one(fixture, ROWS[i].check);

		assert_int_equal(finding->verdict, VERDICT_ERROR);
		assert_true(has_evidence(finding, "/etc/k.yaml: is a FIFO"));
	}
	fixture->kubelets[0].settings_known = false;
	assert_int_equal(judge_one(fixture, "kubelet.config-decodes")->verdict, VERDICT_ERROR);
	set(fixture, "readOnlyPort", integer_value(0));
	assert_int_equal(judge_one(fixture, "kubelet.read-only-port")->verdict, VERDICT_ERROR);
	fixture->kubelets[0].setting_count = 0;
	judge_all(fixture, "kubelet.*");
	for (size_t i = 0; i < fixture->findings.count; i++)
		assert_int_equal(fixture->findings.items[i].verdict, VERDICT_ERROR);
}

static void is_an_error_where_the_kubelet_would_not_start(void **state)
{
	static const struct problem problem = { PROBLEM_FATAL, "/etc/k.yaml", 3,
						"readOnlyPort: not a number" };
	struct fixture *fixture = *state;

	fixture->kubelets[0].problems = &problem;
	fixture->kubelets[0].problem_count = 1;
	assert_int_equal(judge_one(fixture, "kubelet.anonymous-auth")->verdict, VERDICT_ERROR);
	const struct finding *finding = judge_one(fixture, "kubelet.config-decodes");

	assert_verdict(finding, VERDICT_ERROR, SEVERITY_LOW);
	assert_true(has_evidence(finding, "/etc/k.yaml:3: readOnlyPort: not a number"));
	fixture->kubelets[0].problem_count = 0;
	set(fixture, "authorization.mode", text_value("webhook"));
	finding = judge_one(fixture, "kubelet.authorization-mode");
	assert_verdict(finding, VERDICT_ERROR, SEVERITY_CRITICAL);
}

static void raises_anonymous_access_with_no_authorization(void **state)
{
	struct fixture *fixture = *state;

	set(fixture, "authorization.mode", text_value("AlwaysAllow"));
	assert_verdict(judge_one(fixture, "kubelet.anonymous-auth"), VERDICT_PASS, SEVERITY_HIGH);
	set(fixture, "authentication.anonymous.enabled", boolean_value(true));
	assert_verdict(judge_one(fixture, "kubelet.anonymous-auth"), VERDICT_FAIL,
		       SEVERITY_CRITICAL);
	assert_true(has_evidence(&fixture->findings.items[0], "authorization.mode"));
}

static void raises_the_read_only_port_by_version(void **state)
{
	static const struct {
		const char *version;
		enum severity severity;
	} CASES[] = {
		{ "1.30.0", SEVERITY_CRITICAL },
		{ "1.30.9", SEVERITY_CRITICAL },
		{ "1.30.10", SEVERITY_HIGH },
		{ "1.31.5", SEVERITY_CRITICAL },
		{ "1.31.6", SEVERITY_HIGH },
		{ "1.32.1", SEVERITY_CRITICAL },
		{ "1.32.2", SEVERITY_HIGH },
		{ "1.29.3", SEVERITY_HIGH },
		{ "1.33.0", SEVERITY_HIGH },
		{ "1.31", SEVERITY_HIGH },
		{ "v1.32.1+k3s1", SEVERITY_CRITICAL },
		{ "", SEVERITY_HIGH },
		{ "1.31.x", SEVERITY_HIGH },
		{ "2.31.5", SEVERITY_HIGH },
		{ "1.31.00000000005", SEVERITY_HIGH },
		{ "1.31.99999999999", SEVERITY_HIGH },
		{ NULL, SEVERITY_HIGH },
	};
	struct fixture *fixture = *state;

	set(fixture, "readOnlyPort", integer_value(10255));
	for (size_t i = 0; i < ARRAY_SIZE(CASES); i++) {
		fixture->kubelets[0].version = CASES[i].version;
		assert_verdict(judge_one(fixture, "kubelet.read-only-port"), VERDICT_FAIL,
			       CASES[i].severity);
	}
	set(fixture, "address", text_value("127.0.0.1"));
	fixture->kubelets[0].version = "1.31.5";
	assert_verdict(judge_one(fixture, "kubelet.read-only-port"), VERDICT_FAIL, SEVERITY_MEDIUM);
}

static void takes_the_live_reach_where_it_is_seen(void **state)
{
	struct fixture *fixture = *state;

	set(fixture, "readOnlyPort", integer_value(10255));
	set(fixture, "authentication.anonymous.enabled", boolean_value(true));
	set(fixture, "address", text_value("127.0.0.1"));
	assert_int_equal(judge_one(fixture, "kubelet.read-only-port")->exposure, EXPOSURE_LOOPBACK);
	listen_on(fixture, 10250)->exposure = EXPOSURE_NODE;
	assert_int_equal(judge_one(fixture, "kubelet.read-only-port")->exposure, EXPOSURE_NONE);
	assert_verdict(judge_one(fixture, "kubelet.anonymous-auth"), VERDICT_FAIL, SEVERITY_HIGH);
	assert_int_equal(fixture->findings.items[0].exposure, EXPOSURE_NODE);
	listen_on(fixture, 10255)->exposure = EXPOSURE_LOOPBACK;
	listen_on(fixture, 10255)->owners = fixture->other_owners;
	assert_int_equal(judge_one(fixture, "kubelet.read-only-port")->exposure, EXPOSURE_LOOPBACK);
	listen_on(fixture, 10255);
	assert_int_equal(judge_one(fixture, "kubelet.read-only-port")->exposure, EXPOSURE_ANY);
}

static void takes_an_address_it_cannot_read_as_open(void **state)
{
	struct fixture *fixture = *state;

	set(fixture, "address", (struct value){ .kind = VALUE_UNKNOWN });
	assert_int_equal(judge_one(fixture, "kubelet.token-webhook")->exposure, EXPOSURE_ANY);
	set(fixture, "address", text_value("::1"));
	assert_int_equal(judge_one(fixture, "kubelet.token-webhook")->exposure, EXPOSURE_LOOPBACK);
	set(fixture, "address", text_value("10.0.0.7"));
	assert_int_equal(judge_one(fixture, "kubelet.token-webhook")->exposure, EXPOSURE_NODE);
	set(fixture, "port", integer_value(0));
	assert_int_equal(judge_one(fixture, "kubelet.token-webhook")->exposure, EXPOSURE_NONE);
	set(fixture, "port", integer_value(10250));
	set(fixture, "enableServer", boolean_value(false));
	assert_int_equal(judge_one(fixture, "kubelet.token-webhook")->exposure, EXPOSURE_NONE);
	listen_on(fixture, 10250);
	assert_int_equal(judge_one(fixture, "kubelet.token-webhook")->exposure, EXPOSURE_ANY);
	set(fixture, "port", (struct value){ .kind = VALUE_UNKNOWN });
	set(fixture, "enableServer", boolean_value(true));
	assert_int_equal(judge_one(fixture, "kubelet.token-webhook")->exposure, EXPOSURE_NODE);
}

static void tells_a_reused_pid_from_the_kubelet(void **state)
{
	struct fixture *fixture = *state;

	fixture->other_process.pid = 900;
	fixture->other_process.start_ticks = 78;
	listen_on(fixture, 10255)->owners = fixture->other_owners;
	assert_int_equal(judge_one(fixture, "kubelet.read-only-port")->verdict, VERDICT_PASS);
	fixture->other_process.start_ticks = 0;
	assert_int_equal(judge_one(fixture, "kubelet.read-only-port")->verdict, VERDICT_FAIL);
	fixture->other_process.start_ticks = 78;
	fixture->process.start_ticks = 0;
	assert_int_equal(judge_one(fixture, "kubelet.read-only-port")->verdict, VERDICT_FAIL);
}

static void stands_with_a_note_without_socket_tables(void **state)
{
	struct fixture *fixture = *state;

	fixture->node.listeners_known = false;
	fixture->node.listeners_problem = "permission denied";
	const struct finding *finding = judge_one(fixture, "kubelet.read-only-port");

	assert_int_equal(finding->verdict, VERDICT_PASS);
	assert_int_equal(finding->exposure, EXPOSURE_NONE);
	assert_true(has_note(finding, "no socket table could be read, permission denied*"));
}

static void believes_the_socket_over_a_zero(void **state)
{
	struct fixture *fixture = *state;

	listen_on(fixture, 10255);
	const struct finding *finding = judge_one(fixture, "kubelet.read-only-port");

	assert_verdict(finding, VERDICT_FAIL, SEVERITY_HIGH);
	assert_string_equal(finding->value, "10255");
	assert_string_equal(finding->source, "live");
	assert_true(has_evidence(finding, "*needs a restart"));
	assert_int_equal(judge_one(fixture, "kubelet.restart-pending")->verdict, VERDICT_FAIL);
	set(fixture, "readOnlyPort", (struct value){ .kind = VALUE_UNKNOWN });
	assert_int_equal(judge_one(fixture, "kubelet.read-only-port")->verdict, VERDICT_FAIL);
	/* What was never known cannot have been left behind. */
	assert_int_not_equal(judge_one(fixture, "kubelet.restart-pending")->verdict, VERDICT_FAIL);
	set(fixture, "readOnlyPort", integer_value(0));
	set(fixture, "port", integer_value(10255));
	assert_int_equal(judge_one(fixture, "kubelet.read-only-port")->verdict, VERDICT_PASS);
	set(fixture, "port", integer_value(10250));
	fixture->listeners[0].owners = fixture->other_owners;
	assert_int_equal(judge_one(fixture, "kubelet.read-only-port")->verdict, VERDICT_PASS);
}

static void believes_the_socket_of_cadvisor(void **state)
{
	struct fixture *fixture = *state;

	listen_on(fixture, 4194);
	assert_verdict(judge_one(fixture, "kubelet.cadvisor-port"), VERDICT_FAIL, SEVERITY_HIGH);
	set(fixture, "--cadvisor-port", (struct value){ .kind = VALUE_UNSET });
	fixture->node.listener_count = 0;
	assert_int_equal(judge_one(fixture, "kubelet.cadvisor-port")->verdict, VERDICT_PASS);
	set(fixture, "--cadvisor-port", text_value("4194"));
	assert_int_equal(judge_one(fixture, "kubelet.cadvisor-port")->verdict, VERDICT_ERROR);
}

static void wants_a_valid_authority_in_the_bundle(void **state)
{
	struct fixture *fixture = *state;
	struct certificate_file *bundle = &fixture->certificates[0].file;
	struct certificate two[2] = { fixture->authority, fixture->authority };

	fixture->authority.not_before = fixture->authority.not_after = NOW_S;
	assert_int_equal(judge_one(fixture, "kubelet.client-ca")->verdict, VERDICT_PASS);
	fixture->authority.not_after = NOW_S - 1;
	assert_verdict(judge_one(fixture, "kubelet.client-ca"), VERDICT_FAIL, SEVERITY_HIGH);
	assert_true(has_note(&fixture->findings.items[0], "*(kubernetes) is not valid now"));
	two[0].is_ca = false;
	bundle->certificates = two;
	bundle->count = 2;
	assert_int_equal(judge_one(fixture, "kubelet.client-ca")->verdict, VERDICT_PASS);
	assert_true(has_note(&fixture->findings.items[0], "certificate 1 of 2 * is no authority"));
	two[1].not_before = NOW_S + 1;
	assert_int_equal(judge_one(fixture, "kubelet.client-ca")->verdict, VERDICT_FAIL);
	for (enum file_status status = FILE_UNKNOWN; status < FILE_READ; status++) {
		bundle->status = status;
		bundle->problem = status == FILE_INVALID ? "holds DER" : NULL;
		assert_int_equal(judge_one(fixture, "kubelet.client-ca")->verdict, VERDICT_ERROR);
	}
	assert_true(has_evidence(&fixture->findings.items[0], "/etc/ca.crt: holds DER"));
}

static void has_nothing_to_rotate_without_a_certificate(void **state)
{
	static const enum credential_kind KINDS[] = { CREDENTIAL_EXEC, CREDENTIAL_TOKEN };
	struct fixture *fixture = *state;
	struct component *kubelet = &fixture->kubelets[0];

	set(fixture, "rotateCertificates", boolean_value(false));
	for (size_t i = 0; i < ARRAY_SIZE(KINDS); i++) {
		kubelet->identity.kind = KINDS[i];
		assert_int_equal(judge_one(fixture, "kubelet.rotate-client-certificate")->verdict,
				 VERDICT_NOT_APPLICABLE);
	}
	kubelet->identity.kind = CREDENTIAL_UNKNOWN;
	assert_int_equal(judge_one(fixture, "kubelet.rotate-client-certificate")->verdict,
			 VERDICT_FAIL);
	assert_true(has_note(&fixture->findings.items[0], "the credential * could not be read*"));
	set(fixture, "rotateCertificates", boolean_value(true));
	assert_int_equal(judge_one(fixture, "kubelet.rotate-client-certificate")->verdict,
			 VERDICT_PASS);
	assert_int_equal(fixture->findings.items[0].note_count, 0);
	kubelet->is_standalone = true;
	const struct finding *finding = judge_one(fixture, "kubelet.rotate-client-certificate");

	assert_int_equal(finding->verdict, VERDICT_NOT_APPLICABLE);
	assert_string_equal(finding->subject.kind, "kubelet");
	assert_int_equal(finding->exposure, EXPOSURE_NONE);
}

static void knows_that_all_beta_closes_the_gate(void **state)
{
	static const char GATE[] = "featureGates.RotateKubeletServerCertificate";
	struct fixture *fixture = *state;

	set(fixture, "featureGates.AllBeta", boolean_value(false));
	assert_int_equal(judge_one(fixture, "kubelet.rotate-serving-certificate")->verdict,
			 VERDICT_FAIL);
	set(fixture, GATE, boolean_value(true));
	assert_int_equal(judge_one(fixture, "kubelet.rotate-serving-certificate")->verdict,
			 VERDICT_PASS);
}

static void tells_a_restart_that_is_pending(void **state)
{
	struct fixture *fixture = *state;
	struct component *kubelet = &fixture->kubelets[0];
	int64_t start = fixture->process.started_at_ns;
	struct input_file input = { .path = "/etc/k.yaml", .exists = true };

	kubelet->inputs = &input;
	kubelet->input_count = 1;
	assert_int_equal(judge_one(fixture, "kubelet.restart-pending")->verdict, VERDICT_ERROR);
	input.changed_at_ns = start;
	assert_int_equal(judge_one(fixture, "kubelet.restart-pending")->verdict, VERDICT_PASS);
	input.changed_at_ns = start + NS_PER_S;
	assert_int_equal(judge_one(fixture, "kubelet.restart-pending")->verdict, VERDICT_PASS);
	assert_true(has_note(&fixture->findings.items[0], "*within a second*"));
	input.changed_at_ns = start + NS_PER_S + 1;
	const struct finding *finding = judge_one(fixture, "kubelet.restart-pending");

	assert_verdict(finding, VERDICT_FAIL, SEVERITY_MEDIUM);
	assert_string_equal(finding->value, "/etc/k.yaml");
	input.exists = false;
	assert_int_equal(judge_one(fixture, "kubelet.restart-pending")->verdict, VERDICT_PASS);
	fixture->process.started_at_ns = 0;
	assert_int_equal(judge_one(fixture, "kubelet.restart-pending")->verdict, VERDICT_ERROR);
}

static void counts_keys_that_the_kubelet_ignores(void **state)
{
	static const struct problem problems[] = {
		{ PROBLEM_UNKNOWN_KEY, "/etc/k.yaml", 2, "readonlyPort: unknown key" },
		{ PROBLEM_DUPLICATE_KEY, "/etc/k.yaml", 5, "address: given twice" },
		{ PROBLEM_UNREADABLE, "/etc/d/x.conf", 0, "permission denied" },
	};
	struct fixture *fixture = *state;
	struct component *kubelet = &fixture->kubelets[0];

	kubelet->problems = problems;
	kubelet->problem_count = 1;
	assert_int_equal(judge_one(fixture, "kubelet.config-decodes")->verdict, VERDICT_FAIL);
	kubelet->problem_count = 2;
	const struct finding *finding = judge_one(fixture, "kubelet.config-decodes");

	assert_verdict(finding, VERDICT_FAIL, SEVERITY_LOW);
	assert_string_equal(finding->value, "1 unknown, 1 duplicate");
	assert_int_equal(finding->evidence_count, 2);
	assert_int_equal(judge_one(fixture, "kubelet.read-only-port")->verdict, VERDICT_PASS);
	kubelet->problem_count = 3;
	assert_int_equal(judge_one(fixture, "kubelet.config-decodes")->verdict, VERDICT_ERROR);
}

static void tells_two_kubelets_apart(void **state)
{
	struct fixture *fixture = *state;

	fixture->kubelets[1] = fixture->kubelets[0];
	fixture->kubelets[1].process = &fixture->other_process;
	fixture->node.component_count = 2;
	assert_int_equal(judge_all(fixture, "kubelet.read-only-port"), 2);
	assert_int_equal(fixture->findings.items[0].subject.pid, 900);
	assert_int_equal(fixture->findings.items[1].subject.pid, 901);
	assert_string_equal(fixture->findings.items[1].subject.key, "n1#2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_fixture, free_fixture)
		TEST(judges_a_good_kubelet_as_good),
		TEST(says_what_was_found_and_where),
		cmocka_unit_test(fails_each_bad_setting),
		TEST(never_passes_the_unknown),
		TEST(is_an_error_where_the_kubelet_would_not_start),
		TEST(raises_anonymous_access_with_no_authorization),
		TEST(raises_the_read_only_port_by_version),
		TEST(takes_the_live_reach_where_it_is_seen),
		TEST(takes_an_address_it_cannot_read_as_open),
		TEST(tells_a_reused_pid_from_the_kubelet),
		TEST(stands_with_a_note_without_socket_tables),
		TEST(believes_the_socket_over_a_zero),
		TEST(believes_the_socket_of_cadvisor),
		TEST(wants_a_valid_authority_in_the_bundle),
		TEST(has_nothing_to_rotate_without_a_certificate),
		TEST(knows_that_all_beta_closes_the_gate),
		TEST(tells_a_restart_that_is_pending),
		TEST(counts_keys_that_the_kubelet_ignores),
		TEST(tells_two_kubelets_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
