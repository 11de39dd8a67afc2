/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "observe/certificate/path.h"
#include "observe/kubelet/decode.h"
#include "observe/kubelet/dropins.h"
#include "observe/kubelet/embedder.h"
#include "observe/kubelet/export.h"
#include "observe/kubelet/flags.h"
#include "observe/kubelet/kubelet.h"
#include "observe/kubelet/node_name.h"

/* Releases from which on something is so: 1.N. */
#define SINCE_DROPINS	      28
#define SINCE_DROPINS_NO_GATE 30
#define SINCE_NO_CADVISOR     12

static const char ALPHA_VARIABLE[] = "KUBELET_CONFIG_DROPIN_DIR_ALPHA";

/* "1.31.9" is 31; -1 when it is no version 1.N. */
static int minor_of(const char *version)
{
	char digits[4] = "";
	uint64_t minor;

	if (!version)
		return -1;
	version += *version == 'v';
	if (strncmp(version, "1.", 2) != 0)
		return -1;
	size_t length = strspn(version + 2, "0123456789");

	if (length < sizeof(digits))
		memcpy(digits, version + 2, length);
	return text_to_unsigned(digits, 999, &minor) < 0 ? -1 : (int)minor;
}

static struct field_state *state_of(struct reading *reading, const char *flag)
{
	int row = field_of_flag(flag);

	return row < 0 ? NULL : &reading->states[row];
}

static void set_unknown(struct field_state *state, const char *reason)
{
	*state = (struct field_state){ .origin = ORIGIN_UNKNOWN, .reason = reason };
}

/* A path field counts from `directory`; an empty one means none. */
static void make_absolute(struct reading *reading, enum source_kind source, const char *directory)
{
	for (size_t row = 0; row < KUBELET_FIELD_COUNT; row++) {
		struct field_state *state = &reading->states[row];

		if (KUBELET_FIELDS[row].type != FIELD_PATH || state->origin != ORIGIN_SET ||
		    state->source.kind != source || state->value.kind != VALUE_TEXT ||
		    state->value.text[0] == '/')
			continue;
		if (!directory) {
			set_unknown(state, "it is relative to a working directory that cannot be "
					   "read");
			continue;
		}
		state->value.text = path_resolve(reading->arena, directory, state->value.text);
		if (!state->value.text)
			reading->error = -ENOMEM;
	}
}

static void read_config(struct reading *reading, const char *flag)
{
	const char *path = reading_path(reading, flag);

	reading->has_config = true;
	reading->config_path = path;
	if (!path) {
		reading_files_unknown(reading, PROBLEM_UNREADABLE, flag, 0,
				      "is relative to a working directory that cannot be read");
		return;
	}
	struct document *root = document_read(reading, path, (struct source){ SOURCE_CONFIG, path },
					      DUPLICATES_WARN);

	if (!root || !document_is_kubelet_configuration(reading, root, path))
		return;
	decode_report_unknown_keys(reading, root, path, DECODE_CONFIG);
	decode_document(reading, root, DECODE_CONFIG);
	make_absolute(reading, SOURCE_CONFIG, path_directory(reading->arena, path));
}

/* 1.28 and 1.29 take drop-ins only with a variable in their environment. */
static bool takes_dropins(struct reading *reading, const char *flag)
{
	struct file_content environment;
	pid_t pid = reading->process->pid;

	if (reading->minor < 0 || reading->minor >= SINCE_DROPINS_NO_GATE)
		return true;
	if (reading->minor < SINCE_DROPINS) {
		reading_files_unknown(reading, PROBLEM_FATAL, flag, 0,
				      "is given by --config-dir, which kubelets before 1.28 do not "
				      "know");
		return false;
	}
	if (process_environment(reading->host, pid, reading->arena, &environment) < 0) {
		reading_files_unknown(reading, PROBLEM_UNREADABLE, flag, 0,
				      "counts in this version only with a variable in the "
				      "environment, which cannot be read");
		return false;
	}
	if (process_variable(reading->host, pid, ALPHA_VARIABLE, reading->arena))
		return true;
	reading_files_unknown(reading, PROBLEM_FATAL, flag, 0,
			      "is given by --config-dir, which this version refuses unless "
			      "KUBELET_CONFIG_DROPIN_DIR_ALPHA is set in its environment");
	return false;
}

static void read_dropins(struct reading *reading, const char *flag)
{
	reading->has_config_dir = true;
	if (reading->minor_at_least < SINCE_DROPINS)
		reading->minor_at_least = SINCE_DROPINS;
	if (reading->files_problem || !takes_dropins(reading, flag))
		return;
	dropins_apply(reading, flag);
	/* The kubelet resolves paths of drop-ins against nothing: they count from where it runs. */
	make_absolute(reading, SOURCE_DROPIN, reading->directory);
}

/* Finds a flag that names a file; one that may be another flag's value makes everything uncertain.
 */
static const char *file_flag(struct reading *reading, const char *const *arguments, size_t count,
			     const char *name)
{
	struct flag_token token;

	if (!flags_find(arguments, count, name, &token) || !*token.value)
		return NULL;
	if (!token.is_doubtful)
		return token.value;
	reading_files_unknown(reading, PROBLEM_UNREADABLE, token.value, 0,
			      reading_printf(reading,
					     "is given by --%s after a flag that is not known and "
					     "may have taken it as its value",
					     name));
	return NULL;
}

static void forget_files(struct reading *reading)
{
	for (size_t row = 0; row < KUBELET_FIELD_COUNT; row++)
		if (KUBELET_FIELDS[row].name[0] != '-')
			set_unknown(&reading->states[row], reading->files_problem);
}

static void forget_everything(struct reading *reading, const char *reason)
{
	for (size_t row = 0; row < KUBELET_FIELD_COUNT; row++)
		set_unknown(&reading->states[row], reason);
}

/* The flag went away with 1.12; a flag that is there says that the kubelet is older. */
static void settle_cadvisor_port(struct reading *reading)
{
	struct field_state *state = state_of(reading, "cadvisor-port");
	bool is_gone =
		reading->minor >= SINCE_NO_CADVISOR || reading->minor_at_least > SINCE_NO_CADVISOR;

	if (state->origin == ORIGIN_SET && reading->minor >= SINCE_NO_CADVISOR)
		reading_problem(reading, PROBLEM_FATAL, reading->arguments_of, 0,
				"--cadvisor-port is no flag since 1.12: the kubelet exits on it");
	if (state->origin != ORIGIN_UNKNOWN || reading->flags_problem)
		return;
	if (is_gone || reading->minor == SINCE_NO_CADVISOR - 1) {
		state->origin = ORIGIN_DEFAULT;
		state->source.kind = SOURCE_DEFAULT_FLAG;
		state->value = (struct value){ .kind = VALUE_INTEGER };
	} else if (reading->minor < 0) {
		state->reason = "it is 4194 by default up to 1.10 and gone since 1.12, and nothing "
				"shows the version: give it with --component-version kubelet=V";
	}
}

static void check_mode(struct reading *reading)
{
	const struct field_state *state = state_of(reading, "authorization-mode");
	const char *mode = state->value.kind == VALUE_TEXT ? state->value.text : "";

	if (state->origin != ORIGIN_SET || text_equal(mode, "Webhook") ||
	    text_equal(mode, "AlwaysAllow"))
		return;
	reading_problem(reading, PROBLEM_FATAL, state->source.path, state->line,
			reading_printf(reading,
				       "authorization mode \"%s\" is neither Webhook nor "
				       "AlwaysAllow: the kubelet exits on that",
				       reading_short(reading, mode)));
}

/* The algorithm: defaults, --config, --config-dir, and the flags over all of it. */
static void read_settings(struct reading *reading, const char *const *arguments, size_t count)
{
	const char *config = file_flag(reading, arguments, count, "config");
	const char *directory = file_flag(reading, arguments, count, "config-dir");

	decode_defaults(reading, true);
	if (config)
		read_config(reading, config);
	if (directory)
		read_dropins(reading, directory);
	if (reading->files_problem)
		forget_files(reading);
	flags_apply(reading, arguments, count);
	make_absolute(reading, SOURCE_FLAG, reading->directory);
	make_absolute(reading, SOURCE_DISTRO, reading->directory);
	settle_cadvisor_port(reading);
	check_mode(reading);
}

/* The kubelet itself writes its kubeconfig when it bootstraps: that a file is newer than the
 * process then says nothing. */
static void note_kubeconfig(struct reading *reading)
{
	const struct field_state *state = state_of(reading, "kubeconfig");
	const struct field_state *bootstrap = state_of(reading, "bootstrap-kubeconfig");

	if (state->origin == ORIGIN_SET && state->value.kind == VALUE_TEXT &&
	    bootstrap->value.kind != VALUE_TEXT)
		reading_input(reading, state->value.text);
}

/* The arguments after the program's own name. */
static bool own_arguments(struct reading *reading, const char *const **ret_arguments,
			  size_t *ret_count)
{
	const struct process *process = reading->process;
	size_t start = flags_start(process);

	if (process->arguments_truncated || process->argument_count == 0 ||
	    process->argument_count > KUBELET_ARGUMENTS_MAX) {
		reading->flags_problem =
			process->argument_count == 0
				? "the command line cannot be read"
				: "the command line is longer than this agent reads";
		reading_problem(reading, PROBLEM_UNREADABLE, NULL, 0,
				reading_printf(reading,
					       "%s: flags win over files, so no setting "
					       "is known",
					       reading->flags_problem));
		return false;
	}
	*ret_arguments = process->arguments + start;
	*ret_count = process->argument_count - start;
	return true;
}

static void read_kubelet(struct reading *reading, const struct embedder *embedder)
{
	const char *const *arguments = NULL;
	size_t count = 0;
	bool is_known = embedder ? embedder_arguments(embedder, reading, &arguments, &count)
				 : own_arguments(reading, &arguments, &count);

	if (!is_known) {
		forget_everything(reading, reading->flags_problem ? reading->flags_problem : "");
		return;
	}
	read_settings(reading, arguments, count);
	if (embedder)
		embedder_forget_defaults(embedder, reading);
	note_kubeconfig(reading);
}

static bool is_standalone(struct reading *reading)
{
	return state_of(reading, "kubeconfig")->origin != ORIGIN_UNKNOWN &&
	       state_of(reading, "kubeconfig")->value.kind == VALUE_UNSET;
}

/* More memory than one kubelet's files may take: nothing is known then. */
static int export_overflow(struct reading *reading, struct arena *arena,
			   struct component *component)
{
	arena_reset(reading->arena);
	reading->problems = NULL;
	reading->inputs = NULL;
	reading->problem_count = reading->problem_capacity = 0;
	reading->input_count = reading->input_capacity = 0;
	reading->error = 0;
	reading->files_problem = NULL;
	reading->flags_problem = "its files are larger together than this agent reads";
	reading->states =
		arena_array(reading->arena, KUBELET_FIELD_COUNT, sizeof(*reading->states));
	if (!reading->states)
		return -ENOMEM;
	forget_everything(reading, reading->flags_problem);
	reading_problem(reading, PROBLEM_UNREADABLE, NULL, 0,
			"the command line and files of this kubelet are larger together than this "
			"agent reads: no setting is known");
	return export_reading(reading, arena, component);
}

static int observe(struct reading *reading, struct arena *arena, struct component *component)
{
	const struct embedder *embedder = embedder_of(reading->process);
	char *directory = NULL;

	if (process_working_directory(reading->host, reading->process->pid, reading->arena,
				      &directory) == 0)
		reading->directory = directory;
	read_kubelet(reading, embedder);
	component->embedder = embedder ? embedder_name(embedder) : NULL;
	component->is_standalone = is_standalone(reading);
	component->node_name =
		node_name_read(reading, state_of(reading, "hostname-override"), arena);
	int error = reading->error ? reading->error : export_reading(reading, arena, component);

	if (error < 0 || reading->error)
		error = export_overflow(reading, arena, component);
	component->settings_known = !reading->flags_problem;
	return error;
}

int kubelet_observe(const struct host *host, const struct process *process, struct arena *arena,
		    struct component *component)
{
	CLEANUP_ARENA struct arena *scratch = arena_new();
	CLEANUP_CLOSE int root = -1;

	if (!scratch)
		return -ENOMEM;
	/* A root that cannot be entered makes every file in it unreadable. */
	int error = process_root_open(host, process->pid, &root);
	struct reading reading = {
		.host = host,
		.process = process,
		.arena = scratch,
		.root = root,
		.root_error = error,
		.minor = minor_of(component->version),
		.states = arena_array(scratch, KUBELET_FIELD_COUNT, sizeof(*reading.states)),
	};

	if (!reading.states)
		return -ENOMEM;
	component->kind = COMPONENT_KUBELET;
	component->process = process;
	return observe(&reading, arena, component);
}
