/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is to be written to the journal, and the bounded queue in which it waits: empty after each
 * call of the ledger, unless writing fails.
 */
#ifndef LEDGER_RECORD_H
#define LEDGER_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "nodelatch/change.h"

/* What of a finding is compared with the last pass, as hashes. */
struct fingerprint {
	char news[DIGEST_HEX_BYTES];  /* verdict, severity, value, evidence; pids masked */
	char exact[DIGEST_HEX_BYTES]; /* everything that is shown */
};

enum open_action {
	OPEN_LEAVE,  /* the change is about no open finding */
	OPEN_PUT,    /* the finding is open, and this is its line */
	OPEN_REMOVE, /* it is open no more */
};

struct record {
	struct record *next;
	int64_t seq; /* 0: no change, only the open finding's line is renewed */
	int64_t time_ns;
	enum severity severity;
	enum open_action action;
	char finding_id[FINDING_ID_LENGTH + 1];
	struct fingerprint print; /* with OPEN_PUT */
	const char *check;	  /* both in the same piece of memory */
	const char *line;
	size_t size; /* of that piece */
};

/* A record of the change and its line; NULL: no memory. Freed by free(). */
struct record *record_new(const struct change *change, enum open_action action,
			  const struct fingerprint *print);

struct record_queue {
	struct record *first, **end;
	size_t count, bytes;
};

void record_queue_init(struct record_queue *queue);
void record_queue_done(struct record_queue *queue);
void record_queue_add(struct record_queue *queue, struct record *record);
/* Moves all records of `more` to the end. */
void record_queue_join(struct record_queue *queue, struct record_queue *more);

/* What was dropped without having been written or acknowledged. */
struct loss {
	uint64_t count;
	int64_t from_ns, to_ns;
	enum severity worst;
};

void loss_add(struct loss *loss, int64_t time_ns, enum severity severity);
void loss_join(struct loss *loss, const struct loss *more);
/* Drops the least severe and, of those, the oldest, until the queue is within its bounds. */
void record_queue_trim(struct record_queue *queue, struct loss *loss);

#endif
