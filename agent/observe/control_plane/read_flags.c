/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "observe/control_plane/readers.h"
#include "observe/reading/decode.h"
#include "observe/reading/explain.h"
#include "observe/reading/flags.h"
#include "observe/reading/whole.h"

/* What the flags show of the version counts before the defaults are laid down. */
void read_flags(struct reading *reading, const struct arguments *arguments)
{
	flags_show_version(reading, arguments->words, arguments->count);
	decode_defaults(reading, true);
	flags_apply(reading, arguments->words, arguments->count);
	reading_make_absolute(reading, SOURCE_FLAG, reading->directory);
}

static size_t row_named(const struct reading *reading, const char *name)
{
	for (size_t row = 0; row < reading->schema->field_count; row++)
		if (strcmp(reading->schema->fields[row].name, name) == 0)
			return row;
	assert(0 && "a name of the table");
	return 0;
}

struct field_state *state_named(struct reading *reading, const char *name)
{
	return &reading->states[row_named(reading, name)];
}

const char *explain_named(struct reading *reading, const char *name)
{
	size_t row = row_named(reading, name);

	return explain_state(reading, &reading->schema->fields[row], &reading->states[row]);
}

const char *state_path(struct reading *reading, const char *name)
{
	const struct field_state *state = state_named(reading, name);

	return state->origin == ORIGIN_SET && state->value.kind == VALUE_TEXT ? state->value.text
									      : NULL;
}

void environment_read(struct reading *reading, struct environment *ret_environment)
{
	const struct process_plan *plan = reading->process->plan;
	struct file_content content = { 0 };

	if (plan) {
		*ret_environment =
			(struct environment){ plan->environment, plan->environment_length,
					      plan->environment ? 0 : -ENODATA };
		return;
	}
	ret_environment->error =
		process_environment(reading->host, reading->process->pid, reading->arena, &content);
	ret_environment->data = content.data;
	ret_environment->length = content.length;
}

const char *environment_get(const struct environment *environment, const char *name)
{
	const char *end = environment->data + environment->length;
	size_t length = strlen(name);

	if (environment->error < 0)
		return NULL;
	for (const char *entry = environment->data; entry < end; entry += strlen(entry) + 1)
		if (strncmp(entry, name, length) == 0 && entry[length] == '=')
			return entry[length + 1] ? entry + length + 1 : NULL;
	return NULL;
}
