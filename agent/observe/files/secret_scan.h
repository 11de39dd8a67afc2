/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a file holds what nobody else may read: a private key, a token, a password. The text is
 * looked through and wiped; nothing of it is kept. Where in doubt, it holds one.
 */
#ifndef OBSERVE_FILES_SECRET_SCAN_H
#define OBSERVE_FILES_SECRET_SCAN_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a text has a PRIVATE KEY block, or a key of a kubeconfig that gives a secret: of any of
 * its users, in YAML or JSON. */
bool secret_in_text(const char *text, size_t length);
/* The same of a file inside the root. Returns 0 or -errno, as file_read_in(). */
int secret_in_file(int root, const char *path, bool *ret_has_secret);

#endif
