/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/observer.h"

#include <ctype.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "model/words.h"
#include "observe/certificate/chain.h"
#include "observe/cluster/document.h"
#include "observe/components.h"
#include "observe/files/files.h"
#include "observe/listeners.h"
#include "observe/live_versions.h"
#include "observe/roles.h"
#include "observe/probes/result.h"

struct observer {
	struct host *host;
	char *versions[COMPONENT_KIND_COUNT]; /* what the operator said; NULL: nothing */
	struct exec_memory *memory;
	struct version_memory *programs;
	struct live_versions *live_versions;
	int64_t now_ns;

	struct arena *component_arena;
	struct component_list components;
	const char *roles[ROLES_MAX];
	size_t role_count;
	struct file_list files;
	const char *name, *machine_id, *boot_id, *kernel;

	struct arena *listener_arena;
	struct listener_reader *reader; /* NULL: by files */
	struct listener *listeners;
	size_t listener_count;
	const char *listeners_problem;
	const char *listeners_method;

	struct arena *probe_arena;
	struct probe_list probes;
	const char *probes_problem;
	bool probes_known, probes_pending;

	struct arena *cluster_arena;
	struct cluster cluster;
};

int observer_new(struct host *host, struct observer **ret_observer)
{
	CLEANUP(cleanup_observer) struct observer *observer = calloc(1, sizeof(*observer));

	if (!observer)
		return -ENOMEM;
	observer->host = host;
	observer->memory = exec_memory_new();
	observer->programs = version_memory_new();
	observer->live_versions = live_versions_new();
	observer->component_arena = arena_new();
	observer->listener_arena = arena_new();
	observer->probe_arena = arena_new();
	observer->cluster_arena = arena_new();
	if (!observer->memory || !observer->programs || !observer->live_versions ||
	    !observer->component_arena || !observer->listener_arena || !observer->probe_arena ||
	    !observer->cluster_arena)
		return -ENOMEM;
	observer->name = observer->machine_id = observer->boot_id = observer->kernel = "";
	observer->listeners_problem = "the socket tables were not read yet";
	observer->probes_problem = "nothing was asked yet";
	observer->cluster.problem = CLUSTER_IS_OFF;
	*ret_observer = take_ptr(observer);
	return 0;
}

void observer_free(struct observer *observer)
{
	if (!observer)
		return;
	for (size_t i = 0; i < COMPONENT_KIND_COUNT; i++)
		free(observer->versions[i]);
	if (observer->reader)
		listener_reader_close(observer->reader);
	exec_memory_free(observer->memory);
	version_memory_free(observer->programs);
	live_versions_free(observer->live_versions);
	arena_free(observer->component_arena);
	arena_free(observer->listener_arena);
	arena_free(observer->probe_arena);
	arena_free(observer->cluster_arena);
	free(observer);
}

int observer_load_iterators(struct observer *observer, char **ret_problem)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	int error = listener_reader_open(observer->host, &observer->reader);

	if (error < 0 && arena && error != -ENOMEM)
		*ret_problem = strdup(listener_reader_problem(error, arena));
	return error;
}

int observer_set_version(struct observer *observer, const char *component, const char *version)
{
	const char *number = *version == 'v' ? version + 1 : version;

	if (!isdigit((unsigned char)*number))
		return -EINVAL;
	enum component_kind kind;

	if (component_from_word(component, &kind) < 0)
		return -EINVAL;
	free(observer->versions[kind]);
	observer->versions[kind] = strdup(number);
	return observer->versions[kind] ? 0 : -ENOMEM;
}

bool observer_note_exec(struct observer *observer, const struct exec_record *record)
{
	pid_t pid = record->process.pid;

	/* Whatever it was before, and also where there is no memory for what it is now. */
	exec_memory_forget(observer->memory, pid);
	live_versions_forget(observer->live_versions, pid);
	if (!components_know(observer->host, &record->process))
		return false;
	exec_memory_note(observer->memory, record);
	return true;
}

void observer_lost_execs(struct observer *observer)
{
	exec_memory_forget_all(observer->memory);
	live_versions_forget_all(observer->live_versions);
}

/* The first line of a small file, "" when it cannot be read. */
static const char *first_line(const struct observer *observer, const char *path)
{
	struct file_content content;

	if (file_read_in(host_root(observer->host), path, SMALL_FILE_BYTES_MAX,
			 observer->component_arena, &content) < 0)
		return "";
	content.data[strcspn(content.data, "\r\n")] = '\0';
	return content.data;
}

static const char *lower_case(const struct observer *observer, const char *text)
{
	char *copy = arena_text(observer->component_arena, text);

	for (char *c = copy; c && *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return copy ? copy : "";
}

static void read_identity(struct observer *observer)
{
	const char *name = first_line(observer, "/proc/sys/kernel/hostname");

	if (!*name)
		name = first_line(observer, "/etc/hostname");
	observer->name = lower_case(observer, name);
	observer->machine_id = first_line(observer, "/etc/machine-id");
	observer->boot_id = first_line(observer, "/proc/sys/kernel/random/boot_id");
	observer->kernel = first_line(observer, "/proc/sys/kernel/osrelease");
}

static int refresh_components(struct observer *observer)
{
	arena_reset(observer->component_arena);
	observer->components = (struct component_list){ 0 };
	observer->files = (struct file_list){ 0 };
	read_identity(observer);
	const struct components_hints hints = { observer->versions, observer->memory,
						observer->programs, observer->live_versions };
	int error = components_observe(observer->host, &hints, observer->component_arena,
				       &observer->components);

	observer->role_count = roles_of(&observer->components, observer->roles);
	return error < 0 ? error
			 : files_observe(observer->host, observer->components.items,
					 observer->components.count, observer->component_arena,
					 &observer->files);
}

/* By the iterators where they are loaded and work, else by files. */
static int read_listeners(struct observer *observer, struct process_table *processes)
{
	struct arena *arena = observer->listener_arena;
	struct listener_list list = { 0 };
	int error = -ENOENT;

	if (observer->reader)
		error = listener_reader_read(observer->reader, processes, arena, &list);
	if (error < 0)
		error = listeners_read(observer->host, processes, arena, &list);
	if (error < 0)
		return error;
	observer->listeners = list.items;
	observer->listener_count = list.count;
	observer->listeners_method = list.method;
	return 0;
}

static int refresh_listeners(struct observer *observer)
{
	struct arena *arena = observer->listener_arena;

	arena_reset(arena);
	observer->listeners = NULL;
	observer->listener_count = 0;
	struct process_table *processes = process_table_new(observer->host, arena);

	if (!processes)
		return -ENOMEM;
	int error = read_listeners(observer, processes);

	/* Whoever may listen may fill the arena: the rest of the node is judged all the same. */
	if (error == -ENOMEM || error == -E2BIG) {
		arena_reset(arena);
		observer->listeners_problem =
			"there are more sockets than this agent keeps in memory";
		return 0;
	}
	observer->listeners_problem =
		error < 0 ? arena_printf(arena, "the socket tables cannot be read: %s",
					 file_error_text(error))
			  : NULL;
	return 0;
}

/* Who signed what the servers showed is told by the components as they are now. */
static int settle_probes(struct observer *observer)
{
	return chain_settle_probes(observer->probes.items, observer->probes.count,
				   observer->components.items, observer->components.count);
}

/* Whether a component has another version now than when it was read. */
static bool learn_versions(struct observer *observer)
{
	bool is_news = false;

	for (size_t i = 0; i < observer->probes.count; i++)
		for (size_t j = 0; j < observer->components.count; j++)
			is_news |= live_versions_note(observer->live_versions,
						      &observer->components.items[j],
						      &observer->probes.items[i]);
	return is_news;
}

bool observer_set_probes(struct observer *observer, struct arena *arena,
			 const struct probe_list *list, const char *problem)
{
	arena_free(observer->probe_arena);
	observer->probe_arena = arena;
	observer->probes = *list;
	observer->probes_problem = problem;
	observer->probes_known = problem == NULL;
	observer->probes_pending = false;
	settle_probes(observer);
	return learn_versions(observer);
}

void observer_expect_probes(struct observer *observer)
{
	observer->probes_pending = true;
}

/* Of a tree nobody can be asked; what was answered when it was captured may be in it. */
static int read_recorded_probes(struct observer *observer)
{
	arena_reset(observer->probe_arena);
	observer->probes = (struct probe_list){ 0 };
	observer->probes_problem = NULL;
	int error = probes_from_tree(host_root(observer->host), observer->probe_arena,
				     &observer->probes, &observer->probes_problem);

	/* One that cannot be read holds answers all the same, and nobody knows which. */
	observer->probes_known = error != -ENOENT;
	if (error == -ENOENT)
		observer->probes_problem = "a node tree cannot be asked, and it holds no answers "
					   "in nodelatch/probes.json";
	if (error == 0 && learn_versions(observer))
		error = refresh_components(observer);
	return error == -ENOMEM ? error : 0;
}

void observer_set_cluster(struct observer *observer, struct arena *arena,
			  const struct cluster *cluster)
{
	arena_free(observer->cluster_arena);
	observer->cluster_arena = arena;
	observer->cluster = *cluster;
}

static int read_recorded_cluster(struct observer *observer)
{
	arena_reset(observer->cluster_arena);
	observer->cluster = (struct cluster){ .problem = CLUSTER_IS_OFF };
	return cluster_from_tree(host_root(observer->host), observer->cluster_arena,
				 &observer->cluster);
}

int observer_refresh(struct observer *observer, unsigned parts, int64_t now_ns)
{
	int error = 0;

	observer->now_ns = now_ns;
	if (parts & OBSERVE_COMPONENTS)
		error = refresh_components(observer);
	if (error == 0 && parts & OBSERVE_COMPONENTS && host_is_tree(observer->host))
		error = read_recorded_probes(observer);
	if (error == 0 && parts & OBSERVE_COMPONENTS && host_is_tree(observer->host))
		error = read_recorded_cluster(observer);
	if (error == 0 && parts & OBSERVE_COMPONENTS)
		error = settle_probes(observer);
	if (error == 0 && parts & OBSERVE_LISTENERS)
		error = refresh_listeners(observer);
	return error;
}

/* The kubelet's, else that of the first component that shows one. */
static const char *distro_of(const struct component_list *list)
{
	const char *distro = NULL;

	for (size_t i = list->count; i--;)
		if (list->items[i].distro)
			distro = list->items[i].distro;
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].kind == COMPONENT_KUBELET && list->items[i].distro)
			return list->items[i].distro;
	return distro;
}

void observer_node(const struct observer *observer, struct node *ret_node)
{
	*ret_node = (struct node){
		.name = observer->name,
		.machine_id = observer->machine_id,
		.boot_id = observer->boot_id,
		.kernel = observer->kernel,
		.now_ns = observer->now_ns,
		.host_netns = host_netns(observer->host),
		.components = observer->components.items,
		.component_count = observer->components.count,
		.distro = distro_of(&observer->components),
		.roles = observer->roles,
		.role_count = observer->role_count,
		.files = observer->files.items,
		.file_count = observer->files.count,
		.listeners_known = observer->listeners_problem == NULL,
		.listeners_problem = observer->listeners_problem,
		.listeners = observer->listeners,
		.listener_count = observer->listener_count,
		.probes_known = observer->probes_known,
		.probes_problem = observer->probes_problem,
		.probes_pending = observer->probes_pending,
		.probes = observer->probes.items,
		.probe_count = observer->probes.count,
		.cluster = observer->cluster,
	};
}

bool observer_components_are_stale(const struct observer *observer)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	for (size_t i = 0; arena && i < observer->components.count; i++) {
		const struct process *seen = observer->components.items[i].process;
		struct process *now;

		if (process_read(observer->host, seen->pid, arena, &now) < 0 ||
		    now->start_ticks != seen->start_ticks)
			return true;
	}
	return false;
}

const char *observer_listener_method(const struct observer *observer)
{
	return observer->listeners_method;
}
