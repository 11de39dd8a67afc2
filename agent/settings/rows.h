/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every key of the policy is one row: what it is called, what it may be, what holds without it, and
 * what it is for. Reading, errors, the default policy, the effective settings and the JSON Schema
 * all come from here.
 */
#ifndef SETTINGS_ROWS_H
#define SETTINGS_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum row_type {
	ROW_GROUP,    /* a map whose keys are rows of their own: "journal" and "journal.keep" */
	ROW_INTEGER,  /* uint16_t */
	ROW_BOOLEAN,  /* bool */
	ROW_WORD,     /* an enum */
	ROW_DURATION, /* int64_t, nanoseconds */
	ROW_SIZE,     /* int64_t, bytes */
	ROW_DATE,     /* int64_t, the last second of that day since 1970 */
	ROW_TEXT,     /* const char * */
	ROW_SCALAR,   /* const char *, of any text, number or boolean; NULL: not given */
	ROW_BOUND,    /* the same of a whole number, or of a text that fits the pattern */
	ROW_SWITCH,   /* the same of a boolean */
	ROW_TEXTS,    /* list of texts */
	ROW_NETWORKS, /* list of struct cidr; "loopback" sets the bool at is_loopback_offset */
	ROW_RATINGS,  /* map from check to severity: list of struct severity_override */
	ROW_RECORDS, /* list of maps whose keys are rows of their own: "ports" and "ports[].port" */
};

struct policy_row {
	const char *path;
	enum row_type type;
	bool is_required;
	const char *fallback; /* what holds when the key is not there, as YAML; NULL: unset */
	const char *example;  /* for what has no default to show; NULL: none */
	/* ROW_INTEGER, BOUND: the value; DURATION: ns; SIZE: bytes; TEXT: characters; lists: items.
	 */
	int64_t min, max;
	/* Of a text, or of each text in a list: an extended regular expression that means the same
	 * in POSIX and in JSON Schema. NULL: any. */
	const char *pattern;
	const char *pattern_words;	     /* the same in words, for errors */
	const char *(*word)(unsigned index); /* ROW_WORD: NULL past the last */
	const char *doc;		     /* one or a few lines */
	/* Where it goes, in struct settings or in the struct of the list's items. */
	size_t offset;
	size_t size;		   /* 0: nowhere, it is only checked */
	size_t count_offset;	   /* lists */
	size_t item_size;	   /* lists */
	size_t is_loopback_offset; /* ROW_NETWORKS */
};

/* The rows below a path, in the order of the table: "" for the top, "journal." and "ports[]." for
 * what is inside. Call with NULL for the first; NULL after the last. */
const struct policy_row *row_next(const char *prefix, const struct policy_row *previous);
/* The row of one key below a path, or NULL. */
const struct policy_row *row_find(const char *prefix, const char *key, size_t length);
/* The row whose last part this is, anywhere, or NULL. */
const struct policy_row *row_find_anywhere(const char *key);
/* "keep" of "journal.keep". */
const char *row_key(const struct policy_row *row);
#define ROW_PREFIX_BYTES 64
/* "journal." for a group, "ports[]." for records. */
void row_prefix(const struct policy_row *row, char ret_prefix[static ROW_PREFIX_BYTES]);

/* What the key of ROW_RATINGS must match: the id of a check, or a glob over ids. */
#define ROW_CHECK_PATTERN "^[a-z0-9*?][a-z0-9.*?-]{0,99}$"

#endif
