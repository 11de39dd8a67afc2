/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What judging functions use: a draft is a finding in the making. It starts with all that the row
 * says, the judging function adds what it found, and draft_record() settles the severity, applies
 * the policy's overrides and waivers, and keeps it. Failures to allocate stick to the judge and end
 * the whole pass, so that no function here has to be checked for them.
 */
#ifndef CHECK_JUDGE_H
#define CHECK_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "nodelatch/check.h"
#include "nodelatch/settings.h"

struct judge {
	const struct node *node;
	const struct settings *settings;
	const struct check *check; /* the row being judged */
	struct arena *arena;
	struct finding *findings;
	size_t count, capacity;
	int error; /* 0, or -ENOMEM */
};

struct draft {
	struct judge *judge;
	struct finding finding;
	const char **notes;
	size_t note_capacity;
	struct evidence *evidence;
	size_t evidence_capacity;
};

struct draft draft_on_node(struct judge *judge);
struct draft draft_on_component(struct judge *judge, const struct component *component);
struct draft draft_on_listener(struct judge *judge, const struct listener *listener);
/* A file or directory in the root of a component's process; NULL: in the host's. */
struct draft draft_on_file(struct judge *judge, const struct component *user, const char *path);
struct draft draft_on_self(struct judge *judge, const struct self_fact *fact);

void draft_note(struct draft *draft, const char *format, ...) __attribute__((format(printf, 2, 3)));
void draft_evidence(struct draft *draft, const char *kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Raises the severity; never lowers it. */
void draft_raise(struct draft *draft, enum severity severity);
/* The value as found. */
void draft_value(struct draft *draft, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* How the value is known. */
void draft_source(struct draft *draft, enum source_kind kind, const char *path);

/* The finding is complete: the draft is not to be used after this. */
void draft_record(struct draft *draft, enum verdict verdict);
/* The same with the reason as evidence or note. */
void draft_record_error(struct draft *draft, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void draft_record_not_applicable(struct draft *draft, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Text in the pass's arena; "" once it is full. */
const char *judge_text(struct judge *judge, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
