/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/live_versions.h"

#include <errno.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/text.h"
#include "observe/probes/told_version.h"

struct told {
	pid_t pid; /* 0: a free place */
	uint64_t start_ticks;
	enum component_kind kind;
	char version[TOLD_VERSION_BYTES];
	char path[64];
	uint16_t port;
};

struct live_versions {
	struct told items[LIVE_VERSIONS_MAX];
	size_t next; /* the place that is given away when all are taken: the oldest */
};

struct live_versions *live_versions_new(void)
{
	return calloc(1, sizeof(struct live_versions));
}

void live_versions_free(struct live_versions *memory)
{
	free(memory);
}

static struct told *place_for(struct live_versions *memory, pid_t pid, enum component_kind kind)
{
	for (size_t i = 0; i < LIVE_VERSIONS_MAX; i++)
		if (memory->items[i].pid == pid && memory->items[i].kind == kind)
			return &memory->items[i];
	struct told *oldest = &memory->items[memory->next];

	memory->next = (memory->next + 1) % LIVE_VERSIONS_MAX;
	return oldest;
}

/* Of one process that is several components, etcd has numbers of its own. */
static bool is_version_of(enum component_kind kind, const char *version)
{
	switch (kind) {
	case COMPONENT_KUBELET:
	case COMPONENT_KUBE_PROXY:
	case COMPONENT_APISERVER:
	case COMPONENT_CONTROLLER_MANAGER:
	case COMPONENT_SCHEDULER:
		return text_starts_with(version, "1.");
	case COMPONENT_ETCD:
		return text_starts_with(version, "3.");
	default:
		return false;
	}
}

bool live_versions_note(struct live_versions *memory, const struct component *component,
			const struct probe *probe)
{
	const struct process *process = component->process;

	if (!probe->version || !told_version_is_sound(probe->version) ||
	    probe->pid != process->pid || !is_version_of(component->kind, probe->version) ||
	    (component->version && !component->version_is_live))
		return false;
	struct told *place = place_for(memory, process->pid, component->kind);

	*place = (struct told){ .pid = process->pid,
				.start_ticks = process->start_ticks,
				.kind = component->kind,
				.port = probe->port };
	snprintf(place->version, sizeof(place->version), "%s", probe->version);
	snprintf(place->path, sizeof(place->path), "%s",
		 probe->version_path ? probe->version_path : "answer");
	return !text_equal(component->version, probe->version);
}

void live_versions_forget(struct live_versions *memory, pid_t pid)
{
	for (size_t i = 0; i < LIVE_VERSIONS_MAX; i++)
		if (memory->items[i].pid == pid)
			memory->items[i] = (struct told){ 0 };
}

void live_versions_forget_all(struct live_versions *memory)
{
	*memory = (struct live_versions){ 0 };
}

int live_versions_find(const struct live_versions *memory, const struct process *process,
		       enum component_kind kind, struct arena *arena,
		       struct found_version *ret_found)
{
	for (size_t i = 0; memory && i < LIVE_VERSIONS_MAX; i++) {
		const struct told *told = &memory->items[i];
		struct found_version found;

		/* A component of a disk at rest has no pid, as free places have none. */
		if (!told->pid || told->pid != process->pid ||
		    told->start_ticks != process->start_ticks || told->kind != kind)
			continue;
		found.version = arena_text(arena, told->version);
		found.detail = arena_printf(arena, "its own %s on port %u says %s", told->path,
					    (unsigned)told->port, told->version);
		if (!found.version || !found.detail)
			return -ENOMEM;
		*ret_found = found;
		return 0;
	}
	return 0;
}
