/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML by libyaml, as a tree with places. Scalars stay text: whether `yes` is a boolean is for the
 * reader to decide, since kubelets read YAML 1.1 and our policy YAML 1.2. Only the first document
 * of a stream is read. Depth, size and aliases are bounded by base/limits.h.
 */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml_node {
	enum yaml_kind kind;
	unsigned line, column; /* 1-based, where it starts */
	const char *tag;       /* explicit tag, "tag:yaml.org,2002:str"; NULL when there is none */
	/* YAML_SCALAR */
	const char *text; /* NUL-terminated, may hold NULs */
	size_t length;
	bool is_plain; /* neither quoted nor a block scalar */
	/* YAML_SEQUENCE: items. YAML_MAPPING: keys[i] -> items[i], in file order, duplicates kept.
	 */
	const struct yaml_node *const *keys;
	const struct yaml_node *const *items;
	size_t count;
};

struct yaml_error {
	unsigned line, column;
	const char *message; /* in the arena */
};

enum yaml_flags {
	YAML_ALIASES = 1 << 0,	    /* expand aliases; without it an alias is an error */
	YAML_ONE_DOCUMENT = 1 << 1, /* a second document is an error; without it, it is not read */
};

struct yaml_text {
	const char *data; /* may hold NULs */
	size_t length;
	enum yaml_flags flags;
};

/*
 * Returns 0 with the root (NULL for an empty stream), -EINVAL with ret_error filled in, or -ENOMEM.
 */
int yaml_parse(const struct yaml_text *text, struct arena *arena, const struct yaml_node **ret_root,
	       struct yaml_error *ret_error);

/* The value of a scalar key in a mapping, the last one where it is given twice; NULL when it is not
 * there. */
const struct yaml_node *yaml_get(const struct yaml_node *mapping, const char *key);

#endif
