/* SPDX-License-Identifier: Apache-2.0 */
/* Taking over a journal: at start, and when one can be used again after trouble. */
#include "ledger/state.h"

#include <string.h>

#include "base/json.h"
#include "model/change_json.h"

static bool was_removed(const struct record_queue *pending, const char *id)
{
	for (const struct record *r = pending->first; r; r = r->next)
		if (r->action == OPEN_REMOVE && strcmp(r->finding_id, id) == 0)
			return true;
	return false;
}

/* What the file says is open, and memory knows nothing about, is open. */
static int merge_open(struct ledger *ledger, struct open_set *known)
{
	if (open_set_reserve(&ledger->open, known->count) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < known->count; i++) {
		const char *id = known->items[i]->id;

		if (open_set_find(&ledger->open, id) || was_removed(&ledger->pending, id))
			continue;
		open_set_put(&ledger->open, take_ptr(known->items[i]));
	}
	return 0;
}

/* The change of a line under a later number; its texts are in the journal's arena. */
static int renumbered_change(struct ledger *ledger, const char *line, int64_t by,
			     struct change *ret_change)
{
	arena_reset(ledger->journal->arena);
	if (change_from_line(line, strlen(line), ledger->journal->arena, ret_change) < 0)
		return -ENOMEM;
	ret_change->seq += by;
	return 0;
}

static int renumber_pending(struct ledger *ledger, int64_t by)
{
	struct record_queue renumbered;
	int error = 0;

	record_queue_init(&renumbered);
	for (const struct record *r = ledger->pending.first; r && !error; r = r->next) {
		struct change change;

		error = renumbered_change(ledger, r->line, by, &change);
		struct record *record = error ? NULL : record_new(&change, r->action, &r->print);

		if (!record) {
			error = -ENOMEM;
			break;
		}
		record->seq = r->seq ? record->seq : 0;
		record_queue_add(&renumbered, record);
	}
	if (!error) {
		record_queue_done(&ledger->pending);
		record_queue_join(&ledger->pending, &renumbered);
	}
	record_queue_done(&renumbered);
	return error;
}

static int renumber_open(struct ledger *ledger, int64_t by)
{
	for (size_t i = 0; i < ledger->open.count; i++) {
		const struct open_finding *old = ledger->open.items[i];
		CLEANUP_JSON json_t *object = NULL;
		CLEANUP_BUFFER struct text_buffer line = { 0 };
		struct change change;
		int error = renumbered_change(ledger, old->line, by, &change);

		if (error)
			return error;
		object = change_to_json(&change);
		json_write(object, &line);
		struct open_finding *open =
			buffer_error(&line) < 0 ? NULL
						: open_finding_new(&change, &old->print, line.data);

		if (!open)
			return -ENOMEM;
		open->seen_in = old->seen_in;
		open_set_put(&ledger->open, open);
	}
	return 0;
}

/* Changes made before the file could be read may have numbers that it had given already: they get
 * those that follow. */
static int renumber(struct ledger *ledger, const struct journal_state *file, int64_t by)
{
	int error = renumber_pending(ledger, by);

	error = error ? error : renumber_open(ledger, by);
	if (error)
		return error;
	ledger->numbers.last_seq += by;
	ledger->numbers.acknowledged_seq = file->acknowledged_seq;
	ledger->renumbered_by += by;
	return 0;
}

/* The first number that this process gave and the file does not have. */
static int64_t first_pending(const struct ledger *ledger)
{
	for (const struct record *r = ledger->pending.first; r; r = r->next)
		if (r->seq)
			return r->seq;
	return ledger->numbers.last_seq + 1;
}

static int join_numbers(struct ledger *ledger, const struct journal_state *file)
{
	int64_t by = file->last_seq - (first_pending(ledger) - 1);
	bool is_first = !ledger->has_adopted;

	ledger->numbers.lost += is_first ? file->lost : 0;
	int error = by > 0 && ledger->pending.count ? renumber(ledger, file, by) : 0;

	if (error)
		return error;
	if (file->last_seq > ledger->numbers.last_seq)
		ledger->numbers.last_seq = file->last_seq;
	if (file->acknowledged_seq > ledger->numbers.acknowledged_seq)
		ledger->numbers.acknowledged_seq = file->acknowledged_seq;
	return 0;
}

static int take_over(struct ledger *ledger)
{
	struct open_set known = { 0 };
	struct journal_state file = { 0 };
	int error = journal_load(ledger->journal, &known, &file);

	error = error ? error : journal_bound(ledger->journal, ledger->max_bytes);
	error = error ? error : join_numbers(ledger, &file);
	if (!error && !ledger->has_adopted)
		error = merge_open(ledger, &known);
	for (size_t i = 0; i < known.count; i++)
		free(known.items[i]);
	free(known.items);
	if (error)
		return error;
	/* A journal that is met for the second time knows less than memory does. */
	ledger->open_is_stale = ledger->has_adopted || ledger->pending.count;
	ledger->has_adopted = true;
	return 0;
}

static int open_anew(struct ledger *ledger)
{
	struct journal_state salvaged;

	buffer_reset(&ledger->damaged_name);
	int error = journal_set_aside(ledger->path, &ledger->damaged_name, &salvaged);

	if (error)
		return error;
	ledger->has_lost[LOSS_DAMAGED] = true;
	error = journal_open_writer(ledger->path, &ledger->journal);
	/* What the damaged file says of its numbers stays true. */
	if (!error && !ledger->has_adopted)
		error = join_numbers(ledger, &salvaged);
	return error ? error : take_over(ledger);
}

static void close_journal(struct ledger *ledger)
{
	journal_close(ledger->journal);
	ledger->journal = NULL;
}

int ledger_replace_damaged(struct ledger *ledger)
{
	close_journal(ledger);
	int error = open_anew(ledger);

	if (error)
		close_journal(ledger);
	return error;
}

int ledger_adopt(struct ledger *ledger)
{
	int error = journal_open_writer(ledger->path, &ledger->journal);

	error = error ? error : take_over(ledger);
	if (error == -EUCLEAN)
		return ledger_replace_damaged(ledger);
	if (error)
		close_journal(ledger);
	return error;
}
