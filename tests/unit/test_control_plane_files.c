/* SPDX-License-Identifier: Apache-2.0 */
/* What files and environments of the control plane say, and what they win over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "control_plane_node.h"

#define PROXY "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n"

/* ---- kube-proxy */

static void kube_proxys_file_decides(void **state)
{
	struct kubelet_node *node = *state;

	tree_write(&node->tree, "/config.conf",
		   PROXY "clientConnection: {kubeconfig: /k, qps: 0}\nenableProfiling: yes\n"
			 "metricsBindAddress: 0.0.0.0:10249\nmode: ipvs\nconntrack: {min: null}\n"
			 "configSyncPeriod: 0s\nbindAddress: ''\n");
	OBSERVE_KIND(node, KUBE_PROXY, "kube-proxy", "--config=/config.conf");
	assert_int_equal(node->component.problem_count, 0);
	assert_setting(node, "clientConnection.kubeconfig", "/k", "config:/config.conf");
	assert_setting(node, "enableProfiling", "true", "config:/config.conf");
	assert_setting(node, "metricsBindAddress", "0.0.0.0:10249", "config:/config.conf");
	assert_setting(node, "healthzBindAddress", "0.0.0.0:10256", "default:config");
	assert_setting(node, "bindAddress", "0.0.0.0", "default:config");
	assert_setting(node, "mode", "ipvs", "config:/config.conf");
	assert_string_equal(node->component.inputs[0].path, "/config.conf");
}

static void kube_proxy_ignores_flags_beside_its_file(void **state)
{
	struct kubelet_node *node = *state;

	tree_write(&node->tree, "/config.conf", PROXY "metricsBindAddress: 0.0.0.0:10249\n");
	OBSERVE_KIND(node, KUBE_PROXY, "kube-proxy", "--config=/config.conf", "--profiling",
		     "--metrics-bind-address=127.0.0.1:10249", "--hostname-override=Other",
		     "--kubeconfig=/k");
	assert_setting(node, "metricsBindAddress", "0.0.0.0:10249", "config:/config.conf");
	assert_detail(node, "metricsBindAddress",
		      "--metrics-bind-address on the command line is ignored");
	assert_setting(node, "enableProfiling", "false", "default:config");
	assert_detail(node, "enableProfiling", "--profiling on the command line is ignored");
	assert_unset(node, "clientConnection.kubeconfig");
	assert_setting(node, "hostnameOverride", "Other", "flag");
	assert_string_equal(node->component.node_name, "other");
}

static void kube_proxys_file_may_be_unreadable(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE_KIND(node, KUBE_PROXY, "kube-proxy", "--config=/absent", "--profiling=false");
	assert_unknown(node, "enableProfiling");
	assert_unknown(node, "metricsBindAddress");
	assert_setting(node, "--config", "/absent", "flag");
	tree_write(&node->tree, "/config.conf", "kind: KubeletConfiguration\n");
	OBSERVE_KIND(node, KUBE_PROXY, "kube-proxy", "--config=/config.conf");
	assert_unknown(node, "mode");
	assert_problem(node, PROBLEM_FATAL, "kind: KubeProxyConfiguration: kube-proxy exits on");
	tree_write(&node->tree, "/config.conf", PROXY "enableProfiling: 'no'\nmod: x\n");
	OBSERVE_KIND(node, KUBE_PROXY, "kube-proxy", "--config=/config.conf");
	assert_unknown(node, "enableProfiling");
	assert_problem(node, PROBLEM_UNKNOWN_KEY, "mod is no key of a kube-proxy configuration");
}

static void kube_proxys_servers_follow_the_family(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE_KIND(node, KUBE_PROXY, "kube-proxy", "--bind-address=::");
	assert_setting(node, "healthzBindAddress", "[::]:10256", "default:flag");
	assert_setting(node, "metricsBindAddress", "[::1]:10249", "default:flag");
	OBSERVE_KIND(node, KUBE_PROXY, "kube-proxy", "--metrics-port=0");
	assert_unset(node, "metricsBindAddress");
	assert_setting(node, "healthzBindAddress", "0.0.0.0:10256", "default:flag");
}

/* ---- kube-scheduler */

static void the_schedulers_file_takes_the_place_of_two_flags(void **state)
{
	struct kubelet_node *node = *state;

	tree_write(&node->tree, "/s.yaml",
		   "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n"
		   "enableProfiling: false\nclientConnection: {kubeconfig: /from-file}\n");
	OBSERVE_KIND(node, SCHEDULER, "kube-scheduler", "--config=/s.yaml", "--profiling=true",
		     "--kubeconfig=/k", "--bind-address=127.0.0.1");
	assert_setting(node, "--profiling", "false", "config:/s.yaml");
	assert_setting(node, "--kubeconfig", "/from-file", "config:/s.yaml");
	assert_setting(node, "--bind-address", "127.0.0.1", "flag");
	tree_write(&node->tree, "/s.yaml", "kind: KubeSchedulerConfiguration\n");
	OBSERVE_KIND(node, SCHEDULER, "kube-scheduler", "--config=/s.yaml", "--profiling=false");
	assert_setting(node, "--profiling", "true", "default:config");
	OBSERVE_KIND(node, SCHEDULER, "kube-scheduler", "--config=/absent", "--profiling=false");
	assert_unknown(node, "--profiling");
	assert_setting(node, "--bind-address", "0.0.0.0", "default:flag");
}

/* ---- etcd */

static void etcds_environment_stands_in_for_flags(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE_KIND(node, ETCD, "etcd", "--cert-file=/flag");
	/* A file named there would take the place of every flag. */
	assert_unknown(node, "--client-cert-auth");
	assert_unknown(node, "--cert-file");
	assert_detail(node, "--cert-file", "its environment cannot be read");
	SET_ENVIRONMENT(node, "ETCD_CERT_FILE=/env\0ETCD_CLIENT_CERT_AUTH=true\0ETCD_KEY_FILE=key\0"
			      "ETCD_AUTO_TLS=\0ETCD_PEER_AUTO_TLS=maybe\0ETCD_NAME=n");
	OBSERVE_KIND(node, ETCD, "etcd", "--cert-file=/flag");
	assert_setting(node, "--cert-file", "/flag", "flag");
	assert_setting(node, "--client-cert-auth", "true", "env");
	assert_detail(node, "--client-cert-auth",
		      "ETCD_CLIENT_CERT_AUTH is set in the environment: true");
	assert_setting(node, "--key-file", "/key", "env");
	assert_setting(node, "--auto-tls", "false", "default:flag");
	assert_unknown(node, "--peer-auto-tls");
	assert_problem(node, PROBLEM_FATAL, "ETCD_PEER_AUTO_TLS cannot be \"maybe\"");
	assert_setting(node, "--data-dir", "/n.etcd", "default:flag");
}

static void etcds_file_decides_alone(void **state)
{
	struct kubelet_node *node = *state;

	tree_write(&node->tree, "/etcd.yaml",
		   "name: filed\nlisten-client-urls: https://127.0.0.1:2379,https://10.0.0.1:2379\n"
		   "client-transport-security:\n  cert-file: /file\n  client-cert-auth: true\n"
		   "peer-transport-security: {client-cert-auth: true, trusted-ca-file: /peer-ca}\n"
		   "cipher-suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]\n");
	SET_ENVIRONMENT(node, "ETCD_CONFIG_FILE=/etcd.yaml\0ETCD_KEY_FILE=/env");
	OBSERVE_KIND(node, ETCD, "etcd", "--cert-file=/flag", "--auto-tls");
	assert_setting(node, "--config-file", "/etcd.yaml", "env");
	assert_setting(node, "--cert-file", "/file", "config:/etcd.yaml");
	assert_detail(node, "--cert-file",
		      "/etcd.yaml, line 4 sets client-transport-security.cert-file: /file; flags");
	assert_setting(node, "--client-cert-auth", "true", "config:/etcd.yaml");
	assert_setting(node, "--peer-trusted-ca-file", "/peer-ca", "config:/etcd.yaml");
	assert_unset(node, "--key-file");
	assert_setting(node, "--auto-tls", "false", "default:config");
	assert_detail(node, "--auto-tls", "beside the file are ignored");
	assert_setting(node, "--listen-client-urls", "https://127.0.0.1:2379,https://10.0.0.1:2379",
		       "config:/etcd.yaml");
	assert_setting(node, "--cipher-suites", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
		       "config:/etcd.yaml");
	assert_setting(node, "--data-dir", "/filed.etcd", "default:config");
}

static void etcds_file_may_be_unreadable(void **state)
{
	struct kubelet_node *node = *state;

	SET_ENVIRONMENT(node, "A=b");
	OBSERVE_KIND(node, ETCD, "etcd", "--config-file", "/absent", "--client-cert-auth");
	assert_unknown(node, "--client-cert-auth");
	assert_setting(node, "--config-file", "/absent", "flag");
	tree_write(&node->tree, "/etcd.yaml", "client-transport-security: {client-cert-auth: 7}\n");
	OBSERVE_KIND(node, ETCD, "etcd", "--config-file", "/etcd.yaml");
	assert_unknown(node, "--client-cert-auth");
	assert_setting(node, "--auto-tls", "false", "default:config");
	assert_problem(node, PROBLEM_FATAL, "must be true or false");
}

/* ---- tiller */

static void tillers_environment_makes_defaults(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE_KIND(node, TILLER, "/tiller");
	assert_unknown(node, "--tls-verify");
	SET_ENVIRONMENT(node, "TILLER_TLS_VERIFY=0\0TILLER_TLS_CERTS=/c");
	OBSERVE_KIND(node, TILLER, "/tiller");
	assert_setting(node, "--tls-verify", "true", "env");
	assert_setting(node, "--tls", "false", "default:flag");
	assert_setting(node, "--tls-cert", "/c/tls.crt", "default:flag");
	OBSERVE_KIND(node, TILLER, "/tiller", "--tls-verify=false");
	assert_setting(node, "--tls-verify", "false", "flag");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kubelet_node_setup, kubelet_node_teardown)
		TEST(kube_proxys_file_decides),
		TEST(kube_proxy_ignores_flags_beside_its_file),
		TEST(kube_proxys_file_may_be_unreadable),
		TEST(kube_proxys_servers_follow_the_family),
		TEST(the_schedulers_file_takes_the_place_of_two_flags),
		TEST(etcds_environment_stands_in_for_flags),
		TEST(etcds_file_decides_alone),
		TEST(etcds_file_may_be_unreadable),
		TEST(tillers_environment_makes_defaults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
