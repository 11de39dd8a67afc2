/* SPDX-License-Identifier: Apache-2.0 */
/* What an embedder's files and argv tell of the flags of a component inside it. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file_entry.h"
#include "base/limits.h"
#include "base/text.h"
#include "observe/layout/embedder.h"
#include "observe/reading/document.h"
#include "observe/reading/schema.h"
#include "observe/reading/whole.h"

/* Words for a component, each with where it stands. */
struct collected {
	struct reading *reading;
	const char **words;
	struct source *sources;
	size_t count, capacity, source_count, source_capacity;
};

static void collect(struct collected *collected, const char *word, struct source source)
{
	struct reading *reading = collected->reading;
	const char **place = arena_push(reading->arena, &collected->words, &collected->count,
					&collected->capacity, sizeof(*place));
	struct source *from =
		arena_push(reading->arena, &collected->sources, &collected->source_count,
			   &collected->source_capacity, sizeof(*from));

	if (!place || !from) {
		reading->error = -ENOMEM;
		return;
	}
	*place = word;
	*from = source;
}

static bool refuse(struct reading *reading, const char *path, const char *message)
{
	reading_files_unknown(reading, PROBLEM_UNREADABLE, path, 0, message);
	reading->flags_problem = reading->files_problem;
	return false;
}

/* The value of a variable of the process; "" when it is not set, as the shell has it. */
static const char *variable(struct reading *reading, const char *name, size_t length)
{
	const char *key = reading_printf(reading, "%.*s", (int)length, name);
	const char *value =
		process_variable(reading->host, reading->process->pid, key, reading->arena);

	return value ? value : "";
}

/* "$NAME" and "${NAME}", in the process's environment; quotes are dropped. */
static const char *expand(struct reading *reading, const char *line, size_t length)
{
	const char *text = "", *end = line + length;

	while (line < end) {
		size_t plain = 0, name;

		while (line + plain < end && !strchr("$\"'", line[plain]))
			plain++;
		text = reading_printf(reading, "%s%.*s", text, (int)plain, line);
		line += plain;
		if (line == end)
			break;
		if (*line++ != '$')
			continue;
		bool is_braced = line < end && *line == '{';

		line += is_braced;
		for (name = 0; line + name < end &&
			       (isalnum((unsigned char)line[name]) || line[name] == '_');)
			name++;
		text = reading_printf(reading, "%s%s", text, variable(reading, line, name));
		line += name;
		line += is_braced && line < end && *line == '}';
	}
	return text;
}

/* A file of flags, one a line. */
static bool read_file(struct collected *collected, const char *path)
{
	struct reading *reading = collected->reading;
	const struct source source = { SOURCE_DISTRO, path };
	struct file_content content, environment;

	if (reading_file(reading, path, &content) < 0) {
		reading->flags_problem = reading->files_problem;
		return false;
	}
	if (memchr(content.data, '$', content.length) &&
	    process_environment(reading->host, reading->process->pid, reading->arena,
				&environment) < 0)
		return refuse(reading, path,
			      "uses variables of an environment that cannot be read");
	for (char *line = content.data, *next; line < content.data + content.length; line = next) {
		size_t length = strcspn(line, "\n");

		next = line + length + 1;
		for (; length && isspace((unsigned char)*line); length--)
			line++;
		while (length && isspace((unsigned char)line[length - 1]))
			length--;
		if (!length || *line == '#')
			continue;
		if (length > SETTING_TEXT_BYTES_MAX || collected->count == ARGUMENTS_MAX)
			return refuse(reading, path, "has more or longer lines than flags have");
		collect(collected, expand(reading, line, length), source);
	}
	return true;
}

/* The n-th use of --NAME=VALUE or --NAME VALUE in the program's own argv; NULL: no more. Moves *at
 * past it. */
static const char *own_flag(const struct process *process, const char *name, size_t *at)
{
	size_t length = name ? strlen(name) : 0;

	while (name && *at < process->argument_count) {
		const char *word = process->arguments[(*at)++];

		if (!text_starts_with(word, "--") || strncmp(word + 2, name, length) != 0)
			continue;
		if (word[2 + length] == '=')
			return word + 2 + length + 1;
		if (!word[2 + length] && *at < process->argument_count)
			return process->arguments[(*at)++];
	}
	return NULL;
}

static const char *last_own_flag(const struct process *process, const char *name)
{
	const char *last = NULL, *value;

	for (size_t at = 1; (value = own_flag(process, name, &at));)
		last = value;
	return last;
}

/* "anonymous-auth=true", as the program passes it on. What names files of the kubelet is copied by
 * k3s into its directory of drop-ins. */
static void collect_listed(struct collected *collected, const char *text, struct source source)
{
	if (text_starts_with(text, "config=") || text_starts_with(text, "config-dir=") ||
	    strlen(text) > SETTING_TEXT_BYTES_MAX || collected->count == ARGUMENTS_MAX)
		return;
	collect(collected, reading_printf(collected->reading, "--%s", text), source);
}

static bool collect_own(struct collected *collected, const char *list)
{
	const struct process *process = collected->reading->process;
	const struct source source = { process->arguments_rewritten ? SOURCE_EXEC : SOURCE_FLAG,
				       NULL };
	const char *value;
	bool is_any = false;

	for (size_t at = 1; (value = own_flag(process, list, &at)); is_any = true)
		collect_listed(collected, value, source);
	return is_any;
}

/* One value of the configuration: a list, or a single text. */
static bool collect_value(struct collected *collected, const struct document *value,
			  const char *path)
{
	const struct source source = { SOURCE_DISTRO, path };
	size_t count = value->kind == DOCUMENT_LIST ? value->item_count : 1;

	for (size_t i = 0; i < count; i++) {
		const struct document *item =
			value->kind == DOCUMENT_LIST ? value->items[i] : value;

		if (item->kind == DOCUMENT_NULL)
			continue;
		if (item->kind != DOCUMENT_TEXT)
			return refuse(collected->reading, path, "has flags that are no texts");
		collect_listed(collected, item->text, source);
	}
	return true;
}

/* The last file that has the list replaces what came before; "LIST+" adds to it. */
static bool read_config_file(struct collected *collected, const char *path, const char *list)
{
	struct reading *reading = collected->reading;
	const char *more = reading_printf(reading, "%s+", list);
	struct document *root = document_read(reading, path, (struct source){ SOURCE_DISTRO, path },
					      DUPLICATES_WARN);

	if (!root) {
		reading->flags_problem = reading->files_problem;
		return reading->flags_problem == NULL;
	}
	if (root->kind != DOCUMENT_MAPPING)
		return true;
	const struct document *value = document_get(root, list);

	if (value) {
		/* The component's own path stands first and stays. */
		while (collected->count && collected->sources[collected->count - 1].path &&
		       !text_starts_with(collected->words[collected->count - 1], "--config-dir=")) {
			collected->count--;
			collected->source_count--;
		}
		if (!collect_value(collected, value, path))
			return false;
	}
	value = document_get(root, more);
	return !value || collect_value(collected, value, path);
}

static bool exists(const struct reading *reading, const char *path)
{
	struct stat status;

	return file_status_in(reading->root, path, &status) == 0;
}

static bool read_config_directory(struct collected *collected, const char *directory,
				  const char *list)
{
	struct reading *reading = collected->reading;
	struct file_names names = { 0 };
	int error =
		file_names_in(reading->root, directory, FILE_DIRECTORY_MAX, reading->arena, &names);

	if (error < 0 && error != -ENOENT)
		return refuse(reading, directory, "cannot be listed");
	for (size_t i = 0; i < names.count; i++)
		if ((text_ends_with(names.items[i], ".yaml") ||
		     text_ends_with(names.items[i], ".yml")) &&
		    !read_config_file(collected,
				      reading_printf(reading, "%s/%s", directory, names.items[i]),
				      list))
			return false;
	return true;
}

static bool read_config(struct collected *collected, const struct embedder *embedder,
			const char *list)
{
	struct reading *reading = collected->reading;
	const char *named = last_own_flag(reading->process, embedder->config_flag);

	if (!named)
		named = process_variable(reading->host, reading->process->pid,
					 embedder->config_variable, reading->arena);
	const char *path = reading_path(reading, named ? named : embedder->config);

	if (!path)
		return refuse(reading, named,
			      "is relative to a working directory that cannot be read");
	if (reading->root_error)
		return refuse(reading, path, file_error_text(reading->root_error));
	if (exists(reading, path) && !read_config_file(collected, path, list))
		return false;
	return read_config_directory(collected, reading_printf(reading, "%s.d", path), list);
}

static bool use_path(struct collected *collected, const struct embedder *embedder,
		     const struct embedded *inside)
{
	struct reading *reading = collected->reading;
	const struct source source = { SOURCE_DISTRO, inside->path };

	if (!exists(reading, inside->path))
		return refuse(reading, inside->path,
			      reading_printf(reading,
					     "is not there, and %s does not show the flags of the "
					     "%s inside it: its settings are not known",
					     embedder->name, reading->schema->program));
	reading->arguments_of = inside->path;
	collect(collected, reading_printf(reading, "--%s=%s", inside->flag, inside->path), source);
	return true;
}

static bool use_file(struct collected *collected, const struct embedded *inside)
{
	struct reading *reading = collected->reading;
	const char *named = last_own_flag(reading->process, inside->arguments_flag);
	const char *path = reading_path(reading, named ? named : inside->arguments_file);

	if (!path)
		return refuse(reading, named,
			      "is relative to a working directory that cannot be read");
	reading->arguments_of = path;
	return read_file(collected, path);
}

bool embedder_arguments(const struct embedder *embedder, enum component_kind kind,
			struct reading *reading, struct arguments *ret_arguments)
{
	const struct embedded *inside = &embedder->components[kind];
	struct collected collected = { .reading = reading };
	bool is_known = !reading->process->arguments_truncated;

	if (!is_known)
		refuse(reading, embedder->name,
		       "was started with more arguments than this agent keeps");
	if (is_known && inside->path)
		is_known = use_path(&collected, embedder, inside);
	if (is_known && inside->arguments_file)
		is_known = use_file(&collected, inside);
	if (is_known && inside->list && !collect_own(&collected, inside->list))
		is_known = read_config(&collected, embedder, inside->list);
	if (!is_known)
		return false;
	reading->argument_sources = collected.sources;
	*ret_arguments = (struct arguments){ collected.words, collected.count };
	return true;
}

void embedder_forget_defaults(const struct embedder *embedder, enum component_kind kind,
			      struct reading *reading)
{
	enum hidden_flags hidden = embedder->components[kind].hidden;
	const char *why = embedder_hides_argv(reading->process)
				  ? "its argv was rewritten and the start was not seen: "
				  : "";

	for (size_t row = 0; row < reading->schema->field_count; row++) {
		struct field_state *state = &reading->states[row];
		bool is_flag_only = field_is_flag_only(&reading->schema->fields[row]);
		bool is_hidden =
			hidden == HIDES_DEFAULTS || (hidden == HIDES_FLAG_ONLY && is_flag_only);

		if (!is_hidden || state->origin != ORIGIN_DEFAULT)
			continue;
		state->origin = ORIGIN_UNKNOWN;
		state->sentence = NULL;
		state->reason = reading_printf(
			reading,
			"%sno file of %s sets it, and the flags that it gives to the "
			"%s inside it are not shown",
			why, embedder->name, reading->schema->program);
	}
}
