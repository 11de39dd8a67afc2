/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes that may hold a private key or a token: read into memory of their own, and wiped when they
 * are done with. They never go into an arena.
 */
#ifndef OBSERVE_CERTIFICATE_SECRET_H
#define OBSERVE_CERTIFICATE_SECRET_H

#include <stddef.h>

#include "base/cleanup.h"

struct secret {
	char *data; /* NULL while empty; not NUL-terminated */
	size_t length;
};

/* Reads a whole regular file inside the root, with the errors of file_read_in(). */
int secret_read(int root, const char *path, size_t max, struct secret *ret_secret);
/*
 * Standard base64 (RFC 4648 section 4) with its padding; white space is skipped. Returns 0, -EINVAL
 * or -ENOMEM.
 */
int secret_from_base64(const char *text, size_t length, struct secret *ret_secret);
/* What was in the second is wiped, and the first is empty then. */
void secret_move(struct secret *from, struct secret *to);
/* Returns 0 or -ENOMEM. */
int secret_copy(const char *text, struct secret *ret_secret);
struct yaml_node; /* base/yaml.h */
/* Overwrites every scalar of a tree, which is in an arena of the caller's own. */
void secret_wipe_tree(const struct yaml_node *root);
/* Wipes and frees. */
void secret_done(struct secret *secret);

#define CLEANUP_SECRET CLEANUP(secret_done)

#endif
