/* SPDX-License-Identifier: Apache-2.0 */
/* Full and read-only file systems, each in a mount namespace of a child's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "unit/ledger_fixture.h"
#include "unit/samples.h"

#define SKIPPED 77

static bool may_mount(void)
{
	return geteuid() == 0 && unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static void run_in_child(const char *name, void (*act)(struct fixture *), struct fixture *f)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		if (!may_mount())
			_exit(SKIPPED);
		act(f);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED)
		print_message("skip: %s: no mount namespace\n", name);
	else
		assert_int_equal(status, 0);
}

static void expect(bool is_true, const char *what)
{
	if (is_true)
		return;
	print_error("%s\n", what);
	_exit(1);
}

static void fill_disk(const char *directory)
{
	char name[96], junk[4096] = { 1 };

	snprintf(name, sizeof(name), "%s/filler", directory);
	int fd = open(name, O_WRONLY | O_CREAT, 0600);

	while (write(fd, junk, sizeof(junk)) > 0)
		;
	close(fd);
}

static void free_disk(const char *directory)
{
	char name[96];

	snprintf(name, sizeof(name), "%s/filler", directory);
	unlink(name);
}

static void act_on_full_disk(struct fixture *f)
{
	struct finding finding = sample_finding();
	struct ledger_counts counts;

	expect(mount("tmpfs", f->directory, "tmpfs", 0, "size=1m") == 0, "mount");
	expect(ledger_open(&f->options, &f->ledger) == 0 && !ledger_problem(f->ledger), "open");
	fixture_pass(f, &finding, 1);
	fill_disk(f->directory);
	f->count = 0;
	fixture_append(f, 300, SEVERITY_LOW);
	expect(f->count == 300, "the listener hears all of it");
	expect(ledger_problem(f->ledger) != NULL, "there is a problem");
	expect(strstr(ledger_problem(f->ledger), "full") != NULL, ledger_problem(f->ledger));
	fixture_read(f, &(struct change_query){ 0 });
	expect(f->count == 301, "all of it can be read");
	expect(ledger_acknowledge(f->ledger, 100) == 0, "acknowledge");
	expect(ledger_flush(f->ledger, f->now_ns, &f->listener) == -EIO, "still full");
	free_disk(f->directory);
	expect(ledger_flush(f->ledger, f->now_ns, &f->listener) == 0, "room again");
	expect(!ledger_problem(f->ledger), "no problem any more");
	fixture_restart(f);
	ledger_counts(f->ledger, &counts);
	expect(counts.acknowledged_seq == 100, "the acknowledgement was written");
	fixture_read(f, &(struct change_query){ 0 });
	expect(f->count == 301, "all of it is in the file");
	for (size_t i = 0; i < f->count; i++)
		expect(f->heard[i].seq == (int64_t)i + 1, "without holes");
	ledger_close(f->ledger);
}

static void a_full_disk_is_survived(void **state)
{
	struct fixture *f = *state;

	ledger_close(f->ledger);
	f->ledger = NULL;
	run_in_child("a_full_disk_is_survived", act_on_full_disk, f);
}

static void act_on_full_disk_at_start(struct fixture *f)
{
	struct finding finding = sample_finding();

	expect(mount("tmpfs", f->directory, "tmpfs", 0, "size=1m") == 0, "mount");
	fill_disk(f->directory);
	expect(ledger_open(&f->options, &f->ledger) == 0, "open");
	expect(ledger_problem(f->ledger) != NULL, "there is a problem");
	expect(strstr(ledger_problem(f->ledger), "full") != NULL, ledger_problem(f->ledger));
	fixture_pass(f, &finding, 1);
	free_disk(f->directory);
	expect(ledger_flush(f->ledger, f->now_ns, &f->listener) == 0, "room again");
	fixture_restart(f);
	fixture_read(f, &(struct change_query){ 0 });
	expect(f->count == 1, "it is in the file");
	ledger_close(f->ledger);
}

static void a_full_disk_at_start_is_survived(void **state)
{
	struct fixture *f = *state;

	fixture_remove_journal(f);
	run_in_child("a_full_disk_at_start_is_survived", act_on_full_disk_at_start, f);
}

static void act_on_read_only_directory(struct fixture *f)
{
	struct finding finding = sample_finding();
	const unsigned long flags = MS_BIND | MS_REMOUNT;

	expect(mount(f->directory, f->directory, NULL, MS_BIND, NULL) == 0, "bind");
	expect(mount(NULL, f->directory, NULL, flags | MS_RDONLY, NULL) == 0, "read-only");
	expect(ledger_open(&f->options, &f->ledger) == 0, "open");
	expect(ledger_problem(f->ledger) != NULL, "there is a problem");
	expect(strstr(ledger_problem(f->ledger), "read-only") != NULL, ledger_problem(f->ledger));
	fixture_pass(f, &finding, 1);
	expect(f->count == 1, "the listener hears it");
	expect(mount(NULL, f->directory, NULL, flags, NULL) == 0, "writable");
	expect(ledger_flush(f->ledger, f->now_ns, &f->listener) == 0, "it is written");
	fixture_restart(f);
	fixture_read(f, &(struct change_query){ 0 });
	expect(f->count == 1, "it is in the file");
	ledger_close(f->ledger);
}

static void a_read_only_directory_is_survived(void **state)
{
	struct fixture *f = *state;

	fixture_remove_journal(f);
	run_in_child("a_read_only_directory_is_survived", act_on_read_only_directory, f);
}

static void read_in_a_read_only_directory(struct fixture *f)
{
	struct journal *journal = NULL;
	char *problem = NULL;

	expect(mount(f->directory, f->directory, NULL, MS_BIND, NULL) == 0, "bind");
	expect(mount(NULL, f->directory, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) == 0,
	       "read-only");
	expect(journal_open_reader(f->path, &journal, &problem) == 0, "open");
	f->count = 0;
	expect(journal_read(journal, &(struct change_query){ 0 }, &f->visitor) == 0, "read");
	expect(f->count == 10, "all of it");
	journal_close(journal);
}

static void readers_may_not_need_to_write(void **state)
{
	struct fixture *f = *state;

	fixture_append(f, 10, SEVERITY_LOW);
	ledger_close(f->ledger);
	f->ledger = NULL;
	run_in_child("readers_may_not_need_to_write", read_in_a_read_only_directory, f);
}

int main(void)
{
#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		WITH_FIXTURE(a_full_disk_is_survived),
		WITH_FIXTURE(a_full_disk_at_start_is_survived),
		WITH_FIXTURE(a_read_only_directory_is_survived),
		WITH_FIXTURE(readers_may_not_need_to_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
