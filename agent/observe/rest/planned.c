/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/rest/planned.h"

#include <errno.h>

#include "base/text.h"
#include "observe/kubelet/kubelet.h"
#include "observe/rest/unit_command.h"

#define KUBELET_UNIT "kubelet.service"

struct process *planned_add(struct arena *arena, struct planned_list *list,
			    enum component_kind kind, const struct process_plan *plan)
{
	struct planned *place =
		arena_push(arena, &list->items, &list->count, &list->capacity, sizeof(*place));
	struct process *process = arena_alloc(arena, sizeof(*process));
	struct process_plan *copy = arena_alloc(arena, sizeof(*copy));

	if (!place || !process || !copy)
		return NULL;
	*copy = *plan;
	*process = (struct process){ .plan = copy };
	*place = (struct planned){ kind, process };
	return process;
}

int plan_kubelet(const struct host *host, struct arena *arena, struct planned_list *list)
{
	struct process_plan plan = { .from = KUBELET_UNIT };
	struct unit_command command = { 0 };
	int error = unit_command_read(host_root(host), KUBELET_UNIT, arena, &command);

	if (error < 0)
		return error == -ENOENT ? 0 : error;
	struct process process = {
		.name = command.count ? text_base_name(command.words[0]) : "kubelet",
		.exe = command.count ? command.words[0] : NULL,
		.arguments = command.words,
		.argument_count = command.count,
		.unit = KUBELET_UNIT,
	};

	if (command.problem)
		plan.problem = arena_printf(arena, KUBELET_UNIT " %s", command.problem);
	else if (!kubelet_recognise(host, &process))
		plan.problem = arena_printf(arena,
					    KUBELET_UNIT " starts %s, and what that starts is not "
							 "followed",
					    command.words[0]);
	struct process *place = planned_add(arena, list, COMPONENT_KUBELET, &plan);

	if (!place || (!plan.problem && !command.count))
		return -ENOMEM;
	process.plan = place->plan;
	/* Not even the words of a wrapper are the kubelet's. */
	if (plan.problem)
		process.argument_count = 0;
	*place = process;
	return 0;
}
