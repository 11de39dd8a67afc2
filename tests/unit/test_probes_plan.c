/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "check_node.h"
#include "model/address.h"
#include "observe/probes/plan.h"

static struct probe_plan plan_of(struct fixture *fixture, const struct settings *spared)
{
	struct probe_plan plan;

	assert_int_equal(probes_plan(&fixture->node, spared, fixture->arena, &plan), 0);
	return plan;
}

static void assert_target(const struct probe_target *target, const char *address, unsigned port,
			  const char *path, bool is_tls)
{
	char text[ADDRESS_TEXT_BYTES];

	address_format(&target->address, text);
	assert_string_equal(text, address);
	assert_int_equal(target->port, port);
	assert_true(text_equal(target->path, path));
	assert_int_equal(target->is_tls, is_tls);
	assert_int_equal(target->pid, 900);
}

static void asks_a_kubelet_on_its_own_listeners(void **state)
{
	struct fixture *fixture = *state;

	listen_on(fixture, 10250)->is_dual_stack = true;
	listen_on(fixture, 10255)->address = (struct address){ .bytes = { 10, 0, 0, 7 } };
	listen_on(fixture, 10248)->address = (struct address){ .bytes = { 127, 0, 0, 1 } };
	listen_on(fixture, 9999);
	struct probe_plan plan = plan_of(fixture, NULL);

	assert_int_equal(plan.count, 3);
	assert_target(&plan.items[0], "127.0.0.1", 10250, "/pods", true);
	assert_target(&plan.items[1], "10.0.0.7", 10255, "/pods", false);
	assert_target(&plan.items[2], "127.0.0.1", 10248, "/healthz", false);
}

static void asks_an_ipv6_wildcard_over_ipv6(void **state)
{
	struct fixture *fixture = *state;

	listen_on(fixture, 10250);
	struct probe_plan plan = plan_of(fixture, NULL);

	assert_int_equal(plan.count, 1);
	assert_target(&plan.items[0], "::1", 10250, "/pods", true);
}

static void asks_nobody_else(void **state)
{
	struct fixture *fixture = *state;

	listen_on(fixture, 10250)->owners = fixture->other_owners;
	listen_on(fixture, 10255)->transport = TRANSPORT_UDP;
	assert_int_equal(plan_of(fixture, NULL).count, 0);
	listen_on(fixture, 10250);
	fixture->node.listeners_known = false;
	assert_int_equal(plan_of(fixture, NULL).count, 0);
	fixture->node.listeners_known = true;
	fixture->node.component_count = 0;
	assert_int_equal(plan_of(fixture, NULL).count, 0);
}

static void follows_the_settings(void **state)
{
	struct fixture *fixture = *state;

	set(fixture, "port", integer_value(20250));
	set(fixture, "readOnlyPort", integer_value(10248));
	listen_on(fixture, 20250)->is_dual_stack = true;
	listen_on(fixture, 10248)->is_dual_stack = true;
	struct probe_plan plan = plan_of(fixture, NULL);

	assert_int_equal(plan.count, 2);
	assert_target(&plan.items[0], "127.0.0.1", 20250, "/pods", true);
	assert_target(&plan.items[1], "127.0.0.1", 10248, "/pods", false);
}

static void asks_each_component_for_its_own(void **state)
{
	static const struct {
		enum component_kind kind;
		uint16_t port;
		const char *path;
		bool is_tls;
	} servers[] = {
		{ COMPONENT_KUBE_PROXY, 10249, "/metrics", false },
		{ COMPONENT_KUBE_PROXY, 10256, "/healthz", false },
		{ COMPONENT_APISERVER, 6443, "/livez", true },
		{ COMPONENT_APISERVER, 8080, "/metrics", false },
		{ COMPONENT_CONTROLLER_MANAGER, 10252, "/metrics", false },
		{ COMPONENT_SCHEDULER, 10251, "/metrics", false },
		{ COMPONENT_ETCD, 2379, NULL, true },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_SIZE(servers); i++) {
		fixture->node.listener_count = 0;
		fixture->kubelets[0].kind = servers[i].kind;
		listen_on(fixture, servers[i].port)->is_dual_stack = true;
		struct probe_plan plan = plan_of(fixture, NULL);

		assert_int_equal(plan.count, 1);
		assert_target(&plan.items[0], "127.0.0.1", servers[i].port, servers[i].path,
			      servers[i].is_tls);
	}
	set(fixture, "metricsBindAddress", text_value("127.0.0.1:20249"));
	fixture->kubelets[0].kind = COMPONENT_KUBE_PROXY;
	fixture->node.listener_count = 0;
	listen_on(fixture, 20249)->is_dual_stack = true;
	assert_int_equal(plan_of(fixture, NULL).count, 1);
}

static void asks_etcd_as_its_urls_say(void **state)
{
	static const char *const urls[] = { "https://127.0.0.1:2379", "http://10.0.0.7:4001/" };
	const struct value list = { .kind = VALUE_LIST, .list = { urls, 2 } };
	struct fixture *fixture = *state;

	fixture->kubelets[0].kind = COMPONENT_ETCD;
	set(fixture, "--listen-client-urls", list);
	listen_on(fixture, 2379)->is_dual_stack = true;
	listen_on(fixture, 4001)->is_dual_stack = true;
	listen_on(fixture, 2380)->is_dual_stack = true;
	listen_on(fixture, 400)->is_dual_stack = true;
	struct probe_plan plan = plan_of(fixture, NULL);

	assert_int_equal(plan.count, 3);
	assert_target(&plan.items[0], "127.0.0.1", 2379, NULL, true);
	assert_target(&plan.items[1], "127.0.0.1", 4001, "/version", false);
	assert_target(&plan.items[2], "127.0.0.1", 2380, NULL, true);
}

static const char *version_path_of(struct fixture *fixture, enum component_kind kind, uint16_t port)
{
	fixture->node.listener_count = 0;
	fixture->kubelets[0].kind = kind;
	listen_on(fixture, port);
	struct probe_plan plan = plan_of(fixture, NULL);

	assert_int_equal(plan.count, 1);
	return plan.items[0].version_path;
}

static void asks_for_a_version_that_is_not_known(void **state)
{
	struct fixture *fixture = *state;
	struct component *component = &fixture->kubelets[0];

	component->version = "1.31.9";
	assert_null(version_path_of(fixture, COMPONENT_KUBELET, 10255));
	/* One that only the component tells is asked for with the same plan again. */
	component->version_is_live = true;
	assert_string_equal(version_path_of(fixture, COMPONENT_KUBELET, 10255), "/metrics");
	component->version = NULL;
	component->version_is_live = false;
	assert_string_equal(version_path_of(fixture, COMPONENT_KUBELET, 10255), "/metrics");
	assert_null(version_path_of(fixture, COMPONENT_KUBELET, 10250));
	assert_null(version_path_of(fixture, COMPONENT_KUBELET, 10248));
	assert_string_equal(version_path_of(fixture, COMPONENT_KUBE_PROXY, 10249), "/metrics");
	assert_string_equal(version_path_of(fixture, COMPONENT_APISERVER, 6443), "/version");
	assert_null(version_path_of(fixture, COMPONENT_SCHEDULER, 10259));
	assert_null(version_path_of(fixture, COMPONENT_ETCD, 2379));
}

static void asks_a_plain_etcd_for_its_version(void **state)
{
	static const char *const urls[] = { "http://127.0.0.1:2379" };
	static const char *const metrics[] = { "http://127.0.0.1:2381" };
	struct fixture *fixture = *state;

	fixture->kubelets[0].version = NULL;
	set(fixture, "--listen-client-urls",
	    (struct value){ .kind = VALUE_LIST, .list = { urls, 1 } });
	set(fixture, "--listen-metrics-urls",
	    (struct value){ .kind = VALUE_LIST, .list = { metrics, 1 } });
	assert_string_equal(version_path_of(fixture, COMPONENT_ETCD, 2379), "/version");
	assert_string_equal(version_path_of(fixture, COMPONENT_ETCD, 2381), "/metrics");
}

static void spares_what_a_guard_counts(void **state)
{
	struct fixture *fixture = *state;

	listen_on(fixture, 10255);
	assert_int_equal(plan_of(fixture, NULL).count, 1);
	assert_int_equal(plan_of(fixture, &fixture->settings).count, 0);
	fixture->rules[0].allows_loopback = true;
	assert_int_equal(plan_of(fixture, &fixture->settings).count, 1);
	fixture->rules[0].allows_loopback = false;
	fixture->rules[0].action = ACTION_FLAG;
	assert_int_equal(plan_of(fixture, &fixture->settings).count, 1);
	fixture->rules[0].action = ACTION_REFUSE;
	fixture->listeners[0].is_in_host_netns = false;
	assert_int_equal(plan_of(fixture, &fixture->settings).count, 1);
}

static void asks_once_and_not_without_end(void **state)
{
	static struct listener listeners[PROBES_MAX + 8];
	struct fixture *fixture = *state;

	listen_on(fixture, 10250);
	listen_on(fixture, 10250)->address = (struct address){ .is_ipv6 = true, .bytes[15] = 1 };
	assert_int_equal(plan_of(fixture, NULL).count, 1);
	for (size_t i = 0; i < ARRAY_SIZE(listeners); i++) {
		listeners[i] = fixture->listeners[0];
		listeners[i].address = (struct address){ .bytes = { 10, 0, 0, (uint8_t)i } };
	}
	fixture->node.listeners = listeners;
	fixture->node.listener_count = ARRAY_SIZE(listeners);
	assert_int_equal(plan_of(fixture, NULL).count, PROBES_MAX);
}

static void sees_when_another_is_to_be_asked(void **state)
{
	struct fixture *fixture = *state;

	listen_on(fixture, 10250);
	struct probe_plan one = plan_of(fixture, NULL), same = plan_of(fixture, NULL);

	assert_true(probe_plans_are_equal(&one, &same));
	fixture->kubelets[0].version = fixture->kubelets[0].version ? NULL : "1.31.9";
	listen_on(fixture, 10255);
	one = plan_of(fixture, NULL);
	fixture->kubelets[0].version = fixture->kubelets[0].version ? NULL : "1.31.9";
	same = plan_of(fixture, NULL);
	assert_false(probe_plans_are_equal(&one, &same));
	fixture->node.listener_count--;
	one = plan_of(fixture, NULL);
	fixture->process.pid = 902;
	struct probe_plan other = plan_of(fixture, NULL);

	assert_false(probe_plans_are_equal(&one, &other));
	listen_on(fixture, 10255);
	other = plan_of(fixture, NULL);
	assert_false(probe_plans_are_equal(&one, &other));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_fixture, free_fixture)
		TEST(asks_a_kubelet_on_its_own_listeners),
		TEST(asks_an_ipv6_wildcard_over_ipv6),
		TEST(asks_nobody_else),
		TEST(follows_the_settings),
		TEST(asks_each_component_for_its_own),
		TEST(asks_etcd_as_its_urls_say),
		TEST(asks_for_a_version_that_is_not_known),
		TEST(asks_a_plain_etcd_for_its_version),
		TEST(spares_what_a_guard_counts),
		TEST(asks_once_and_not_without_end),
		TEST(sees_when_another_is_to_be_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
