/* SPDX-License-Identifier: Apache-2.0 */
/* Which processes are kubelets of this node, and the programs that run one inside themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "kubelet_node.h"
#include "observe/kubelet/kubelet.h"

#define HOST_NETNS  "net:[4026531840]"
#define OTHER_NETNS "net:[4026532999]"

static bool recognise_process(struct kubelet_node *node, const char *exe,
			      const char *const *arguments)
{
	tree_process(&node->tree, KUBELET_PID, exe, arguments);
	struct process *process;

	host_free(node->host);
	node->host = NULL;
	assert_int_equal(host_open(node->tree.path, &node->host), 0);
	assert_int_equal(process_read(node->host, KUBELET_PID, node->arena, &process), 0);
	return kubelet_recognise(node->host, process);
}
#define RECOGNISE(node, exe, ...)                                                                  \
	recognise_process(node, exe, (const char *const[]){ __VA_ARGS__, NULL })

static void a_kubelet_is_known_by_its_program_or_first_argument(void **state)
{
	struct kubelet_node *node = *state;

	assert_true(RECOGNISE(node, "/usr/bin/kubelet", "/usr/bin/kubelet", "--v=2"));
	assert_true(RECOGNISE(node, "/opt/k8s/kubelet", "anything"));
	assert_true(RECOGNISE(node, "/opt/k8s/kubelet-v1.31", "kubelet", "--v=2"));
	assert_true(RECOGNISE(node, "/usr/bin/hyperkube", "/usr/bin/hyperkube", "kubelet"));
	assert_true(RECOGNISE(node, "/x", "hyperkube", "kubelet", "--v=2"));
}

static void never_by_a_part_of_a_word(void **state)
{
	struct kubelet_node *node = *state;

	assert_false(RECOGNISE(node, "/usr/bin/gpu-kubelet-plugin", "/usr/bin/gpu-kubelet-plugin",
			       "--kubeconfig", "/var/lib/kubelet/kubeconfig"));
	assert_false(RECOGNISE(node, "/usr/bin/docker", "docker", "run", "--name", "kubelet",
			       "kubelet"));
	assert_false(RECOGNISE(node, "/bin/bash", "/bin/bash", "/usr/bin/kubelet"));
	assert_false(RECOGNISE(node, "/usr/bin/kubelet-wrapper", "/usr/bin/kubelet-wrapper"));
	assert_false(RECOGNISE(node, "/usr/bin/hyperkube", "hyperkube", "apiserver"));
	assert_false(RECOGNISE(node, "/var/lib/kubelet/x", "tail", "-f", "/kubelet"));
	assert_false(RECOGNISE(node, "/kubelet/", "x"));
	assert_false(RECOGNISE(node, "/usr/bin/Kubelet", "KUBELET"));
}

static void what_only_prints_is_none(void **state)
{
	struct kubelet_node *node = *state;

	assert_false(RECOGNISE(node, "/usr/bin/kubelet", "kubelet", "--version"));
	assert_false(RECOGNISE(node, "/usr/bin/kubelet", "kubelet", "--version=raw"));
	assert_false(RECOGNISE(node, "/usr/bin/kubelet", "kubelet", "--v=2", "-h"));
	assert_false(RECOGNISE(node, "/usr/bin/kubelet", "kubelet", "--help"));
	assert_true(RECOGNISE(node, "/usr/bin/kubelet", "kubelet", "--version=false"));
	assert_true(
		RECOGNISE(node, "/usr/bin/kubelet", "kubelet", "--hostname-override", "--version"));
}

static void a_kubelet_without_a_command_line_is_one(void **state)
{
	struct kubelet_node *node = *state;

	assert_true(recognise_process(node, "/usr/bin/kubelet", (const char *const[]){ NULL }));
}

static void set_netns(struct kubelet_node *node, const char *process, const char *host)
{
	tree_link(&node->tree, "/proc/1/ns/net", host);
	tree_link(&node->tree, "/proc/900/ns/net", process);
}

/* A nested node (kind) has namespaces and a container of its own, and is no pod. */
static void a_kubelet_in_a_container_of_its_own_is_one(void **state)
{
	struct kubelet_node *node = *state;

	set_netns(node, OTHER_NETNS, HOST_NETNS);
	tree_write(&node->tree, "/proc/900/cgroup",
		   "0::/system.slice/docker-"
		   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope/"
		   "kubelet.slice/kubelet.service\n");
	assert_true(RECOGNISE(node, "/usr/bin/kubelet", "/usr/bin/kubelet"));
}

static void a_pod_is_trusted_only_in_the_hosts_network(void **state)
{
	struct kubelet_node *node = *state;

	tree_write(&node->tree, "/proc/900/cgroup",
		   "0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-"
		   "pod12345678_1234_1234_1234_123456789abc.slice/cri-containerd-"
		   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope\n");
	/* where it is not known, it is not trusted */
	assert_false(RECOGNISE(node, "/usr/bin/kubelet", "/usr/bin/kubelet"));
	set_netns(node, OTHER_NETNS, HOST_NETNS);
	assert_false(RECOGNISE(node, "/usr/bin/kubelet", "/usr/bin/kubelet"));
	set_netns(node, HOST_NETNS, HOST_NETNS);
	assert_true(RECOGNISE(node, "/usr/bin/kubelet", "/usr/bin/kubelet"));
}

static void embedders_are_known_by_program_and_command(void **state)
{
	struct kubelet_node *node = *state;

	assert_true(RECOGNISE(node, "/usr/local/bin/k3s", "/usr/local/bin/k3s", "server"));
	assert_true(
		RECOGNISE(node, "/var/lib/rancher/k3s/data/x/bin/k3s", "/usr/local/bin/k3s agent"));
	assert_true(RECOGNISE(node, "/var/lib/rancher/k3s/data/x/bin/k3s-server", "k3s-server"));
	assert_true(RECOGNISE(node, "/snap/microk8s/1/kubelite", "/snap/microk8s/1/kubelite",
			      "--kubelet-args-file=/a"));
	assert_true(RECOGNISE(node, "/usr/bin/microshift", "microshift", "run"));
	assert_false(RECOGNISE(node, "/usr/local/bin/k3s", "k3s", "kubectl", "get", "nodes"));
	assert_false(RECOGNISE(node, "/usr/local/bin/k3s", "k3s"));
	assert_false(RECOGNISE(node, "/usr/bin/microshift", "microshift", "show-config"));
	assert_false(RECOGNISE(node, "/usr/bin/k3sup", "k3sup", "server"));
}

static void observe_program(struct kubelet_node *node, const char *exe,
			    const char *const *arguments)
{
	assert_true(recognise_process(node, exe, arguments));
	observe_again(node);
}
#define OBSERVE_PROGRAM(node, exe, ...)                                                            \
	observe_program(node, exe, (const char *const[]){ __VA_ARGS__, NULL })

static void k3s_without_dropins_is_unknown(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE_PROGRAM(node, "/usr/local/bin/k3s", "/usr/local/bin/k3s", "server");
	assert_string_equal(node->component.embedder, "k3s");
	assert_false(node->component.settings_known);
	assert_false(node->component.is_standalone);
	assert_null(node->component.node_name);
	assert_unknown(node, "readOnlyPort");
	assert_unknown(node, "featureGates.RotateKubeletServerCertificate");
	assert_problem(node, PROBLEM_UNREADABLE, "its settings are not known");
}

static void k3s_with_dropins_is_known_where_they_speak(void **state)
{
	struct kubelet_node *node = *state;

	tree_write(&node->tree,
		   "/var/lib/rancher/k3s/agent/etc/kubelet.conf.d/00-k3s-defaults.conf",
		   HEADER "authentication: {anonymous: {enabled: false}}\n");
	OBSERVE_PROGRAM(node, "/usr/local/bin/k3s", "/usr/local/bin/k3s server");
	assert_true(node->component.settings_known);
	assert_setting(node, "authentication.anonymous.enabled", "false",
		       "dropin:/var/lib/rancher/k3s/agent/etc/kubelet.conf.d/00-k3s-defaults.conf");
	assert_unknown(node, "readOnlyPort");
	assert_unknown(node, "--kubeconfig");
	assert_int_equal(node->component.problem_count, 0);
}

static void rke2_runs_a_plain_kubelet(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE_PROGRAM(node, "/var/lib/rancher/rke2/data/v1.31/bin/kubelet", "kubelet",
			"--read-only-port=0");
	assert_null(node->component.embedder);
	assert_setting(node, "readOnlyPort", "0", "flag");
}

static void microk8s_reads_its_file_of_flags(void **state)
{
	static const char ENVIRONMENT[] = "SNAP=/snap/microk8s/1\0SNAP_DATA=/var/snap/microk8s/1";
	struct kubelet_node *node = *state;

	tree_write(&node->tree, "/var/snap/microk8s/current/args/kubelet",
		   "# comment --read-only-port=1\n\n"
		   "--kubeconfig=${SNAP_DATA}/credentials/kubelet.config\n"
		   "  --client-ca-file=$SNAP_DATA/certs/ca.crt  \n"
		   "--anonymous-auth=false\n--cert-dir=\"${NOT_SET}/pki\"\n"
		   "--eviction-hard='memory.available<100Mi'\n--read-only-port=0");
	OBSERVE_PROGRAM(node, "/snap/microk8s/1/kubelite", "kubelite", "--start-control-plane");
	tree_write_bytes(&node->tree, "/proc/900/environ", ENVIRONMENT, sizeof(ENVIRONMENT));
	observe_again(node);
	assert_string_equal(node->component.embedder, "microk8s");
	assert_setting(node, "--kubeconfig", "/var/snap/microk8s/1/credentials/kubelet.config",
		       "distro:/var/snap/microk8s/current/args/kubelet");
	assert_setting(node, "authentication.x509.clientCAFile",
		       "/var/snap/microk8s/1/certs/ca.crt",
		       "distro:/var/snap/microk8s/current/args/kubelet");
	assert_setting(node, "readOnlyPort", "0", "distro:/var/snap/microk8s/current/args/kubelet");
	assert_setting(node, "--cert-dir", "/pki",
		       "distro:/var/snap/microk8s/current/args/kubelet");
	assert_setting(node, "evictionHard", "memory.available=100Mi",
		       "distro:/var/snap/microk8s/current/args/kubelet");
	assert_setting(node, "authorization.mode", "AlwaysAllow", "default:flag");
	assert_string_equal(node->component.inputs[0].path,
			    "/var/snap/microk8s/current/args/kubelet");
	assert_int_equal(node->component.problem_count, 0);
}

static void microk8s_without_its_file_or_variables_is_unknown(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE_PROGRAM(node, "/snap/microk8s/1/kubelite", "kubelite");
	assert_unknown(node, "readOnlyPort");
	assert_false(node->component.settings_known);
	tree_write(&node->tree, "/args", "--client-ca-file=$SNAP_DATA/ca.crt\n");
	OBSERVE_PROGRAM(node, "/snap/microk8s/1/kubelite", "kubelite", "--kubelet-args-file=/args");
	assert_unknown(node, "readOnlyPort");
	assert_problem(node, PROBLEM_UNREADABLE, "variables of an environment");
	tree_write(&node->tree, "/args", "--read-only-port=0\n");
	OBSERVE_PROGRAM(node, "/snap/microk8s/1/kubelite", "kubelite", "--kubelet-args-file",
			"/args");
	assert_setting(node, "readOnlyPort", "0", "distro:/args");
}

static void microshift_has_its_configuration_in_a_file(void **state)
{
	struct kubelet_node *node = *state;

	tree_write(&node->tree, "/var/lib/microshift/resources/kubelet/config/config.yaml",
		   HEADER "authorization: {mode: Webhook}\n");
	OBSERVE_PROGRAM(node, "/usr/bin/microshift", "microshift", "run");
	assert_setting(node, "authorization.mode", "Webhook",
		       "config:/var/lib/microshift/resources/kubelet/config/config.yaml");
	assert_setting(node, "readOnlyPort", "0", "default:config");
	assert_unknown(node, "--kubeconfig");
	assert_false(node->component.is_standalone);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kubelet_node_setup, kubelet_node_teardown)
		TEST(a_kubelet_is_known_by_its_program_or_first_argument),
		TEST(never_by_a_part_of_a_word),
		TEST(what_only_prints_is_none),
		TEST(a_kubelet_without_a_command_line_is_one),
		TEST(a_kubelet_in_a_container_of_its_own_is_one),
		TEST(a_pod_is_trusted_only_in_the_hosts_network),
		TEST(embedders_are_known_by_program_and_command),
		TEST(k3s_without_dropins_is_unknown),
		TEST(k3s_with_dropins_is_known_where_they_speak),
		TEST(rke2_runs_a_plain_kubelet),
		TEST(microk8s_reads_its_file_of_flags),
		TEST(microk8s_without_its_file_or_variables_is_unknown),
		TEST(microshift_has_its_configuration_in_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
