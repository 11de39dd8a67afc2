/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/kubelet/embedder.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "observe/reading/flags.h"

/* How much of the kubelet's flags the program's files tell. */
enum hidden_flags {
	HIDES_NOTHING,
	HIDES_FLAG_ONLY, /* configuration comes whole from a file, the other flags are unknown */
	HIDES_DEFAULTS,	 /* what no file sets may be set by a flag */
};

struct embedder {
	const char *name;
	const char *programs[4]; /* base names of exe or argv[0] */
	const char *commands[3]; /* the subcommands that run a kubelet; none: always */
	enum hidden_flags hidden;
	const char *arguments_flag; /* the program's flag that names a file of flags */
	const char *arguments_file; /* its default */
	const char *flag;	    /* the kubelet flag that `path` is given to */
	const char *path;
};

/* Sources: k3s-io/k3s pkg/daemons/agent, canonical/microk8s default-args, openshift/microshift
 * pkg/node. RKE2 runs the kubelet as a process of its own and needs no row. */
static const struct embedder EMBEDDERS[] = {
	{
		.name = "k3s",
		.programs = { "k3s", "k3s-server", "k3s-agent" },
		.commands = { "server", "agent" },
		.hidden = HIDES_DEFAULTS,
		.flag = "config-dir",
		.path = "/var/lib/rancher/k3s/agent/etc/kubelet.conf.d",
	},
	{
		.name = "microk8s",
		.programs = { "kubelite" },
		.hidden = HIDES_NOTHING,
		.arguments_flag = "--kubelet-args-file",
		.arguments_file = "/var/snap/microk8s/current/args/kubelet",
	},
	{
		.name = "microshift",
		.programs = { "microshift" },
		.commands = { "run" },
		.hidden = HIDES_FLAG_ONLY,
		.flag = "config",
		.path = "/var/lib/microshift/resources/kubelet/config/config.yaml",
	},
};

static bool is_one_of(const char *const *words, size_t count, const char *word, size_t length)
{
	for (size_t i = 0; i < count && words[i]; i++)
		if (strlen(words[i]) == length && memcmp(words[i], word, length) == 0)
			return true;
	return false;
}

static bool is_program(const struct embedder *embedder, const struct process *process)
{
	const char *first = process->argument_count ? process->arguments[0] : "";
	const char *exe = process->exe ? text_base_name(process->exe) : "";
	size_t count = ARRAY_SIZE(embedder->programs);

	/* A rewritten argv is one string: "/usr/local/bin/k3s server". */
	size_t length = strcspn(first, " ");
	const char *base = first;

	for (size_t i = 0; i < length; i++)
		if (first[i] == '/')
			base = first + i + 1;
	return is_one_of(embedder->programs, count, exe, strlen(exe)) ||
	       is_one_of(embedder->programs, count, base, (size_t)(first + length - base));
}

/* The subcommand stands as an argument, in a rewritten argv[0], or in the name of the thread. */
static bool runs_kubelet(const struct embedder *embedder, const struct process *process)
{
	size_t count = ARRAY_SIZE(embedder->commands);
	const char *word = "";

	if (!embedder->commands[0])
		return true;
	if (process->argument_count > 1) {
		word = process->arguments[1];
	} else if (process->argument_count == 1) {
		const char *space = strchr(process->arguments[0], ' ');
		const char *dash = strrchr(text_base_name(process->arguments[0]), '-');

		word = space ? space + 1 : dash ? dash + 1 : "";
	}
	return is_one_of(embedder->commands, count, word, strcspn(word, " "));
}

const struct embedder *embedder_of(const struct process *process)
{
	for (size_t i = 0; i < ARRAY_SIZE(EMBEDDERS); i++)
		if (is_program(&EMBEDDERS[i], process) && runs_kubelet(&EMBEDDERS[i], process))
			return &EMBEDDERS[i];
	return NULL;
}

const char *embedder_name(const struct embedder *embedder)
{
	return embedder->name;
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
static bool read_arguments(struct reading *reading, const char *path,
			   const char *const **ret_arguments, size_t *ret_count)
{
	struct file_content content, environment;
	size_t count = 0, capacity = 0;
	const char **arguments = NULL;

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
		if (length > SETTING_TEXT_BYTES_MAX || count == ARGUMENTS_MAX)
			return refuse(reading, path, "has more or longer lines than flags have");
		const char **place = arena_push(reading->arena, &arguments, &count, &capacity,
						sizeof(*arguments));

		if (!place) {
			reading->error = -ENOMEM;
			return false;
		}
		*place = expand(reading, line, length);
	}
	*ret_arguments = arguments;
	*ret_count = count;
	return true;
}

/* --kubelet-args-file=PATH in the program's own argv. */
static const char *arguments_file(const struct embedder *embedder, const struct process *process)
{
	size_t length = strlen(embedder->arguments_flag);

	for (size_t i = process->argument_count; i--;) {
		const char *argument = process->arguments[i];

		if (strncmp(argument, embedder->arguments_flag, length) != 0)
			continue;
		if (argument[length] == '=')
			return argument + length + 1;
		if (!argument[length] && i + 1 < process->argument_count)
			return process->arguments[i + 1];
	}
	return embedder->arguments_file;
}

static bool use_path(const struct embedder *embedder, struct reading *reading,
		     const char *const **ret_arguments, size_t *ret_count)
{
	const char **arguments = arena_array(reading->arena, 1, sizeof(*arguments));
	struct stat status;

	if (!arguments) {
		reading->error = -ENOMEM;
		return false;
	}
	if (file_status_in(reading->root, embedder->path, &status) < 0)
		return refuse(reading, embedder->path,
			      reading_printf(reading,
					     "is not there, and %s does not show the flags of the "
					     "kubelet inside it: its settings are not known",
					     embedder->name));
	reading->arguments_of = embedder->path;
	arguments[0] = reading_printf(reading, "--%s=%s", embedder->flag, embedder->path);
	*ret_arguments = arguments;
	*ret_count = 1;
	return true;
}

bool embedder_arguments(const struct embedder *embedder, struct reading *reading,
			const char *const **ret_arguments, size_t *ret_count)
{
	if (embedder->path)
		return use_path(embedder, reading, ret_arguments, ret_count);
	const char *named = arguments_file(embedder, reading->process);
	const char *path = reading_path(reading, named);

	if (!path)
		return refuse(reading, named,
			      "is relative to a working directory that cannot be read");
	reading->arguments_of = path;
	return read_arguments(reading, path, ret_arguments, ret_count);
}

void embedder_forget_defaults(const struct embedder *embedder, struct reading *reading)
{
	for (size_t row = 0; row < reading->schema->field_count; row++) {
		struct field_state *state = &reading->states[row];
		bool is_flag_only = field_is_flag_only(&reading->schema->fields[row]);
		bool is_hidden = embedder->hidden == HIDES_DEFAULTS ||
				 (embedder->hidden == HIDES_FLAG_ONLY && is_flag_only);

		if (!is_hidden || state->origin != ORIGIN_DEFAULT)
			continue;
		state->origin = ORIGIN_UNKNOWN;
		state->reason =
			reading_printf(reading,
				       "no file of %s sets it, and the flags that it gives to the "
				       "kubelet inside it are not shown",
				       embedder->name);
	}
}
