/* SPDX-License-Identifier: Apache-2.0 */
/* A unit file that may say anything: it ends, and what it names is absolute or empty. */
#include <stdint.h>
#include <stdlib.h>

#include "observe/files/unit_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct unit_reader reader = { .rest = arena_copy(arena, (const char *)data, size),
				      .arena = arena };
	const char *path;

	while (unit_next_environment(&reader, &path) > 0)
		if (*path && *path != '/')
			abort();
	return 0;
}
