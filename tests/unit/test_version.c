/* SPDX-License-Identifier: Apache-2.0 */
/* The version of a component: from its program's file, its place, its package, or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/text.h"
#include "go_program.h"
#include "observe/observer.h"
#include "observe/version/version.h"
#include "version_node.h"

#define GET    "k8s.io/component-base/version.Get"
#define VENDOR "k8s.io/kubernetes/vendor/"

static const char *find_kubelet(struct fixture *fixture, const struct go_program *program)
{
	unsigned char image[GO_PROGRAM_BYTES];

	go_program_make(program, image);
	tree_write_bytes(&fixture->tree, KUBELET, image, sizeof(image));
	return version_find_in(fixture, KUBELET, COMPONENT_KUBELET).version;
}
#define FIND(fixture, ...) find_kubelet(fixture, &(struct go_program){ __VA_ARGS__ })

static void flags_of_the_linker_say_it(void **state)
{
	struct fixture *fixture = *state;

	assert_string_equal(
		FIND(fixture, .modules = "path\tk8s.io/kubernetes/cmd/kubelet\n"
					 "build\t-ldflags=\"-s -w -X 'k8s.io/kubernetes/vendor/"
					 "k8s.io/component-base/version.gitVersion=v1.24.2'\"\n"),
		"1.24.2");
	assert_string_equal(FIND(fixture, .modules = "build\t-ldflags=\"-X k8s.io/component-base/"
						     "version.gitVersion=v1.31.4+k3s1 -s\"\n"),
			    "1.31.4+k3s1");
	/* A variable of another name that ends alike, and a setting of another kind. */
	assert_null(FIND(fixture, .modules = "build\t-ldflags=\"-X example.com/notk8s.io/"
					     "component-base/version.gitVersionX=v1.2.3\"\n"));
	assert_null(FIND(fixture, .modules = "build\t-tags=k8s.io/component-base/"
					     "version.gitVersion=v1.2.3\n"));
}

static void modules_say_it(void **state)
{
	struct fixture *fixture = *state;

	assert_string_equal(FIND(fixture, .modules = "path\tgithub.com/k3s-io/k3s/cmd/server\n"
						     "dep\tk8s.io/kubernetes\tv1.31.4\n"
						     "=>\tgithub.com/k3s-io/kubernetes\t"
						     "v1.31.4-k3s1\th1:abc=\n"),
			    "1.31.4-k3s1");
	/* The commit after 1.30.0 that it was made of may be of any patch. */
	assert_string_equal(FIND(fixture, .modules = "dep\tk8s.io/kubernetes\tv1.30.1\n"
						     "=>\tgithub.com/openshift/kubernetes\t"
						     "v1.30.1-0.20240514120000-abcdefabcdef\n"),
			    "1.30");
	assert_null(FIND(fixture, .modules = "mod\tk8s.io/kubernetes\t(devel)\t\n"
					     "dep\tk8s.io/api\tv0.31.4\n"));
	assert_null(FIND(fixture, .modules = "dep\tk8s.io/kubernetes\tv0.0.0\n"));
}

static void the_code_says_it_where_all_else_is_stripped(void **state)
{
	struct fixture *fixture = *state;

	assert_string_equal(FIND(fixture, .function = GET, .variable = "v1.33.1"), "1.33.1");
	assert_string_equal(FIND(fixture, .function = VENDOR GET, .variable = "v1.22.0",
				 .table_magic = 0xfffffff0U),
			    "1.22.0");
	assert_string_equal(FIND(fixture, .modules = "mod\tk8s.io/kubernetes\t(devel)\n",
				 .function = "k8s.io/component-base/version.init.0",
				 .variable = "v1.34.0-rc.1"),
			    "1.34.0-rc.1");
}

static void no_other_text_is_taken_for_it(void **state)
{
	struct fixture *fixture = *state;

	assert_null(FIND(fixture, .function = "k8s.io/client-go/pkg/version.Get",
			 .variable = "v1.33.1"));
	assert_null(FIND(fixture, .function = "evilk8s.io/component-base/version.Get",
			 .variable = "v1.33.1"));
	assert_null(FIND(fixture, .function = GET, .variable = "v0.0.0-master+$Format:%H$"));
	assert_null(FIND(fixture, .function = GET, .variable = "1.33.1"));
	assert_null(FIND(fixture, .function = GET, .variable = "v1.33.1", .text_start = 1));
	assert_null(FIND(fixture, .function = GET, .variable = "v1.33.1", .table_magic = 1));
	tree_write(&fixture->tree, KUBELET, "#!/bin/sh\n# v1.33.1\n");
	assert_null(version_find_in(fixture, KUBELET, COMPONENT_KUBELET).version);
}

static void etcd_is_known_by_its_module(void **state)
{
	struct fixture *fixture = *state;
	unsigned char image[GO_PROGRAM_BYTES];

	go_program_make(&(struct go_program){ .modules = "mod\tgo.etcd.io/etcd/server/v3\t(devel)\n"
							 "dep\tgo.etcd.io/etcd/api/v3\tv3.5.15\n"
							 "=>\t../api\t(devel)\n" },
			image);
	tree_write_bytes(&fixture->tree, "/usr/local/bin/etcd", image, sizeof(image));
	assert_string_equal(version_find_in(fixture, "/usr/local/bin/etcd", COMPONENT_ETCD).version,
			    "3.5.15");
}

static void places_say_it(void **state)
{
	struct fixture *fixture = *state;

	tree_write(&fixture->tree, "/snap/microk8s/7000/meta/snap.yaml",
		   "name: microk8s\nversion: v1.31.4\n");
	assert_string_equal(
		version_find_in(fixture, "/snap/microk8s/7000/kubelite", COMPONENT_SCHEDULER)
			.version,
		"1.31.4");
	assert_string_equal(
		version_find_in(fixture,
				"/var/lib/rancher/rke2/data/v1.30.2-rke2r1-0a1b2c/bin/kubelet",
				COMPONENT_KUBELET)
			.version,
		"1.30.2");
	assert_null(version_find_in(fixture, "/srv/rke2/data/1.30.2-rke2r1/bin/kubelet",
				    COMPONENT_KUBELET)
			    .version);
	tree_write(&fixture->tree, "/etc/os-release",
		   "NAME=Bottlerocket\nID=bottlerocket\nVARIANT_ID=aws-k8s-1.31-nvidia\n");
	assert_string_equal(version_find_in(fixture, KUBELET, COMPONENT_KUBELET).version, "1.31");
	assert_null(version_find_in(fixture, KUBELET, COMPONENT_APISERVER).version);
}

static void write_package(const struct tree *tree, const char *version, long long installed)
{
	char status[512];

	snprintf(status, sizeof(status),
		 "Package: kubelet-doc\nStatus: install ok installed\nVersion: 9\n\n"
		 "Package: kubelet\nStatus: install ok installed\nPriority: optional\n"
		 "Version: %s\n\nPackage: x\nStatus: install ok installed\nVersion: 2\n",
		 version);
	tree_write(tree, "/var/lib/dpkg/status", status);
	tree_write(tree, "/var/lib/dpkg/info/kubelet.list", "/.\n/usr\n/usr/bin/kubelet\n");
	tree_set_time(tree, "/var/lib/dpkg/info/kubelet.list", installed);
}

static void a_package_speaks_for_what_it_installed_before_the_start(void **state)
{
	struct fixture *fixture = *state;

	write_package(&fixture->tree, "1.31.4-1.1", BOOT - 10);
	assert_string_equal(version_find_in(fixture, KUBELET, COMPONENT_KUBELET).version, "1.31.4");
	assert_null(version_find_in(fixture, "/usr/bin/kubelet2", COMPONENT_KUBELET).version);
	assert_null(version_find_in(fixture, KUBELET, COMPONENT_ETCD).version);
	write_package(&fixture->tree, "1:1.20.5+really1.20.2-1", BOOT - 10);
	assert_string_equal(version_find_in(fixture, KUBELET, COMPONENT_KUBELET).version, "1.20.2");
	write_package(&fixture->tree, "1.32.0-1.1", BOOT + 10);
	assert_null(version_find_in(fixture, KUBELET, COMPONENT_KUBELET).version);
}

/* How often the program was opened to be read since the last time that this was asked. */
static unsigned times_opened(int watch)
{
	_Alignas(struct inotify_event) char events[4096];
	unsigned count = 0;
	ssize_t size;

	while ((size = read(watch, events, sizeof(events))) > 0)
		for (ssize_t at = 0; at < size;) {
			const void *event = events + at;

			count++;
			at += (ssize_t)(sizeof(struct inotify_event) +
					((const struct inotify_event *)event)->len);
		}
	return count;
}

static const char *kubelet_version(struct observer *observer)
{
	struct node node;

	assert_int_equal(observer_refresh(observer, OBSERVE_COMPONENTS, 1), 0);
	observer_node(observer, &node);
	assert_int_equal(node.component_count, 1);
	return node.components[0].version;
}

static void write_kubelet(const struct tree *tree, const char *path, const char *version)
{
	const struct go_program program = { .function = GET, .variable = version };
	unsigned char image[GO_PROGRAM_BYTES];

	go_program_make(&program, image);
	tree_write_bytes(tree, path, image, sizeof(image));
}

static void a_program_that_stays_is_read_once(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP(cleanup_host) struct host *host = NULL;
	CLEANUP(cleanup_observer) struct observer *observer = NULL;
	CLEANUP_CLOSE int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	char path[128], other[128];

	snprintf(path, sizeof(path), "%s" KUBELET, fixture->tree.path);
	snprintf(other, sizeof(other), "%s/usr/bin/new", fixture->tree.path);
	write_kubelet(&fixture->tree, KUBELET, "v1.33.1");
	tree_process(&fixture->tree, PID, KUBELET, (const char *const[]){ KUBELET, NULL });
	assert_int_equal(host_open(fixture->tree.path, &host), 0);
	assert_int_equal(observer_new(host, &observer), 0);
	assert_true(inotify_add_watch(watch, path, IN_OPEN) >= 0);

	assert_string_equal(kubelet_version(observer), "1.33.1");
	assert_int_equal(times_opened(watch), 1);
	assert_string_equal(kubelet_version(observer), "1.33.1");
	assert_int_equal(times_opened(watch), 0);
	/* As an update does it: another file under the same name, of the same size. */
	write_kubelet(&fixture->tree, "/usr/bin/new", "v1.33.2");
	assert_int_equal(rename(other, path), 0);
	assert_string_equal(kubelet_version(observer), "1.33.2");
	/* Or written over. */
	write_kubelet(&fixture->tree, KUBELET, "v1.33.3");
	assert_string_equal(kubelet_version(observer), "1.33.3");
}

static void what_programs_told_is_kept_apart_and_bounded(void **state)
{
	struct version_memory *memory = version_memory_new();
	struct program_version told = { 0 };
	struct stat file = { .st_ino = 1 };

	(void)state;
	assert_non_null(memory);
	version_memory_note(memory, &file, COMPONENT_KUBELET,
			    &(struct program_version){ "v1.31.4", "x" });
	assert_false(version_memory_get(memory, &file, COMPONENT_ETCD, &told));
	assert_true(version_memory_get(memory, &file, COMPONENT_KUBELET, &told));
	assert_string_equal(told.version, "v1.31.4");
	assert_false(version_memory_get(NULL, &file, COMPONENT_KUBELET, &told));
	file.st_ctim.tv_nsec++;
	assert_false(version_memory_get(memory, &file, COMPONENT_KUBELET, &told));
	/* That one says nothing is remembered, too; the oldest makes room. */
	for (unsigned i = 0; i < VERSION_MEMORY_MAX; i++) {
		file.st_ino = 2 + i;
		version_memory_note(memory, &file, COMPONENT_ETCD, &(struct program_version){ 0 });
	}
	assert_true(version_memory_get(memory, &file, COMPONENT_ETCD, &told));
	assert_null(told.version);
	file = (struct stat){ .st_ino = 1 };
	assert_false(version_memory_get(memory, &file, COMPONENT_KUBELET, &told));
	version_memory_free(memory);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, version_set_up, version_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(flags_of_the_linker_say_it),
		TEST(modules_say_it),
		TEST(the_code_says_it_where_all_else_is_stripped),
		TEST(no_other_text_is_taken_for_it),
		TEST(etcd_is_known_by_its_module),
		TEST(places_say_it),
		TEST(a_package_speaks_for_what_it_installed_before_the_start),
		TEST(a_program_that_stays_is_read_once),
		TEST(what_programs_told_is_kept_apart_and_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
