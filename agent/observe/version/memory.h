/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What programs told of their version, so that one that stays is read once and not at every
 * refresh. Bounded; what is forgotten is read again. A file that was replaced or written to is
 * another one.
 */
#ifndef OBSERVE_VERSION_MEMORY_H
#define OBSERVE_VERSION_MEMORY_H

#include <sys/stat.h>

#include "nodelatch/component.h"

struct version_memory;

struct program_version {
	const char *version; /* "v1.31.4"; NULL: the program says none */
	const char *how;     /* what of it does; a constant */
};

/* NULL: no memory. */
struct version_memory *version_memory_new(void);
void version_memory_free(struct version_memory *memory);
/* Whether the program in this file was read; the version lives until the next one is noted. memory
 * may be NULL. */
bool version_memory_get(const struct version_memory *memory, const struct stat *file,
			enum component_kind kind, struct program_version *ret_version);
/* Without memory for it, it is read again. */
void version_memory_note(struct version_memory *memory, const struct stat *file,
			 enum component_kind kind, const struct program_version *version);

#endif
