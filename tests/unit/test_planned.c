/* SPDX-License-Identifier: Apache-2.0 */
/* What a disk at rest would run: static pods, and units of distributions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "observe/observer.h"
#include "observe/rest/planned.h"
#include "tree.h"

#define PODS	  "/etc/kubernetes/manifests"
#define POD(text) "apiVersion: v1\nkind: Pod\nspec:\n" text

struct fixture {
	struct tree tree;
	struct host *host;
	struct arena *arena;
	struct planned_list list;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	tree_make(&fixture->tree);
	assert_int_equal(host_open(fixture->tree.path, &fixture->host), 0);
	fixture->arena = arena_new();
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	tree_remove(&fixture->tree);
	host_free(fixture->host);
	arena_free(fixture->arena);
	free(fixture);
	return 0;
}

/* What the one manifest would start; NULL: nothing. */
static const struct process *plan_of(struct fixture *fixture, const char *manifest)
{
	fixture->list = (struct planned_list){ 0 };
	tree_write(&fixture->tree, PODS "/pod.yaml", manifest);
	assert_int_equal(plan_static_pods(fixture->host, PODS, fixture->arena, &fixture->list), 0);
	assert_true(fixture->list.count <= 1);
	return fixture->list.count ? fixture->list.items[0].process : NULL;
}

static void a_pod_is_a_process_without_a_pid(void **state)
{
	const struct process *process =
		plan_of(*state, POD("  securityContext: {runAsUser: 7}\n"
				    "  containers:\n  - image: r.io/etcd:3.6.4-0\n"
				    "    command: [/usr/local/bin/etcd]\n    args: [--name=n1]\n"
				    "    env: [{name: A, value: b}, {name: C}]\n"));

	assert_non_null(process);
	assert_int_equal(((struct fixture *)*state)->list.items[0].kind, COMPONENT_ETCD);
	assert_int_equal(process->pid, 0);
	assert_int_equal(process->uid, 7);
	assert_string_equal(process->exe, "/usr/local/bin/etcd");
	assert_int_equal(process->argument_count, 2);
	assert_string_equal(process->arguments[1], "--name=n1");
	assert_string_equal(process->plan->from, PODS "/pod.yaml");
	assert_string_equal(process->plan->image, "r.io/etcd:3.6.4-0");
	assert_null(process->plan->problem);
	assert_int_equal(process->plan->environment_length, 7);
	assert_memory_equal(process->plan->environment, "A=b\0C=", 7);
}

static void who_runs_it_is_the_container_s_word_first(void **state)
{
	assert_int_equal(plan_of(*state, POD("  securityContext: {runAsUser: 7}\n"
					     "  containers:\n  - command: [etcd]\n"
					     "    securityContext: {runAsUser: 8}\n"))
				 ->uid,
			 8);
	assert_int_equal(plan_of(*state, POD("  containers:\n  - command: [etcd]\n"))->uid,
			 (uid_t)-1);
	assert_int_equal(plan_of(*state, POD("  containers:\n  - command: [etcd]\n"
					     "    securityContext: {runAsUser: -5}\n"))
				 ->uid,
			 (uid_t)-1);
}

static void an_environment_from_elsewhere_is_not_known(void **state)
{
	assert_null(plan_of(*state, POD("  containers:\n  - command: [etcd]\n"
					"    env: [{name: A, valueFrom: {fieldRef: {}}}]\n"))
			    ->plan->environment);
	assert_null(plan_of(*state, POD("  containers:\n  - command: [etcd]\n"
					"    env: [{name: A, value: $(B)}]\n"))
			    ->plan->environment);
	assert_null(plan_of(*state, POD("  containers:\n  - command: [etcd]\n    envFrom: []\n"))
			    ->plan->environment);
	assert_non_null(
		plan_of(*state, POD("  containers:\n  - command: [etcd]\n"))->plan->environment);
}

static void mounts_lead_to_the_host(void **state)
{
	const struct process_plan *plan =
		plan_of(*state, POD("  containers:\n  - command: [etcd]\n    volumeMounts:\n"
				    "    - {name: a, mountPath: /a//b/}\n"
				    "    - {name: a, mountPath: /sub, subPath: c/../d}\n"
				    "    - {name: a, mountPath: /expr, subPathExpr: x}\n"
				    "    - {name: b, mountPath: /made}\n"
				    "    - {name: none, mountPath: /none}\n"
				    "    - 7\n    - {name: a}\n"
				    "  volumes:\n  - {name: a, hostPath: {path: /srv/}}\n"
				    "  - {name: b, emptyDir: {}}\n"))
			->plan;

	assert_int_equal(plan->mount_count, 6);
	assert_string_equal(plan->mounts[0].inside, "/a/b");
	assert_string_equal(plan->mounts[0].outside, "/srv");
	assert_string_equal(plan->mounts[1].outside, "/srv/d");
	for (size_t i = 2; i < 6; i++)
		assert_null(plan->mounts[i].outside);
}

/* The file of a setting as the component is read with it; NULL: it is not known. */
static const char *read_path(struct fixture *fixture, const char *flag)
{
	CLEANUP(cleanup_observer) struct observer *observer = NULL;
	struct node node;
	const char *manifest = arena_printf(
		fixture->arena,
		POD("  containers:\n  - command: [etcd, '--cert-file=%s']\n    volumeMounts:\n"
		    "    - {name: a, mountPath: /a}\n    - {name: b, mountPath: /a/b}\n"
		    "  volumes:\n  - {name: a, hostPath: {path: /srv}}\n"
		    "  - {name: b, emptyDir: {}}\n"),
		flag);

	tree_write(&fixture->tree, PODS "/pod.yaml", manifest);
	tree_write(&fixture->tree, "/usr/lib/systemd/system/kubelet.service",
		   "[Service]\nExecStart=/usr/bin/kubelet --pod-manifest-path=" PODS "\n");
	assert_int_equal(observer_new(fixture->host, &observer), 0);
	assert_int_equal(observer_refresh(observer, OBSERVE_COMPONENTS, 1), 0);
	observer_node(observer, &node);
	assert_int_equal(node.component_count, 2);
	const struct setting *setting = component_setting(&node.components[1], "--cert-file");

	return setting->value.kind == VALUE_TEXT ? arena_text(fixture->arena, setting->value.text)
						 : NULL;
}

static void a_path_is_the_host_s_where_the_nearest_mount_says_so(void **state)
{
	assert_string_equal(read_path(*state, "/a/x.crt"), "/srv/x.crt");
	assert_string_equal(read_path(*state, "/a/c/../x.crt"), "/srv/x.crt");
	assert_string_equal(read_path(*state, "/a"), "/srv");
	assert_null(read_path(*state, "/a/b/x.crt"));
	assert_null(read_path(*state, "/a/../x.crt"));
	assert_null(read_path(*state, "/ab/x.crt"));
	assert_null(read_path(*state, "x.crt"));
}

static void what_cannot_be_understood_is_there_all_the_same(void **state)
{
	struct fixture *fixture = *state;

	assert_non_null(strstr(plan_of(fixture, POD("  containers:\n"
						    "  - command: [etcd, --name=$(N)]\n"))
				       ->plan->problem,
			       "variables"));
	assert_int_equal(fixture->list.items[0].process->argument_count, 0);
	assert_null(plan_of(fixture, "- x\n"));
	assert_null(plan_of(fixture, POD("  containers: [{command: [sleep, etcd-backup]}]\n")));
	tree_write(&fixture->tree, PODS "/.etcd.yaml", POD("  containers: [{command: [etcd]}]\n"));
	assert_null(plan_of(fixture, "{}"));
	tree_write(&fixture->tree, PODS "/etcd.yaml", "- x\n");
	assert_non_null(plan_of(fixture, "{}")->plan->problem);
}

static void a_kubelet_inside_another_program_is_not_nothing(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(plan_kubelet(fixture->host, fixture->arena, &fixture->list), 0);
	assert_int_equal(fixture->list.count, 0);
	tree_write(&fixture->tree, "/etc/systemd/system/rke2-agent.service",
		   "[Service]\nExecStart=/usr/local/bin/rke2 agent\n");
	assert_int_equal(plan_kubelet(fixture->host, fixture->arena, &fixture->list), 0);
	assert_int_equal(fixture->list.count, 1);
	assert_string_equal(fixture->list.items[0].process->plan->from, "rke2-agent.service");
	assert_non_null(fixture->list.items[0].process->plan->problem);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_pod_is_a_process_without_a_pid),
		TEST(who_runs_it_is_the_container_s_word_first),
		TEST(an_environment_from_elsewhere_is_not_known),
		TEST(mounts_lead_to_the_host),
		TEST(a_path_is_the_host_s_where_the_nearest_mount_says_so),
		TEST(what_cannot_be_understood_is_there_all_the_same),
		TEST(a_kubelet_inside_another_program_is_not_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
