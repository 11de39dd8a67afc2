/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/text.h"
#include "observe/control_plane/control_plane.h"
#include "observe/control_plane/programs.h"
#include "observe/reading/decode.h"
#include "observe/reading/flags.h"
#include "observe/reading/node_name.h"
#include "observe/reading/whole.h"

/* What the flags show of the version counts before the defaults are laid down. */
static void read_settings(struct reading *reading, const char *const *arguments, size_t count)
{
	flags_show_version(reading, arguments, count);
	decode_defaults(reading, true);
	flags_apply(reading, arguments, count);
	reading_make_absolute(reading, SOURCE_FLAG, reading->directory);
}

/* The identity that the process claims on the API server: the host's name, unless a flag says
 * another. */
static const char *node_name(struct reading *reading, struct arena *arena)
{
	static const struct field_state none = { .origin = ORIGIN_DEFAULT };
	int row = field_of_flag(reading->schema, "hostname-override");

	return node_name_read(reading, row < 0 ? &none : &reading->states[row], arena);
}

static int observe(struct reading *reading, const struct program *program, struct arena *arena,
		   struct component *component)
{
	const char *const *arguments;
	char *directory = NULL;
	size_t count;

	if (process_working_directory(reading->host, reading->process->pid, reading->arena,
				      &directory) == 0)
		reading->directory = directory;
	if (reading_arguments(reading, program, &arguments, &count))
		read_settings(reading, arguments, count);
	else
		reading_forget(reading, reading->flags_problem);
	component->node_name = node_name(reading, arena);
	int error = reading_export(reading, arena, component);

	component->settings_known = !reading->flags_problem;
	return error;
}

int control_plane_observe(const struct host *host, const struct process *process,
			  struct arena *arena, struct component *component)
{
	const struct program *program = &control_plane_program(component->kind)->program;
	const struct schema *schema = program->schema;
	CLEANUP_ARENA struct arena *scratch = arena_new();
	CLEANUP_CLOSE int root = -1;

	if (!scratch)
		return -ENOMEM;
	struct reading reading = {
		.schema = schema,
		.host = host,
		.process = process,
		.arena = scratch,
		.root_error = process_root_open(host, process->pid, &root),
		.minor = reading_minor(schema, component->version),
		.states = arena_array(scratch, schema->field_count, sizeof(*reading.states)),
	};

	if (!reading.states)
		return -ENOMEM;
	reading.root = root;
	return observe(&reading, program, arena, component);
}
