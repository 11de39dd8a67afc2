/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of a POSIX access list: whoever is named has permissions, and nobody has more than all. */
#include <stdint.h>
#include <stdlib.h>

#include "observe/files/access_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct access_list list;

	if (access_list_parse(data, size, arena, &list) < 0)
		return 0;
	if (list.permissions > 7 || (list.permissions != 0) != (*list.names != '\0'))
		abort();
	return 0;
}
