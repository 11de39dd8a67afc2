/* SPDX-License-Identifier: Apache-2.0 */
/* The writer's side of the journal; for the ledger alone. */
#ifndef LEDGER_JOURNAL_FILE_H
#define LEDGER_JOURNAL_FILE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "ledger/journal.h"
#include "ledger/open_set.h"
#include "ledger/record.h"
#include "ledger/sql.h"

struct journal {
	sqlite3 *database;
	struct arena *arena; /* of the change that a visitor sees */
	int lock;	     /* the writer's; -1 for a reader */
	char *path;
};

/* The numbers that outlive the changes. */
struct journal_state {
	int64_t last_seq, acknowledged_seq;
	uint64_t lost;
};

/* Makes the file where there is none. Returns 0 or -errno; journal_trouble() has the words. */
int journal_open_writer(const char *path, struct journal **ret_journal);
/* The log next to the file takes at most a quarter of these bytes, apart from one large commit. */
int journal_bound(struct journal *journal, int64_t max_bytes);
/* Whether the file that is open is no longer the one at its path. */
bool journal_was_replaced(struct journal *journal);
/* An empty one around a path, for both ways of opening. NULL: no memory. */
struct journal *journal_new(const char *path);
/* Moves a damaged file aside; says where. What can still be read of the numbers is in ret_state. */
int journal_set_aside(const char *path, struct text_buffer *ret_where,
		      struct journal_state *ret_state);
/* Appends one sentence for an error of a journal: what is wrong, and the way out. */
void journal_trouble(const char *path, int error, struct text_buffer *text);

int journal_load(struct journal *journal, struct open_set *set, struct journal_state *ret_state);

/* One commit: begin, then any of the writes, then commit. Whatever fails, call journal_rollback. */
int journal_begin(struct journal *journal);
int journal_write_records(struct journal *journal, const struct record_queue *records);
/* Replaces all that the file says of open findings. */
int journal_write_open_set(struct journal *journal, const struct open_set *set);
int journal_write_state(struct journal *journal, const struct journal_state *state);
int journal_commit(struct journal *journal);
void journal_rollback(struct journal *journal);

/* Bytes in use by rows; what was freed is used again before the file grows. */
int journal_used_bytes(struct journal *journal, int64_t *ret_bytes);
/* Gives freed pages back to the file system. */
int journal_shrink(struct journal *journal);
/* Whether anything is older, up to that number. */
int journal_has_older(struct journal *journal, int64_t before_ns, int64_t up_to_seq, bool *ret_has);
/* Drops what is older, up to that number. */
int journal_drop_older(struct journal *journal, int64_t before_ns, int64_t up_to_seq);
/* Drops changes until at most so many bytes are used: acknowledged ones first, the oldest first;
 * then, counted in ret_loss, the least severe and of those the oldest. */
int journal_drop_to_size(struct journal *journal, int64_t acknowledged_seq, int64_t bytes,
			 struct loss *ret_loss);

#endif
