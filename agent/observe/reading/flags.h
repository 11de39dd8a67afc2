/* SPDX-License-Identifier: Apache-2.0 */
/*
 * argv as the flag library of Kubernetes' components (pflag) reads it: --f=v, --f v, bare booleans
 * that never take the next argument, values that swallow it even when it starts with dashes, '_'
 * for '-', "--"; and as Go's own flag package does, which etcd uses. Which flags there are, and
 * which of them are bare, is the schema's to say.
 */
#ifndef OBSERVE_READING_FLAGS_H
#define OBSERVE_READING_FLAGS_H

#include <stdbool.h>
#include <stddef.h>

#include "observe/reading/reading.h"

/* The longest known name has 49 characters; what does not fit is cut and known to nobody. */
#define FLAG_NAME_BYTES 96

enum token_kind {
	TOKEN_FLAG,
	TOKEN_UNKNOWN_FLAG, /* not in our table: it may be of a version we do not know */
	TOKEN_POSITIONAL,   /* the component takes none and exits */
	TOKEN_MALFORMED,    /* "--=x", "-x", a flag at the end that wants a value */
};

struct flag_token {
	enum token_kind kind;
	char name[FLAG_NAME_BYTES]; /* without dashes, '_' made '-' */
	const char *text;	    /* the argument as it stands */
	size_t at;		    /* which of them it is */
	const char *value;	    /* never NULL for TOKEN_FLAG */
	bool is_doubtful;	/* an unknown flag before it may have swallowed it as its value */
	const char *after_bare; /* TOKEN_POSITIONAL: the boolean flag before it; NULL: none */
};

struct flag_scanner {
	const struct schema *schema;
	const char *const *arguments;
	size_t count, at;
	bool has_ended; /* "--" was read, or Go's own package saw a word that is no flag */
	bool next_is_doubtful;
	const char *last_bare;
};

/* The next token; false at the end. Start with the arguments after the program's own name. */
bool flag_next(struct flag_scanner *scanner, struct flag_token *ret_token);

/* Whether argv asks for the version or for help, after which the program ends. */
bool flags_only_print(const struct schema *schema, const char *const *arguments, size_t count);
/* The last use of a flag, with a fresh scanner. Returns false when it is not given. */
bool flags_find(struct flag_scanner *scanner, const char *name, struct flag_token *ret_token);
/* Tells the reading which version the flags show at least: the one that first had them. */
void flags_show_version(struct reading *reading, const char *const *arguments, size_t count);
/*
 * Lays the flags over the states, last one wins, and tells the reading of every argument that the
 * component would exit on or that is not known.
 */
void flags_apply(struct reading *reading, const char *const *arguments, size_t count);

#endif
