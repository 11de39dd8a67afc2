/* SPDX-License-Identifier: Apache-2.0 */
/* Paths as Go programs join them. */
#ifndef OBSERVE_CERTIFICATE_PATH_H
#define OBSERVE_CERTIFICATE_PATH_H

#include "base/arena.h"

/* An absolute path stays as it is; a relative one counts from the directory, with "." and ".."
 * taken out as filepath.Join does. NULL: the arena is full. */
char *path_resolve(struct arena *arena, const char *directory, const char *path);
/* What stands before the last '/'; "/" for a file of the root. NULL: the arena is full. */
char *path_directory(struct arena *arena, const char *path);

#endif
