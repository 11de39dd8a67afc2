/* SPDX-License-Identifier: Apache-2.0 */
/* What a pod's manifest says of how its containers are started. */
#ifndef OBSERVE_CONTROL_PLANE_MANIFEST_H
#define OBSERVE_CONTROL_PLANE_MANIFEST_H

#include "observe/reading/document.h"
#include "observe/reading/program.h"

enum manifest_words {
	MANIFEST_NONE, /* no container starts this program */
	MANIFEST_FOUND,
	MANIFEST_WRAPPED, /* one does, by a shell or with variables: its words cannot be told */
};

struct manifest_start {
	const struct document *container;
	const char *const *words; /* the program's name, and the flags after it */
	size_t count;
};

/* How the first container that starts the program does it. What stands before the name, a
 * wrapper's words, is left out; of MANIFEST_WRAPPED only the container is told. */
enum manifest_words manifest_words_of(struct arena *arena, const struct document *pod,
				      const struct program *program,
				      struct manifest_start *ret_start);

#endif
