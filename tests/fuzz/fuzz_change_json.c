/* SPDX-License-Identifier: Apache-2.0 */
/* A line that may say anything: what is taken as a change is written and read again the same. */
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/json.h"
#include "model/change_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_line(const struct change *change, struct text_buffer *line)
{
	CLEANUP_JSON json_t *object = change_to_json(change);

	if (!object)
		abort();
	json_write(object, line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_BUFFER struct text_buffer one = { 0 }, other = { 0 };
	struct change change, again;

	if (change_from_line((const char *)data, size, arena, &change) < 0)
		return 0;
	write_line(&change, &one);
	if (change_from_line(one.data, one.length, arena, &again) < 0)
		abort();
	write_line(&again, &other);
	if (one.length != other.length || memcmp(one.data, other.data, one.length) != 0)
		abort();
	return 0;
}
