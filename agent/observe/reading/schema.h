/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every setting of one component, one row each: its place in the configuration file, its flag, its
 * type and its defaults; and the flags that make no setting, of which argv can only be read when it
 * is known whether they take a value.
 */
#ifndef OBSERVE_READING_SCHEMA_H
#define OBSERVE_READING_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

enum field_type {
	FIELD_BOOLEAN,
	FIELD_INT32,
	FIELD_INT64,
	FIELD_PORT, /* int32; no other number is taken but 0..65535 */
	FIELD_FLOAT,
	FIELD_TEXT,
	FIELD_PATH,    /* a text; relative ones are made absolute */
	FIELD_ADDRESS, /* a text; the flag takes only IP addresses */
	FIELD_DURATION,
	FIELD_TEXT_LIST,
	FIELD_TEXT_MAP,
	FIELD_BOOLEAN_MAP,
	FIELD_OPAQUE, /* known, but neither typed nor shown: lists of structs and the like */
	FIELD_TYPE_COUNT,
};

enum field_marks {
	FIELD_KEEPS_ZERO = 1 << 0,	/* a pointer in Go: 0, false and "" are values; without it
					   they mean the default */
	FIELD_DEFAULT_DEPENDS = 1 << 1, /* the default follows from other settings or the machine */
	FIELD_FLAG_ADDS = 1 << 2,	/* the flag can only turn it on */
	FIELD_ONE_PAIR = 1 << 3,	/* a map whose flag takes one pair each time */
	FIELD_PAIR_BY_LESS = 1 << 4,	/* a map whose flag writes pairs as key<value */
};

struct field {
	const char *name; /* dotted path; "--flag" when only a flag can make it */
	const char *flag; /* without dashes; NULL: none */
	enum field_type type;
	unsigned marks;
	const char *usual_default;  /* in the flag's spelling; NULL: false, 0, nothing */
	const char *legacy_default; /* in force without --config; NULL: the usual one */
	unsigned since;		    /* 1.N that first had it; 0: 1.12 or before */
};

/* A default that changed: the one before 1.`until`. */
struct earlier_default {
	const char *name;
	int until;
	const char *value;
};

/* Another name that a flag has or had. */
struct flag_alias {
	const char *alias, *flag;
};

enum schema_marks {
	SCHEMA_GO_FLAGS = 1 << 0,	   /* Go's own flag package: one dash is as good as two */
	SCHEMA_KEEPS_UNDERSCORES = 1 << 1, /* '_' in a flag is not '-' */
	SCHEMA_ASKS_VERSION = 1 << 2,	   /* a default that changed is unknown without a version */
};

/* Lists of names end with NULL, and a list may be NULL; so may tables with a count of 0. */
struct schema {
	const char *program;	   /* as the subject of a sentence: "the kubelet" */
	const char *configuration; /* what its file is: "a kubelet configuration" */
	const char *word;	   /* of --component-version: "kubelet" */
	int major;		   /* of the versions that `since` and `until` count in: 1 */
	unsigned marks;
	const struct field *fields;
	size_t field_count;
	const struct earlier_default *earlier;
	size_t earlier_count;
	const struct flag_alias *aliases;
	size_t alias_count;
	const char *const *bare_flags;	/* make no setting, and never take the next argument */
	const char *const *value_flags; /* the same, and take it */
};

/* Index of the row that this flag (without dashes) sets; -1: none. */
int field_of_flag(const struct schema *schema, const char *flag);
/* Index of the row of this name; -1: none. With is_folded, case does not count, as in Go's own
 * JSON reader; an exact match wins. */
int field_of_path(const struct schema *schema, const char *path, bool is_folded);
/* Whether rows lie below this path: "authentication". */
bool field_is_struct(const struct schema *schema, const char *path, bool is_folded);
/* Whether the row is a flag's alone, and no key of a file. */
bool field_is_flag_only(const struct field *field);
/* The default in force in 1.`minor` (-1: unknown, the newest) with or without --config. */
const char *field_default(const struct schema *schema, const struct field *field, bool is_legacy,
			  int minor);
/* The row of the default's last change; NULL: it never changed. */
const struct earlier_default *field_last_change(const struct schema *schema,
						const struct field *field);

enum flag_kind { FLAG_UNKNOWN, FLAG_BARE, FLAG_WITH_VALUE };

/* What becomes of a flag that stands without '='. */
enum flag_kind flag_kind(const struct schema *schema, const char *flag);

#endif
