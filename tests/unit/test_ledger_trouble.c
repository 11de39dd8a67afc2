/* SPDX-License-Identifier: Apache-2.0 */
/* A journal that cannot be written never stops the agent, and what it knew is not lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <sqlite3.h>

#include "base/cleanup.h"
#include "unit/ledger_fixture.h"
#include "unit/samples.h"

static void close_ledger(struct fixture *f)
{
	ledger_close(f->ledger);
	f->ledger = NULL;
}

static void write_file(const char *path, const char *text)
{
	CLEANUP_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

/* The ledger is open, its problem says so, and passes go on in memory. */
static void assert_in_memory(struct fixture *f, const char *words)
{
	struct finding finding = sample_finding();

	assert_int_equal(ledger_open(&f->options, &f->ledger), 0);
	assert_non_null(ledger_problem(f->ledger));
	assert_non_null(strstr(ledger_problem(f->ledger), f->options.path));
	if (!strstr(ledger_problem(f->ledger), words))
		fail_msg("%s", ledger_problem(f->ledger));
	fixture_pass(f, &finding, 1);
	assert_int_equal(f->count, 1);
	assert_int_equal(f->heard[0].seq, 1);
	fixture_pass(f, &finding, 1);
	assert_int_equal(f->count, 0);
	fixture_read(f, &(struct change_query){ 0 });
	assert_int_equal(f->count, 1);
}

/* Writing works again: what waited is in the file, in order. */
static void assert_resumed(struct fixture *f, size_t count)
{
	f->count = 0;
	assert_int_equal(ledger_flush(f->ledger, f->now_ns, &f->listener), 0);
	assert_null(ledger_problem(f->ledger));
	fixture_restart(f);
	fixture_read(f, &(struct change_query){ 0 });
	assert_int_equal(f->count, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(f->heard[i].seq, i + 1);
}

static void a_fifo_is_not_opened(void **state)
{
	struct fixture *f = *state;

	fixture_remove_journal(f);
	assert_int_equal(mkfifo(f->path, 0600), 0);
	assert_in_memory(f, "FIFO");
	assert_int_equal(unlink(f->path), 0);
	assert_resumed(f, 1);
}

static void a_directory_is_not_a_journal(void **state)
{
	struct fixture *f = *state;

	fixture_remove_journal(f);
	assert_int_equal(mkdir(f->path, 0700), 0);
	assert_in_memory(f, "directory");
	assert_int_equal(rmdir(f->path), 0);
	assert_resumed(f, 1);
}

static void a_missing_parent_is_made_but_no_more(void **state)
{
	struct fixture *f = *state;
	char one[96], two[96];

	snprintf(one, sizeof(one), "%s/a/journal.db", f->directory);
	snprintf(two, sizeof(two), "%s/b/c/journal.db", f->directory);
	close_ledger(f);
	f->options.path = two;
	assert_in_memory(f, "does not exist");
	close_ledger(f);
	f->options.path = one;
	assert_int_equal(ledger_open(&f->options, &f->ledger), 0);
	assert_null(ledger_problem(f->ledger));
	close_ledger(f);
	for (size_t i = 0; i < 4; i++) {
		static const char *const names[] = { "journal.db", "journal.db-wal",
						     "journal.db-shm", "journal.db.lock" };

		snprintf(one, sizeof(one), "%s/a/%s", f->directory, names[i]);
		unlink(one);
	}
}

/* Another program's database, or any file that was never ours, is left as it is. */
static void a_file_of_others_is_left_alone(void **state)
{
	struct fixture *f = *state;
	char other[96];
	struct stat status;
	sqlite3 *database;

	fixture_remove_journal(f);
	assert_int_equal(sqlite3_open(f->path, &database), 0);
	assert_int_equal(sqlite3_exec(database, "CREATE TABLE t (x)", NULL, NULL, NULL), 0);
	sqlite3_close(database);
	assert_in_memory(f, "another program");
	close_ledger(f);
	assert_int_equal(unlink(f->path), 0);
	snprintf(other, sizeof(other), "%s/passwd", f->directory);
	write_file(other, "root:x:0:0:root:/root:/bin/sh, and some more to be a page of text\n");
	f->options.path = other;
	assert_in_memory(f, "another program");
	assert_int_equal(stat(other, &status), 0);
	assert_int_equal(status.st_size, 66);
}

static void a_newer_version_is_left_alone(void **state)
{
	struct fixture *f = *state;
	sqlite3 *database;

	fixture_append(f, 1, SEVERITY_LOW);
	close_ledger(f);
	assert_int_equal(sqlite3_open(f->path, &database), 0);
	assert_int_equal(sqlite3_exec(database, "PRAGMA user_version = 2", NULL, NULL, NULL), 0);
	sqlite3_close(database);
	assert_in_memory(f, "another version");
}

static void a_second_agent_is_told(void **state)
{
	struct fixture *f = *state;
	struct ledger *second = NULL;

	assert_int_equal(ledger_open(&f->options, &second), 0);
	assert_non_null(strstr(ledger_problem(second), "another nodelatch"));
	close_ledger(f);
	assert_int_equal(ledger_flush(second, f->now_ns, &f->listener), 0);
	assert_null(ledger_problem(second));
	f->ledger = second;
}

static void garbage_is_moved_aside(void **state)
{
	struct fixture *f = *state;
	char aside[112];

	fixture_remove_journal(f);
	write_file(f->path,
		   "this was a journal once, before the disk had its way with it........\n");
	assert_int_equal(ledger_open(&f->options, &f->ledger), 0);
	assert_null(ledger_problem(f->ledger));
	fixture_pass(f, NULL, 0);
	assert_int_equal(f->count, 1);
	assert_int_equal(f->heard[0].kind, CHANGE_GAP);
	assert_int_equal(f->heard[0].seq, 1);
	snprintf(aside, sizeof(aside), "%s.damaged-1", f->path);
	assert_int_equal(access(aside, F_OK), 0);
	assert_non_null(strstr(f->heard[0].detail, aside));
	fixture_pass(f, NULL, 0);
	assert_int_equal(f->count, 0);
}

/* Destroys the pages of the tables, but not the header and the schema. */
static void damage(const char *path)
{
	CLEANUP_CLOSE int fd = open(path, O_WRONLY);
	char junk[4096];

	memset(junk, 0x5a, sizeof(junk));
	for (off_t page = 1; page < 8; page++)
		assert_int_equal(pwrite(fd, junk, sizeof(junk), page * 4096), sizeof(junk));
}

static void checkpoint(const char *path)
{
	sqlite3 *database;

	assert_int_equal(sqlite3_open(path, &database), 0);
	assert_int_equal(
		sqlite3_exec(database, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL), 0);
	sqlite3_close(database);
}

static void damage_at_start_is_survived(void **state)
{
	struct fixture *f = *state;
	struct finding finding = sample_finding();

	fixture_append(f, 30, SEVERITY_LOW);
	fixture_pass(f, &finding, 1);
	close_ledger(f);
	checkpoint(f->path);
	damage(f->path);
	assert_int_equal(ledger_open(&f->options, &f->ledger), 0);
	assert_null(ledger_problem(f->ledger));
	fixture_pass(f, &finding, 1);
	assert_int_equal(f->count, 2);
	assert_int_equal(f->heard[1].kind, CHANGE_GAP);
	fixture_restart(f);
	fixture_pass(f, &finding, 1);
	assert_int_equal(f->count, 0);
}

/* While running, memory knows what is open and which number comes next. */
static void damage_while_running_is_survived(void **state)
{
	struct fixture *f = *state;
	struct finding finding = sample_finding();

	fixture_pass(f, &finding, 1);
	fixture_append(f, 30, SEVERITY_LOW);
	checkpoint(f->path);
	damage(f->path);
	finding.severity = SEVERITY_CRITICAL;
	fixture_pass(f, &finding, 1);
	assert_int_equal(f->heard[0].seq, 32);
	assert_null(ledger_problem(f->ledger));
	assert_int_equal(f->count, 2);
	assert_int_equal(f->heard[1].kind, CHANGE_GAP);
	assert_int_equal(f->heard[1].seq, 33);
	fixture_restart(f);
	fixture_pass(f, &finding, 1);
	assert_int_equal(f->count, 0);
	fixture_append(f, 1, SEVERITY_LOW);
	assert_int_equal(f->heard[0].seq, 34);
}

static void removal_while_running_is_noticed(void **state)
{
	struct fixture *f = *state;
	struct finding finding = sample_finding();

	fixture_pass(f, &finding, 1);
	remove_files(f->path);
	finding.severity = SEVERITY_CRITICAL;
	fixture_pass(f, &finding, 1);
	assert_int_equal(f->count, 2);
	assert_int_equal(f->heard[0].seq, 2);
	assert_int_equal(f->heard[1].kind, CHANGE_GAP);
	assert_null(ledger_problem(f->ledger));
	fixture_restart(f);
	fixture_pass(f, &finding, 1);
	assert_int_equal(f->count, 0);
}

static void memory_is_bounded_and_what_it_lost_is_told(void **state)
{
	struct fixture *f = *state;
	struct finding finding = sample_finding();
	struct ledger_counts counts;

	fixture_remove_journal(f);
	assert_int_equal(mkdir(f->path, 0700), 0);
	assert_int_equal(ledger_open(&f->options, &f->ledger), 0);
	fixture_pass(f, &finding, 1);
	f->count = 0;
	fixture_append(f, LEDGER_PENDING_MAX, SEVERITY_LOW);
	assert_int_equal(f->count, LEDGER_PENDING_MAX);
	ledger_counts(f->ledger, &counts);
	assert_true(counts.in_memory <= LEDGER_PENDING_MAX);
	assert_true(counts.lost > 0);
	assert_int_equal(counts.in_memory + counts.lost, LEDGER_PENDING_MAX + 1);
	assert_int_equal(rmdir(f->path), 0);
	f->count = 0;
	assert_int_equal(ledger_flush(f->ledger, f->now_ns, &f->listener), 0);
	assert_int_equal(f->count, 1);
	assert_int_equal(f->heard[0].kind, CHANGE_GAP);
	assert_int_equal(f->heard[0].count, counts.lost);
	assert_int_equal(f->heard[0].seq, LEDGER_PENDING_MAX + 2);
	/* The severe one is there, though it was the oldest. */
	fixture_read(f, &(struct change_query){ .limit = 1 });
	assert_int_equal(f->heard[0].severity, SEVERITY_HIGH);
	fixture_restart(f);
	fixture_pass(f, &finding, 1);
	assert_int_equal(f->count, 0);
}

static void small_changes_are_bounded_by_their_number(void **state)
{
	struct fixture *f = *state;
	struct change change = { .kind = CHANGE_GAP };
	struct ledger_counts counts;

	change.finding = (struct finding){
		.check = "", .title = "", .value = "", .expected = "", .source = "", .remedy = ""
	};
	change.finding.subject = (struct subject){ .kind = "", .name = "", .key = "" };
	fixture_remove_journal(f);
	assert_int_equal(mkdir(f->path, 0700), 0);
	assert_int_equal(ledger_open(&f->options, &f->ledger), 0);
	for (int i = 0; i < LEDGER_PENDING_MAX + 10; i++)
		assert_int_equal(ledger_append(f->ledger, &change, 1, f->now_ns, NULL), 0);
	ledger_counts(f->ledger, &counts);
	assert_int_equal(counts.in_memory, LEDGER_PENDING_MAX);
	assert_int_equal(counts.lost, 10);
}

/* A finding that opened and one that was resolved while their records could not even be kept. */
static void open_findings_survive_what_memory_lost(void **state)
{
	struct fixture *f = *state;
	struct finding low = fixture_finding("port.policy", "tcp/1", VERDICT_FAIL);
	struct finding other = fixture_finding("port.cadvisor", "tcp/2", VERDICT_FAIL);
	struct finding good = fixture_finding("port.policy", "node", VERDICT_PASS);
	const struct finding later[] = { good, other };
	sqlite3 *holder;

	low.severity = other.severity = SEVERITY_INFO;
	fixture_pass(f, &low, 1);
	assert_int_equal(sqlite3_open(f->path, &holder), 0);
	assert_int_equal(sqlite3_exec(holder, "BEGIN IMMEDIATE", NULL, NULL, NULL), 0);
	fixture_pass(f, later, 2);
	assert_int_equal(f->count, 2);
	assert_non_null(strstr(ledger_problem(f->ledger), "locked"));
	f->count = 0;
	fixture_append(f, LEDGER_PENDING_MAX, SEVERITY_LOW);
	sqlite3_close(holder);
	assert_int_equal(ledger_flush(f->ledger, f->now_ns, &f->listener), 0);
	fixture_restart(f);
	f->count = 0;
	ledger_open_findings(f->ledger, &f->visitor);
	assert_int_equal(f->count, 1);
	assert_string_equal(f->heard[0].check, "port.cadvisor");
}

int main(void)
{
#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		WITH_FIXTURE(a_fifo_is_not_opened),
		WITH_FIXTURE(a_directory_is_not_a_journal),
		WITH_FIXTURE(a_missing_parent_is_made_but_no_more),
		WITH_FIXTURE(a_file_of_others_is_left_alone),
		WITH_FIXTURE(a_newer_version_is_left_alone),
		WITH_FIXTURE(a_second_agent_is_told),
		WITH_FIXTURE(garbage_is_moved_aside),
		WITH_FIXTURE(damage_at_start_is_survived),
		WITH_FIXTURE(damage_while_running_is_survived),
		WITH_FIXTURE(removal_while_running_is_noticed),
		WITH_FIXTURE(memory_is_bounded_and_what_it_lost_is_told),
		WITH_FIXTURE(small_changes_are_bounded_by_their_number),
		WITH_FIXTURE(open_findings_survive_what_memory_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
