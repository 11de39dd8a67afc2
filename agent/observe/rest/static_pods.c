/* SPDX-License-Identifier: Apache-2.0 */
/* Sources: the Pod reference of kubernetes/website (spec.containers, spec.volumes). */
#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "base/file_entry.h"
#include "base/limits.h"
#include "base/text.h"
#include "model/words.h"
#include "observe/certificate/path.h"
#include "observe/control_plane/manifest.h"
#include "observe/control_plane/programs.h"
#include "observe/rest/planned.h"

/* One manifest that is read. */
struct pod {
	struct arena *arena;
	struct planned_list *list;
	const char *path;
	const struct document *root; /* NULL: it is no pod that can be read */
};

static const struct document *get(const struct document *mapping, const char *key,
				  enum document_kind kind)
{
	const struct document *found =
		mapping && mapping->kind == DOCUMENT_MAPPING ? document_get(mapping, key) : NULL;

	return found && found->kind == kind ? found : NULL;
}

static const char *get_text(const struct document *mapping, const char *key)
{
	const struct document *found = get(mapping, key, DOCUMENT_TEXT);

	return found ? found->text : NULL;
}

static size_t count_of(const struct document *list)
{
	return list ? list->item_count : 0;
}

/* Where on the host the volume of that name is; NULL: it is none of the host's. */
static const char *volume_path(const struct pod *pod, const char *name)
{
	const struct document *spec = get(pod->root, "spec", DOCUMENT_MAPPING);
	const struct document *volumes = get(spec, "volumes", DOCUMENT_LIST);

	for (size_t i = 0; i < count_of(volumes); i++)
		if (text_equal(get_text(volumes->items[i], "name"), name))
			return get_text(get(volumes->items[i], "hostPath", DOCUMENT_MAPPING),
					"path");
	return NULL;
}

static struct path_mount mount_of(const struct pod *pod, const struct document *row)
{
	const char *inside = get_text(row, "mountPath"), *below = get_text(row, "subPath");
	const char *outside = volume_path(pod, get_text(row, "name"));

	if (!inside)
		return (struct path_mount){ "/", NULL };
	if (document_get(row, "subPathExpr"))
		outside = NULL;
	if (outside && below)
		outside = arena_printf(pod->arena, "%s/%s", outside, below);
	return (struct path_mount){
		path_resolve(pod->arena, "/", inside + strspn(inside, "/")),
		outside ? path_resolve(pod->arena, "/", outside + strspn(outside, "/")) : NULL
	};
}

static int take_mounts(const struct pod *pod, const struct document *container,
		       struct process_plan *plan)
{
	const struct document *rows = get(container, "volumeMounts", DOCUMENT_LIST);
	struct path_mount *mounts = arena_array(pod->arena, count_of(rows) + 1, sizeof(*mounts));

	if (!mounts)
		return -ENOMEM;
	for (size_t i = 0; i < count_of(rows); i++) {
		if (rows->items[i]->kind != DOCUMENT_MAPPING)
			continue;
		mounts[plan->mount_count] = mount_of(pod, rows->items[i]);
		if (!mounts[plan->mount_count++].inside)
			return -ENOMEM;
	}
	plan->mounts = mounts;
	return 0;
}

/* "NAME=value" with its NUL each; false: one takes its value from elsewhere. */
static bool add_variables(struct text_buffer *buffer, const struct document *rows)
{
	for (size_t i = 0; i < count_of(rows); i++) {
		const struct document *row = rows->items[i];
		const char *name = get_text(row, "name"), *value = get_text(row, "value");

		if (!name || (row->kind == DOCUMENT_MAPPING && document_get(row, "valueFrom")) ||
		    (value && strstr(value, "$(")))
			return false;
		buffer_printf(buffer, "%s=%s", name, value ? value : "");
		buffer_append(buffer, "", 1);
	}
	return true;
}

static int take_environment(const struct pod *pod, const struct document *container,
			    struct process_plan *plan)
{
	CLEANUP_BUFFER struct text_buffer buffer = { 0 };

	if (document_get(container, "envFrom") ||
	    !add_variables(&buffer, get(container, "env", DOCUMENT_LIST)))
		return 0;
	if (buffer_error(&buffer) < 0)
		return -ENOMEM;
	plan->environment = buffer.length ? arena_copy(pod->arena, buffer.data, buffer.length) : "";
	plan->environment_length = buffer.length;
	return plan->environment ? 0 : -ENOMEM;
}

/* The user that the pod says; else its image does, which is not on this disk. */
static uid_t user_of(const struct pod *pod, const struct document *container)
{
	const struct document *spec = get(pod->root, "spec", DOCUMENT_MAPPING);
	const struct document *owns = get(container, "securityContext", DOCUMENT_MAPPING);
	const struct document *pods = get(spec, "securityContext", DOCUMENT_MAPPING);
	const struct document *user = get(owns, "runAsUser", DOCUMENT_INTEGER);

	if (!user)
		user = get(pods, "runAsUser", DOCUMENT_INTEGER);
	return user && user->integer >= 0 && user->integer < UINT32_MAX ? (uid_t)user->integer
									: (uid_t)-1;
}

static int add_found(const struct pod *pod, enum component_kind kind,
		     const struct manifest_start *start, bool is_wrapped)
{
	const char *image = get_text(start->container, "image");
	struct process_plan plan = { .from = pod->path, .image = image ? image : "" };
	int error = take_mounts(pod, start->container, &plan);

	if (error == 0)
		error = take_environment(pod, start->container, &plan);
	if (error < 0)
		return error;
	if (is_wrapped)
		plan.problem = arena_printf(pod->arena,
					    "%s starts it through a shell or with variables, which "
					    "this agent does not read",
					    pod->path);
	struct process *process = planned_add(pod->arena, pod->list, kind, &plan);

	if (!process || (is_wrapped && !plan.problem))
		return -ENOMEM;
	process->uid = user_of(pod, start->container);
	process->name = component_word(kind);
	if (is_wrapped)
		return 0;
	process->exe = start->words[0][0] == '/' ? start->words[0] : NULL;
	process->arguments = start->words;
	process->argument_count = start->count;
	return 0;
}

static int add_unknown(const struct pod *pod, enum component_kind kind, const char *problem)
{
	const struct process_plan plan = { .from = pod->path, .problem = problem, .image = "" };
	struct process *process = problem ? planned_add(pod->arena, pod->list, kind, &plan) : NULL;

	if (!process)
		return -ENOMEM;
	process->uid = (uid_t)-1;
	process->name = component_word(kind);
	return 0;
}

static int look_for(const struct pod *pod, const char *name, enum component_kind kind)
{
	const struct control_plane_program *program = control_plane_program(kind);
	struct manifest_start start = { 0 };

	if (!program || program->is_in_any_pod)
		return 0;
	if (!pod->root)
		return text_starts_with(name, component_word(kind))
			       ? add_unknown(pod, kind,
					     arena_printf(pod->arena, "%s cannot be read as a pod",
							  pod->path))
			       : 0;
	enum manifest_words found =
		manifest_words_of(pod->arena, pod->root, &program->program, &start);

	return found == MANIFEST_NONE ? 0 : add_found(pod, kind, &start, found == MANIFEST_WRAPPED);
}

int plan_pod(const struct document *root, const char *path, struct arena *arena,
	     struct planned_list *list)
{
	const struct pod pod = {
		arena,
		list,
		path,
		root && root->kind == DOCUMENT_MAPPING ? root : NULL,
	};
	int error = 0;

	for (int kind = 0; kind < COMPONENT_KIND_COUNT && error == 0; kind++)
		error = look_for(&pod, text_base_name(path), (enum component_kind)kind);
	return error;
}

static int look_into(const struct host *host, const char *path, struct arena *arena,
		     struct planned_list *list)
{
	struct reading reading = {
		.schema = &APISERVER_SCHEMA,
		.host = host,
		.process = &(const struct process){ .name = "kubelet" },
		.arena = arena,
		.root = host_root(host),
	};
	struct document *root = document_read(
		&reading, path, (struct source){ SOURCE_CONFIG, path }, DUPLICATES_WARN);

	return reading.error ? reading.error : plan_pod(root, path, arena, list);
}

/* Of a directory that cannot be listed nobody knows what is not in it. */
static int add_hidden(const struct pod *directory, int error)
{
	static const enum component_kind KINDS[] = { COMPONENT_APISERVER,
						     COMPONENT_CONTROLLER_MANAGER,
						     COMPONENT_SCHEDULER, COMPONENT_ETCD };
	const char *problem = arena_printf(directory->arena, "%s cannot be read: %s",
					   directory->path, file_error_text(error));
	int result = problem ? 0 : -ENOMEM;

	for (size_t i = 0; i < ARRAY_SIZE(KINDS) && result == 0; i++)
		result = add_unknown(directory, KINDS[i], problem);
	return result;
}

int plan_static_pods(const struct host *host, const char *directory, struct arena *arena,
		     struct planned_list *list)
{
	struct file_names names = { 0 };
	int error = file_names_in(host_root(host), directory, MANIFESTS_MAX, arena, &names);

	if (error == -ENOENT || error == -ENOMEM)
		return error == -ENOMEM ? error : 0;
	if (error < 0)
		return add_hidden(&(struct pod){ arena, list, directory, NULL }, error);
	/* The kubelet leaves out what is hidden, and reads everything else. */
	for (size_t i = 0; i < names.count && error == 0; i++) {
		const char *path = arena_printf(arena, "%s/%s", directory, names.items[i]);

		if (names.items[i][0] != '.')
			error = path ? look_into(host, path, arena, list) : -ENOMEM;
	}
	return error;
}
