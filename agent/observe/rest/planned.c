/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/rest/planned.h"

#include <errno.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "observe/kubelet/kubelet.h"
#include "observe/rest/unit_command.h"

#define KUBELET_UNIT "kubelet.service"

/* Sources: install.sh of k3s-io/k3s and rancher/rke2, `k0s install`, the snap of microk8s, the
 * packages of MicroShift. */
static const char *const EMBEDDER_UNITS[] = {
	"k3s.service",
	"k3s-agent.service",
	"rke2-server.service",
	"rke2-agent.service",
	"k0scontroller.service",
	"k0sworker.service",
	"snap.microk8s.daemon-kubelite.service",
	"microshift.service",
};

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

/* The command of a unit as a process that has no pid yet. */
static struct process process_of(const struct unit_command *command, const char *unit)
{
	return (struct process){
		.name = command->count ? text_base_name(command->words[0]) : "kubelet",
		.exe = command->count ? command->words[0] : NULL,
		.arguments = command->words,
		.argument_count = command->count,
		.unit = unit,
	};
}

static int add_kubelet(const struct host *host, const struct unit_command *command,
		       struct arena *arena, struct planned_list *list)
{
	struct process_plan plan = { .from = KUBELET_UNIT };
	struct process process = process_of(command, KUBELET_UNIT);
	const char *problem = command->problem;

	if (!problem && !kubelet_recognise(host, &process))
		problem = arena_printf(arena, "starts %s, and what that starts is not followed",
				       command->words[0]);
	if (problem || !command->count)
		plan.problem = arena_printf(arena, KUBELET_UNIT " %s", problem ? problem : "");
	struct process *place = planned_add(arena, list, COMPONENT_KUBELET, &plan);

	if (!place || (!plan.problem && !command->count))
		return -ENOMEM;
	process.plan = place->plan;
	/* Not even the words of a wrapper are the kubelet's. */
	if (plan.problem)
		process.argument_count = 0;
	*place = process;
	return 0;
}

/* Programs that run the kubelet inside: what they add to its settings is told by a process alone.
 */
static int add_embedded(const char *unit, struct arena *arena, struct planned_list *list)
{
	const struct process_plan plan = {
		.from = unit,
		.problem = arena_printf(arena,
					"%s starts a program that runs the kubelet inside, which "
					"is not read of a disk at rest",
					unit),
	};
	struct process *place = planned_add(arena, list, COMPONENT_KUBELET, &plan);

	if (!place || !plan.problem)
		return -ENOMEM;
	place->name = "kubelet";
	place->unit = unit;
	return 0;
}

int plan_kubelet(const struct host *host, struct arena *arena, struct planned_list *list)
{
	struct unit_command command = { 0 };
	int error = unit_command_read(host_root(host), KUBELET_UNIT, arena, &command);

	if (error != -ENOENT)
		return error < 0 ? error : add_kubelet(host, &command, arena, list);
	for (size_t i = 0; i < ARRAY_SIZE(EMBEDDER_UNITS); i++) {
		error = unit_command_read(host_root(host), EMBEDDER_UNITS[i], arena, &command);
		if (error != -ENOENT)
			return error < 0 ? error : add_embedded(EMBEDDER_UNITS[i], arena, list);
	}
	return 0;
}
