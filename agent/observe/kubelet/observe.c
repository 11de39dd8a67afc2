/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "observe/certificate/path.h"
#include "observe/reading/decode.h"
#include "observe/kubelet/dropins.h"
#include "observe/layout/embedder.h"
#include "observe/reading/whole.h"
#include "observe/kubelet/fields.h"
#include "observe/reading/flags.h"
#include "observe/kubelet/kubelet.h"
#include "observe/reading/node_name.h"

/* Releases from which on something is so: 1.N. */
#define SINCE_DROPINS	      28
#define SINCE_DROPINS_NO_GATE 30
#define SINCE_NO_CADVISOR     12

static const char ALPHA_VARIABLE[] = "KUBELET_CONFIG_DROPIN_DIR_ALPHA";

static struct field_state *state_of(struct reading *reading, const char *flag)
{
	int row = field_of_flag(reading->schema, flag);

	return row < 0 ? NULL : &reading->states[row];
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

	if (!root || !document_is(reading, root, path, KUBELET_API_VERSION, KUBELET_KIND))
		return;
	decode_report_unknown_keys(reading, root, path, DECODE_CONFIG);
	decode_document(reading, root, DECODE_CONFIG);
	reading_make_absolute(reading, SOURCE_CONFIG, path_directory(reading->arena, path));
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
	reading_make_absolute(reading, SOURCE_DROPIN, reading->directory);
}

/* Finds a flag that names a file; one that may be another flag's value makes everything uncertain.
 */
static const char *file_flag(struct reading *reading, const char *const *arguments, size_t count,
			     const char *name)
{
	struct flag_token token;

	struct flag_scanner scanner = { .schema = reading->schema,
					.arguments = arguments,
					.count = count };

	if (!flags_find(&scanner, name, &token) || !*token.value)
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
	for (size_t row = 0; row < reading->schema->field_count; row++)
		if (!field_is_flag_only(&reading->schema->fields[row]))
			reading_set_unknown(&reading->states[row], reading->files_problem);
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
	reading_make_absolute(reading, SOURCE_FLAG, reading->directory);
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

static void read_kubelet(struct reading *reading, const struct embedder *embedder)
{
	struct arguments arguments = { 0 };
	bool is_known =
		embedder ? embedder_arguments(embedder, COMPONENT_KUBELET, reading, &arguments)
			 : reading_arguments(reading, &KUBELET_PROGRAM, &arguments);

	if (!is_known) {
		reading_forget(reading, reading->flags_problem ? reading->flags_problem : "");
		return;
	}
	read_settings(reading, arguments.words, arguments.count);
	if (embedder)
		embedder_forget_defaults(embedder, COMPONENT_KUBELET, reading);
	note_kubeconfig(reading);
}

static bool is_standalone(struct reading *reading)
{
	return state_of(reading, "kubeconfig")->origin != ORIGIN_UNKNOWN &&
	       state_of(reading, "kubeconfig")->value.kind == VALUE_UNSET;
}

static int observe(struct reading *reading, struct arena *arena, struct component *component)
{
	const struct embedder *embedder =
		embedder_of(reading->host, reading->process, COMPONENT_KUBELET);
	char *directory = NULL;

	if (process_working_directory(reading->host, reading->process->pid, reading->arena,
				      &directory) == 0)
		reading->directory = directory;
	read_kubelet(reading, embedder);
	component->embedder = embedder ? embedder->name : NULL;
	component->is_standalone = is_standalone(reading);
	component->node_name =
		node_name_read(reading, state_of(reading, "hostname-override"), arena);
	int error = reading_export(reading, arena, component);

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
		.schema = &KUBELET_SCHEMA,
		.host = host,
		.process = process,
		.arena = scratch,
		.root = root,
		.root_error = error,
		.minor = reading_minor(&KUBELET_SCHEMA, component->version),
		.states = arena_array(scratch, KUBELET_SCHEMA.field_count, sizeof(*reading.states)),
	};

	if (!reading.states)
		return -ENOMEM;
	component->kind = COMPONENT_KUBELET;
	component->process = process;
	return observe(&reading, arena, component);
}
