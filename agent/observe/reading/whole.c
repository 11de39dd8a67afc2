/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/reading/whole.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "observe/certificate/path.h"
#include "observe/reading/export.h"

int reading_minor(const struct schema *schema, const char *version)
{
	char digits[4] = "", start[8];
	uint64_t minor;

	if (!version)
		return -1;
	version += *version == 'v';
	snprintf(start, sizeof(start), "%d.", schema->major);
	if (!text_starts_with(version, start))
		return -1;
	version += strlen(start);
	size_t length = strspn(version, "0123456789");

	if (length < sizeof(digits))
		memcpy(digits, version, length);
	return text_to_unsigned(digits, 999, &minor) < 0 ? -1 : (int)minor;
}

bool reading_arguments(struct reading *reading, const struct program *program,
		       struct arguments *ret_arguments)
{
	const struct process *process = reading->process;
	size_t start = program_start(program, process);

	/* Whoever calls knows that it is this program, by whatever name. */
	if (start == 0)
		start = 1;

	if (process->arguments_truncated || process->argument_count < start ||
	    process->argument_count > ARGUMENTS_MAX) {
		reading->flags_problem =
			process->plan && process->plan->problem ? process->plan->problem
			: process->argument_count == 0
				? "the command line cannot be read"
				: "the command line is longer than this agent reads";
		reading_problem(reading, PROBLEM_UNREADABLE, NULL, 0,
				reading_printf(reading,
					       "%s: flags win over files, so no setting "
					       "is known",
					       reading->flags_problem));
		return false;
	}
	*ret_arguments =
		(struct arguments){ process->arguments + start, process->argument_count - start };
	return true;
}

void reading_set_unknown(struct field_state *state, const char *reason)
{
	*state = (struct field_state){ .origin = ORIGIN_UNKNOWN, .reason = reason };
}

/* Flags are flags, wherever they were found. */
static bool is_of(enum source_kind kind, enum source_kind asked)
{
	bool is_flag = kind == SOURCE_DISTRO || kind == SOURCE_EXEC;

	return kind == asked || (is_flag && asked == SOURCE_FLAG);
}

/* What a container sees at a path is the host's where a volume says so; else it is in its image, or
 * in a volume that is made with the pod. */
static void settle_mounted(struct reading *reading, struct field_state *state)
{
	const struct process_plan *plan = reading->process->plan;
	const char *path = path_resolve(reading->arena, "/",
					state->value.text + strspn(state->value.text, "/"));
	const struct path_mount *mount = NULL;
	size_t length = 0;

	if (!path) {
		reading->error = -ENOMEM;
		return;
	}
	for (size_t i = 0; i < plan->mount_count; i++) {
		const char *inside = plan->mounts[i].inside;
		size_t size = text_equal(inside, "/") ? 0 : strlen(inside);

		if (strncmp(path, inside, size) != 0 || (path[size] && path[size] != '/') ||
		    (mount && size < length))
			continue;
		mount = &plan->mounts[i];
		length = size;
	}
	if (mount && mount->outside)
		state->value.text = reading_printf(
			reading, "%s%s", text_equal(mount->outside, "/") ? "" : mount->outside,
			path + length);
	else
		reading_set_unknown(state,
				    reading_printf(reading,
						   "%s is in its container, and no hostPath volume "
						   "says where on this disk",
						   reading_short(reading, path)));
}

void reading_make_absolute(struct reading *reading, enum source_kind source, const char *directory)
{
	bool is_in_image =
		reading->process && reading->process->plan && reading->process->plan->image;

	for (size_t row = 0; row < reading->schema->field_count; row++) {
		struct field_state *state = &reading->states[row];

		if (reading->schema->fields[row].type != FIELD_PATH ||
		    state->origin != ORIGIN_SET || !is_of(state->source.kind, source) ||
		    state->value.kind != VALUE_TEXT)
			continue;
		if (state->value.text[0] == '/') {
			if (is_in_image)
				settle_mounted(reading, state);
			continue;
		}
		if (!directory) {
			reading_set_unknown(state,
					    "it is relative to a working directory that cannot be "
					    "read");
			continue;
		}
		state->value.text = path_resolve(reading->arena, directory, state->value.text);
		if (!state->value.text)
			reading->error = -ENOMEM;
	}
}

void reading_forget(struct reading *reading, const char *reason)
{
	for (size_t row = 0; row < reading->schema->field_count; row++)
		reading_set_unknown(&reading->states[row], reason);
}

/* More memory than one component's files may take: nothing is known then. */
static int export_overflow(struct reading *reading, struct arena *arena,
			   struct component *component)
{
	arena_reset(reading->arena);
	reading->problems = NULL;
	reading->inputs = NULL;
	reading->problem_count = reading->problem_capacity = 0;
	reading->input_count = reading->input_capacity = 0;
	reading->error = 0;
	reading->files_problem = NULL;
	reading->flags_problem = "its files are larger together than this agent reads";
	reading->states =
		arena_array(reading->arena, reading->schema->field_count, sizeof(*reading->states));
	if (!reading->states)
		return -ENOMEM;
	reading_forget(reading, reading->flags_problem);
	reading_problem(reading, PROBLEM_UNREADABLE, NULL, 0,
			"its command line and files are larger together than this agent reads: no "
			"setting is known");
	return export_reading(reading, arena, component);
}

int reading_export(struct reading *reading, struct arena *arena, struct component *component)
{
	int error = reading->error ? reading->error : export_reading(reading, arena, component);

	return error < 0 || reading->error ? export_overflow(reading, arena, component) : error;
}
