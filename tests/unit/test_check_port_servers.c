/* SPDX-License-Identifier: Apache-2.0 */
/* Listeners of the control plane, of etcd, Tiller and the dashboard, by their settings and probes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "check_node.h"

/* The fixture's component becomes another one, without settings. */
static void become(struct fixture *fixture, enum component_kind kind, const char *exe)
{
	fixture->kubelets[0] = (struct component){ .kind = kind,
						   .process = &fixture->process,
						   .settings_known = true,
						   .settings = fixture->list };
	fixture->process.exe = exe;
	fixture->process.name = text_base_name(exe);
}

static void probe_on(struct fixture *fixture, struct probe *probe, bool is_tls)
{
	*probe = (struct probe){ .pid = 900,
				 .port = fixture->listeners[0].port,
				 .outcome = PROBE_ANSWERED,
				 .is_tls = is_tls };
	fixture->node.probes_known = true;
	fixture->node.probes = probe;
	fixture->node.probe_count = 1;
}

static const char INSECURE[] = "port.insecure-control-plane";

static void knows_insecure_ports_by_settings(void **state)
{
	struct fixture *fixture = *state;
	struct listener *listener;

	become(fixture, COMPONENT_APISERVER, "/usr/bin/kube-apiserver");
	set(fixture, "--insecure-port", integer_value(8888));
	set(fixture, "--secure-port", integer_value(6443));
	listener = listen_on(fixture, 6443);
	assert_int_equal(judge_one(fixture, INSECURE)->verdict, VERDICT_PASS);
	listener->port = 8888;
	assert_verdict(judge_one(fixture, INSECURE), VERDICT_FAIL, SEVERITY_CRITICAL);
	assert_true(has_evidence(judge_one(fixture, INSECURE), "--insecure-port"));
	listener->port = 8080;
	assert_verdict(judge_one(fixture, INSECURE), VERDICT_FAIL, SEVERITY_CRITICAL);
	listener->transport = TRANSPORT_UDP;
	assert_int_equal(judge_one(fixture, INSECURE)->verdict, VERDICT_PASS);
	listener->transport = TRANSPORT_TCP;
	listener->port = 10252;
	assert_verdict(judge_one(fixture, INSECURE), VERDICT_FAIL, SEVERITY_MEDIUM);
	set(fixture, "--secure-port", integer_value(10252));
	assert_int_equal(judge_one(fixture, INSECURE)->verdict, VERDICT_PASS);
}

static void believes_probes_most(void **state)
{
	struct fixture *fixture = *state;
	struct probe probe;

	become(fixture, COMPONENT_APISERVER, "/usr/bin/kube-apiserver");
	set(fixture, "--secure-port", integer_value(6443));
	listen_on(fixture, 6443);
	probe_on(fixture, &probe, false);
	assert_verdict(judge_one(fixture, INSECURE), VERDICT_FAIL, SEVERITY_MEDIUM);
	assert_true(has_evidence(judge_one(fixture, INSECURE), "port 6443 answered plain HTTP"));
	probe.pid = 901;
	assert_int_equal(judge_one(fixture, INSECURE)->verdict, VERDICT_PASS);
	probe.pid = 900;
	probe.outcome = PROBE_FAILED;
	assert_int_equal(judge_one(fixture, INSECURE)->verdict, VERDICT_PASS);
	fixture->listeners[0].port = 8080;
	probe_on(fixture, &probe, true);
	assert_int_equal(judge_one(fixture, INSECURE)->verdict, VERDICT_PASS);
	fixture->node.probes_known = false;
	assert_int_equal(judge_one(fixture, INSECURE)->verdict, VERDICT_FAIL);
}

static void does_not_pass_a_hidden_owner(void **state)
{
	struct fixture *fixture = *state;

	become(fixture, COMPONENT_SCHEDULER, "/usr/bin/kube-scheduler");
	listen_on(fixture, 10251)->owner_count = 0;
	assert_int_equal(judge_one(fixture, INSECURE)->verdict, VERDICT_ERROR);
	fixture->listeners[0].port = 10252;
	assert_int_equal(judge_one(fixture, INSECURE)->verdict, VERDICT_PASS);
}

static void names_the_right_part_of_one_process(void **state)
{
	struct fixture *fixture = *state;

	become(fixture, COMPONENT_APISERVER, "/usr/bin/k3s");
	fixture->kubelets[1] = fixture->kubelets[0];
	fixture->kubelets[1].kind = COMPONENT_CONTROLLER_MANAGER;
	fixture->node.component_count = 2;
	listen_on(fixture, 10252);
	assert_true(has_evidence(judge_one(fixture, INSECURE),
				 "port 10252 of a kube-controller-manager *"));
}

static void knows_plain_etcd(void **state)
{
	static const char *const items[] = { "https://10.0.0.7:2379", "http://127.0.0.1:2381" };
	struct fixture *fixture = *state;
	struct probe probe;

	become(fixture, COMPONENT_ETCD, "/usr/bin/etcd");
	set(fixture, "--listen-client-urls",
	    (struct value){ .kind = VALUE_LIST, .list = { items, 2 } });
	struct listener *listener = listen_on(fixture, 2379);

	assert_int_equal(judge_one(fixture, "port.plaintext-listener")->verdict, VERDICT_PASS);
	listener->port = 2381;
	assert_verdict(judge_one(fixture, "port.plaintext-listener"), VERDICT_FAIL, SEVERITY_HIGH);
	listener->port = 2379;
	probe_on(fixture, &probe, false);
	assert_verdict(judge_one(fixture, "port.plaintext-listener"), VERDICT_FAIL, SEVERITY_HIGH);
	fixture->node.component_count = 0;
	assert_int_equal(judge_one(fixture, "port.plaintext-listener")->verdict, VERDICT_FAIL);
}

static void asks_tillers_settings(void **state)
{
	struct fixture *fixture = *state;

	become(fixture, COMPONENT_TILLER, "/tiller");
	assert_verdict(judge_one(fixture, "port.tiller"), VERDICT_FAIL, SEVERITY_CRITICAL);
	assert_string_equal(fixture->findings.items[0].subject.kind, "tiller");
	set(fixture, "--tls-verify", boolean_value(true));
	assert_int_equal(judge_one(fixture, "port.tiller")->verdict, VERDICT_PASS);
	listen_on(fixture, 44134)->is_in_host_netns = false;
	assert_int_equal(judge_one(fixture, "port.tiller")->verdict, VERDICT_PASS);
	set(fixture, "--tls-verify", boolean_value(false));
	assert_verdict(judge_one(fixture, "port.tiller"), VERDICT_FAIL, SEVERITY_CRITICAL);
	assert_string_equal(fixture->findings.items[0].subject.kind, "listener");
	set(fixture, "--tls-verify", (struct value){ .kind = VALUE_UNKNOWN });
	assert_int_equal(judge_one(fixture, "port.tiller")->verdict, VERDICT_ERROR);
	fixture->node.listeners_known = false;
	fixture->node.listener_count = 0;
	set(fixture, "--tls-verify", boolean_value(false));
	assert_int_equal(judge_one(fixture, "port.tiller")->verdict, VERDICT_FAIL);
}

static void set_dashboard(struct fixture *fixture)
{
	become(fixture, COMPONENT_DASHBOARD, "/dashboard");
	set(fixture, "--enable-skip-login", boolean_value(false));
	set(fixture, "--enable-insecure-login", boolean_value(false));
	set(fixture, "--disable-settings-authorizer", boolean_value(false));
	set(fixture, "--insecure-bind-address", text_value("127.0.0.1"));
}

static void judges_each_flag_of_the_dashboard(void **state)
{
	static const char *const flags[] = { "--enable-skip-login", "--enable-insecure-login",
					     "--disable-settings-authorizer" };
	struct fixture *fixture = *state;

	set_dashboard(fixture);
	assert_int_equal(judge_one(fixture, "workload.dashboard-flags")->verdict, VERDICT_PASS);
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		set(fixture, flags[i], boolean_value(true));
		assert_verdict(judge_one(fixture, "workload.dashboard-flags"), VERDICT_FAIL,
			       SEVERITY_HIGH);
		assert_string_equal(fixture->findings.items[0].value, flags[i]);
		set(fixture, flags[i], (struct value){ .kind = VALUE_UNKNOWN });
		assert_int_equal(judge_one(fixture, "workload.dashboard-flags")->verdict,
				 VERDICT_ERROR);
		set(fixture, flags[i], boolean_value(false));
	}
	set(fixture, "--insecure-bind-address", text_value("0.0.0.0"));
	assert_int_equal(judge_one(fixture, "workload.dashboard-flags")->verdict, VERDICT_FAIL);
	listen_on(fixture, 9090)->exposure = EXPOSURE_LOOPBACK;
	assert_verdict(judge_one(fixture, "workload.dashboard-flags"), VERDICT_FAIL,
		       SEVERITY_MEDIUM);
}

static void knows_nothing_of_a_dashboard_without_settings(void **state)
{
	struct fixture *fixture = *state;

	become(fixture, COMPONENT_DASHBOARD, "/dashboard");
	assert_int_equal(judge_one(fixture, "workload.dashboard-flags")->verdict, VERDICT_ERROR);
	set_dashboard(fixture);
	fixture->kubelets[0].settings_known = false;
	assert_int_equal(judge_one(fixture, "workload.dashboard-flags")->verdict, VERDICT_ERROR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_fixture, free_fixture)
		TEST(knows_insecure_ports_by_settings),
		TEST(believes_probes_most),
		TEST(does_not_pass_a_hidden_owner),
		TEST(names_the_right_part_of_one_process),
		TEST(knows_plain_etcd),
		TEST(asks_tillers_settings),
		TEST(judges_each_flag_of_the_dashboard),
		TEST(knows_nothing_of_a_dashboard_without_settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
