/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/journal_file.h"

#include <string.h>

/* Rows dropped at a time, between looks at what is used: few, so that nothing severe goes along. */
#define DROP_ROWS "32"

/* Texts outlive the step: they are the record's. */
static void bind_text(sqlite3_stmt *statement, int place, const char *text)
{
	sqlite3_bind_text(statement, place, text, -1, SQLITE_STATIC);
}

/* Runs a statement that answers nothing, and makes it ready for the next use. */
static int finish(sqlite3_stmt *statement)
{
	int error = sql_step(statement);

	sqlite3_reset(statement);
	return error < 0 ? error : 0;
}

int journal_begin(struct journal *journal)
{
	return sql_run(journal->database, "BEGIN IMMEDIATE");
}

int journal_commit(struct journal *journal)
{
	return sql_run(journal->database, "COMMIT");
}

/* After some errors SQLite has rolled back by itself. */
void journal_rollback(struct journal *journal)
{
	if (!sqlite3_get_autocommit(journal->database))
		sqlite3_exec(journal->database, "ROLLBACK", NULL, NULL, NULL);
}

static int write_change(sqlite3_stmt *insert, const struct record *record)
{
	sqlite3_bind_int64(insert, 1, record->seq);
	sqlite3_bind_int64(insert, 2, record->time_ns);
	sqlite3_bind_int(insert, 3, (int)record->severity);
	bind_text(insert, 4, record->check);
	bind_text(insert, 5, record->line);
	return finish(insert);
}

static int write_open(sqlite3_stmt *put, const char *id, enum severity severity,
		      const struct fingerprint *print, const char *line)
{
	bind_text(put, 1, id);
	sqlite3_bind_int(put, 2, (int)severity);
	bind_text(put, 3, print->news);
	bind_text(put, 4, print->exact);
	bind_text(put, 5, line);
	return finish(put);
}

static int remove_open(sqlite3_stmt *remove, const char *id)
{
	bind_text(remove, 1, id);
	return finish(remove);
}

#define PUT_OPEN "INSERT OR REPLACE INTO open VALUES (?, ?, ?, ?, ?)"

int journal_write_records(struct journal *journal, const struct record_queue *records)
{
	CLEANUP_STATEMENT sqlite3_stmt *insert = NULL;
	CLEANUP_STATEMENT sqlite3_stmt *put = NULL;
	CLEANUP_STATEMENT sqlite3_stmt *remove = NULL;
	int error = sql_prepare(journal->database, "INSERT INTO changes VALUES (?, ?, ?, ?, ?)",
				&insert);

	error = error ? error : sql_prepare(journal->database, PUT_OPEN, &put);
	error = error ? error
		      : sql_prepare(journal->database, "DELETE FROM open WHERE finding = ?",
				    &remove);
	for (const struct record *r = records->first; r && !error; r = r->next) {
		if (r->seq)
			error = write_change(insert, r);
		if (!error && r->action == OPEN_PUT)
			error = write_open(put, r->finding_id, r->severity, &r->print, r->line);
		else if (!error && r->action == OPEN_REMOVE)
			error = remove_open(remove, r->finding_id);
	}
	return error;
}

int journal_write_open_set(struct journal *journal, const struct open_set *set)
{
	CLEANUP_STATEMENT sqlite3_stmt *put = NULL;
	int error = sql_run(journal->database, "DELETE FROM open");

	error = error ? error : sql_prepare(journal->database, PUT_OPEN, &put);
	for (size_t i = 0; i < set->count && !error; i++) {
		const struct open_finding *open = set->items[i];

		error = write_open(put, open->id, open->severity, &open->print, open->line);
	}
	return error;
}

int journal_write_state(struct journal *journal, const struct journal_state *state)
{
	CLEANUP_STATEMENT sqlite3_stmt *update = NULL;
	int error = sql_prepare(journal->database,
				"UPDATE state SET last_seq = ?, acknowledged_seq = ?, lost = ?",
				&update);

	if (error)
		return error;
	sqlite3_bind_int64(update, 1, state->last_seq);
	sqlite3_bind_int64(update, 2, state->acknowledged_seq);
	sqlite3_bind_int64(update, 3, (int64_t)state->lost);
	return finish(update);
}

int journal_used_bytes(struct journal *journal, int64_t *ret_bytes)
{
	int64_t pages, unused = 0, size = 0;
	int error = sql_number(journal->database, "PRAGMA page_count", &pages);

	error = error ? error : sql_number(journal->database, "PRAGMA freelist_count", &unused);
	error = error ? error : sql_number(journal->database, "PRAGMA page_size", &size);
	if (!error)
		*ret_bytes = (pages - unused) * size;
	return error;
}

int journal_shrink(struct journal *journal)
{
	return sql_run(journal->database, "PRAGMA incremental_vacuum");
}

int journal_has_older(struct journal *journal, int64_t before_ns, int64_t up_to_seq, bool *ret_has)
{
	CLEANUP_STATEMENT sqlite3_stmt *select = NULL;
	int error = sql_prepare(journal->database,
				"SELECT 1 FROM changes WHERE seq <= ? AND time_ns < ? LIMIT 1",
				&select);

	if (error)
		return error;
	sqlite3_bind_int64(select, 1, up_to_seq);
	sqlite3_bind_int64(select, 2, before_ns);
	error = sql_step(select);
	if (error < 0)
		return error;
	*ret_has = error == 1;
	return 0;
}

int journal_drop_older(struct journal *journal, int64_t before_ns, int64_t up_to_seq)
{
	CLEANUP_STATEMENT sqlite3_stmt *drop = NULL;
	int error = sql_prepare(journal->database,
				"DELETE FROM changes WHERE seq <= ? AND time_ns < ?", &drop);

	if (error)
		return error;
	sqlite3_bind_int64(drop, 1, up_to_seq);
	sqlite3_bind_int64(drop, 2, before_ns);
	return finish(drop);
}

/* Drops some of the changes up to, or past, that number; ret_dropped says how many. */
static int drop_some(struct journal *journal, const char *statement, int64_t seq, int *ret_dropped)
{
	CLEANUP_STATEMENT sqlite3_stmt *drop = NULL;
	int error = sql_prepare(journal->database, statement, &drop);

	if (error)
		return error;
	sqlite3_bind_int64(drop, 1, seq);
	error = finish(drop);
	*ret_dropped = error ? 0 : sqlite3_changes(journal->database);
	return error;
}

#define SOME_READ   "SELECT seq FROM changes WHERE seq <= ? ORDER BY seq LIMIT " DROP_ROWS
#define SOME_UNREAD "SELECT seq FROM changes WHERE seq > ? ORDER BY severity, seq LIMIT " DROP_ROWS

static int count_unread(struct journal *journal, int64_t seq, struct loss *loss)
{
	CLEANUP_STATEMENT sqlite3_stmt *select = NULL;
	int error = sql_prepare(journal->database,
				"SELECT count(*), min(time_ns), max(time_ns), max(severity) "
				"FROM changes WHERE seq IN (" SOME_UNREAD ")",
				&select);

	if (error)
		return error;
	sqlite3_bind_int64(select, 1, seq);
	error = sql_step(select);
	if (error < 0)
		return error;
	struct loss some = { .count = (uint64_t)sqlite3_column_int64(select, 0),
			     .from_ns = sqlite3_column_int64(select, 1),
			     .to_ns = sqlite3_column_int64(select, 2),
			     .worst = (enum severity)sqlite3_column_int(select, 3) };

	loss_join(loss, &some);
	return 0;
}

int journal_drop_to_size(struct journal *journal, int64_t acknowledged_seq, int64_t bytes,
			 struct loss *ret_loss)
{
	struct loss loss = { 0 };
	int64_t used = 0;
	int dropped = 1;
	int error = journal_used_bytes(journal, &used);

	while (!error && used > bytes && dropped) {
		error = drop_some(journal, "DELETE FROM changes WHERE seq IN (" SOME_READ ")",
				  acknowledged_seq, &dropped);
		if (!error && !dropped) {
			error = count_unread(journal, acknowledged_seq, &loss);
			error = error ? error
				      : drop_some(journal,
						  "DELETE FROM changes WHERE seq IN (" SOME_UNREAD
						  ")",
						  acknowledged_seq, &dropped);
		}
		error = error ? error : journal_used_bytes(journal, &used);
	}
	if (!error)
		*ret_loss = loss;
	return error;
}
