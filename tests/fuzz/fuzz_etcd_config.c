/* SPDX-License-Identifier: Apache-2.0 */
/* etcd's configuration file, whatever is in it: every setting has one value and one sentence. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "observe/control_plane/programs.h"
#include "observe/reading/decode.h"
#include "observe/reading/document.h"
#include "observe/reading/export.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct file_content content = { .data = arena_copy(arena, (const char *)data, size),
					.length = size };
	struct component component = { 0 };
	struct reading reading = {
		.schema = &ETCD_SCHEMA,
		.arena = arena,
		.minor = -1,
		.directory = "/",
		.config_path = "/file",
		.states = arena_array(arena, ETCD_SCHEMA.field_count, sizeof(*reading.states)),
	};

	decode_defaults(&reading, true);
	etcd_take_file(&reading,
		       document_parse(&reading, &content, (struct source){ SOURCE_CONFIG, "/file" },
				      DUPLICATES_WARN));
	if (reading.error || export_reading(&reading, arena, &component) < 0)
		return 0;
	for (size_t i = 0; i < component.setting_count; i++)
		if (!component.settings[i].detail || !*component.settings[i].detail)
			abort();
	return 0;
}
