/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal: changes in one SQLite file, durable when they are shown to anybody.
 *
 * One agent writes it (a lock file says so), any number of processes read it at the same time, or
 * with the agent down. WAL and synchronous FULL: a change that was handed on survives kill -9 and
 * a power cut, so that its number is never given to another change.
 */
#ifndef LEDGER_JOURNAL_H
#define LEDGER_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "nodelatch/change.h"

struct journal;

/* Which changes to read. All zero: every one. */
struct change_query {
	int64_t after_seq; /* only later ones */
	int64_t since_ns;  /* only those of that time or later */
	size_t limit;	   /* at most so many, the oldest; 0: all */
	size_t last;	   /* of those that match, only the newest so many; 0: all */
	enum severity at_least;
	const char *check; /* glob over the check's id; NULL: any */
};

/* Called with each change in order, with its line (nodelatch.change/1, no newline); both are valid
 * during the call. */
struct change_visitor {
	bool (*visit)(void *context, const struct change *change, const char *line); /* false: stop
										      */
	void *context;
};

struct ledger_counts {
	unsigned open[SEVERITY_COUNT]; /* findings that are open, by severity */
	uint64_t changes;	       /* that are kept */
	uint64_t unacknowledged;       /* of those, not yet acknowledged by a collector */
	uint64_t in_memory;	       /* of those, not yet in the file */
	uint64_t lost;	    /* changes that were dropped unread by the size bound, ever */
	uint64_t untracked; /* findings past LEDGER_OPEN_MAX in the last pass */
	int64_t last_seq;
	int64_t acknowledged_seq;
	int64_t bytes; /* of the file and its log */
};

/*
 * For `tail` and `status` without the agent: opens the file for reading only. Returns 0 or -errno;
 * on error ret_problem says what and the way out; it is the caller's to free, or NULL.
 */
int journal_open_reader(const char *path, struct journal **ret_journal, char **ret_problem);
void journal_close(struct journal *journal);
/* Returns 0 or -errno. */
int journal_read(struct journal *journal, const struct change_query *query,
		 const struct change_visitor *visitor);
/* Each open finding, as its last change. */
int journal_read_open(struct journal *journal, const struct change_visitor *visitor);
int journal_counts(struct journal *journal, struct ledger_counts *ret_counts);

DEFINE_CLEANUP(journal, struct journal, journal_close);
#define CLEANUP_JOURNAL CLEANUP(cleanup_journal)

#endif
