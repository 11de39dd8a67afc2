/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every setting of a kubelet, one row each: its place in KubeletConfiguration
 * (kubelet.config.k8s.io /v1beta1, versions 1.12 to 1.37), its flag, its type and its defaults; and
 * the flags that make no setting, of which argv can only be read when it is known whether they take
 * a value.
 */
#ifndef OBSERVE_KUBELET_FIELDS_H
#define OBSERVE_KUBELET_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

enum field_type {
	FIELD_BOOLEAN,
	FIELD_INT32,
	FIELD_INT64,
	FIELD_PORT, /* int32; the kubelet exits when it is not within 0..65535 */
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

extern const struct field KUBELET_FIELDS[];
extern const size_t KUBELET_FIELD_COUNT;

/* Index of the row that this flag (without dashes, '-' only) sets; -1: none. */
int field_of_flag(const char *flag);
/* Index of the row of this name; -1: none. With is_folded, case does not count, as in Go's own
 * JSON reader; an exact match wins. */
int field_of_path(const char *path, bool is_folded);
/* Whether rows lie below this path: "authentication". */
bool field_is_struct(const char *path, bool is_folded);
/* The default in force in 1.`minor` (-1: unknown, the newest) with or without --config. */
const char *field_default(const struct field *field, bool is_legacy, int minor);

enum flag_kind { FLAG_UNKNOWN, FLAG_BARE, FLAG_WITH_VALUE };

/* What pflag does with a flag that stands without '='. */
enum flag_kind flag_kind(const char *flag);

#endif
