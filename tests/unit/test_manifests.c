/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests of static pods, held against what runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "control_plane_node.h"
#include "observe/components.h"

#define KUBELET_CONFIG "/var/lib/kubelet/config.yaml"
#define CGROUP(uid)    "0::/kubepods/burstable/pod" uid "/x\n"
#define STATIC_UID     "0123456789abcdef0123456789abcdef"
#define API_UID	       "12345678-1234-1234-1234-123456789abc"
#define MANIFEST       "/etc/kubernetes/manifests/kube-apiserver.yaml"
#define POD(words)     "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - " words "\n"

#define APISERVER_PID 901

static void write_node(struct kubelet_node *node, const char *manifest)
{
	static const char *const kubelet[] = { "kubelet", "--config=" KUBELET_CONFIG, NULL };
	static const char *const apiserver[] = { "kube-apiserver", "--profiling=false",
						 "--secure-port=6443", NULL };

	tree_process(&node->tree, KUBELET_PID, "/usr/bin/kubelet", kubelet);
	tree_process(&node->tree, APISERVER_PID, "/usr/local/bin/kube-apiserver", apiserver);
	tree_write(&node->tree, "/proc/901/cgroup", CGROUP(STATIC_UID));
	tree_write(&node->tree, KUBELET_CONFIG, HEADER);
	if (manifest)
		tree_write(&node->tree, MANIFEST, manifest);
}

/* The API server of the tree, as all components see it. */
static void observe_node(struct kubelet_node *node)
{
	char *versions[COMPONENT_KIND_COUNT] = { 0 };
	const struct components_hints hints = { .versions = versions };
	struct component_list list;

	host_free(node->host);
	node->host = NULL;
	assert_int_equal(host_open(node->tree.path, &node->host), 0);
	assert_int_equal(components_observe(node->host, &hints, node->arena, &list), 0);
	assert_int_equal(list.count, 2);
	node->component = list.items[1];
	assert_int_equal(node->component.kind, COMPONENT_APISERVER);
}

static void observe_with(struct kubelet_node *node, const char *manifest)
{
	write_node(node, manifest);
	observe_node(node);
}

static size_t count_pending(const struct kubelet_node *node)
{
	size_t count = 0;

	for (size_t i = 0; i < node->component.setting_count; i++)
		count += node->component.settings[i].pending != NULL;
	return count;
}

static void a_manifest_that_says_the_same_is_an_input(void **state)
{
	struct kubelet_node *node = *state;

	observe_with(node, POD("command: [kube-apiserver, --profiling=false, --secure-port=6443]"));
	assert_int_equal(count_pending(node), 0);
	assert_int_equal(node->component.problem_count, 0);
	assert_int_equal(node->component.input_count, 1);
	assert_string_equal(node->component.inputs[0].path, MANIFEST);
}

static void what_differs_is_pending(void **state)
{
	struct kubelet_node *node = *state;

	observe_with(node, POD("command: [/usr/local/bin/kube-apiserver]\n"
			       "    args: [--profiling=true, --token-auth-file=/t]"));
	assert_int_equal(count_pending(node), 2);
	assert_setting(node, "--profiling", "false", "flag");
	assert_string_equal(setting_of(node, "--profiling")->pending,
			    MANIFEST " says --profiling=true: it takes effect when the pod "
				     "restarts");
	assert_string_equal(setting_of(node, "--token-auth-file")->pending,
			    MANIFEST " says --token-auth-file=/t: it takes effect when the pod "
				     "restarts");
	observe_with(node, POD("command: [kube-apiserver, --secure-port=6443]"));
	assert_int_equal(count_pending(node), 1);
	assert_string_equal(setting_of(node, "--profiling")->pending,
			    MANIFEST " does not set --profiling: its default, true, takes effect "
				     "when the pod restarts");
}

static void json_wrappers_and_further_documents_are_read_as_the_kubelet_does(void **state)
{
	struct kubelet_node *node = *state;

	observe_with(node, "{\"spec\": {\"containers\": [{\"command\": [\"sleep\"]}, {\"command\": "
			   "[\"/go-runner\", \"--log-file=/l\", \"kube-apiserver\"]}]}}");
	assert_int_equal(count_pending(node), 1);
	/* Only the first document is a pod to it. */
	observe_with(node, POD("command: [kube-apiserver, --profiling=false]") "---\n" POD(
				   "command: [kube-apiserver]"));
	assert_int_equal(count_pending(node), 0);
}

static void what_cannot_be_told_is_said(void **state)
{
	static const char *const BAD[] = {
		POD("command: [sh, -c, 'exec /usr/local/bin/kube-apiserver --profiling=true']"),
		POD("command: [kube-apiserver, --advertise-address=$(HOST_IP)]"),
		"[\n",
		"- a list\n",
	};
	struct kubelet_node *node = *state;

	for (size_t i = 0; i < ARRAY_SIZE(BAD); i++) {
		observe_with(node, BAD[i]);
		assert_int_equal(count_pending(node), 0);
		assert_problem(node, PROBLEM_UNREADABLE, "is not known");
		assert_setting(node, "--profiling", "false", "flag");
	}
}

static void others_manifests_say_nothing(void **state)
{
	static const char *const OTHERS[] = {
		POD("command: [kube-scheduler, --profiling=true]"),
		POD("command: [1, kube-apiserver]"),
		POD("name: kube-apiserver"),
		"spec: {containers: {}}\n",
		"spec:\n",
	};
	struct kubelet_node *node = *state;

	for (size_t i = 0; i < ARRAY_SIZE(OTHERS); i++) {
		observe_with(node, OTHERS[i]);
		assert_int_equal(count_pending(node), 0);
		assert_int_equal(node->component.input_count, 0);
	}
	/* A pod of the API has no manifest here. */
	write_node(node, POD("command: [kube-apiserver, --profiling=true]"));
	tree_write(&node->tree, "/proc/901/cgroup", CGROUP(API_UID));
	tree_link(&node->tree, "/proc/1/ns/net", "net:[1]");
	tree_link(&node->tree, "/proc/901/ns/net", "net:[1]");
	observe_node(node);
	assert_int_equal(count_pending(node), 0);
}

static void the_kubelets_directory_wins(void **state)
{
	struct kubelet_node *node = *state;

	write_node(node, POD("command: [kube-apiserver, --profiling=true]"));
	tree_write(&node->tree, KUBELET_CONFIG, HEADER "staticPodPath: /pods\n");
	tree_write(&node->tree, "/pods/.hidden.yaml", POD("command: [kube-apiserver]"));
	tree_write(&node->tree, "/pods/a", POD("command: [kube-apiserver, --secure-port=1]"));
	observe_node(node);
	assert_string_equal(node->component.inputs[0].path, "/pods/a");
	assert_string_equal(setting_of(node, "--secure-port")->pending,
			    "/pods/a says --secure-port=1: it takes effect when the pod restarts");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kubelet_node_setup, kubelet_node_teardown)
		TEST(a_manifest_that_says_the_same_is_an_input),
		TEST(what_differs_is_pending),
		TEST(json_wrappers_and_further_documents_are_read_as_the_kubelet_does),
		TEST(what_cannot_be_told_is_said),
		TEST(others_manifests_say_nothing),
		TEST(the_kubelets_directory_wins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
