/* SPDX-License-Identifier: Apache-2.0 */
/* A ledger in a directory of its own, and a listener that remembers what it was told. */
#ifndef UNIT_LEDGER_FIXTURE_H
#define UNIT_LEDGER_FIXTURE_H

#include "base/arena.h"
#include "base/limits.h"
#include "ledger/ledger.h"

/* What a listener or visitor was told of one change. */
struct heard {
	int64_t seq;
	enum change_kind kind;
	enum severity severity;
	enum verdict verdict;
	int64_t first_seen_ns;
	uint64_t count;
	pid_t pid;
	char id[FINDING_ID_LENGTH + 1];
	char check[64], detail[256];
};

#define HEARD_MAX 8192

struct fixture {
	char directory[64];
	char path[80]; /* of the journal */
	struct ledger_options options;
	struct ledger *ledger;
	struct ledger_listener listener;
	struct change_visitor visitor;
	struct heard heard[HEARD_MAX];
	size_t count;
	int64_t now_ns;
};

/* cmocka setup and teardown: state is a struct fixture with an open ledger. */
int fixture_setup(void **state);
int fixture_teardown(void **state);
/* Closes the ledger and opens it again, as after a restart. */
void fixture_restart(struct fixture *fixture);
/* Closes the ledger and removes its files. */
void fixture_remove_journal(struct fixture *fixture);
/* Removes the files of a journal, in use or not. */
void remove_files(const char *path);
/* One pass, a second later; what was heard before is forgotten. */
void fixture_pass(struct fixture *fixture, const struct finding *findings, size_t count);
/* Appends so many would-refuse changes of that severity, each of about a kilobyte. */
void fixture_append(struct fixture *fixture, size_t count, enum severity severity);
/* Reads into heard. */
void fixture_read(struct fixture *fixture, const struct change_query *query);
/* The sample finding of samples.h about another check and key, with no evidence. */
struct finding fixture_finding(const char *check, const char *key, enum verdict verdict);

#endif
