/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "observe/control_plane/readers.h"
#include "observe/reading/decode.h"
#include "observe/reading/document.h"
#include "observe/reading/explain.h"
#include "observe/reading/flags.h"
#include "observe/reading/setting_value.h"
#include "observe/reading/whole.h"

/* Flags that stand in a section of the file, under another name. All others are keys at its top. */
static const struct {
	const char *flag, *key;
} SECTIONS[] = {
	{ "cert-file", "client-transport-security.cert-file" },
	{ "key-file", "client-transport-security.key-file" },
	{ "client-cert-file", "client-transport-security.client-cert-file" },
	{ "client-key-file", "client-transport-security.client-key-file" },
	{ "client-cert-auth", "client-transport-security.client-cert-auth" },
	{ "trusted-ca-file", "client-transport-security.trusted-ca-file" },
	{ "ca-file", "client-transport-security.ca-file" },
	{ "auto-tls", "client-transport-security.auto-tls" },
	{ "peer-cert-file", "peer-transport-security.cert-file" },
	{ "peer-key-file", "peer-transport-security.key-file" },
	{ "peer-client-cert-file", "peer-transport-security.client-cert-file" },
	{ "peer-client-key-file", "peer-transport-security.client-key-file" },
	{ "peer-client-cert-auth", "peer-transport-security.client-cert-auth" },
	{ "peer-trusted-ca-file", "peer-transport-security.trusted-ca-file" },
	{ "peer-ca-file", "peer-transport-security.ca-file" },
	{ "peer-auto-tls", "peer-transport-security.auto-tls" },
};

static const char *key_of(const char *flag)
{
	for (size_t i = 0; i < ARRAY_SIZE(SECTIONS); i++)
		if (strcmp(SECTIONS[i].flag, flag) == 0)
			return SECTIONS[i].key;
	return flag;
}

/* "ETCD_CLIENT_CERT_AUTH" for "client-cert-auth" */
static const char *variable_of(struct reading *reading, const char *flag)
{
	char name[FLAG_NAME_BYTES];
	size_t length = strlen(flag);

	for (size_t i = 0; i < length && i < sizeof(name); i++)
		name[i] = flag[i] == '-' ? '_' : (char)toupper((unsigned char)flag[i]);
	return reading_printf(reading, "ETCD_%.*s", (int)length, name);
}

static bool takes_value(struct reading *reading, const struct field *field, const char *text,
			struct field_state *state)
{
	const char *complaint;

	if (value_from_flag(reading, field, text, state, &complaint))
		return true;
	reading_set_unknown(state, complaint);
	return false;
}

/* A variable counts where its flag is not given; one that is empty is none. */
static void take_variable(struct reading *reading, size_t row,
			  const struct environment *environment)
{
	const struct field *field = &reading->schema->fields[row];
	struct field_state *state = &reading->states[row];
	const char *variable = variable_of(reading, field->flag);
	const char *text = environment_get(environment, variable);

	if (state->origin == ORIGIN_SET || (state->origin == ORIGIN_UNKNOWN && !text))
		return;
	if (environment->error < 0) {
		reading_set_unknown(state, "its environment, which may set it, cannot be read");
		return;
	}
	if (!text)
		return;
	*state = (struct field_state){ .origin = ORIGIN_SET, .source = { SOURCE_ENV, NULL } };
	if (takes_value(reading, field, text, state))
		state->sentence = reading_printf(reading, "%s is set in the environment: %s",
						 variable, explain_value(reading, &state->value));
	else
		reading_problem(reading, PROBLEM_FATAL, NULL, 0,
				reading_printf(reading, "%s cannot be \"%s\": etcd exits on that",
					       variable, reading_short(reading, text)));
}

/* Lists stand in the file as one text with commas; cipher-suites as a list. */
static bool takes_document(struct reading *reading, const struct field *field,
			   struct document *value, struct field_state *state)
{
	const char *complaint;

	if (field->type == FIELD_TEXT_LIST && value->kind == DOCUMENT_TEXT)
		return takes_value(reading, field, value->text, state);
	if (value_from_document(reading, field, value, state, &complaint))
		return true;
	reading_problem(reading, PROBLEM_FATAL, reading->config_path, value->line, complaint);
	reading_set_unknown(state, complaint);
	return false;
}

static void take_key(struct reading *reading, size_t row, const struct document *root)
{
	const struct field *field = &reading->schema->fields[row];
	struct field_state *state = &reading->states[row];
	bool is_given = state->origin == ORIGIN_SET;
	const char *key = key_of(field->flag);
	struct document *value = document_at(root, key);
	const char *ignored = is_given ? "; flags and variables beside the file are ignored" : "";

	decode_default(reading, row, false);
	if (!value || value->kind == DOCUMENT_NULL) {
		if (state->origin == ORIGIN_DEFAULT)
			state->sentence = reading_printf(
				reading, "%s does not set %s: its default, %s, is in force%s",
				reading->config_path, key, explain_value(reading, &state->value),
				ignored);
		return;
	}
	*state = (struct field_state){ .origin = ORIGIN_SET,
				       .source = value->source,
				       .line = value->line };
	if (takes_document(reading, field, value, state))
		state->sentence =
			reading_printf(reading, "%s sets %s: %s%s",
				       explain_place(reading, &value->source, value->line), key,
				       explain_value(reading, &state->value), ignored);
}

void etcd_take_file(struct reading *reading, const struct document *root)
{
	struct field_state own = *state_named(reading, "--config-file");

	for (size_t row = 0; row < reading->schema->field_count; row++) {
		if (root)
			take_key(reading, row, root);
		else
			reading_set_unknown(&reading->states[row], reading->files_problem);
	}
	*state_named(reading, "--config-file") = own;
	reading_make_absolute(reading, SOURCE_CONFIG, reading->directory);
}

/* Without --data-dir, it is named by the member. */
static void settle_directory(struct reading *reading)
{
	struct field_state *state = state_named(reading, "--data-dir");
	const struct field_state *name = state_named(reading, "--name");

	if (state->origin != ORIGIN_DEFAULT || name->value.kind != VALUE_TEXT ||
	    !reading->directory)
		return;
	state->value = (struct value){ .kind = VALUE_TEXT };
	state->value.text =
		reading_path(reading, reading_printf(reading, "%s.etcd", name->value.text));
	state->sentence = reading_printf(reading,
					 "--data-dir is not set: %s follows from the member's "
					 "name",
					 state->value.text);
}

void read_etcd(struct reading *reading, const struct arguments *arguments)
{
	struct environment environment;

	read_flags(reading, arguments);
	environment_read(reading, &environment);
	for (size_t row = 0; row < reading->schema->field_count; row++)
		take_variable(reading, row, &environment);
	reading_make_absolute(reading, SOURCE_ENV, reading->directory);
	const struct field_state *file = state_named(reading, "--config-file");

	if (file->origin == ORIGIN_UNKNOWN) {
		reading->files_problem = file->reason;
		reading_forget(reading,
			       "it is not known whether a file decides alone: its environment "
			       "cannot be read");
	} else if (file->value.kind == VALUE_TEXT) {
		reading->config_path = file->value.text;
		etcd_take_file(reading,
			       document_read(reading, reading->config_path,
					     (struct source){ SOURCE_CONFIG, reading->config_path },
					     DUPLICATES_WARN));
	}
	settle_directory(reading);
}
