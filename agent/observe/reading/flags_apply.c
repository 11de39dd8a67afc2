/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "observe/reading/flags.h"
#include "observe/reading/setting_value.h"

static void complain(struct reading *reading, enum problem_kind kind, const char *message)
{
	reading_problem(reading, kind, reading->arguments_of, 0, message);
}

static void complain_of_token(struct reading *reading, const struct flag_token *token)
{
	const char *text = reading_short(reading, token->text);
	const char *program = reading->schema->program;

	if (token->kind == TOKEN_UNKNOWN_FLAG)
		complain(reading, PROBLEM_UNKNOWN_FLAG,
			 reading_printf(reading,
					"--%s is no flag that this agent knows: %s is of a version "
					"that has it, or would refuse to start",
					token->name, program));
	else if (token->kind == TOKEN_POSITIONAL && token->after_bare)
		complain(reading, PROBLEM_FATAL,
			 reading_printf(reading,
					"%s takes its value only after '=': \"%s\" stands alone, "
					"and %s exits on that",
					reading_short(reading, token->after_bare), text, program));
	else if (token->kind == TOKEN_POSITIONAL)
		complain(reading, PROBLEM_FATAL,
			 reading_printf(reading, "\"%s\" is no flag, and %s exits on that", text,
					program));
	else
		complain(reading, PROBLEM_FATAL,
			 reading_printf(reading,
					"%s is no flag of %s or lacks its value: it exits on that",
					text, program));
}

static void set_unknown(struct field_state *state, const char *reason)
{
	state->origin = ORIGIN_UNKNOWN;
	state->value.kind = VALUE_UNKNOWN;
	state->reason = reason;
}

static bool is_file(enum source_kind kind)
{
	return kind == SOURCE_CONFIG || kind == SOURCE_DROPIN;
}

static struct source source_of(const struct reading *reading, const struct flag_token *token)
{
	if (reading->argument_sources)
		return reading->argument_sources[token->at];
	bool is_rewritten = reading->process && reading->process->arguments_rewritten;

	return (struct source){ is_rewritten ? SOURCE_EXEC : SOURCE_FLAG, NULL };
}

/* A flag lays its value over what files say; a list or map flag starts from nothing at its first
 * use and adds after. */
static struct field_state begin(struct reading *reading, const struct flag_token *token, size_t row,
				bool is_first)
{
	const struct field_state *before = &reading->states[row];
	struct field_state state = { 0 };

	if (!is_first)
		state = *before;
	state.origin = ORIGIN_SET;
	state.source = source_of(reading, token);
	if (is_first && before->origin == ORIGIN_SET && is_file(before->source.kind)) {
		state.beaten = before->source;
		state.line = before->line;
	}
	return state;
}

static bool adds_up(enum field_type type)
{
	return type == FIELD_TEXT_LIST || type == FIELD_TEXT_MAP || type == FIELD_BOOLEAN_MAP;
}

/* Feature gates are merged key by key: a gate that only a file names stays. */
static void keep_gates(struct reading *reading, const struct document *gates,
		       struct field_state *state)
{
	for (size_t i = 0; gates && i < gates->count; i++)
		if (!document_get(state->map, gates->entries[i].key) &&
		    document_set(reading->arena, state->map, gates->entries[i].key,
				 gates->entries[i].value) < 0)
			reading->error = -ENOMEM;
}

static void apply_flag(struct reading *reading, const struct flag_token *token, size_t row,
		       bool is_first)
{
	const struct field *field = &reading->schema->fields[row];
	const struct document *gates = reading->states[row].map;
	struct field_state state = begin(reading, token, row, is_first);
	const char *complaint = NULL;

	if (token->is_doubtful) {
		set_unknown(&reading->states[row],
			    reading_printf(reading,
					   "the flag before --%s is not known, and may have taken "
					   "it as its value",
					   field->flag));
		return;
	}
	/* What an unknown part adds to stays unknown; any other flag is decided by its last use. */
	if (state.reason && adds_up(field->type))
		return;
	state.reason = NULL;
	if (!value_from_flag(reading, field, token->value, &state, &complaint)) {
		complain(reading,
			 strlen(token->value) > SETTING_TEXT_BYTES_MAX ? PROBLEM_UNREADABLE
								       : PROBLEM_FATAL,
			 complaint);
		set_unknown(&reading->states[row], complaint);
		return;
	}
	if (field->type == FIELD_BOOLEAN_MAP && is_first && state.map)
		keep_gates(reading, gates, &state);
	/* The kubelet ORs it with the file's: false takes nothing back. */
	if ((field->marks & FIELD_FLAG_ADDS) && !state.value.boolean &&
	    reading->states[row].origin != ORIGIN_DEFAULT)
		return;
	reading->states[row] = state;
}

static void show_version(struct reading *reading, size_t row)
{
	const struct field *field = &reading->schema->fields[row];

	if (field_is_flag_only(field) && field->since > reading->minor_at_least)
		reading->minor_at_least = field->since;
}

void flags_show_version(struct reading *reading, const char *const *arguments, size_t count)
{
	struct flag_scanner scanner = { .schema = reading->schema,
					.arguments = arguments,
					.count = count };
	struct flag_token token;

	while (flag_next(&scanner, &token)) {
		int row =
			token.kind == TOKEN_FLAG ? field_of_flag(reading->schema, token.name) : -1;

		if (row >= 0 && !token.is_doubtful)
			show_version(reading, (size_t)row);
	}
}

void flags_apply(struct reading *reading, const char *const *arguments, size_t count)
{
	const struct schema *schema = reading->schema;
	struct flag_scanner scanner = { .schema = schema, .arguments = arguments, .count = count };
	bool *is_used = arena_array(reading->arena, schema->field_count, sizeof(*is_used));
	struct flag_token token;

	if (!is_used) {
		reading->error = -ENOMEM;
		return;
	}
	while (flag_next(&scanner, &token)) {
		int row = token.kind == TOKEN_FLAG ? field_of_flag(schema, token.name) : -1;

		if (token.kind != TOKEN_FLAG)
			complain_of_token(reading, &token);
		if (row < 0)
			continue;
		show_version(reading, (size_t)row);
		apply_flag(reading, &token, (size_t)row, !is_used[row]);
		is_used[row] = true;
	}
}
