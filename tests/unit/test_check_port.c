/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "check_node.h"

static void passes_a_quiet_node(void **state)
{
	struct fixture *fixture = *state;

	assert_true(judge_all(fixture, "port.*") > 3);
	for (size_t i = 0; i < fixture->findings.count; i++) {
		assert_true(fixture->findings.items[i].verdict == VERDICT_PASS ||
			    fixture->findings.items[i].verdict == VERDICT_NOT_APPLICABLE);
		assert_string_equal(fixture->findings.items[i].subject.kind, "node");
	}
}

static void needs_the_socket_tables(void **state)
{
	struct fixture *fixture = *state;

	fixture->node.listeners_known = false;
	fixture->node.listeners_problem = "permission denied";
	fixture->settings.listeners_default = ACTION_FLAG;
	assert_true(judge_all(fixture, "port.*") > 3);
	for (size_t i = 0; i < fixture->findings.count; i++) {
		/* It asks the kubelet, not the tables. */
		if (text_equal(fixture->findings.items[i].check, "port.kubelet-anonymous-api"))
			continue;
		assert_int_equal(fixture->findings.items[i].verdict, VERDICT_ERROR);
		assert_string_equal(fixture->findings.items[i].subject.kind, "node");
		assert_true(has_evidence(&fixture->findings.items[i], "*: permission denied"));
	}
}

static void does_not_apply_without_a_kubelet(void **state)
{
	struct fixture *fixture = *state;

	fixture->node.component_count = 0;
	assert_int_equal(judge_one(fixture, "port.kubelet-read-only")->verdict,
			 VERDICT_NOT_APPLICABLE);
	assert_int_equal(judge_one(fixture, "port.cadvisor")->verdict, VERDICT_NOT_APPLICABLE);
	assert_int_equal(judge_one(fixture, "port.policy")->verdict, VERDICT_PASS);
}

static void names_the_listener(void **state)
{
	struct fixture *fixture = *state;

	listen_on(fixture, 10255);
	const struct finding *finding = judge_one(fixture, "port.kubelet-read-only");

	assert_verdict(finding, VERDICT_FAIL, SEVERITY_HIGH);
	assert_string_equal(finding->subject.kind, "listener");
	assert_string_equal(finding->subject.name, "tcp [::]:10255");
	assert_string_equal(finding->subject.key, "tcp [::]:10255");
	assert_int_equal(finding->subject.pid, 900);
	assert_string_equal(finding->subject.exe, "/usr/bin/kubelet");
	assert_string_equal(finding->subject.unit, "kubelet.service");
	assert_string_equal(finding->source, "live");
	assert_int_equal(finding->exposure, EXPOSURE_ANY);
	assert_true(has_evidence(
		finding,
		"tcp [[]::]:10255 is held by pid 900 (/usr/bin/kubelet, kubelet.service)"));
	assert_int_equal(judge_one(fixture, "port.policy")->verdict, VERDICT_PASS);
}

static void finds_the_port_of_the_settings(void **state)
{
	struct fixture *fixture = *state;

	set(fixture, "readOnlyPort", integer_value(11255));
	listen_on(fixture, 11255)->exposure = EXPOSURE_LOOPBACK;
	listen_on(fixture, 10255)->transport = TRANSPORT_UDP;
	assert_verdict(judge_one(fixture, "port.kubelet-read-only"), VERDICT_FAIL, SEVERITY_MEDIUM);
}

static void leaves_another_owner_to_the_policy(void **state)
{
	struct fixture *fixture = *state;

	listen_on(fixture, 10255)->owners = fixture->other_owners;
	listen_on(fixture, 4194)->owners = fixture->other_owners;
	assert_int_equal(judge_one(fixture, "port.kubelet-read-only")->verdict, VERDICT_PASS);
	assert_int_equal(judge_one(fixture, "port.cadvisor")->verdict, VERDICT_PASS);
	assert_int_equal(judge_all(fixture, "port.policy"), 2);
	assert_verdict(&fixture->findings.items[0], VERDICT_FAIL, SEVERITY_HIGH);
	assert_string_equal(fixture->findings.items[0].expected, "no listener on tcp port 10255");
	assert_verdict(&fixture->findings.items[1], VERDICT_FAIL, SEVERITY_MEDIUM);
	assert_true(has_evidence(&fixture->findings.items[1],
				 "the rule cadvisor says: flag tcp port 4194"));
	fixture->rules[0].action = ACTION_ALLOW;
	fixture->rules[1].transport = TRANSPORT_UDP;
	assert_int_equal(judge_one(fixture, "port.policy")->verdict, VERDICT_PASS);
}

static void takes_the_strictest_rule(void **state)
{
	struct fixture *fixture = *state;

	fixture->rules[0] = (struct port_rule){ .name = "a", .port = 23, .action = ACTION_REFUSE };
	fixture->rules[1] = (struct port_rule){ .name = "b", .port = 23, .action = ACTION_FLAG };
	listen_on(fixture, 23);
	assert_verdict(judge_one(fixture, "port.policy"), VERDICT_FAIL, SEVERITY_HIGH);
}

static void keeps_to_the_host_namespace_unless_told(void **state)
{
	struct fixture *fixture = *state;
	struct listener *listener = listen_on(fixture, 10255);

	fixture->other_process.pod_uid = "6f1c";
	listener->owners = fixture->other_owners;
	listener->is_in_host_netns = false;
	listener->netns = 7;
	assert_int_equal(judge_one(fixture, "port.policy")->verdict, VERDICT_PASS);
	fixture->rules[0].all_namespaces = true;
	const struct finding *finding = judge_one(fixture, "port.policy");

	assert_int_equal(finding->verdict, VERDICT_FAIL);
	assert_string_equal(finding->subject.key, "tcp [::]:10255 in 6f1c");
}

static void does_not_pass_a_socket_whose_owner_is_hidden(void **state)
{
	struct fixture *fixture = *state;
	struct listener *listener = listen_on(fixture, 10255);

	listener->owner_count = 0;
	const struct finding *finding = judge_one(fixture, "port.kubelet-read-only");

	assert_int_equal(finding->verdict, VERDICT_ERROR);
	assert_string_equal(finding->subject.kind, "listener");
	assert_int_equal(finding->subject.pid, 0);
	assert_int_equal(judge_one(fixture, "port.policy")->verdict, VERDICT_FAIL);
	listener->is_in_host_netns = false;
	listener->netns = 7;
	assert_int_equal(judge_one(fixture, "port.kubelet-read-only")->verdict, VERDICT_PASS);
	fixture->process.netns = 7;
	assert_int_equal(judge_one(fixture, "port.kubelet-read-only")->verdict, VERDICT_ERROR);
	fixture->process.netns = 0;
	assert_int_equal(judge_one(fixture, "port.kubelet-read-only")->verdict, VERDICT_PASS);
	listener->is_in_host_netns = true;
	assert_int_equal(judge_one(fixture, "port.kubelet-read-only")->verdict, VERDICT_ERROR);
}

static void knows_cadvisor_by_itself_and_in_the_kubelet(void **state)
{
	struct fixture *fixture = *state;
	struct listener *listener = listen_on(fixture, 4194);

	assert_verdict(judge_one(fixture, "port.cadvisor"), VERDICT_FAIL, SEVERITY_HIGH);
	fixture->other_process.exe = "/usr/bin/cadvisor";
	listener->owners = fixture->other_owners;
	assert_verdict(judge_one(fixture, "port.cadvisor"), VERDICT_FAIL, SEVERITY_HIGH);
	assert_int_equal(judge_one(fixture, "port.policy")->verdict, VERDICT_PASS);
	fixture->node.component_count = 0;
	assert_int_equal(judge_one(fixture, "port.cadvisor")->verdict, VERDICT_FAIL);
	listener->transport = TRANSPORT_UDP;
	assert_int_equal(judge_one(fixture, "port.cadvisor")->verdict, VERDICT_NOT_APPLICABLE);
	listener->transport = TRANSPORT_TCP;
	listener->exposure = EXPOSURE_LOOPBACK;
	assert_int_equal(judge_one(fixture, "port.cadvisor")->verdict, VERDICT_PASS);
	assert_int_equal(judge_one(fixture, "port.policy")->verdict, VERDICT_PASS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_fixture, free_fixture)
		TEST(passes_a_quiet_node),
		TEST(needs_the_socket_tables),
		TEST(does_not_apply_without_a_kubelet),
		TEST(names_the_listener),
		TEST(finds_the_port_of_the_settings),
		TEST(leaves_another_owner_to_the_policy),
		TEST(takes_the_strictest_rule),
		TEST(keeps_to_the_host_namespace_unless_told),
		TEST(does_not_pass_a_socket_whose_owner_is_hidden),
		TEST(knows_cadvisor_by_itself_and_in_the_kubelet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
