/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the kubelet that are about its pods, its servers and its cluster. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "check_node.h"

static const char *const SYSCTLS[] = { "net.ipv4.ip_forward" };

#define DURATION(duration)                                                                         \
	{                                                                                          \
		.kind = VALUE_DURATION, .integer = duration                                        \
	}
#define BOOLEAN(boolean_)                                                                          \
	{                                                                                          \
		.kind = VALUE_BOOLEAN, .boolean = boolean_                                         \
	}
#define INTEGER(integer_)                                                                          \
	{                                                                                          \
		.kind = VALUE_INTEGER, .integer = integer_                                         \
	}
#define TEXT(text_)                                                                                \
	{                                                                                          \
		.kind = VALUE_TEXT, .text = text_                                                  \
	}
#define LIST(items_)                                                                               \
	{                                                                                          \
		.kind = VALUE_LIST, .list = { items_, ARRAY_SIZE(items_) }                         \
	}

static const struct {
	const char *check, *setting;
	struct value value;
	enum severity severity;
} BAD_SETTINGS[] = {
	{ "kubelet.streaming-idle-timeout", "streamingConnectionIdleTimeout", DURATION(0),
	  SEVERITY_LOW },
	{ "kubelet.streaming-idle-timeout", "streamingConnectionIdleTimeout", DURATION(-1),
	  SEVERITY_LOW },
	{ "kubelet.healthz-bind-address", "healthzBindAddress", TEXT("::"), SEVERITY_LOW },
	{ "kubelet.debug-handlers", "enableSystemLogQuery", BOOLEAN(true), SEVERITY_MEDIUM },
	{ "kubelet.pod-pids-limit", "podPidsLimit", INTEGER(-1), SEVERITY_MEDIUM },
	{ "kubelet.pod-pids-limit", "podPidsLimit", INTEGER(0), SEVERITY_MEDIUM },
	{ "kubelet.seccomp-default", "seccompDefault", BOOLEAN(false), SEVERITY_MEDIUM },
	{ "kubelet.protect-kernel-defaults", "protectKernelDefaults", BOOLEAN(false),
	  SEVERITY_LOW },
	{ "kubelet.iptables-util-chains", "makeIPTablesUtilChains", BOOLEAN(false), SEVERITY_LOW },
	{ "kubelet.static-pod-url", "staticPodURL", TEXT("http://10.0.0.1/pods"), SEVERITY_HIGH },
	{ "kubelet.unsafe-sysctls", "allowedUnsafeSysctls", LIST(SYSCTLS), SEVERITY_MEDIUM },
	{ "kubelet.standalone", "--kubeconfig", { .kind = VALUE_UNSET }, SEVERITY_INFO },
	{ "kubelet.hostname-override", "--hostname-override", TEXT("n7"), SEVERITY_INFO },
	{ "kubelet.event-rate", "eventRecordQPS", INTEGER(-1), SEVERITY_INFO },
	{ "kubelet.alpha-features", "featureGates.AllAlpha", BOOLEAN(true), SEVERITY_INFO },
};

static void fails_each_bad_setting(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(BAD_SETTINGS); i++) {
		struct fixture *fixture;

		make_fixture((void **)&fixture);
		set(fixture, BAD_SETTINGS[i].setting, BAD_SETTINGS[i].value);
		assert_verdict(judge_one(fixture, BAD_SETTINGS[i].check), VERDICT_FAIL,
			       BAD_SETTINGS[i].severity);
		free_fixture((void **)&fixture);
	}
}

static void streams_have_no_timeout_since_1_34(void **state)
{
	static const char CHECK[] = "kubelet.streaming-idle-timeout";
	struct fixture *fixture = *state;

	set(fixture, "streamingConnectionIdleTimeout", (struct value){ .kind = VALUE_DURATION });
	fixture->kubelets[0].version = "1.33.9";
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_FAIL);
	fixture->kubelets[0].version = "1.34.0";
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_NOT_APPLICABLE);
	fixture->kubelets[0].version = NULL;
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_FAIL);
	assert_true(has_note(&fixture->findings.items[0], "*version is not known*"));
}

static void seccomp_counts_with_its_gate(void **state)
{
	static const struct {
		const char *version, *gate;
		enum value_kind kind;
		bool boolean;
		enum verdict verdict;
	} CASES[] = {
		{ "1.24.1", "featureGates.AllAlpha", VALUE_UNSET, false, VERDICT_FAIL },
		{ "1.24.1", "featureGates.AllAlpha", VALUE_BOOLEAN, true, VERDICT_PASS },
		{ "1.22.0", "featureGates.AllAlpha", VALUE_UNSET, false, VERDICT_FAIL },
		{ "1.21.0", "featureGates.AllAlpha", VALUE_UNSET, false, VERDICT_PASS },
		{ "1.24.1", "featureGates.SeccompDefault", VALUE_BOOLEAN, true, VERDICT_PASS },
		{ "1.25.1", "featureGates.AllAlpha", VALUE_UNSET, false, VERDICT_PASS },
		{ "1.25.1", "featureGates.AllAlpha", VALUE_UNKNOWN, false, VERDICT_ERROR },
		{ "1.25.1", "featureGates.AllBeta", VALUE_BOOLEAN, false, VERDICT_FAIL },
		{ "1.26.1", "featureGates.SeccompDefault", VALUE_BOOLEAN, false, VERDICT_FAIL },
		{ "1.27.0", "featureGates.SeccompDefault", VALUE_BOOLEAN, false, VERDICT_PASS },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(CASES); i++) {
		struct fixture *fixture;

		make_fixture((void **)&fixture);
		fixture->kubelets[0].version = CASES[i].version;
		set(fixture, CASES[i].gate,
		    (struct value){ .kind = CASES[i].kind, .boolean = CASES[i].boolean });
		assert_int_equal(judge_one(fixture, "kubelet.seccomp-default")->verdict,
				 CASES[i].verdict);
		free_fixture((void **)&fixture);
	}
}

static void believes_the_socket_of_the_health_endpoint(void **state)
{
	static const char CHECK[] = "kubelet.healthz-bind-address";
	struct fixture *fixture = *state;
	struct listener *listener = listen_on(fixture, 10248);

	const struct finding *finding = judge_one(fixture, CHECK);

	assert_int_equal(finding->verdict, VERDICT_FAIL);
	assert_string_equal(finding->source, "live");
	assert_int_equal(finding->exposure, EXPOSURE_ANY);
	listener->exposure = EXPOSURE_LOOPBACK;
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_PASS);
	set(fixture, "healthzBindAddress", text_value("0.0.0.0"));
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_FAIL);
	fixture->node.listener_count = 0;
	set(fixture, "healthzPort", integer_value(0));
	finding = judge_one(fixture, CHECK);
	assert_int_equal(finding->verdict, VERDICT_PASS);
	assert_int_equal(finding->exposure, EXPOSURE_NONE);
}

static void knows_who_answers_at_a_url(void **state)
{
	static const struct {
		const char *url;
		enum verdict verdict;
		enum exposure exposure;
	} CASES[] = {
		{ "https://pods.example/", VERDICT_PASS, EXPOSURE_NONE },
		{ "http://127.0.0.1:80/pods", VERDICT_FAIL, EXPOSURE_LOOPBACK },
		{ "http://localhost/pods", VERDICT_FAIL, EXPOSURE_LOOPBACK },
		{ "http://[::1]:80?x", VERDICT_FAIL, EXPOSURE_LOOPBACK },
		{ "http://localhost@pods.example/", VERDICT_FAIL, EXPOSURE_ANY },
		{ "http://10.0.0.1#localhost", VERDICT_FAIL, EXPOSURE_ANY },
		{ "localhost", VERDICT_FAIL, EXPOSURE_ANY },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_SIZE(CASES); i++) {
		set(fixture, "staticPodURL", text_value(CASES[i].url));
		const struct finding *finding = judge_one(fixture, "kubelet.static-pod-url");

		assert_int_equal(finding->verdict, CASES[i].verdict);
		if (CASES[i].verdict == VERDICT_FAIL)
			assert_int_equal(finding->exposure, CASES[i].exposure);
	}
}

static void others_may_name_the_node(void **state)
{
	static const char CHECK[] = "kubelet.hostname-override";
	struct fixture *fixture = *state;
	struct component *kubelet = &fixture->kubelets[0];

	set(fixture, "--hostname-override", text_value("n1"));
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_FAIL);
	kubelet->distro = "talos";
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_NOT_APPLICABLE);
	kubelet->distro = "kubeadm";
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_FAIL);
	kubelet->distro = NULL;
	kubelet->embedder = "k3s";
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_NOT_APPLICABLE);
	kubelet->embedder = NULL;
	set(fixture, "--cloud-provider", text_value("external"));
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_NOT_APPLICABLE);
	fixture->leaf.common_name = "system:node:n2";
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_FAIL);
	kubelet->identity.kind = CREDENTIAL_EXEC;
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_NOT_APPLICABLE);
	kubelet->identity.kind = CREDENTIAL_UNKNOWN;
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_FAIL);
	kubelet->identity.kind = CREDENTIAL_BASIC;
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_FAIL);
	set(fixture, "--hostname-override", (struct value){ .kind = VALUE_UNSET });
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_PASS);
}

static void guards_the_socket_of_the_runtime(void **state)
{
	static const struct {
		unsigned mode, acl, uid, gid;
		enum verdict verdict;
	} CASES[] = {
		{ 0140600, 0, 0, 0, VERDICT_PASS },   { 0140660, 0, 0, 0, VERDICT_PASS },
		{ 0140660, 0, 0, 998, VERDICT_FAIL }, { 0140600, 0, 0, 998, VERDICT_PASS },
		{ 0140666, 0, 0, 0, VERDICT_FAIL },   { 0140660, 0, 1000, 0, VERDICT_FAIL },
		{ 0140660, 06, 0, 0, VERDICT_FAIL },
	};
	static const char CHECK[] = "kubelet.cri-socket-access";
	struct fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_SIZE(CASES); i++) {
		fixture->socket.mode = CASES[i].mode;
		fixture->socket.acl_permissions = CASES[i].acl;
		fixture->socket.uid = CASES[i].uid;
		fixture->socket.gid = CASES[i].gid;
		assert_int_equal(judge_one(fixture, CHECK)->verdict, CASES[i].verdict);
	}
	fixture->socket.status = FILE_ABSENT;
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_ERROR);
	fixture->socket.pid = 901;
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_ERROR);
	fixture->kubelets[0].version = "1.23.1";
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_NOT_APPLICABLE);
	set(fixture, "--container-runtime", text_value("remote"));
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_ERROR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fails_each_bad_setting),
		cmocka_unit_test_setup_teardown(streams_have_no_timeout_since_1_34, make_fixture,
						free_fixture),
		cmocka_unit_test(seccomp_counts_with_its_gate),
		cmocka_unit_test_setup_teardown(believes_the_socket_of_the_health_endpoint,
						make_fixture, free_fixture),
		cmocka_unit_test_setup_teardown(knows_who_answers_at_a_url, make_fixture,
						free_fixture),
		cmocka_unit_test_setup_teardown(others_may_name_the_node, make_fixture,
						free_fixture),
		cmocka_unit_test_setup_teardown(guards_the_socket_of_the_runtime, make_fixture,
						free_fixture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
