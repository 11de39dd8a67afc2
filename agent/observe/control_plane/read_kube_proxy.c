/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "observe/control_plane/readers.h"
#include "observe/reading/decode.h"
#include "observe/reading/document.h"
#include "observe/reading/explain.h"
#include "observe/reading/whole.h"

#define API_VERSION "kubeproxy.config.k8s.io/v1alpha1"

/* A deprecated flag: without --config, port 0 switches the server off. */
static void switch_off(struct reading *reading, const char *port, const char *address)
{
	const struct field_state *given = state_named(reading, port);
	struct field_state *state = state_named(reading, address);

	if (given->origin != ORIGIN_SET || given->value.kind != VALUE_INTEGER ||
	    given->value.integer != 0)
		return;
	*state = *given;
	state->value = (struct value){ .kind = VALUE_UNSET };
	state->sentence = reading_printf(reading,
					 "%s is set on the command line to 0, so %s is "
					 "nothing",
					 port, address);
}

/* The servers follow an IPv6 address of the node where nobody sets them. */
static void follow_family(struct reading *reading)
{
	static const struct {
		const char *name, *value;
	} DEFAULTS[] = {
		{ "healthzBindAddress", "[::]:10256" },
		{ "metricsBindAddress", "[::1]:10249" },
	};
	const struct field_state *bind = state_named(reading, "bindAddress");

	if (bind->value.kind != VALUE_TEXT || !strchr(bind->value.text, ':'))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(DEFAULTS); i++) {
		struct field_state *state = state_named(reading, DEFAULTS[i].name);

		if (state->origin == ORIGIN_DEFAULT || state->origin == ORIGIN_ZERO_DEFAULT)
			state->value.text = DEFAULTS[i].value;
	}
}

/* What the file leaves to the default, and what a flag says in vain. */
static void explain_file(struct reading *reading, const struct field_state *flags, size_t row)
{
	const struct field *field = &reading->schema->fields[row];
	struct field_state *state = &reading->states[row];
	bool is_ignored = field->flag && flags[row].origin == ORIGIN_SET;

	if (field_is_flag_only(field) || state->origin == ORIGIN_UNKNOWN)
		return;
	if (is_ignored)
		state->sentence = reading_printf(
			reading,
			"%s, in force with --config, %s; --%s on the command line is ignored",
			reading->config_path,
			state->origin == ORIGIN_SET
				? reading_printf(reading, "sets %s to %s", field->name,
						 explain_value(reading, &state->value))
				: reading_printf(reading, "leaves %s at its default, %s",
						 field->name,
						 explain_value(reading, &state->value)),
			field->flag);
	else if (state->origin == ORIGIN_DEFAULT)
		state->sentence = reading_printf(
			reading, "%s does not set %s: the configuration's default, %s, is in force",
			reading->config_path, field->name, explain_value(reading, &state->value));
}

static void forget_keys(struct reading *reading)
{
	for (size_t row = 0; row < reading->schema->field_count; row++)
		if (!field_is_flag_only(&reading->schema->fields[row]))
			reading_set_unknown(&reading->states[row], reading->files_problem);
}

static void read_file(struct reading *reading, const char *path)
{
	reading->has_config = true;
	reading->config_path = path;
	struct document *root = document_read(reading, path, (struct source){ SOURCE_CONFIG, path },
					      DUPLICATES_WARN);

	if (root && document_is(reading, root, path, API_VERSION, "KubeProxyConfiguration")) {
		decode_report_unknown_keys(reading, root, path, DECODE_CONFIG);
		decode_document(reading, root, DECODE_CONFIG);
		reading_make_absolute(reading, SOURCE_CONFIG, reading->directory);
	}
	if (reading->files_problem)
		forget_keys(reading);
}

/* With --config, only the name of the node and the API server's address still come from flags. */
void read_kube_proxy(struct reading *reading, const struct arguments *arguments)
{
	size_t bytes = reading->schema->field_count * sizeof(*reading->states);

	read_flags(reading, arguments);
	const struct field_state name = *state_named(reading, "hostnameOverride");
	const struct field_state *config = state_named(reading, "--config");
	struct field_state *flags = arena_alloc(reading->arena, bytes);

	if (!flags) {
		reading->error = -ENOMEM;
		return;
	}
	memcpy(flags, reading->states, bytes);
	if (config->origin == ORIGIN_SET && config->value.kind == VALUE_TEXT) {
		read_file(reading, config->value.text);
		for (size_t row = 0; row < reading->schema->field_count; row++)
			explain_file(reading, flags, row);
		if (name.origin == ORIGIN_SET && name.value.kind == VALUE_TEXT)
			*state_named(reading, "hostnameOverride") = name;
	} else if (config->origin == ORIGIN_UNKNOWN) {
		reading->files_problem = config->reason;
		forget_keys(reading);
	} else {
		switch_off(reading, "--healthz-port", "healthzBindAddress");
		switch_off(reading, "--metrics-port", "metricsBindAddress");
	}
	follow_family(reading);
}
