/* SPDX-License-Identifier: Apache-2.0 */
/* A systemd unit that may say anything: a command that is understood has a program. */
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/limits.h"
#include "observe/rest/unit_command.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct unit_text unit = { .arena = arena, .root = -1 };
	struct unit_command command;
	const char *text = arena && size <= SMALL_FILE_BYTES_MAX
				   ? arena_copy(arena, (const char *)data, size)
				   : NULL;

	if (!text)
		return 0;
	unit_text_add(&unit, text);
	if (unit_text_command(&unit, &command) == 0 &&
	    (command.count == 0 || command.count > ARGUMENTS_MAX))
		abort();
	return 0;
}
