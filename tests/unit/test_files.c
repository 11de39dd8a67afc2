/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "observe/files/files.h"
#include "observe/files/walk.h"
#include "tree.h"

#define KUBECONFIG "users:\n- name: u\n  user:\n    "

struct fixture {
	struct tree tree;
	struct host *host;
	struct arena *arena;
	struct process process;
	struct setting settings[8];
	struct component component;
	struct file_list files;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	tree_make(&fixture->tree);
	tree_process(&fixture->tree, 900, "/usr/bin/kubelet",
		     (const char *const[]){ "/usr/bin/kubelet", NULL });
	fixture->arena = arena_new();
	fixture->process = (struct process){ .pid = 900 };
	fixture->component = (struct component){ .kind = COMPONENT_KUBELET,
						 .process = &fixture->process,
						 .settings = fixture->settings };
	*state = fixture;
	return host_open(fixture->tree.path, &fixture->host);
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	host_free(fixture->host);
	tree_remove(&fixture->tree);
	arena_free(fixture->arena);
	free(fixture);
	return 0;
}

/* Settings are given in the order of their names. */
static void set(struct fixture *fixture, const char *name, const char *text)
{
	fixture->settings[fixture->component.setting_count++] =
		(struct setting){ .name = name, .value = { .kind = VALUE_TEXT, .text = text } };
}

static void observe(struct fixture *fixture)
{
	assert_int_equal(files_observe(fixture->host, &fixture->component, 1, fixture->arena,
				       &fixture->files),
			 0);
}

static const struct file_fact *fact_at(const struct fixture *fixture, const char *path)
{
	for (size_t i = 0; i < fixture->files.count; i++)
		if (text_equal(fixture->files.items[i].path, path))
			return &fixture->files.items[i];
	return NULL;
}

static const struct file_fact *observe_one(struct fixture *fixture, const char *path)
{
	observe(fixture);
	const struct file_fact *fact = fact_at(fixture, path);

	assert_non_null(fact);
	return fact;
}

static size_t count_of(const struct fixture *fixture, const char *object)
{
	size_t count = 0;

	for (size_t i = 0; i < fixture->files.count; i++)
		count += text_equal(fixture->files.items[i].object, object) &&
			 fixture->files.items[i].status == FILE_READ;
	return count;
}

static void mode_owner_and_way_are_those_of_the_file(void **state)
{
	struct fixture *fixture = *state;

	tree_write(&fixture->tree, "/srv/k/kubelet.conf", KUBECONFIG "token: abc\n");
	tree_set_mode(&fixture->tree, "/srv/k/kubelet.conf", 0640);
	tree_set_owner(&fixture->tree, "/srv/k/kubelet.conf", 1000, 4);
	tree_set_mode(&fixture->tree, "/srv/k", 0775);
	set(fixture, "--kubeconfig", "/srv/k/kubelet.conf");
	const struct file_fact *fact = observe_one(fixture, "/srv/k/kubelet.conf");

	assert_string_equal(fact->object, "kubelet-kubeconfig");
	assert_int_equal(fact->status, FILE_READ);
	assert_int_equal(fact->pid, 900);
	assert_int_equal(fact->mode, 0100640);
	assert_int_equal(fact->uid, 1000);
	assert_int_equal(fact->gid, 4);
	assert_null(fact->target);
	assert_true(fact->holds_secret);
	assert_false(fact->has_acl);
	assert_int_equal(fact->step_count, 3);
	assert_string_equal(fact->steps[0].path, "/");
	assert_string_equal(fact->steps[2].path, "/srv/k");
	assert_int_equal(fact->steps[2].mode, 0040775);
}

static void links_are_judged_at_their_target(void **state)
{
	struct fixture *fixture = *state;

	tree_write(&fixture->tree, "/data/real/kubelet.conf", KUBECONFIG "exec: {command: aws}\n");
	tree_set_mode(&fixture->tree, "/data/real/kubelet.conf", 0600);
	tree_link(&fixture->tree, "/etc/k8s", "../data/real/.");
	tree_link(&fixture->tree, "/opt/kubelet.conf", "/etc/k8s/kubelet.conf");
	set(fixture, "--kubeconfig", "/opt/kubelet.conf");
	const struct file_fact *fact = observe_one(fixture, "/opt/kubelet.conf");
	static const char *const WAY[] = { "/", "/opt", "/etc", "/data", "/data/real" };

	assert_int_equal(fact->status, FILE_READ);
	assert_string_equal(fact->target, "/data/real/kubelet.conf");
	assert_int_equal(fact->mode, 0100600);
	assert_false(fact->holds_secret);
	assert_int_equal(fact->step_count, ARRAY_SIZE(WAY));
	for (size_t i = 0; i < ARRAY_SIZE(WAY); i++)
		assert_string_equal(fact->steps[i].path, WAY[i]);
}

static void what_leads_nowhere_has_its_reason(void **state)
{
	struct fixture *fixture = *state;

	tree_link(&fixture->tree, "/etc/a", "b");
	tree_link(&fixture->tree, "/etc/b", "/etc/a");
	tree_link(&fixture->tree, "/etc/gone", "/not/there");
	tree_fifo(&fixture->tree, "/etc/fifo");
	set(fixture, "--bootstrap-kubeconfig", "/etc/nothing");
	set(fixture, "--config", "/etc/a");
	set(fixture, "--kubeconfig", "/etc/gone");
	set(fixture, "authentication.x509.clientCAFile", "/etc/fifo");
	const struct file_fact *loop = observe_one(fixture, "/etc/a");

	assert_int_equal(loop->status, FILE_UNREADABLE);
	assert_string_equal(loop->problem, "is a loop of symlinks, or leads through a magic link");
	const struct file_fact *dangling = fact_at(fixture, "/etc/gone");

	assert_int_equal(dangling->status, FILE_UNREADABLE);
	assert_true(text_matches_glob(dangling->problem, "*leads to /not, which does not exist"));
	assert_int_equal(fact_at(fixture, "/etc/nothing")->status, FILE_ABSENT);
	/* Its mode is known, and it was not opened. */
	assert_int_equal(fact_at(fixture, "/etc/fifo")->status, FILE_READ);
}

static void a_process_has_its_own_root(void **state)
{
	struct fixture *fixture = *state;

	tree_write(&fixture->tree, "/srv/ct/etc/k.conf", "");
	tree_set_mode(&fixture->tree, "/srv/ct/etc/k.conf", 0604);
	tree_write(&fixture->tree, "/etc/k.conf", "");
	tree_link(&fixture->tree, "/proc/900/root", "/srv/ct");
	tree_link(&fixture->tree, "/srv/ct/out", "/../../../etc/k.conf");
	set(fixture, "--config", "/out");
	set(fixture, "--kubeconfig", "/etc/k.conf");
	const struct file_fact *fact = observe_one(fixture, "/etc/k.conf");

	assert_int_equal(fact->mode & 07777, 0604);
	assert_int_equal(fact->step_count, 2);
	assert_int_equal(fact_at(fixture, "/out")->mode & 07777, 0604);
	assert_string_equal(fact_at(fixture, "/out")->target, "/etc/k.conf");
}

static void directories_are_bounded_and_loops_end(void **state)
{
	struct fixture *fixture = *state;
	char path[64];

	for (int i = 0; i < 600; i++) {
		snprintf(path, sizeof(path), "/etc/kubernetes/manifests/p%d.yaml", i);
		tree_write(&fixture->tree, path, "");
	}
	tree_write(&fixture->tree, "/etc/kubernetes/pki/etcd/ca.key",
		   "-----BEGIN PRIVATE KEY-----\n");
	tree_write(&fixture->tree, "/etc/kubernetes/pki/etcd/ca.crt", "");
	tree_link(&fixture->tree, "/etc/kubernetes/pki/again", "../pki");
	tree_link(&fixture->tree, "/etc/kubernetes/pki/etcd/up", "..");
	set(fixture, "staticPodPath", "/etc/kubernetes/manifests/");
	observe(fixture);
	const struct file_fact *fact = fact_at(fixture, "/etc/kubernetes/manifests");

	assert_int_equal(fact->status, FILE_READ);
	assert_int_equal(fact[1].status, FILE_UNREADABLE);
	assert_string_equal(fact[1].problem, "holds more files than this agent looks at");
	assert_int_equal(count_of(fixture, "static-pod"), 0);
	assert_int_equal(count_of(fixture, "pki-key"), 1);
	assert_int_equal(count_of(fixture, "pki-certificate"), 1);
	assert_true(fact_at(fixture, "/etc/kubernetes/pki/etcd/ca.key")->holds_secret);
	assert_true(fact_at(fixture, "/etc/kubernetes/pki/again")->is_again);
}

static void a_units_files_are_found(void **state)
{
	struct fixture *fixture = *state;
	const struct tree *tree = &fixture->tree;

	fixture->process.unit = "kubelet.service";
	tree_write(tree, "/usr/lib/systemd/system/kubelet.service",
		   "[Unit]\nEnvironmentFile=/etc/not\n[Service]\nEnvironmentFile=-/etc/first\n");
	tree_link(tree, "/lib", "usr/lib");
	tree_write(tree, "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf",
		   "[Service]\nEnvironmentFile=\nEnvironmentFile=-/var/flags\\\n.env\n"
		   " EnvironmentFile = /etc/conf.d/*.conf\nEnvironmentFile=/etc/%i\n");
	tree_write(tree, "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf", "[Service]\n");
	tree_write(tree, "/etc/systemd/system/kubelet.service.d/20-more.conf",
		   "[Service]\nEnvironmentFile=\nEnvironmentFile=-/etc/more\n"
		   "EnvironmentFile=/etc/conf.d/*.conf\n");
	tree_write(tree, "/etc/conf.d/a.conf", "");
	tree_write(tree, "/etc/conf.d/b.txt", "");
	tree_write(tree, "/etc/more", "");
	tree_write(tree, "/etc/first", "");
	tree_write(tree, "/etc/not", "");
	observe(fixture);
	assert_int_equal(count_of(fixture, "kubelet-unit"), 5);
	assert_non_null(fact_at(fixture, "/usr/lib/systemd/system/kubelet.service"));
	assert_non_null(fact_at(fixture, "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf"));
	assert_non_null(fact_at(fixture, "/etc/systemd/system/kubelet.service.d/20-more.conf"));
	assert_null(fact_at(fixture, "/etc/first"));
	assert_non_null(fact_at(fixture, "/etc/more"));
	assert_non_null(fact_at(fixture, "/etc/conf.d/a.conf"));
}

static void a_root_that_is_gone_is_a_fact(void **state)
{
	struct fixture *fixture = *state;

	tree_link(&fixture->tree, "/proc/900/root", "/gone");
	set(fixture, "--kubeconfig", "/etc/k.conf");
	observe(fixture);
	assert_int_equal(fixture->files.count, 1);
	assert_null(fixture->files.items[0].object);
	assert_int_equal(fixture->files.items[0].status, FILE_UNREADABLE);
	assert_non_null(fixture->files.items[0].problem);
}

/* user::rw- user:1000:rw- group::--- mask::rw- other::--- */
static const unsigned char ACCESS_LIST[] = {
	2, 0,	 0,   0,   1,	0,   6,	 0, 255, 255, 255, 255, 2,   0,	  6,
	0, 0xe8, 3,   0,   0,	4,   0,	 0, 0,	 255, 255, 255, 255, 16,  0,
	6, 0,	 255, 255, 255, 255, 32, 0, 0,	 0,   255, 255, 255, 255,
};

static void access_lists_are_read(void **state)
{
	struct fixture *fixture = *state;
	char path[128];

	tree_write(&fixture->tree, "/etc/k.conf", "");
	tree_set_mode(&fixture->tree, "/etc/k.conf", 0600);
	snprintf(path, sizeof(path), "%s/etc/k.conf", fixture->tree.path);
	if (setxattr(path, "system.posix_acl_access", ACCESS_LIST, sizeof(ACCESS_LIST), 0) < 0)
		skip();
	set(fixture, "--kubeconfig", "/etc/k.conf");
	const struct file_fact *fact = observe_one(fixture, "/etc/k.conf");

	assert_int_equal(fact->mode, 0100660);
	assert_true(fact->has_acl);
	assert_int_equal(fact->acl_permissions, 6);
	assert_string_equal(fact->acl_names, "user 1000 rw-");
}

/* Where they lead is another place for every process: their text would be a wrong path. */
static void links_of_the_kernel_are_not_followed(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct walk walk = { .arena = arena };
	struct walked walked;

	assert_int_equal(file_root_open("/", &walk.root), 0);
	assert_int_equal(walk_to(&walk, "/proc/self/root/etc", &walked), 0);
	assert_int_equal(walked.error, -ELOOP);
	assert_int_equal(walk_to(&walk, "/proc/1/exe", &walked), 0);
	assert_int_equal(walked.error, -ELOOP);
	close(walk.root);
}

static void ways_without_end_end(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct walk walk = { .root = host_root(fixture->host), .arena = arena };
	struct walked walked;
	char path[PATH_MAX] = "";

	tree_link(&fixture->tree, "/up/again", "..");
	for (int i = 0; i < 50; i++)
		memcpy(path + strlen(path), "/up/again", sizeof("/up/again"));
	assert_int_equal(walk_to(&walk, path, &walked), 0);
	assert_int_equal(walked.error, -ELOOP);
	path[0] = '\0';
	for (int i = 0; i < 100; i++)
		memcpy(path + strlen(path), "/d", sizeof("/d"));
	memcpy(path + strlen(path), "/f", sizeof("/f"));
	tree_write(&fixture->tree, path, "");
	assert_int_equal(walk_to(&walk, path, &walked), 0);
	assert_int_equal(walked.error, -ENAMETOOLONG);
	assert_int_equal(walk_to(&walk, "/../../up/./..//up", &walked), 0);
	assert_int_equal(walked.error, 0);
	assert_string_equal(walked.path, "/up");
	assert_int_equal(walk_to(&walk, "/", &walked), 0);
	assert_int_equal(walked.step_count, 0);
	tree_write(&fixture->tree, "/file", "");
	assert_int_equal(walk_to(&walk, "/file/below", &walked), 0);
	assert_int_equal(walked.error, -ENOTDIR);
}

/* What runs in a pod sees the same file under its own paths. */
static void one_file_is_one_fact_of_an_object(void **state)
{
	struct fixture *fixture = *state;
	struct process scheduler = { .pid = 910 };
	struct setting setting = { .name = "--kubeconfig",
				   .value = { .kind = VALUE_TEXT,
					      .text = "/etc/kubernetes/scheduler.conf" } };
	const struct component components[] = {
		{ .kind = COMPONENT_SCHEDULER,
		  .process = &scheduler,
		  .settings = &setting,
		  .setting_count = 1 },
		fixture->component,
	};
	char path[128], other[128];

	tree_write(&fixture->tree, "/etc/kubernetes/scheduler.conf", "");
	tree_directory(&fixture->tree, "/srv/pod/etc/kubernetes");
	snprintf(path, sizeof(path), "%s/etc/kubernetes/scheduler.conf", fixture->tree.path);
	snprintf(other, sizeof(other), "%s/srv/pod/etc/kubernetes/scheduler.conf",
		 fixture->tree.path);
	tree_directory(&fixture->tree, "/srv/pod/etc/kubernetes/x");
	assert_int_equal(link(path, other), 0);
	tree_link(&fixture->tree, "/proc/910/root", "/srv/pod");
	assert_int_equal(
		files_observe(fixture->host, components, 2, fixture->arena, &fixture->files), 0);
	assert_int_equal(count_of(fixture, "scheduler-kubeconfig"), 2);
	for (size_t i = 0; i < fixture->files.count; i++)
		if (text_equal(fixture->files.items[i].object, "scheduler-kubeconfig"))
			assert_int_equal(fixture->files.items[i].is_again,
					 fixture->files.items[i].pid == 910);
}

static void two_kubelets_are_judged_by_themselves(void **state)
{
	struct fixture *fixture = *state;
	struct process other = { .pid = 901 };

	tree_write(&fixture->tree, "/etc/k.conf", "");
	set(fixture, "--kubeconfig", "/etc/k.conf");
	struct component components[] = { fixture->component, fixture->component };

	components[1].process = &other;
	assert_int_equal(
		files_observe(fixture->host, components, 2, fixture->arena, &fixture->files), 0);
	assert_int_equal(count_of(fixture, "kubelet-kubeconfig"), 2);
	for (size_t i = 0; i < fixture->files.count; i++)
		assert_false(fixture->files.items[i].is_again);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(mode_owner_and_way_are_those_of_the_file),
		TEST(links_are_judged_at_their_target),
		TEST(what_leads_nowhere_has_its_reason),
		TEST(a_process_has_its_own_root),
		TEST(directories_are_bounded_and_loops_end),
		TEST(a_units_files_are_found),
		TEST(a_root_that_is_gone_is_a_fact),
		TEST(access_lists_are_read),
		TEST(links_of_the_kernel_are_not_followed),
		TEST(ways_without_end_end),
		TEST(one_file_is_one_fact_of_an_object),
		TEST(two_kubelets_are_judged_by_themselves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
