/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/observer.h"

#include <ctype.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "model/words.h"
#include "observe/certificate/certificate_file.h"
#include "observe/certificate/client_identity.h"
#include "observe/kubelet/kubelet.h"
#include "observe/listeners.h"

struct observer {
	struct host *host;
	char *versions[COMPONENT_KIND_COUNT]; /* what the operator said; NULL: nothing */
	int64_t now_ns;

	struct arena *component_arena;
	struct component *components;
	size_t component_count;
	const char *name, *machine_id, *boot_id, *kernel;

	struct arena *listener_arena;
	struct listener_reader *reader; /* NULL: by files */
	struct listener *listeners;
	size_t listener_count;
	const char *listeners_problem;
	const char *listeners_method;
};

int observer_new(struct host *host, struct observer **ret_observer)
{
	CLEANUP(cleanup_observer) struct observer *observer = calloc(1, sizeof(*observer));

	if (!observer)
		return -ENOMEM;
	observer->host = host;
	observer->component_arena = arena_new();
	observer->listener_arena = arena_new();
	if (!observer->component_arena || !observer->listener_arena)
		return -ENOMEM;
	observer->name = observer->machine_id = observer->boot_id = observer->kernel = "";
	observer->listeners_problem = "the socket tables were not read yet";
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
	arena_free(observer->component_arena);
	arena_free(observer->listener_arena);
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
	for (size_t kind = 0; kind < COMPONENT_KIND_COUNT; kind++) {
		if (!text_equal(component_word((enum component_kind)kind), component))
			continue;
		free(observer->versions[kind]);
		observer->versions[kind] = strdup(number);
		return observer->versions[kind] ? 0 : -ENOMEM;
	}
	return -EINVAL;
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

/* What the component shows of certificates. The process may end while it is looked at. */
static int add_certificates(struct observer *observer, struct component *component)
{
	const struct setting *client_ca =
		component_setting(component, "authentication.x509.clientCAFile");
	struct arena *arena = observer->component_arena;
	CLEANUP_CLOSE int root = -1;
	char *directory = NULL;

	process_working_directory(observer->host, component->process->pid, arena, &directory);
	int error = process_root_open(observer->host, component->process->pid, &root);

	if (error < 0) {
		component->identity.problem = file_error_text(error);
		return error == -ENOMEM ? error : 0;
	}
	if (client_ca && client_ca->value.kind == VALUE_TEXT && *client_ca->value.text)
		error = certificate_file_read(root, client_ca->value.text, arena,
					      &component->client_ca);
	if (error == 0)
		error = client_identity_observe(root, component, directory, arena,
						&component->identity);
	return error;
}

static int add_kubelet(struct observer *observer, const struct process *process, size_t *capacity)
{
	struct arena *arena = observer->component_arena;
	struct component component = { .version = observer->versions[COMPONENT_KUBELET] };
	int error = kubelet_observe(observer->host, process, arena, &component);

	if (error == 0)
		error = add_certificates(observer, &component);
	if (error < 0)
		return error;
	struct component *place = arena_push(arena, &observer->components,
					     &observer->component_count, capacity, sizeof(*place));

	if (!place)
		return -ENOMEM;
	*place = component;
	return 0;
}

/* Between fork and exec a kubelet's child still looks like it. */
static bool is_copy_of_parent(const struct observer *observer, const struct process *process)
{
	for (size_t i = 0; i < observer->component_count; i++) {
		const struct process *parent = observer->components[i].process;

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

/* Most processes are nothing to us: they are read into an arena that forgets them at once. */
static int look_at_process(struct observer *observer, pid_t pid, struct arena *scratch,
			   size_t *capacity)
{
	struct process *process;

	arena_reset(scratch);
	int error = process_read(observer->host, pid, scratch, &process);

	if (error == -ENOMEM)
		return error;
	if (error < 0 || !kubelet_recognise(observer->host, process) ||
	    is_copy_of_parent(observer, process))
		return 0;
	error = process_read(observer->host, pid, observer->component_arena, &process);
	if (error == 0)
		error = add_kubelet(observer, process, capacity);
	return error == -ENOMEM ? error : 0;
}

static int refresh_components(struct observer *observer)
{
	CLEANUP_ARENA struct arena *scratch = arena_new();
	struct arena *arena = observer->component_arena;
	size_t pid_count = 0, capacity = 0;
	pid_t *pids = NULL;
	int error = scratch ? 0 : -ENOMEM;

	arena_reset(arena);
	observer->components = NULL;
	observer->component_count = 0;
	read_identity(observer);
	/* A tree without /proc has no processes; the live host always has one. */
	if (host_list_pids(observer->host, arena, &pids, &pid_count) == -ENOMEM)
		return -ENOMEM;
	for (size_t i = 0; i < pid_count && error == 0; i++)
		error = look_at_process(observer, pids[i], scratch, &capacity);
	return error;
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

	if (error == -ENOMEM)
		return error;
	observer->listeners_problem =
		error < 0 ? arena_printf(arena, "the socket tables cannot be read: %s",
					 file_error_text(error))
			  : NULL;
	return 0;
}

int observer_refresh(struct observer *observer, unsigned parts, int64_t now_ns)
{
	int error = 0;

	observer->now_ns = now_ns;
	if (parts & OBSERVE_COMPONENTS)
		error = refresh_components(observer);
	if (error == 0 && parts & OBSERVE_LISTENERS)
		error = refresh_listeners(observer);
	return error;
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
		.components = observer->components,
		.component_count = observer->component_count,
		.listeners_known = observer->listeners_problem == NULL,
		.listeners_problem = observer->listeners_problem,
		.listeners = observer->listeners,
		.listener_count = observer->listener_count,
	};
}

bool observer_components_are_stale(const struct observer *observer)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	for (size_t i = 0; arena && i < observer->component_count; i++) {
		const struct process *seen = observer->components[i].process;
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
