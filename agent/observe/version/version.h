/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The version of a component, found without running anything: from its program's own file, from
 * where its distribution put that file, or from the package that installed it.
 */
#ifndef OBSERVE_VERSION_VERSION_H
#define OBSERVE_VERSION_VERSION_H

#include "nodelatch/component.h"

#include "base/arena.h"
#include "observe/host.h"
#include "observe/version/memory.h"

struct found_version {
	const char *version; /* "1.31.4", "1.31" where the patch is not known; NULL unknown */
	const char *detail;  /* a sentence that says how it is known; NULL with the version */
};

struct version_reader {
	const struct host *host;
	struct version_memory *memory; /* of what programs told before; NULL: none */
};

/* Returns 0 or -ENOMEM. What cannot be read leaves the version unknown. */
int version_find(const struct version_reader *reader, const struct process *process,
		 enum component_kind kind, struct arena *arena, struct found_version *ret_found);

#endif
