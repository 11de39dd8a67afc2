/* SPDX-License-Identifier: Apache-2.0 */
/* Which processes are components of the control plane, and what their flags say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "control_plane_node.h"
#include "observe/control_plane/control_plane.h"
#include "observe/control_plane/programs.h"

#define HOST_NETNS  "net:[4026531840]"
#define OTHER_NETNS "net:[4026532999]"
#define STATIC_POD                                                                                 \
	"0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-"                          \
	"pod0123456789abcdef0123456789abcdef.slice/x.scope\n"
#define API_POD                                                                                    \
	"0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-"                          \
	"pod12345678_1234_1234_1234_123456789abc.slice/x.scope\n"

static bool recognise(struct kubelet_node *node, enum component_kind kind, const char *exe,
		      const char *const *arguments)
{
	const struct process *process = read_process(node, exe, arguments);

	return control_plane_recognise(node->host, process, kind);
}
#define RECOGNISE(node, kind, exe, ...)                                                            \
	recognise(node, COMPONENT_##kind, exe, (const char *const[]){ __VA_ARGS__, NULL })

static void components_are_known_by_program_or_first_argument(void **state)
{
	struct kubelet_node *node = *state;

	assert_true(RECOGNISE(node, APISERVER, "/usr/local/bin/kube-apiserver", "kube-apiserver"));
	assert_true(RECOGNISE(node, CONTROLLER_MANAGER, "/x", "kube-controller-manager", "--v=2"));
	assert_true(RECOGNISE(node, SCHEDULER, "/go-runner", "/usr/bin/kube-scheduler"));
	assert_true(RECOGNISE(node, KUBE_PROXY, "/usr/local/bin/kube-proxy", "x"));
	assert_true(RECOGNISE(node, ETCD, "/usr/bin/etcd", "etcd", "-name=x"));
	assert_true(RECOGNISE(node, APISERVER, "/hyperkube", "hyperkube", "apiserver"));
	assert_true(RECOGNISE(node, KUBE_PROXY, "/hyperkube", "/hyperkube", "proxy", "--v=2"));
	assert_false(RECOGNISE(node, SCHEDULER, "/hyperkube", "/hyperkube", "apiserver"));
	assert_false(RECOGNISE(node, ETCD, "/usr/bin/etcdctl", "etcdctl", "endpoint"));
	assert_false(RECOGNISE(node, APISERVER, "/bin/tail", "tail", "-f", "kube-apiserver"));
	assert_false(RECOGNISE(node, KUBE_PROXY, "/usr/bin/kube-proxy-wrapper", "x"));
}

static void what_only_prints_is_none(void **state)
{
	struct kubelet_node *node = *state;

	assert_false(RECOGNISE(node, APISERVER, "/kube-apiserver", "x", "--version"));
	assert_false(RECOGNISE(node, SCHEDULER, "/kube-scheduler", "x", "-h"));
	assert_false(RECOGNISE(node, ETCD, "/usr/bin/etcd", "etcd", "-version"));
	assert_false(RECOGNISE(node, ETCD, "/usr/bin/etcd", "etcd", "-h"));
	assert_true(RECOGNISE(node, ETCD, "/usr/bin/etcd", "etcd", "--name", "--version"));
}

static void set_pod(struct kubelet_node *node, const char *cgroup, const char *netns)
{
	tree_link(&node->tree, "/proc/1/ns/net", HOST_NETNS);
	tree_link(&node->tree, "/proc/900/ns/net", netns);
	tree_write(&node->tree, "/proc/900/cgroup", cgroup);
}

static void hosted_control_planes_are_not_the_nodes(void **state)
{
	struct kubelet_node *node = *state;

	set_pod(node, API_POD, OTHER_NETNS);
	assert_false(RECOGNISE(node, APISERVER, "/kube-apiserver", "kube-apiserver"));
	assert_false(RECOGNISE(node, ETCD, "/etcd", "etcd"));
	set_pod(node, STATIC_POD, OTHER_NETNS);
	assert_true(RECOGNISE(node, APISERVER, "/kube-apiserver", "kube-apiserver"));
	set_pod(node, API_POD, HOST_NETNS);
	assert_true(RECOGNISE(node, KUBE_PROXY, "/kube-proxy", "kube-proxy"));
}

static void a_dashboard_is_one_in_any_pod_and_only_there(void **state)
{
	struct kubelet_node *node = *state;

	assert_true(RECOGNISE(node, DASHBOARD, "/dashboard", "/dashboard"));
	assert_false(RECOGNISE(node, DASHBOARD, "/usr/bin/dashboard", "dashboard"));
	set_pod(node, API_POD, OTHER_NETNS);
	assert_true(RECOGNISE(node, DASHBOARD, "/dashboard", "/dashboard", "--namespace=x"));
	assert_true(RECOGNISE(node, DASHBOARD, "/dashboard-api", "/dashboard-api"));
	assert_true(RECOGNISE(node, TILLER, "/tiller", "/tiller"));
	assert_false(RECOGNISE(node, TILLER, "/dashboard", "/dashboard"));
}

static void defaults_are_filled_in(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE_KIND(node, APISERVER, "kube-apiserver");
	assert_setting(node, "--anonymous-auth", "true", "default:flag");
	assert_setting(node, "--authorization-mode", "AlwaysAllow", "default:flag");
	assert_setting(node, "--request-timeout", "1m", "default:flag");
	assert_int_equal(setting_of(node, "--token-auth-file")->value.kind, VALUE_UNSET);
	OBSERVE_KIND(node, SCHEDULER, "kube-scheduler");
	assert_setting(node, "--bind-address", "0.0.0.0", "default:flag");
	assert_setting(node, "--profiling", "true", "default:flag");
	OBSERVE_KIND(node, CONTROLLER_MANAGER, "kube-controller-manager");
	assert_setting(node, "--terminated-pod-gc-threshold", "12500", "default:flag");
	assert_setting(node, "featureGates.RotateKubeletServerCertificate", "true", "default:flag");
	assert_string_equal(node->component.node_name, "node-a.example");
}

static void argv_is_read_by_type(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE_KIND(node, APISERVER, "kube-apiserver", "--profiling", "--tls-cert-file", "/a",
		     "--authorization-mode=Node,RBAC", "--audit-log-maxage", "30",
		     "--enable-admission-plugins=NodeRestriction", "--allow_privileged=false",
		     "--runtime-config=api/all=true", "--etcd-compaction-interval", "5m");
	assert_int_equal(node->component.problem_count, 0);
	assert_setting(node, "--profiling", "true", "flag");
	assert_setting(node, "--tls-cert-file", "/a", "flag");
	assert_setting(node, "--authorization-mode", "Node,RBAC", "flag");
	assert_setting(node, "--audit-log-maxage", "30", "flag");
	assert_string_equal(setting_of(node, "--audit-log-maxage")->detail,
			    "--audit-log-maxage is set on the command line: 30");
	OBSERVE_KIND(node, APISERVER, "kube-apiserver", "--profiling", "false");
	assert_setting(node, "--profiling", "true", "flag");
	assert_problem(node, PROBLEM_FATAL, "kube-apiserver exits on that");
}

static void what_changed_with_a_version_needs_it(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE_KIND(node, APISERVER, "kube-apiserver");
	assert_unknown(node, "--insecure-port");
	assert_non_null(strstr(setting_of(node, "--insecure-port")->detail,
			       "--component-version kube-apiserver=V"));
	OBSERVE_KIND(node, APISERVER, "kube-apiserver", "--insecure-port=0");
	assert_setting(node, "--insecure-port", "0", "flag");
	/* A flag of 1.29 shows that it is no older. */
	OBSERVE_KIND(node, APISERVER, "kube-apiserver", "--authorization-config=/a");
	assert_setting(node, "--insecure-port", "0", "default:flag");
	node->version = "1.19.16";
	OBSERVE_KIND(node, APISERVER, "kube-apiserver");
	assert_setting(node, "--insecure-port", "8080", "default:flag");
	node->version = "1.20.0";
	OBSERVE_KIND(node, APISERVER, "kube-apiserver");
	assert_setting(node, "--insecure-port", "0", "default:flag");
	node->version = "1.21.1";
	OBSERVE_KIND(node, CONTROLLER_MANAGER, "kube-controller-manager");
	assert_setting(node, "--port", "10252", "default:flag");
	OBSERVE_KIND(node, SCHEDULER, "kube-scheduler");
	assert_setting(node, "--port", "10251", "default:flag");
	node->version = "1.22.0";
	OBSERVE_KIND(node, CONTROLLER_MANAGER, "kube-controller-manager");
	assert_setting(node, "--port", "0", "default:flag");
}

static void etcd_takes_flags_as_go_does(void **state)
{
	struct kubelet_node *node = *state;

	SET_ENVIRONMENT(node, "A=b");
	OBSERVE_KIND(node, ETCD, "etcd", "-client-cert-auth", "--cert-file", "/a", "-auto-tls=0",
		     "--listen-client-urls=https://127.0.0.1:2379,https://10.0.0.1:2379");
	assert_int_equal(node->component.problem_count, 0);
	assert_setting(node, "--client-cert-auth", "true", "flag");
	assert_setting(node, "--cert-file", "/a", "flag");
	assert_setting(node, "--auto-tls", "false", "flag");
	assert_setting(node, "--listen-client-urls", "https://127.0.0.1:2379,https://10.0.0.1:2379",
		       "flag");
	/* Nothing after a word that is no flag is one, and '_' is no '-'. */
	OBSERVE_KIND(node, ETCD, "etcd", "word", "--auto-tls");
	assert_setting(node, "--auto-tls", "false", "default:flag");
	assert_problem(node, PROBLEM_FATAL, "\"word\" is no flag");
	OBSERVE_KIND(node, ETCD, "etcd", "--auto_tls");
	assert_problem(node, PROBLEM_UNKNOWN_FLAG, "--auto_tls");
}

static void kube_proxys_settings_are_named_by_its_configuration(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE_KIND(node, KUBE_PROXY, "kube-proxy", "--metrics-bind-address=0.0.0.0:10249",
		     "--hostname-override=Node-B");
	assert_setting(node, "metricsBindAddress", "0.0.0.0:10249", "flag");
	assert_setting(node, "healthzBindAddress", "0.0.0.0:10256", "default:flag");
	assert_string_equal(node->component.node_name, "node-b");
}

static void the_dashboard_and_tiller_are_read(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE_KIND(node, DASHBOARD, "/dashboard", "--enable-skip-login",
		     "--insecure-bind-address=0.0.0.0", "--auto-generate-certificates");
	assert_int_equal(node->component.problem_count, 0);
	assert_setting(node, "--enable-skip-login", "true", "flag");
	assert_setting(node, "--insecure-bind-address", "0.0.0.0", "flag");
	OBSERVE_KIND(node, TILLER, "/tiller", "--tls-verify");
	assert_setting(node, "--tls-verify", "true", "flag");
}

static void tables_name_each_flag_once(void **state)
{
	(void)state;
	for (int kind = COMPONENT_KUBE_PROXY; kind < COMPONENT_KIND_COUNT; kind++) {
		const struct schema *schema =
			control_plane_program((enum component_kind)kind)->program.schema;

		for (size_t i = 0; i < schema->field_count; i++) {
			const char *flag = schema->fields[i].flag;

			if (flag)
				assert_int_equal(field_of_flag(schema, flag), i);
			for (const char *const *name = schema->bare_flags; flag && *name; name++)
				assert_string_not_equal(*name, flag);
			for (const char *const *name = schema->value_flags; flag && *name; name++)
				assert_string_not_equal(*name, flag);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kubelet_node_setup, kubelet_node_teardown)
		TEST(components_are_known_by_program_or_first_argument),
		TEST(what_only_prints_is_none),
		TEST(hosted_control_planes_are_not_the_nodes),
		TEST(a_dashboard_is_one_in_any_pod_and_only_there),
		TEST(defaults_are_filled_in),
		TEST(argv_is_read_by_type),
		TEST(what_changed_with_a_version_needs_it),
		TEST(etcd_takes_flags_as_go_does),
		TEST(kube_proxys_settings_are_named_by_its_configuration),
		TEST(the_dashboard_and_tiller_are_read),
		TEST(tables_name_each_flag_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
