/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/text.h"
#include "observe/control_plane/control_plane.h"
#include "observe/control_plane/programs.h"
#include "observe/layout/embedder.h"
#include "observe/reading/node_name.h"
#include "observe/reading/whole.h"

/* The identity that the process claims on the API server: the host's name, unless a flag says
 * another. */
static const char *node_name(struct reading *reading, struct arena *arena)
{
	static const struct field_state none = { .origin = ORIGIN_DEFAULT };
	int row = field_of_flag(reading->schema, "hostname-override");

	return node_name_read(reading, row < 0 ? &none : &reading->states[row], arena);
}

static int observe(struct reading *reading, const struct control_plane_program *program,
		   struct arena *arena, struct component *component)
{
	const struct embedder *embedder =
		embedder_of(reading->host, reading->process, component->kind);
	struct arguments arguments;
	char *directory = NULL;

	if (process_working_directory(reading->host, reading->process->pid, reading->arena,
				      &directory) == 0)
		reading->directory = directory;
	bool is_known = embedder
				? embedder_arguments(embedder, component->kind, reading, &arguments)
				: reading_arguments(reading, &program->program, &arguments);

	if (is_known)
		program->read(reading, &arguments);
	else
		reading_forget(reading, reading->flags_problem);
	if (is_known && embedder)
		embedder_forget_defaults(embedder, component->kind, reading);
	component->embedder = embedder ? embedder->name : NULL;
	component->node_name = node_name(reading, arena);
	int error = reading_export(reading, arena, component);

	component->settings_known = !reading->flags_problem;
	return error;
}

int control_plane_observe(const struct host *host, const struct process *process,
			  struct arena *arena, struct component *component)
{
	const struct control_plane_program *program = control_plane_program(component->kind);
	const struct schema *schema = program->program.schema;
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
