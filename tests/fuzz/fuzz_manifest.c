/* SPDX-License-Identifier: Apache-2.0 */
/* A static pod's manifest, whatever is in it: what is found in it starts with the program's name.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "observe/control_plane/manifest.h"
#include "observe/control_plane/programs.h"
#include "observe/rest/planned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_for(struct arena *arena, const struct document *pod, enum component_kind kind)
{
	const struct control_plane_program *row = control_plane_program(kind);
	struct manifest_start start;

	if (!row || manifest_words_of(arena, pod, &row->program, &start) != MANIFEST_FOUND)
		return;
	if (!start.container || start.count == 0 || start.count > ARGUMENTS_MAX)
		abort();
	for (size_t i = 0; i < start.count; i++)
		if (strstr(start.words[i], "$("))
			abort();
}

/* What it would start on a node at rest. */
static void plan(struct arena *arena, const struct document *pod)
{
	struct planned_list list = { 0 };

	if (plan_pod(pod, "/etc/kubernetes/manifests/etcd.yaml", arena, &list) < 0)
		return;
	for (size_t i = 0; i < list.count; i++) {
		const struct process *process = list.items[i].process;

		if (!process->plan->problem == !process->argument_count || process->pid)
			abort();
		for (size_t j = 0; j < process->plan->mount_count; j++)
			if (process->plan->mounts[j].inside[0] != '/')
				abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct file_content content = { .data = arena_copy(arena, (const char *)data, size),
					.length = size };
	struct reading reading = { .schema = &APISERVER_SCHEMA, .arena = arena };
	struct document *pod = document_parse(
		&reading, &content, (struct source){ SOURCE_CONFIG, "/file" }, DUPLICATES_WARN);

	for (int kind = 0; pod && !reading.error && kind < COMPONENT_KIND_COUNT; kind++)
		look_for(arena, pod, (enum component_kind)kind);
	if (!reading.error)
		plan(arena, pod);
	return 0;
}
