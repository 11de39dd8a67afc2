/* SPDX-License-Identifier: Apache-2.0 */
/* Writing what waits, and keeping the journal within its age and size. */
#include "ledger/state.h"

#include "base/time.h"

/* After a failure writing is tried again at the next call, but not more often than this. */
#define RETRY_NS (1 * NS_PER_S)
/* How often to look for changes that are too old; the look costs one read. */
#define SWEEP_NS (3600 * NS_PER_S)

/* Rows and the index take about a quarter more than the lines. */
static int64_t bytes_needed(const struct ledger *ledger)
{
	return (int64_t)(ledger->pending.bytes + ledger->pending.bytes / 4);
}

/* The log next to the file has the last quarter. */
static int64_t bytes_allowed(const struct ledger *ledger)
{
	return ledger->max_bytes / 4 * 3;
}

static int64_t disposable_seq(const struct ledger *ledger)
{
	return ledger->has_collector ? ledger->numbers.acknowledged_seq : INT64_MAX;
}

static int has_old(struct ledger *ledger, int64_t now_ns, bool *ret_has)
{
	*ret_has = false;
	if (ledger->keep_ns <= 0 || time_monotonic_ns() < ledger->sweep_at_ns)
		return 0;
	int error = journal_has_older(ledger->journal, now_ns - ledger->keep_ns,
				      disposable_seq(ledger), ret_has);

	if (!error && !*ret_has)
		ledger->sweep_at_ns = time_monotonic_ns() + SWEEP_NS;
	return error;
}

/* Drops what is too old, then what is too much; the latter, where nobody has it yet, is a loss. */
static int make_room(struct ledger *ledger, bool has_old_ones, int64_t now_ns, struct loss *loss)
{
	int64_t used = 0, allowed = bytes_allowed(ledger), needed = bytes_needed(ledger);
	int error = 0;

	if (has_old_ones)
		error = journal_drop_older(ledger->journal, now_ns - ledger->keep_ns,
					   disposable_seq(ledger));
	error = error ? error : journal_used_bytes(ledger->journal, &used);
	if (error || used + needed <= allowed)
		return error;
	error = journal_drop_to_size(ledger->journal, ledger->numbers.acknowledged_seq,
				     allowed / 5 * 4 - needed, loss);
	return error ? error : journal_shrink(ledger->journal);
}

/* Adds a gap change for each kind of loss that was not yet said. */
static int say_losses(struct ledger *ledger, struct batch *gaps)
{
	for (enum loss_kind kind = 0; kind < LOSS_KIND_COUNT; kind++) {
		struct change change;

		if (!ledger->has_lost[kind])
			continue;
		int error = loss_describe(ledger, kind, gaps->now_ns, &change);

		error = error ? error : batch_add(gaps, &change, OPEN_LEAVE, NULL);
		if (error)
			return error;
	}
	return 0;
}

static int write_all(struct ledger *ledger, const struct batch *gaps)
{
	struct journal_state numbers = ledger->numbers;
	int error = journal_write_records(ledger->journal, &ledger->pending);

	if (!error && gaps) {
		numbers.last_seq = gaps->last_seq;
		error = journal_write_records(ledger->journal, &gaps->records);
	}
	if (!error && ledger->open_is_stale)
		error = journal_write_open_set(ledger->journal, &ledger->open);
	return error ? error : journal_write_state(ledger->journal, &numbers);
}

static void forget_written(struct ledger *ledger)
{
	record_queue_done(&ledger->pending);
	ledger->open_is_stale = ledger->state_moved = false;
	ledger->retry_at_ns = 0;
	buffer_reset(&ledger->problem);
}

/* One transaction without retention: for a call that has nobody to tell about losses. */
static int write_only(struct ledger *ledger)
{
	int error = journal_begin(ledger->journal);

	error = error ? error : write_all(ledger, NULL);
	error = error ? error : journal_commit(ledger->journal);
	if (!error)
		forget_written(ledger);
	return error;
}

static void forget_losses(struct ledger *ledger)
{
	for (enum loss_kind kind = 0; kind < LOSS_KIND_COUNT; kind++) {
		ledger->has_lost[kind] = false;
		ledger->losses[kind] = (struct loss){ 0 };
	}
}

/* The same after retention, with a gap change for every loss, all in one transaction. */
static int write_within_bounds(struct ledger *ledger, struct batch *gaps)
{
	struct loss loss = { 0 };
	bool has_old_ones = false;
	int error = has_old(ledger, gaps->now_ns, &has_old_ones);

	error = error ? error : journal_begin(ledger->journal);
	error = error ? error : make_room(ledger, has_old_ones, gaps->now_ns, &loss);
	if (error)
		return error;
	ledger->losses[LOSS_SIZE] = loss;
	ledger->has_lost[LOSS_SIZE] = loss.count > 0;
	ledger->numbers.lost += loss.count;
	error = say_losses(ledger, gaps);
	error = error ? error : write_all(ledger, gaps);
	error = error ? error : journal_commit(ledger->journal);
	if (error) {
		/* The transaction is undone, and so is what it dropped. */
		ledger->has_lost[LOSS_SIZE] = false;
		ledger->numbers.lost -= loss.count;
		return error;
	}
	ledger->numbers.last_seq = gaps->last_seq;
	forget_losses(ledger);
	forget_written(ledger);
	return 0;
}

static bool has_work(struct ledger *ledger, const struct batch *gaps)
{
	bool has_old_ones = false;

	if (ledger->pending.count || ledger->state_moved || ledger->open_is_stale ||
	    ledger->problem.length || !ledger->journal)
		return true;
	for (enum loss_kind kind = 0; kind < LOSS_KIND_COUNT; kind++)
		if (ledger->has_lost[kind])
			return true;
	return gaps && has_old(ledger, gaps->now_ns, &has_old_ones) == 0 && has_old_ones;
}

static int write_once(struct ledger *ledger, struct batch *gaps)
{
	if (ledger->journal && journal_was_replaced(ledger->journal)) {
		journal_close(take_ptr(ledger->journal));
		ledger->has_lost[LOSS_REPLACED] = true;
	}
	int error = ledger->journal ? 0 : ledger_adopt(ledger);

	if (error)
		return error;
	/* Adopting a journal may have moved the numbers on. */
	if (gaps)
		gaps->last_seq = ledger->numbers.last_seq;
	error = gaps ? write_within_bounds(ledger, gaps) : write_only(ledger);
	if (error)
		journal_rollback(ledger->journal);
	return error;
}

/* Memory is bounded while nothing can be written. */
static void trim_pending(struct ledger *ledger)
{
	struct loss loss = { 0 };

	record_queue_trim(&ledger->pending, &loss);
	loss_join(&ledger->losses[LOSS_MEMORY], &loss);
	ledger->has_lost[LOSS_MEMORY] |= loss.count > 0;
	ledger->numbers.lost += loss.count;
	/* What was dropped may have said that something opened or was resolved. */
	ledger->open_is_stale |= loss.count > 0;
}

static void give_up(struct ledger *ledger, int error)
{
	buffer_reset(&ledger->problem);
	journal_trouble(ledger->path, error, &ledger->problem);
	ledger->retry_at_ns = time_monotonic_ns() + RETRY_NS;
	trim_pending(ledger);
}

int ledger_commit(struct ledger *ledger, struct batch *gaps)
{
	if (!has_work(ledger, gaps))
		return 0;
	int error = write_once(ledger, gaps);

	if (error == -EUCLEAN && ledger->journal) {
		if (gaps)
			batch_done(gaps);
		error = ledger_replace_damaged(ledger);
		error = error ? error : write_once(ledger, gaps);
	}
	if (!error)
		return 0;
	if (gaps)
		batch_done(gaps);
	give_up(ledger, error);
	return -EIO;
}

void ledger_finish(struct ledger *ledger, struct batch *batch,
		   const struct ledger_listener *listener)
{
	CLEANUP_BATCH struct batch gaps;

	batch_init(&gaps, ledger, batch->now_ns);
	ledger->renumbered_by = 0;
	if (ledger->problem.length && time_monotonic_ns() < ledger->retry_at_ns)
		trim_pending(ledger);
	else
		ledger_commit(ledger, &gaps);
	for (size_t i = 0; i < batch->count; i++)
		batch->steps[i].change.seq += ledger->renumbered_by;
	batch_deliver(batch, listener);
	batch_deliver(&gaps, listener);
}
