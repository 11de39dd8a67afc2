/* SPDX-License-Identifier: Apache-2.0 */
/* Reading, acknowledging, keeping within bounds, surviving kill -9. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/time.h"
#include "unit/ledger_fixture.h"
#include "unit/samples.h"

static void fill(struct fixture *f)
{
	for (int i = 0; i < 5; i++) {
		fixture_append(f, 1, SEVERITY_LOW);
		fixture_append(f, 1, SEVERITY_HIGH);
	}
}

static void a_query_narrows(void **state)
{
	struct fixture *f = *state;

	fill(f);
	fixture_read(f, &(struct change_query){ .after_seq = 7 });
	assert_int_equal(f->count, 3);
	assert_int_equal(f->heard[0].seq, 8);
	fixture_read(f, &(struct change_query){ .limit = 2 });
	assert_int_equal(f->count, 2);
	assert_int_equal(f->heard[1].seq, 2);
	fixture_read(f, &(struct change_query){ .last = 3 });
	assert_int_equal(f->count, 3);
	assert_int_equal(f->heard[0].seq, 8);
	fixture_read(f, &(struct change_query){ .at_least = SEVERITY_MEDIUM, .last = 2 });
	assert_int_equal(f->count, 2);
	assert_int_equal(f->heard[0].seq, 8);
	assert_int_equal(f->heard[1].seq, 10);
	fixture_read(f, &(struct change_query){ .since_ns = f->now_ns - NS_PER_S });
	assert_int_equal(f->count, 2);
	fixture_read(f, &(struct change_query){ .check = "port.*", .limit = 1 });
	assert_int_equal(f->count, 1);
	fixture_read(f, &(struct change_query){ .check = "kubelet.*" });
	assert_int_equal(f->count, 0);
}

/* The same questions while nothing could be written since the fifth change. */
static void a_query_spans_file_and_memory(void **state)
{
	struct fixture *f = *state;
	struct ledger_counts counts;
	char lock[96];

	for (int i = 0; i < 5; i++)
		fixture_append(f, 1, SEVERITY_LOW);
	/* A directory in the way of the lock: the journal cannot be opened again. */
	snprintf(lock, sizeof(lock), "%s.lock", f->path);
	ledger_close(f->ledger);
	assert_int_equal(unlink(lock), 0);
	assert_int_equal(mkdir(lock, 0700), 0);
	assert_int_equal(ledger_open(&f->options, &f->ledger), 0);
	assert_non_null(ledger_problem(f->ledger));
	for (int i = 0; i < 5; i++)
		fixture_append(f, 1, SEVERITY_HIGH);
	fixture_read(f, &(struct change_query){ .last = 2 });
	assert_int_equal(f->count, 2);
	ledger_counts(f->ledger, &counts);
	assert_int_equal(counts.in_memory, 5);
	assert_int_equal(rmdir(lock), 0);
	/* Past the pause between two attempts, the next call tries again. */
	usleep(1100000);
	f->count = 0;
	fixture_append(f, 1, SEVERITY_HIGH);
	assert_null(ledger_problem(f->ledger));
	assert_int_equal(f->heard[0].seq, 11);
	/* Numbers that the file had given already were not given twice. */
	fixture_read(f, &(struct change_query){ 0 });
	assert_int_equal(f->count, 11);
	for (size_t i = 0; i < f->count; i++)
		assert_int_equal(f->heard[i].seq, i + 1);
	assert_int_equal(f->heard[9].severity, SEVERITY_HIGH);
}

static void acknowledging_is_bounded_and_lasts(void **state)
{
	struct fixture *f = *state;
	struct ledger_counts counts;

	fill(f);
	assert_int_equal(ledger_acknowledge(f->ledger, 11), -EINVAL);
	assert_int_equal(ledger_acknowledge(f->ledger, -1), -EINVAL);
	assert_int_equal(ledger_acknowledge(f->ledger, 7), 0);
	assert_int_equal(ledger_acknowledge(f->ledger, 3), 0);
	fixture_restart(f);
	ledger_counts(f->ledger, &counts);
	assert_int_equal(counts.acknowledged_seq, 7);
	assert_int_equal(counts.unacknowledged, 3);
	assert_int_equal(counts.last_seq, 10);
	assert_true(counts.bytes > 0);
}

static void what_is_old_goes_once_it_is_acknowledged(void **state)
{
	struct fixture *f = *state;

	fill(f);
	assert_int_equal(ledger_acknowledge(f->ledger, 4), 0);
	f->now_ns += 8 * 86400 * NS_PER_S;
	ledger_configure(f->ledger, &f->options);
	f->count = 0;
	assert_int_equal(ledger_flush(f->ledger, f->now_ns, &f->listener), 0);
	assert_int_equal(f->count, 0);
	fixture_read(f, &(struct change_query){ 0 });
	assert_int_equal(f->count, 6);
	assert_int_equal(f->heard[0].seq, 5);
	f->options.has_collector = false;
	ledger_configure(f->ledger, &f->options);
	assert_int_equal(ledger_flush(f->ledger, f->now_ns, &f->listener), 0);
	fixture_read(f, &(struct change_query){ 0 });
	assert_int_equal(f->count, 0);
	/* The numbers go on all the same. */
	fixture_restart(f);
	fixture_append(f, 1, SEVERITY_LOW);
	assert_int_equal(f->heard[0].seq, 11);
}

static int64_t bytes_of(const struct fixture *f)
{
	struct ledger_counts counts;

	ledger_counts(f->ledger, &counts);
	return counts.bytes;
}

static void the_size_bound_holds_and_is_told(void **state)
{
	struct fixture *f = *state;
	struct ledger_counts counts;
	size_t gaps = 0, dropped = 0;

	f->options.max_bytes = 1 << 20;
	ledger_configure(f->ledger, &f->options);
	fixture_append(f, 200, SEVERITY_CRITICAL);
	for (int i = 0; i < 40; i++) {
		f->count = 0;
		fixture_append(f, 64, i % 2 ? SEVERITY_INFO : SEVERITY_MEDIUM);
		assert_true(bytes_of(f) <= f->options.max_bytes);
		for (size_t j = 0; j < f->count; j++)
			if (f->heard[j].kind == CHANGE_GAP) {
				gaps++;
				dropped += f->heard[j].count;
			}
	}
	assert_true(gaps > 0);
	ledger_counts(f->ledger, &counts);
	assert_int_equal(counts.lost, dropped);
	assert_int_equal(counts.changes + counts.lost, (uint64_t)counts.last_seq);
	/* The severe ones, though the oldest, are all there. */
	fixture_read(f, &(struct change_query){ .at_least = SEVERITY_CRITICAL });
	assert_int_equal(f->count, 200);
	fixture_read(f, &(struct change_query){ .after_seq = 200, .at_least = SEVERITY_HIGH });
	assert_int_equal(f->count, gaps);
}

static void acknowledged_changes_go_first_and_without_a_gap(void **state)
{
	struct fixture *f = *state;

	f->options.max_bytes = 1 << 20;
	ledger_configure(f->ledger, &f->options);
	for (int i = 0; i < 40; i++) {
		f->count = 0;
		fixture_append(f, 64, SEVERITY_INFO);
		assert_int_equal(f->count, 64);
		assert_int_equal(ledger_acknowledge(f->ledger, f->heard[63].seq), 0);
	}
	assert_true(bytes_of(f) <= f->options.max_bytes);
}

/* Others read the same file while the agent writes, and when it is gone. */
static void readers_need_no_agent(void **state)
{
	struct fixture *f = *state;
	CLEANUP_JOURNAL struct journal *journal = NULL, *later = NULL;
	struct finding finding = sample_finding();
	struct ledger_counts counts;
	char *problem = NULL;

	fixture_pass(f, &finding, 1);
	assert_int_equal(journal_open_reader(f->path, &journal, &problem), 0);
	fill(f);
	f->count = 0;
	assert_int_equal(journal_read(journal, &(struct change_query){ 0 }, &f->visitor), 0);
	assert_int_equal(f->count, 11);
	ledger_close(f->ledger);
	f->ledger = NULL;
	assert_int_equal(journal_open_reader(f->path, &later, &problem), 0);
	f->count = 0;
	assert_int_equal(journal_read_open(later, &f->visitor), 0);
	assert_int_equal(f->count, 1);
	assert_int_equal(journal_counts(later, &counts), 0);
	assert_int_equal(counts.changes, 11);
	assert_int_equal(counts.open[SEVERITY_HIGH], 1);
}

static void a_missing_journal_is_named(void **state)
{
	struct journal *journal = NULL;
	char *problem = NULL;

	assert_int_equal(journal_open_reader("/nonexistent/journal.db", &journal, &problem),
			 -ENOENT);
	assert_non_null(strstr(problem, "/nonexistent/journal.db"));
	free(problem);
}

/* ---- kill -9 */

struct told {
	int pipe;
};

static void tell(void *context, const struct change *change)
{
	const struct told *told = context;

	if (write(told->pipe, &change->seq, sizeof(change->seq)) != sizeof(change->seq))
		_exit(1);
}

/* Writes as fast as it can until it is killed, telling each number once it was told itself. */
static void write_for_ever(struct fixture *f, int pipe)
{
	struct told told = { pipe };
	const struct ledger_listener listener = { tell, &told };
	struct finding finding = sample_finding();

	ledger_close(f->ledger);
	if (ledger_open(&f->options, &f->ledger) < 0 || ledger_problem(f->ledger))
		_exit(1);
	for (unsigned i = 0;; i++) {
		struct change changes[3] = { sample_change(CHANGE_REFUSED),
					     sample_change(CHANGE_EXEC),
					     sample_change(CHANGE_GAP) };

		finding.severity = i % 2 ? SEVERITY_LOW : SEVERITY_HIGH;
		ledger_reconcile(f->ledger, &finding, 1, time_now_ns(), &listener);
		ledger_append(f->ledger, changes, i % 4, time_now_ns(), &listener);
	}
}

static void kill_after(struct fixture *f, long delay_us, int64_t *ret_told)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();

	if (child == 0) {
		close(ends[0]);
		write_for_ever(f, ends[1]);
	}
	close(ends[1]);
	int64_t seq = 0;

	assert_int_equal(read(ends[0], &seq, sizeof(seq)), sizeof(seq));
	usleep((useconds_t)delay_us);
	kill(child, SIGKILL);
	do
		*ret_told = seq;
	while (read(ends[0], &seq, sizeof(seq)) == sizeof(seq));
	waitpid(child, NULL, 0);
	close(ends[0]);
}

static void kill_9_loses_nothing_that_was_told(void **state)
{
	struct fixture *f = *state;
	int64_t told = 0;

	for (int round = 0; round < 8; round++) {
		ledger_close(f->ledger);
		f->ledger = NULL;
		kill_after(f, 3000 + round * 4711 % 20000, &told);
		assert_int_equal(ledger_open(&f->options, &f->ledger), 0);
		assert_null(ledger_problem(f->ledger));
		f->count = 0;
		fixture_read(f, &(struct change_query){ 0 });
		assert_true(f->count > 0);
		for (size_t i = 0; i < f->count; i++)
			assert_int_equal(f->heard[i].seq, i + 1);
		assert_true(f->heard[f->count - 1].seq >= told);
		/* Open findings and changes were committed as one. */
		f->count = 0;
		ledger_open_findings(f->ledger, &f->visitor);
		assert_int_equal(f->count, 1);
	}
}

int main(void)
{
#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		WITH_FIXTURE(a_query_narrows),
		WITH_FIXTURE(a_query_spans_file_and_memory),
		WITH_FIXTURE(acknowledging_is_bounded_and_lasts),
		WITH_FIXTURE(what_is_old_goes_once_it_is_acknowledged),
		WITH_FIXTURE(the_size_bound_holds_and_is_told),
		WITH_FIXTURE(acknowledged_changes_go_first_and_without_a_gap),
		WITH_FIXTURE(readers_need_no_agent),
		WITH_FIXTURE(a_missing_journal_is_named),
		WITH_FIXTURE(kill_9_loses_nothing_that_was_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
