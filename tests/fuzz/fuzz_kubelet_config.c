/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that may hold anything, as --config and then, over it, as a drop-in: whatever it says,
 * every setting has one value, and a file that is refused leaves a reason.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/limits.h"
#include "observe/kubelet/fields.h"
#include "observe/reading/decode.h"
#include "observe/reading/export.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct reading *reading)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct component component = { 0 };

	if (reading->error || export_reading(reading, arena, &component) < 0)
		return;
	for (size_t i = 0; i < component.setting_count; i++)
		if (component_setting(&component, component.settings[i].name) !=
		    &component.settings[i])
			abort();
	if (component.problem_count > PROBLEMS_MAX)
		abort();
}

static struct document *parse(struct reading *reading, const struct file_content *content,
			      enum source_kind kind, enum duplicate_rule duplicates)
{
	struct document *root =
		document_parse(reading, content, (struct source){ kind, "/file" }, duplicates);

	if (!root && !reading->files_problem && !reading->error)
		abort();
	if (!root || !document_is(reading, root, "/file", KUBELET_API_VERSION, KUBELET_KIND))
		return NULL;
	return root;
}

static void apply_over(struct reading *reading, const struct file_content *content)
{
	struct document *patch = parse(reading, content, SOURCE_DROPIN, DUPLICATES_STOP);
	struct document *base = patch ? decode_base(reading) : NULL;
	struct document *merged = base ? document_merge(reading->arena, base, patch) : NULL;

	if (!merged)
		return;
	decode_report_unknown_keys(reading, patch, "/file", DECODE_MERGED);
	decode_document(reading, merged, DECODE_MERGED);
	check(reading);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct file_content content = { .data = arena_copy(arena, (const char *)data, size),
					.length = size };
	struct reading reading = {
		.schema = &KUBELET_SCHEMA,
		.arena = arena,
		.minor = -1,
		.has_config = true,
		.config_path = "/file",
		.states = arena_array(arena, KUBELET_SCHEMA.field_count, sizeof(*reading.states)),
	};

	decode_defaults(&reading, true);
	struct document *root = parse(&reading, &content, SOURCE_CONFIG, DUPLICATES_WARN);

	if (!root)
		return 0;
	decode_report_unknown_keys(&reading, root, "/file", DECODE_CONFIG);
	decode_document(&reading, root, DECODE_CONFIG);
	check(&reading);
	if (!reading.files_problem && !reading.error)
		apply_over(&reading, &content);
	return 0;
}
