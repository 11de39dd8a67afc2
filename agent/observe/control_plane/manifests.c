/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/control_plane/manifests.h"

#include <errno.h>
#include <string.h>

#include "base/file_entry.h"
#include "base/limits.h"
#include "base/text.h"
#include "model/words.h"
#include "observe/control_plane/control_plane.h"
#include "observe/control_plane/manifest.h"
#include "observe/control_plane/programs.h"
#include "observe/layout/layout.h"

struct comparison {
	const struct host *host;
	struct component *components;
	size_t count;
	struct arena *arena;
	struct arena *scratch;	      /* forgets each manifest */
	const struct process *reader; /* the kubelet whose root the manifests are in */
	int root;
	const char *directory;
	bool *is_done; /* of each component: its manifest is found */
};

static bool wants_manifest(const struct component *component)
{
	const struct control_plane_program *program = control_plane_program(component->kind);

	return program && !program->is_in_any_pod && component->process->pod_uid &&
	       pod_is_static(component->process->pod_uid);
}

/* The kubelet's own word for it, else that of a layout that any component follows. */
const char *manifests_directory(const struct component *components, size_t count,
				const struct component **ret_reader)
{
	const char *directory = NULL;

	*ret_reader = NULL;
	for (size_t i = 0; i < count && !directory; i++) {
		const struct setting *path = component_setting(&components[i], "staticPodPath");

		if (components[i].kind != COMPONENT_KUBELET)
			continue;
		*ret_reader = &components[i];
		if (path && path->value.kind == VALUE_TEXT)
			directory = path->value.text;
	}
	for (size_t i = 0; i < count && !directory; i++) {
		const struct layout *layout = layout_of(&components[i]);

		directory = layout ? layout->manifests : NULL;
	}
	return directory;
}

static int add_input(struct comparison *comparison, struct component *component,
		     const struct input_file *input)
{
	struct input_file *inputs =
		arena_array(comparison->arena, component->input_count + 1, sizeof(*inputs));

	if (!inputs)
		return -ENOMEM;
	if (component->input_count)
		memcpy(inputs, component->inputs, component->input_count * sizeof(*inputs));
	struct input_file *place = &inputs[component->input_count];

	*place = *input;
	place->host_path = arena_text(comparison->arena, input->host_path);
	component->inputs = inputs;
	component->input_count++;
	return place->host_path || !input->host_path ? 0 : -ENOMEM;
}

static int add_problem(struct comparison *comparison, struct component *component, const char *path,
		       const char *message)
{
	struct problem *problems =
		arena_array(comparison->arena, component->problem_count + 1, sizeof(*problems));

	if (!problems)
		return -ENOMEM;
	if (component->problem_count)
		memcpy(problems, component->problems, component->problem_count * sizeof(*problems));
	problems[component->problem_count] = (struct problem){
		PROBLEM_UNREADABLE,
		path,
		0,
		message,
	};
	component->problems = problems;
	component->problem_count++;
	return 0;
}

static bool same_list(const struct value *one, const struct value *other)
{
	if (one->list.count != other->list.count)
		return false;
	for (size_t i = 0; i < one->list.count; i++)
		if (!text_equal(one->list.items[i], other->list.items[i]))
			return false;
	return true;
}

static bool same_value(const struct value *one, const struct value *other)
{
	if (one->kind != other->kind)
		return false;
	switch (one->kind) {
	case VALUE_BOOLEAN:
		return one->boolean == other->boolean;
	case VALUE_INTEGER:
	case VALUE_DURATION:
		return one->integer == other->integer;
	case VALUE_TEXT:
		return text_equal(one->text, other->text);
	case VALUE_LIST:
		return same_list(one, other);
	default:
		return true;
	}
}

static const char *pending_words(struct comparison *comparison, const char *path,
				 const struct setting *setting)
{
	const char *words = value_words(&setting->value, comparison->arena);

	if (!words)
		return NULL;
	if (setting->value.kind == VALUE_UNSET)
		return arena_printf(comparison->arena,
				    "%s does not set %s: it is unset when the pod restarts", path,
				    setting->name);
	if (setting->source.kind == SOURCE_DEFAULT_FLAG ||
	    setting->source.kind == SOURCE_DEFAULT_CONFIG)
		return arena_printf(
			comparison->arena,
			"%s does not set %s: its default, %s, takes effect when the pod "
			"restarts",
			path, setting->name, words);
	return arena_printf(comparison->arena,
			    "%s says %s=%s: it takes effect when the pod restarts", path,
			    setting->name, words);
}

/* Every setting that would be another one with the manifest's words. */
static int mark_pending(struct comparison *comparison, struct component *component,
			const struct component *next, const char *path)
{
	struct setting *settings =
		arena_array(comparison->arena, component->setting_count + 1, sizeof(*settings));

	if (!settings)
		return -ENOMEM;
	for (size_t i = 0; i < component->setting_count; i++) {
		const struct setting *other = component_setting(next, component->settings[i].name);

		settings[i] = component->settings[i];
		/* What is not known on either side is no news. */
		if (!other || other->value.kind == VALUE_UNKNOWN ||
		    settings[i].value.kind == VALUE_UNKNOWN ||
		    same_value(&other->value, &settings[i].value))
			continue;
		settings[i].pending = pending_words(comparison, path, other);
		if (!settings[i].pending)
			return -ENOMEM;
	}
	component->settings = settings;
	return 0;
}

/* Reads the component once more, as if it had been started with these words. */
static int compare(struct comparison *comparison, struct component *component, const char *path,
		   const struct process *planned)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct component next = { .kind = component->kind, .version = component->version };
	int error =
		arena ? control_plane_observe(comparison->host, planned, arena, &next) : -ENOMEM;

	if (error < 0)
		return error;
	return mark_pending(comparison, component, &next, path);
}

static int look_for(struct comparison *comparison, const struct reading *reading,
		    const struct document *pod, size_t i)
{
	struct component *component = &comparison->components[i];
	const struct program *program = &control_plane_program(component->kind)->program;
	struct process planned = *component->process;
	struct manifest_start start;
	enum manifest_words found = manifest_words_of(comparison->scratch, pod, program, &start);

	if (found == MANIFEST_NONE)
		return 0;
	comparison->is_done[i] = true;
	const struct input_file *input = &reading->inputs[0];
	int error = add_input(comparison, component, input);

	if (error < 0)
		return error;
	planned.arguments = start.words;
	planned.argument_count = start.count;
	if (found == MANIFEST_WRAPPED)
		return add_problem(
			comparison, component, input->path,
			"starts it through a shell or with variables, which this agent "
			"does not read: whether it says the same as what runs is not known");
	return component->settings_known ? compare(comparison, component, input->path, &planned)
					 : 0;
}

/* One file: one pod, in the first document, as the kubelet reads it. */
static int look_into(struct comparison *comparison, const char *name)
{
	const char *path = arena_printf(comparison->arena, "%s/%s", comparison->directory, name);
	struct reading reading = {
		.schema = &APISERVER_SCHEMA,
		.host = comparison->host,
		.process = comparison->reader,
		.arena = comparison->scratch,
		.root = comparison->root,
	};

	if (!path)
		return -ENOMEM;
	arena_reset(comparison->scratch);
	struct document *pod = document_read(&reading, path, (struct source){ SOURCE_CONFIG, path },
					     DUPLICATES_WARN);
	bool is_pod = pod && pod->kind == DOCUMENT_MAPPING && !reading.error;
	int error = 0;

	for (size_t i = 0; i < comparison->count && error == 0; i++) {
		const struct component *component = &comparison->components[i];

		if (comparison->is_done[i] || !wants_manifest(component))
			continue;
		if (is_pod)
			error = look_for(comparison, &reading, pod, i);
		else if (text_starts_with(name, component_word(component->kind)))
			error = add_problem(comparison, &comparison->components[i], path,
					    "cannot be read as a pod: whether it says the same as "
					    "what runs is not known");
	}
	return error;
}

static int look_at_files(struct comparison *comparison)
{
	struct file_names names = { 0 };
	int error = file_names_in(comparison->root, comparison->directory, MANIFESTS_MAX,
				  comparison->arena, &names);

	if (error < 0)
		return error == -ENOMEM ? error : 0;
	/* The kubelet leaves out what is hidden, and reads everything else. */
	for (size_t i = 0; i < names.count && error == 0; i++)
		if (names.items[i][0] != '.')
			error = look_into(comparison, names.items[i]);
	return error;
}

int manifests_compare(const struct host *host, struct component *components, size_t count,
		      struct arena *arena)
{
	CLEANUP_ARENA struct arena *scratch = arena_new();
	CLEANUP_CLOSE int root = -1;
	struct comparison comparison = { .host = host,
					 .components = components,
					 .count = count,
					 .arena = arena,
					 .scratch = scratch };
	const struct component *kubelet;
	bool is_wanted = false;

	for (size_t i = 0; i < count; i++)
		is_wanted |= wants_manifest(&components[i]);
	if (!is_wanted)
		return 0;
	comparison.directory = manifests_directory(components, count, &kubelet);
	comparison.reader = kubelet ? kubelet->process : NULL;
	comparison.is_done = scratch ? arena_array(arena, count, sizeof(bool)) : NULL;
	if (!comparison.is_done)
		return -ENOMEM;
	/* Only a kubelet starts static pods again, and they are in its root. */
	if (!comparison.directory || !comparison.reader ||
	    process_root_open(host, comparison.reader->pid, &root) < 0)
		return 0;
	comparison.root = root;
	return look_at_files(&comparison);
}
