/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger remembers which findings are open, so that a repeat is not news: it turns the findings
 * of a pass into changes, numbers them without holes, and makes them durable (journal.h).
 *
 * A finding is open while its verdict is fail or error and it is not waived. It is resolved only by
 * knowledge: when it is judged otherwise itself, or when its check was judged in the pass, found
 * nothing of it, and ended nowhere in error.
 *
 * Trouble with the file never stops it: changes are then kept in memory within LEDGER_PENDING_MAX,
 * still reach the listener, and are written when writing works again; what memory could not hold is
 * counted, and a `gap` change says so.
 */
#ifndef LEDGER_LEDGER_H
#define LEDGER_LEDGER_H

#include "ledger/journal.h"
#include "nodelatch/change.h"

struct ledger;

struct ledger_options {
	const char *path;  /* of the journal; its directory is made when only that is missing */
	int64_t keep_ns;   /* changes older than this go, once they are acknowledged */
	int64_t max_bytes; /* of the file and its log; what does not fit goes, least severe first */
	bool has_collector; /* false: nobody will acknowledge, so age alone decides */
	struct node_identity node;
};

/* Called for each change, in order, after it was committed (or kept in memory). The change is valid
 * during the call, which must not call the ledger. */
struct ledger_listener {
	void (*changed)(void *context, const struct change *change);
	void *context;
};

/* Returns 0 also when the journal cannot be used (ledger_problem() then says why); -ENOMEM. Texts
 * are copied. */
int ledger_open(const struct ledger_options *options, struct ledger **ret_ledger);
/* Writes what is still in memory, if it can. */
void ledger_close(struct ledger *ledger);
/* After a new policy: keep, bound and collector. The path and the node stay until a restart. */
void ledger_configure(struct ledger *ledger, const struct ledger_options *options);

/* NULL while everything is durable; else one sentence that names the file, the trouble and the way
 * out. Valid until the next call. */
const char *ledger_problem(const struct ledger *ledger);

/* One pass of judging. Returns 0, or -ENOMEM: then nothing of the pass was recorded. */
int ledger_reconcile(struct ledger *ledger, const struct finding *findings, size_t count,
		     int64_t now_ns, const struct ledger_listener *listener);
/* Resolves the open findings of checks that are no longer in force; call it at start and after a
 * new policy. */
int ledger_retire(struct ledger *ledger, bool (*is_in_force)(void *context, const char *check),
		  void *context, int64_t now_ns, const struct ledger_listener *listener);
/*
 * Records refused, would-refuse, exec and gap changes, all in one commit: batch them. The caller
 * fills in kind, finding, count (0 means 1) and the kind's detail, time_ns and first_seen_ns where
 * they are not now; seq, finding_id and node are the ledger's. Returns 0 or -ENOMEM.
 */
int ledger_append(struct ledger *ledger, const struct change *changes, size_t count, int64_t now_ns,
		  const struct ledger_listener *listener);
/* Tries now to write what is in memory, and drops what is too old. Call it on the resync timer.
 * Returns 0, or -EIO while the journal is in trouble. */
int ledger_flush(struct ledger *ledger, int64_t now_ns, const struct ledger_listener *listener);

/* Changes from the file and from memory. Returns 0 or -errno. */
int ledger_read(struct ledger *ledger, const struct change_query *query,
		const struct change_visitor *visitor);
/* Each open finding, as its last change. */
int ledger_open_findings(struct ledger *ledger, const struct change_visitor *visitor);
/* Everything up to seq has arrived at a collector. Returns 0, or -EINVAL for a number not yet
 * given. */
int ledger_acknowledge(struct ledger *ledger, int64_t seq);
void ledger_counts(struct ledger *ledger, struct ledger_counts *ret_counts);

DEFINE_CLEANUP(ledger, struct ledger, ledger_close);
#define CLEANUP_LEDGER CLEANUP(cleanup_ledger)

#endif
