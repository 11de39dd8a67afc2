/* SPDX-License-Identifier: Apache-2.0 */
/* What a ledger is inside; for the files of this folder alone. */
#ifndef LEDGER_STATE_H
#define LEDGER_STATE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "ledger/journal_file.h"
#include "ledger/ledger.h"

/* Why changes were lost; each has its sentence in losses.c. */
enum loss_kind {
	LOSS_MEMORY,   /* the journal could not be written, and memory had no more room */
	LOSS_SIZE,     /* the journal was full */
	LOSS_DAMAGED,  /* the journal was damaged */
	LOSS_REPLACED, /* the journal was removed or replaced while in use */
	LOSS_KIND_COUNT,
};

struct ledger {
	char *path;
	char *texts[3]; /* of node */
	struct node_identity node;
	int64_t keep_ns, max_bytes;
	bool has_collector;

	struct journal *journal; /* NULL while it cannot be used */
	bool has_adopted;	 /* what a journal knew of open findings was taken over */
	bool open_is_stale;	 /* the file's open findings are not ours: rewrite them all */
	bool state_moved;	 /* an acknowledgement is not yet written */
	int64_t retry_at_ns;	 /* monotonic; not before, after a failure */
	int64_t sweep_at_ns;	 /* monotonic; when to look for changes that are too old */
	struct text_buffer problem;

	struct journal_state numbers; /* last_seq: the last one given */
	int64_t renumbered_by;	      /* during this call, by adopting a journal */
	struct open_set open;
	struct record_queue pending;
	bool has_lost[LOSS_KIND_COUNT];
	struct loss losses[LOSS_KIND_COUNT]; /* not yet said */
	struct text_buffer damaged_name;     /* where the damaged file went */

	uint64_t pass, untracked;
	struct arena *arena; /* of one call */
	struct text_buffer scratch;
};

/* One thing that a call of the ledger will do. */
struct step {
	struct change change;
	bool is_news;
	enum open_action action;
	struct open_finding *open; /* with OPEN_PUT; owned until the batch is applied */
};

/* What one call does, collected first, so that it happens as a whole or not at all. */
struct batch {
	struct ledger *ledger;
	int64_t now_ns;
	struct step *steps; /* in the ledger's arena */
	size_t count, capacity;
	struct record_queue records;
	int64_t last_seq;
};

/* Of one call, whose arena was reset before. */
void batch_init(struct batch *batch, struct ledger *ledger, int64_t now_ns);
/* Forgets and frees all of it. */
void batch_done(struct batch *batch);
/* Adds a change, which gets the next number, time, node and id; texts stay the caller's. */
int batch_add(struct batch *batch, const struct change *change, enum open_action action,
	      const struct fingerprint *print);
/* Renews the line of an open finding without making news of it. */
int batch_refresh(struct batch *batch, const struct open_finding *old,
		  const struct finding *finding, const struct fingerprint *print);
/* The open set and the queue take it all over. Returns 0, or -ENOMEM with nothing done. */
int batch_apply(struct batch *batch);
void batch_deliver(const struct batch *batch, const struct ledger_listener *listener);
#define CLEANUP_BATCH CLEANUP(batch_done)

/*
 * Writes what waits, if anything does. Where a batch for gaps is given, changes that are too old or
 * too many are dropped too, and gap changes about what was lost join that batch. Returns 0, or -EIO
 * with the problem set and the batch emptied.
 */
int ledger_commit(struct ledger *ledger, struct batch *gaps);
/* Commits (not again at once after a failure) and delivers an applied batch and the gaps. */
void ledger_finish(struct ledger *ledger, struct batch *batch,
		   const struct ledger_listener *listener);
/* Opens the journal and joins what it knows with what is in memory. Returns 0 or -errno. */
int ledger_adopt(struct ledger *ledger);
/* Moves a damaged journal aside and opens a new one. Returns 0 or -errno. */
int ledger_replace_damaged(struct ledger *ledger);
/* The gap change for one kind of loss; its texts are in the ledger's arena. */
int loss_describe(struct ledger *ledger, enum loss_kind kind, int64_t now_ns,
		  struct change *ret_change);

#endif
