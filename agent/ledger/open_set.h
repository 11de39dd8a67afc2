/* SPDX-License-Identifier: Apache-2.0 */
/* The findings that are open, by id, each with its last change as a line. */
#ifndef LEDGER_OPEN_SET_H
#define LEDGER_OPEN_SET_H

#include <stddef.h>
#include <stdint.h>

#include "ledger/record.h"

struct open_finding {
	char id[FINDING_ID_LENGTH + 1];
	struct fingerprint print;
	enum severity severity;
	int64_t seq, time_ns; /* of its last change */
	enum change_kind kind;
	int64_t first_seen_ns;
	uint64_t count;	   /* how often it was news since it opened */
	uint64_t seen_in;  /* number of the last pass that had it */
	const char *check; /* both in the same piece of memory */
	const char *line;
};

/* NULL: no memory. Freed by free(). */
struct open_finding *open_finding_new(const struct change *change, const struct fingerprint *print,
				      const char *line);

struct open_set {
	struct open_finding **items; /* sorted by id */
	size_t count, capacity;
};

void open_set_done(struct open_set *set);
/* Room for so many more, so that open_set_put() cannot fail. Returns 0 or -ENOMEM. */
int open_set_reserve(struct open_set *set, size_t more);
/* NULL when it is not open. */
struct open_finding *open_set_find(const struct open_set *set, const char *id);
/* Adds, or replaces and frees the one with the same id. */
void open_set_put(struct open_set *set, struct open_finding *finding);
void open_set_remove(struct open_set *set, const char *id);

#endif
