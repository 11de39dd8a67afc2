/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/journal_file.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "model/change_json.h"

/* Shows one row's line as a change. A line that is damaged is passed over: one bad row must not
 * hide those after it, and its missing number shows. Returns whether to go on. */
static bool show(struct journal *journal, sqlite3_stmt *row, int column,
		 const struct change_visitor *visitor)
{
	const char *line = sql_text(row, column);
	struct change change;

	arena_reset(journal->arena);
	if (change_from_line(line, strlen(line), journal->arena, &change) < 0)
		return true;
	return visitor->visit(visitor->context, &change, line);
}

static int select_changes(struct journal *journal, const char *statement,
			  const struct change_query *query, sqlite3_stmt **ret_select)
{
	int error = sql_prepare(journal->database, statement, ret_select);

	if (error)
		return error;
	sqlite3_bind_int64(*ret_select, 1, query->after_seq);
	sqlite3_bind_int64(*ret_select, 2, query->since_ns);
	sqlite3_bind_int(*ret_select, 3, (int)query->at_least);
	return 0;
}

#define MATCHING "FROM changes WHERE seq > ? AND time_ns >= ? AND severity >= ? ORDER BY seq "

/* The number after which the newest so many start. */
static int find_start(struct journal *journal, const struct change_query *query,
		      int64_t *ret_after_seq)
{
	CLEANUP_STATEMENT sqlite3_stmt *row = NULL;
	int64_t after = query->after_seq;
	size_t found = 0;
	int error = select_changes(journal, "SELECT seq, check_id " MATCHING "DESC", query, &row);

	while (!error && found < query->last && (error = sql_step(row)) == 1) {
		error = 0;
		if (!text_matches_glob(sql_text(row, 1), query->check))
			continue;
		after = sqlite3_column_int64(row, 0) - 1;
		found++;
	}
	if (!error)
		*ret_after_seq = after;
	return error;
}

int journal_read(struct journal *journal, const struct change_query *query,
		 const struct change_visitor *visitor)
{
	CLEANUP_STATEMENT sqlite3_stmt *row = NULL;
	struct change_query narrowed = *query;
	size_t shown = 0;
	int error = query->last ? find_start(journal, query, &narrowed.after_seq) : 0;

	error = error ? error
		      : select_changes(journal, "SELECT check_id, line " MATCHING, &narrowed, &row);
	while (!error && (!query->limit || shown < query->limit)) {
		error = sql_step(row);
		if (error != 1)
			break;
		error = 0;
		if (!text_matches_glob(sql_text(row, 0), query->check))
			continue;
		shown++;
		if (!show(journal, row, 1, visitor))
			break;
	}
	return error;
}

int journal_read_open(struct journal *journal, const struct change_visitor *visitor)
{
	CLEANUP_STATEMENT sqlite3_stmt *row = NULL;
	int error = sql_prepare(journal->database,
				"SELECT line FROM open ORDER BY severity DESC, finding", &row);

	while (!error && (error = sql_step(row)) == 1) {
		error = 0;
		if (!show(journal, row, 0, visitor))
			break;
	}
	return error;
}

/* One row of `open`, as it was when the agent stopped. */
static int load_one(struct journal *journal, sqlite3_stmt *row, struct open_set *set)
{
	const char *line = sql_text(row, 3);
	struct fingerprint print = { 0 };
	struct change change;

	arena_reset(journal->arena);
	if (change_from_line(line, strlen(line), journal->arena, &change) < 0 ||
	    strcmp(change.finding_id, sql_text(row, 0)) != 0)
		return 0;
	snprintf(print.news, sizeof(print.news), "%s", sql_text(row, 1));
	snprintf(print.exact, sizeof(print.exact), "%s", sql_text(row, 2));
	struct open_finding *open = open_finding_new(&change, &print, line);

	if (!open || open_set_reserve(set, 1) < 0) {
		free(open);
		return -ENOMEM;
	}
	open_set_put(set, open);
	return 0;
}

static int load_state(struct journal *journal, struct journal_state *ret_state)
{
	CLEANUP_STATEMENT sqlite3_stmt *row = NULL;
	int error = sql_prepare(journal->database,
				"SELECT max(last_seq, ifnull((SELECT max(seq) FROM changes), 0)),"
				" acknowledged_seq, lost FROM state",
				&row);

	error = error ? error : sql_step(row);
	if (error < 0)
		return error;
	if (error == 0)
		return -EUCLEAN;
	ret_state->last_seq = sqlite3_column_int64(row, 0);
	ret_state->acknowledged_seq = sqlite3_column_int64(row, 1);
	ret_state->lost = (uint64_t)sqlite3_column_int64(row, 2);
	return 0;
}

int journal_load(struct journal *journal, struct open_set *set, struct journal_state *ret_state)
{
	CLEANUP_STATEMENT sqlite3_stmt *row = NULL;
	int error = load_state(journal, ret_state);

	error = error ? error
		      : sql_prepare(journal->database,
				    "SELECT finding, news, exact, line FROM open", &row);
	while (!error && (error = sql_step(row)) == 1)
		error = load_one(journal, row, set);
	return error;
}

static int64_t bytes_of(const char *path, const char *suffix)
{
	char name[PATH_MAX];
	struct stat status;

	if (snprintf(name, sizeof(name), "%s%s", path, suffix) >= (int)sizeof(name) ||
	    stat(name, &status) < 0)
		return 0;
	return status.st_size;
}

static int count_open(struct journal *journal, struct ledger_counts *counts)
{
	CLEANUP_STATEMENT sqlite3_stmt *row = NULL;
	int error = sql_prepare(journal->database,
				"SELECT severity, count(*) FROM open GROUP BY severity", &row);

	while (!error && (error = sql_step(row)) == 1) {
		int severity = sqlite3_column_int(row, 0);

		error = 0;
		if (severity >= 0 && severity < SEVERITY_COUNT)
			counts->open[severity] = (unsigned)sqlite3_column_int(row, 1);
	}
	return error;
}

int journal_counts(struct journal *journal, struct ledger_counts *ret_counts)
{
	struct ledger_counts counts = { 0 };
	struct journal_state state = { 0 };
	int64_t changes = 0, unacknowledged = 0;
	int error = load_state(journal, &state);

	error = error ? error : count_open(journal, &counts);
	error = error ? error
		      : sql_number(journal->database, "SELECT count(*) FROM changes", &changes);
	error = error ? error
		      : sql_number(journal->database,
				   "SELECT count(*) FROM changes WHERE seq > "
				   "(SELECT acknowledged_seq FROM state)",
				   &unacknowledged);
	if (error)
		return error;
	counts.changes = (uint64_t)changes;
	counts.unacknowledged = (uint64_t)unacknowledged;
	counts.lost = state.lost;
	counts.last_seq = state.last_seq;
	counts.acknowledged_seq = state.acknowledged_seq;
	counts.bytes = bytes_of(journal->path, "") + bytes_of(journal->path, "-wal");
	*ret_counts = counts;
	return 0;
}
