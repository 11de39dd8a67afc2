/* SPDX-License-Identifier: Apache-2.0 */
/* The version of a component from RPM's database, whatever somebody wrote into that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/limits.h"
#include "base/text.h"
#include "observe/version/rpm_header.h"
#include "rpm_package.h"
#include "version_node.h"

#define DATABASE "/var/lib/rpm/rpmdb.sqlite"

static struct found_version find_of(struct fixture *fixture, const char *exe,
				    enum component_kind kind)
{
	sqlite3_int64 hard = sqlite3_hard_heap_limit64(-1), soft = 1 << 30;

	sqlite3_soft_heap_limit64(soft);
	struct found_version found = version_find_in(fixture, exe, kind);

	/* What was set for the whole program is as it was. */
	assert_int_equal(sqlite3_hard_heap_limit64(-1), hard);
	assert_int_equal(sqlite3_soft_heap_limit64(-1), soft);
	assert_null(sqlite3_vfs_find("nodelatch-descriptor"));
	return found;
}

static const char *find_kubelet(struct fixture *fixture)
{
	return find_of(fixture, KUBELET, COMPONENT_KUBELET).version;
}

static const char *find_by(struct fixture *fixture, const struct rpm_package *packages,
			   size_t count)
{
	rpm_database_write(&fixture->tree, DATABASE, packages, count, NULL);
	return find_kubelet(fixture);
}
#define FIND(fixture, ...)                                                                         \
	find_by(fixture, (const struct rpm_package[]){ __VA_ARGS__ },                              \
		sizeof((const struct rpm_package[]){ __VA_ARGS__ }) / sizeof(struct rpm_package))

/* What is found when somebody wrote further things into a good database. */
static const char *find_after(struct fixture *fixture, const char *statements)
{
	rpm_database_write(&fixture->tree, DATABASE, &(struct rpm_package){ 0 }, 1, statements);
	return find_kubelet(fixture);
}

static void a_package_says_it(void **state)
{
	struct fixture *fixture = *state;
	struct found_version found;

	assert_string_equal(FIND(fixture, { .name = "kubelet" }), "1.31.4");
	found = find_of(fixture, KUBELET, COMPONENT_KUBELET);
	assert_string_equal(found.detail, "package kubelet in RPM's database, which installed "
					  "/usr/bin/kubelet, is of version 1.31.4");
	assert_null(find_of(fixture, KUBELET, COMPONENT_ETCD).version);
	assert_null(find_of(fixture, "/usr/bin/kubelet2", COMPONENT_KUBELET).version);
	assert_null(find_of(fixture, "/opt/bin/kubelet", COMPONENT_KUBELET).version);
	assert_null(find_of(fixture, "/usr/sbin/kubelet", COMPONENT_KUBELET).version);
}

static void it_may_be_below_usr_lib(void **state)
{
	struct fixture *fixture = *state;
	const struct rpm_package package = { .version = "1.30.2" };

	rpm_database_write(&fixture->tree, "/usr/lib/sysimage/rpm/rpmdb.sqlite", &package, 1, NULL);
	assert_string_equal(find_kubelet(fixture), "1.30.2");
	/* As on Fedora; the link is inside the tree. */
	tree_link(&fixture->tree, "/var/lib/rpm", "/usr/lib/sysimage/rpm");
	assert_string_equal(find_kubelet(fixture), "1.30.2");
}

static void it_speaks_for_what_it_installed_before_the_start(void **state)
{
	struct fixture *fixture = *state;

	assert_string_equal(FIND(fixture, { .installed_at = BOOT }), "1.31.4");
	assert_null(FIND(fixture, { .installed_at = BOOT + 1 }));
	/* Listed, but made by others, left out, or taken over by another package. */
	assert_null(FIND(fixture, { .flags = 64 }));
	assert_string_equal(FIND(fixture, { .flags = 1 }), "1.31.4");
	assert_null(FIND(fixture, { .state = 1 }));
	assert_null(FIND(fixture, { .state = 2 }));
	/* /bin is a link. */
	assert_string_equal(
		FIND(fixture, { .directories = { "/bin/" }, .base_names = { "kubelet" } }),
		"1.31.4");
	assert_null(FIND(fixture, { .directories = { "/usr/bin/", "/bin/" },
				    .base_names = { "kubectl", "kubelet2" } }));
	/* The directories' and the names' order are two things. */
	assert_null(FIND(fixture, { .directories = { "/usr/bin/", "/usr/lib/" },
				    .base_names = { "kubeadm", "kubelet" } }));
}

static void only_packages_of_the_components_number_speak(void **state)
{
	struct fixture *fixture = *state;

	assert_null(FIND(fixture, { .name = "openshift-kubelet", .version = "4.16.0" }));
	assert_null(FIND(fixture, { .name = "our-node-tools" }));
	assert_string_equal(FIND(fixture, { .name = "kubernetes-node" }), "1.31.4");
	assert_string_equal(FIND(fixture, { .name = "kubernetes1.31" }), "1.31.4");
	assert_string_equal(FIND(fixture, { .name = "kubernetes1.31-kubelet" }), "1.31.4");
	assert_null(FIND(fixture, { .name = "kubernetes1.3" }));
	assert_null(FIND(fixture, { .name = "kubernetes1.32" }));
	assert_null(FIND(fixture, { .name = "kubernetes1.31x" }));
	assert_null(FIND(fixture, { .version = "1.32.0~rc.1" }));
	assert_null(FIND(fixture, { .version = "1" }));
	assert_null(FIND(fixture, { .version = "" }));
	assert_null(FIND(fixture, { .version = "\x1b[2J1.31.4" }));
}

static void two_that_disagree_say_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct rpm_package many[RPM_PACKAGES_MAX + 1] = { 0 };

	assert_string_equal(FIND(fixture, { 0 }, { 0 }), "1.31.4");
	assert_null(FIND(fixture, { 0 }, { .version = "1.32.0" }));
	assert_null(FIND(fixture, { 0 }, { .name = "our-node-tools" }));
	/* Amid an upgrade: the newer one is not what runs. */
	assert_string_equal(
		FIND(fixture, { 0 }, { .version = "1.32.0", .installed_at = BOOT + 10 }), "1.31.4");
	assert_string_equal(find_by(fixture, many, RPM_PACKAGES_MAX), "1.31.4");
	assert_null(find_by(fixture, many, RPM_PACKAGES_MAX + 1));
}

static void damaged_headers_say_nothing(void **state)
{
	static const uint32_t TAGS[] = { 1000, 1001, 1008, 1029, 1037, 1116, 1117, 1118 };
	static const uint32_t DAMAGES[] = { 2000, 0x40000000, 0x80000000, 0xffffffff };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_SIZE(TAGS); i++) {
		assert_null(FIND(fixture, { .without_tag = TAGS[i] }));
		assert_null(FIND(fixture, { .wrong_type_tag = TAGS[i] }));
		/* Of texts there are as many as there are. */
		if (i >= 2 && i <= 5)
			assert_null(FIND(fixture, { .endless_tag = TAGS[i] }));
		for (size_t k = 0; k < ARRAY_SIZE(DAMAGES); k++)
			assert_null(
				FIND(fixture, { .damaged_tag = TAGS[i], .damage = DAMAGES[k] }));
	}
}

static void headers_of_a_wrong_length_are_none(void **state)
{
	unsigned char bytes[RPM_HEADER_ROOM + 1];
	size_t length = rpm_package_make(&(struct rpm_package){ 0 }, bytes);
	struct rpm_header header;

	assert_int_equal(rpm_header_open(bytes, length, &header), 0);
	assert_true(rpm_header_installed(&header, KUBELET));
	assert_int_equal(rpm_header_open(bytes, length + 1, &header), -EINVAL);
	for (size_t i = 0; i < length; i++)
		assert_int_equal(rpm_header_open(bytes, i, &header), -EINVAL);
	memset(bytes, 0xff, 8);
	assert_int_equal(rpm_header_open(bytes, length, &header), -EINVAL);
}

static void a_log_that_is_not_folded_in_counts(void **state)
{
	struct fixture *fixture = *state;

	assert_string_equal(FIND(fixture, { 0 }), "1.31.4");
	tree_write(&fixture->tree, DATABASE "-wal", "");
	assert_string_equal(find_kubelet(fixture), "1.31.4");
	tree_write(&fixture->tree, DATABASE "-wal", "7");
	assert_null(find_kubelet(fixture));
}

static void what_is_no_database_says_nothing(void **state)
{
	struct fixture *fixture = *state;

	tree_write(&fixture->tree, DATABASE, "no database");
	assert_null(find_kubelet(fixture));
	tree_write(&fixture->tree, DATABASE, "");
	assert_null(find_kubelet(fixture));
	rpm_database_write(&fixture->tree, "/elsewhere", &(struct rpm_package){ 0 }, 1, NULL);
	tree_link(&fixture->tree, "/usr/lib/sysimage/rpm/rpmdb.sqlite", "/elsewhere");
	assert_null(find_kubelet(fixture));
}

static void a_fifo_does_not_hold_it_up(void **state)
{
	struct fixture *fixture = *state;

	tree_fifo(&fixture->tree, DATABASE);
	assert_null(find_kubelet(fixture));
}

/* A header that is right but for so many bytes more at its end. */
static const char *find_with_longer_header(struct fixture *fixture, unsigned more)
{
	unsigned char bytes[RPM_HEADER_ROOM];
	char statement[256];

	rpm_package_make(&(struct rpm_package){ 0 }, bytes);
	snprintf(statement, sizeof(statement),
		 "UPDATE Packages SET blob = CAST(substr(blob, 1, 4) || X'%08x' ||"
		 " substr(blob, 9) || zeroblob(%u) AS BLOB)",
		 ((unsigned)bytes[6] << 8 | bytes[7]) + more, more);
	return find_after(fixture, statement);
}

static void what_is_too_large_is_not_read(void **state)
{
	struct fixture *fixture = *state;

	assert_string_equal(find_with_longer_header(fixture, 100000), "1.31.4");
	assert_null(find_with_longer_header(fixture, RPM_HEADER_BYTES_MAX));
	/* Many long names, and no index. */
	assert_null(find_after(fixture, "DROP INDEX Basenames_key_idx;"
					"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1"
					" FROM n WHERE i < 300) INSERT INTO Basenames"
					" SELECT printf('%.100000c', 'x'), 1, 0 FROM n"));
}

static void hostile_databases_end_soon(void **state)
{
	struct fixture *fixture = *state;
	struct timespec begun, ended;

	clock_gettime(CLOCK_MONOTONIC, &begun);
	assert_null(find_after(fixture, "ALTER TABLE Basenames RENAME TO Others;"
					"CREATE VIEW Basenames AS WITH RECURSIVE n(i) AS (SELECT 1"
					" UNION ALL SELECT i + 1 FROM n) SELECT 'kubelet' AS key,"
					" i AS hnum FROM n"));
	assert_null(find_after(fixture, "ALTER TABLE Basenames RENAME TO Others;"
					"CREATE VIEW Basenames AS SELECT * FROM Others"));
	assert_null(find_after(fixture, "DROP TABLE Basenames;"
					"CREATE VIRTUAL TABLE Basenames USING fts4(key, hnum);"
					"INSERT INTO Basenames VALUES ('kubelet', 1)"));
	/* No index, and a million rows. */
	assert_null(find_after(fixture, "DROP INDEX Basenames_key_idx;"
					"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1"
					" FROM n WHERE i < 1000000) INSERT INTO Basenames"
					" SELECT 'x', 1, 0 FROM n"));
	/* One value larger than any header. */
	assert_null(find_after(fixture, "UPDATE Packages SET blob = zeroblob(5000000)"));
	assert_null(find_after(fixture, "UPDATE Packages SET blob = ''"));
	assert_null(find_after(fixture, "UPDATE Packages SET blob = 7"));
	clock_gettime(CLOCK_MONOTONIC, &ended);
	assert_in_range(ended.tv_sec - begun.tv_sec, 0, 20);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, version_set_up, version_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_package_says_it),
		TEST(it_may_be_below_usr_lib),
		TEST(it_speaks_for_what_it_installed_before_the_start),
		TEST(only_packages_of_the_components_number_speak),
		TEST(two_that_disagree_say_nothing),
		TEST(damaged_headers_say_nothing),
		TEST(headers_of_a_wrong_length_are_none),
		TEST(a_log_that_is_not_folded_in_counts),
		TEST(what_is_no_database_says_nothing),
		TEST(a_fifo_does_not_hold_it_up),
		TEST(what_is_too_large_is_not_read),
		TEST(hostile_databases_end_soon),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
