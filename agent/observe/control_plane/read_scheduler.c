/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "observe/control_plane/readers.h"
#include "observe/reading/decode.h"
#include "observe/reading/document.h"
#include "observe/reading/setting_value.h"
#include "observe/reading/whole.h"

/* Flags that --config takes the place of, and the keys of KubeSchedulerConfiguration that do. */
static const struct {
	const char *flag, *key;
} REPLACED[] = {
	{ "--profiling", "enableProfiling" },
	{ "--kubeconfig", "clientConnection.kubeconfig" },
};

static void take_key(struct reading *reading, size_t i, const struct document *root)
{
	int row = field_of_flag(reading->schema, REPLACED[i].flag + 2);
	const struct field *field = &reading->schema->fields[row];
	struct document *value = document_at(root, REPLACED[i].key);
	struct field_state state = { .origin = ORIGIN_SET };
	const char *complaint;

	decode_default(reading, (size_t)row, false);
	if (!value || value->kind == DOCUMENT_NULL) {
		reading->states[row].sentence = reading_printf(
			reading,
			"%s, in force with --config, does not set %s: its default is in force",
			reading->config_path, REPLACED[i].key);
		return;
	}
	state.source = value->source;
	if (!value_from_document(reading, field, value, &state, &complaint)) {
		reading_files_unknown(reading, PROBLEM_FATAL, reading->config_path, value->line,
				      complaint);
		reading_set_unknown(&reading->states[row], complaint);
		return;
	}
	state.sentence = reading_printf(reading,
					"%s, line %u sets %s, which with --config takes the "
					"place of %s",
					reading->config_path, value->line, REPLACED[i].key,
					REPLACED[i].flag);
	reading->states[row] = state;
}

/* The deprecated flags beside --config are ignored; the others are laid over the file. */
void read_scheduler(struct reading *reading, const struct arguments *arguments)
{
	read_flags(reading, arguments);
	const char *path = state_path(reading, "--config");

	if (!path)
		return;
	reading->config_path = path;
	struct document *root = document_read(reading, path, (struct source){ SOURCE_CONFIG, path },
					      DUPLICATES_WARN);

	for (size_t i = 0; i < ARRAY_SIZE(REPLACED); i++) {
		if (root)
			take_key(reading, i, root);
		else
			reading_set_unknown(state_named(reading, REPLACED[i].flag),
					    reading->files_problem);
	}
	reading_make_absolute(reading, SOURCE_CONFIG, reading->directory);
}
