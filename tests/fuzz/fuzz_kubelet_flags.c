/* SPDX-License-Identifier: Apache-2.0 */
/* An argv that may hold anything, NUL-separated: whatever it says, every setting has one value. */
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/limits.h"
#include "observe/kubelet/fields.h"
#include "observe/reading/decode.h"
#include "observe/reading/export.h"
#include "observe/reading/flags.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char **split(struct arena *arena, const uint8_t *data, size_t size, size_t *ret_count)
{
	const char *text = arena_copy(arena, (const char *)data, size);
	const char **arguments = NULL;
	size_t count = 0, capacity = 0;

	for (size_t at = 0; text && at < size; at += strlen(text + at) + 1) {
		const char **place =
			arena_push(arena, &arguments, &count, &capacity, sizeof(*arguments));

		if (!place)
			abort();
		*place = text + at;
	}
	*ret_count = count;
	return arguments;
}

static void check(const struct component *component)
{
	for (size_t i = 0; i < component->setting_count; i++)
		if (component_setting(component, component->settings[i].name) !=
		    &component->settings[i])
			abort();
	if (component->problem_count > PROBLEMS_MAX)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct reading reading = {
		.schema = &KUBELET_SCHEMA,
		.arena = arena,
		.minor = -1,
		.directory = "/",
		.states = arena_array(arena, KUBELET_SCHEMA.field_count, sizeof(*reading.states)),
	};
	struct component component = { 0 };
	struct flag_token token;
	size_t count;
	const char **arguments = split(arena, data, size, &count);

	struct flag_scanner scanner = { .schema = &KUBELET_SCHEMA,
					.arguments = arguments,
					.count = count };

	decode_defaults(&reading, true);
	flags_apply(&reading, arguments, count);
	flags_find(&scanner, "config", &token);
	flags_only_print(&KUBELET_SCHEMA, arguments, count);
	if (reading.error == 0 && export_reading(&reading, arena, &component) == 0)
		check(&component);
	return 0;
}
