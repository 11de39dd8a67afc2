/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/components.h"

#include <errno.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "observe/component_certificates.h"
#include "observe/control_plane/control_plane.h"
#include "observe/control_plane/manifests.h"
#include "observe/kubelet/kubelet.h"
#include "observe/layout/layout.h"
#include "observe/rest/planned.h"
#include "observe/version/version.h"

/* Fills in everything but version, certificates and identity; kind and process are set. */
typedef int component_reader(const struct host *host, const struct process *process,
			     struct arena *arena, struct component *component);

static component_reader *const READERS[COMPONENT_KIND_COUNT] = {
	[COMPONENT_KUBELET] = kubelet_observe,
	[COMPONENT_KUBE_PROXY] = control_plane_observe,
	[COMPONENT_APISERVER] = control_plane_observe,
	[COMPONENT_CONTROLLER_MANAGER] = control_plane_observe,
	[COMPONENT_SCHEDULER] = control_plane_observe,
	[COMPONENT_ETCD] = control_plane_observe,
	[COMPONENT_DASHBOARD] = control_plane_observe,
	[COMPONENT_TILLER] = control_plane_observe,
};

/* What one pass over the processes shares. */
struct components_pass {
	const struct host *host;
	const struct components_hints *hints;
	struct arena *arena;
	struct arena *scratch; /* forgets each process that is none */
	struct component_list list;
};

/* What the operator says wins over what is found, and that over what the component says. */
static int add_version(const struct components_pass *pass, struct component *component)
{
	const struct version_reader reader = { pass->host, pass->hints->programs };
	struct found_version found = { .version = pass->hints->versions[component->kind] };
	int error = found.version ? 0
				  : version_find(&reader, component->process, component->kind,
						 pass->arena, &found);

	component->version_is_live = error == 0 && !found.version;
	if (component->version_is_live)
		error = live_versions_find(pass->hints->live, component->process, component->kind,
					   pass->arena, &found);
	component->version_is_live &= found.version != NULL;
	component->version = found.version;
	component->version_detail = found.detail;
	return error;
}

static int add_component(struct components_pass *pass, const struct process *process,
			 enum component_kind kind)
{
	struct component component = { .kind = kind, .process = process };
	int error = add_version(pass, &component);

	if (error == 0)
		error = READERS[kind](pass->host, process, pass->arena, &component);
	if (error == 0)
		error = component_certificates_observe(pass->host, pass->arena, &component);
	if (error < 0)
		return error;
	const struct layout *layout = layout_of(&component);

	component.distro = layout ? layout->name : NULL;
	struct component *place = arena_push(pass->arena, &pass->list.items, &pass->list.count,
					     &pass->list.capacity, sizeof(*place));

	if (!place)
		return -ENOMEM;
	*place = component;
	return 0;
}

/* Between fork and exec a component's child still looks like it. */
static bool is_copy_of_parent(const struct component_list *list, const struct process *process)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct process *parent = list->items[i].process;

		if (parent->pid != process->parent_pid || !text_equal(parent->exe, process->exe) ||
		    parent->argument_count != process->argument_count)
			continue;
		for (size_t j = 0; j < process->argument_count; j++)
			if (!text_equal(parent->arguments[j], process->arguments[j]))
				return false;
		return true;
	}
	return false;
}

/* Whether the process is a component of this kind, and of this node. */
static bool recognises(const struct host *host, enum component_kind kind,
		       const struct process *process)
{
	return kind == COMPONENT_KUBELET ? kubelet_recognise(host, process)
					 : control_plane_recognise(host, process, kind);
}

bool components_know(const struct host *host, const struct process *process)
{
	for (int kind = 0; kind < COMPONENT_KIND_COUNT; kind++)
		if (recognises(host, (enum component_kind)kind, process))
			return true;
	return false;
}

/* With the argv that it was started with, where that was seen. */
static int read_process(const struct components_pass *pass, pid_t pid, struct arena *arena,
			struct process **ret_process)
{
	int error = process_read(pass->host, pid, arena, ret_process);

	return error < 0 ? error : exec_memory_apply(pass->hints->memory, arena, *ret_process);
}

/* Most processes are nothing to us: they are read into an arena that forgets them at once. */
static int look_at_process(struct components_pass *pass, pid_t pid)
{
	struct process *seen, *process = NULL;

	arena_reset(pass->scratch);
	int error = read_process(pass, pid, pass->scratch, &seen);

	if (error < 0)
		return error == -ENOMEM ? error : 0;
	for (int kind = 0; kind < COMPONENT_KIND_COUNT && error == 0; kind++) {
		if (!recognises(pass->host, (enum component_kind)kind, seen) ||
		    is_copy_of_parent(&pass->list, seen))
			continue;
		if (!process)
			error = read_process(pass, pid, pass->arena, &process);
		if (error == 0)
			error = add_component(pass, process, (enum component_kind)kind);
	}
	return error == -ENOMEM ? error : 0;
}

static int add_planned(struct components_pass *pass, struct planned_list *planned)
{
	int error = 0;

	for (size_t i = 0; i < planned->count && error == 0; i++)
		error = add_component(pass, planned->items[i].process, planned->items[i].kind);
	*planned = (struct planned_list){ 0 };
	return error;
}

/* A node that is a disk at rest shows no process: what it would run stands for it, its kubelet and
 * what that would start. */
static int add_at_rest(struct components_pass *pass)
{
	struct planned_list planned = { 0 };
	const struct component *kubelet;
	int error = plan_kubelet(pass->host, pass->arena, &planned);

	if (error == 0)
		error = add_planned(pass, &planned);
	const char *directory = manifests_directory(pass->list.items, pass->list.count, &kubelet);

	if (error < 0 || !kubelet)
		return error;
	/* One that cannot be understood most likely follows kubeadm's habits, as most do. */
	if (!directory)
		directory = layout_find("kubeadm")->manifests;
	error = plan_static_pods(pass->host, directory, pass->arena, &planned);
	return error < 0 ? error : add_planned(pass, &planned);
}

int components_observe(const struct host *host, const struct components_hints *hints,
		       struct arena *arena, struct component_list *ret_list)
{
	CLEANUP_ARENA struct arena *scratch = arena_new();
	struct components_pass pass = {
		.host = host, .hints = hints, .arena = arena, .scratch = scratch
	};
	size_t pid_count = 0;
	pid_t *pids = NULL;
	int error = scratch ? 0 : -ENOMEM;

	/* A tree without /proc has no processes; the live host always has one. */
	if (host_list_pids(host, arena, &pids, &pid_count) == -ENOMEM)
		return -ENOMEM;
	for (size_t i = 0; i < pid_count && error == 0; i++)
		error = look_at_process(&pass, pids[i]);
	if (error == 0)
		error = manifests_compare(host, pass.list.items, pass.list.count, arena);
	if (error == 0 && !pid_count && host_is_tree(host))
		error = add_at_rest(&pass);
	if (error == 0)
		*ret_list = pass.list;
	return error;
}
