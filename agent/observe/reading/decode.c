/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/reading/decode.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "observe/reading/setting_value.h"

struct decoder {
	struct reading *reading;
	enum decode_rule rule;
	bool is_broken;
};

static bool is_folded(const struct decoder *decoder)
{
	return decoder->rule == DECODE_MERGED;
}

/* A key with a dot in it is one name to the kubelet, not a path. */
static const char *join(struct reading *reading, const char *prefix, const char *key)
{
	if (strchr(key, '.'))
		key = reading_printf(reading, "\"%s\"", key);
	return *prefix ? reading_printf(reading, "%s.%s", prefix, key) : key;
}

static void refuse(struct decoder *decoder, const struct document *value, const char *message)
{
	decoder->is_broken = true;
	reading_files_unknown(decoder->reading, PROBLEM_FATAL,
			      value->source.path ? value->source.path : "", value->line, message);
}

/* Rows at or below a path that a drop-in deleted have the default, and it is known who did it. */
static void delete_rows(struct decoder *decoder, const char *path, const struct document *value)
{
	struct reading *reading = decoder->reading;
	size_t length = strlen(path);

	for (size_t row = 0; row < reading->schema->field_count; row++) {
		const char *name = reading->schema->fields[row].name;
		struct field_state *state = &reading->states[row];

		if (strncasecmp(name, path, length) != 0 ||
		    (name[length] != '\0' && name[length] != '.'))
			continue;
		decode_default(reading, row, false);
		state->origin = ORIGIN_DELETED;
		state->giver = value->source;
		state->line = value->line;
	}
}

static void decode_null(struct decoder *decoder, size_t row, const struct document *value)
{
	struct reading *reading = decoder->reading;
	const struct field *field = &reading->schema->fields[row];

	if (decoder->rule == DECODE_MERGED)
		delete_rows(decoder, field->name, value);
	else if (field->type == FIELD_DURATION && !(field->marks & FIELD_KEEPS_ZERO))
		refuse(decoder, value,
		       reading_printf(reading,
				      "%s is empty, which is no duration: %s exits on that",
				      field->name, reading->schema->program));
}

static bool is_zero(const struct value *value)
{
	switch (value->kind) {
	case VALUE_BOOLEAN:
		return !value->boolean;
	case VALUE_INTEGER:
	case VALUE_DURATION:
		return value->integer == 0;
	case VALUE_UNSET:
		return true;
	default:
		return false;
	}
}

/* Go cannot tell a zero from nothing, unless the field is a pointer. */
static void take_value(struct decoder *decoder, size_t row, const struct field_state *taken)
{
	struct reading *reading = decoder->reading;
	const struct field *field = &reading->schema->fields[row];
	struct field_state *state = &reading->states[row];

	if (is_zero(&taken->value) && !(field->marks & FIELD_KEEPS_ZERO) && !taken->map) {
		decode_default(reading, row, false);
		if (!is_zero(&state->value)) {
			state->origin = ORIGIN_ZERO_DEFAULT;
			state->giver = taken->source;
			state->line = taken->line;
			return;
		}
	}
	*state = *taken;
}

/* Zeros are left out when the base is written as JSON: they take nothing back that a drop-in sets
 * under the same name in another case. */
static void take_base(struct field_state *state, unsigned marks, const struct field_state *base)
{
	bool is_left_out = is_zero(&base->value) && !(marks & FIELD_KEEPS_ZERO);

	if (!is_left_out || state->origin != ORIGIN_SET)
		*state = *base;
}

static void decode_leaf(struct decoder *decoder, size_t row, struct document *value)
{
	struct reading *reading = decoder->reading;
	const struct field *field = &reading->schema->fields[row];
	struct field_state state = { .origin = ORIGIN_SET,
				     .source = value->source,
				     .line = value->line };
	const char *complaint = NULL;

	if (value->kind == DOCUMENT_STATE) {
		take_base(&reading->states[row], field->marks, value->state);
		return;
	}
	if (value->kind == DOCUMENT_NULL) {
		decode_null(decoder, row, value);
		return;
	}
	if (field->since > reading->minor_at_least)
		reading->minor_at_least = field->since;
	if (!value_from_document(reading, field, value, &state, &complaint))
		refuse(decoder, value, complaint);
	else
		take_value(decoder, row, &state);
}

static int compare_keys(const void *one, const void *other)
{
	return strcmp(((const struct document_entry *)one)->key,
		      ((const struct document_entry *)other)->key);
}

static void decode_mapping(struct decoder *decoder, const char *prefix, struct document *mapping)
{
	const struct schema *schema = decoder->reading->schema;

	/* A merged document is written with its keys sorted; of two that differ by case alone the
	 * later counts. */
	if (is_folded(decoder) && mapping->count)
		qsort(mapping->entries, mapping->count, sizeof(*mapping->entries), compare_keys);
	for (size_t i = 0; i < mapping->count && !decoder->is_broken; i++) {
		struct document *value = mapping->entries[i].value;
		const char *path = join(decoder->reading, prefix, mapping->entries[i].key);
		int row = field_of_path(schema, path, is_folded(decoder));

		if (row >= 0)
			decode_leaf(decoder, (size_t)row, value);
		else if (!field_is_struct(schema, path, is_folded(decoder)))
			continue;
		else if (value->kind == DOCUMENT_MAPPING)
			decode_mapping(decoder, path, value);
		else if (value->kind != DOCUMENT_NULL)
			refuse(decoder, value,
			       reading_printf(decoder->reading,
					      "%s must be a mapping: %s exits on anything else",
					      path, schema->program));
		else if (decoder->rule == DECODE_MERGED)
			delete_rows(decoder, path, value);
	}
}

void decode_document(struct reading *reading, struct document *root, enum decode_rule rule)
{
	struct decoder decoder = { .reading = reading, .rule = rule };

	for (size_t row = 0; row < reading->schema->field_count; row++)
		if (!field_is_flag_only(&reading->schema->fields[row]))
			decode_default(reading, row, false);
	decode_mapping(&decoder, "", root);
}

static void report_in(struct reading *reading, const struct document *mapping, const char *prefix,
		      const char *file, enum decode_rule rule)
{
	const struct schema *schema = reading->schema;
	bool folded = rule == DECODE_MERGED;

	for (size_t i = 0; i < mapping->count; i++) {
		const struct document_entry *entry = &mapping->entries[i];
		const char *path = join(reading, prefix, entry->key);

		if (field_of_path(schema, path, folded) >= 0)
			continue;
		if (field_is_struct(schema, path, folded)) {
			if (entry->value->kind == DOCUMENT_MAPPING)
				report_in(reading, entry->value, path, file, rule);
			continue;
		}
		int other_case = field_of_path(schema, path, true);

		reading_problem(
			reading, PROBLEM_UNKNOWN_KEY, file, entry->line,
			other_case >= 0
				? reading_printf(reading,
						 "%s is no key of %s and has no effect: it is "
						 "spelled %s",
						 reading_short(reading, path),
						 schema->configuration,
						 schema->fields[other_case].name)
				: reading_printf(reading,
						 "%s is no key of %s and has no effect: correct "
						 "or remove it",
						 reading_short(reading, path),
						 schema->configuration));
	}
}

void decode_report_unknown_keys(struct reading *reading, const struct document *root,
				const char *path, enum decode_rule rule)
{
	report_in(reading, root, "", path, rule);
}

/* Whether only the version tells which default is in force. What the arguments show of it counts,
 * too. */
static bool hides_default(const struct reading *reading, const struct field *field)
{
	const struct earlier_default *change = field_last_change(reading->schema, field);

	return change && (reading->schema->marks & SCHEMA_ASKS_VERSION) && reading->minor < 0 &&
	       reading->minor_at_least < (unsigned)change->until;
}

static const char *version_wanted(struct reading *reading, const struct field *field)
{
	const struct earlier_default *change = field_last_change(reading->schema, field);

	return reading_printf(reading,
			      "its default changed with %d.%d, and nothing shows the version: "
			      "give it with --component-version %s=V",
			      reading->schema->major, change->until, reading->schema->word);
}

void decode_default(struct reading *reading, size_t row, bool is_legacy)
{
	const struct field *field = &reading->schema->fields[row];
	const char *text = field_default(reading->schema, field, is_legacy, reading->minor);
	struct field_state state = {
		.origin = ORIGIN_DEFAULT,
		.source = { is_legacy ? SOURCE_DEFAULT_FLAG : SOURCE_DEFAULT_CONFIG, NULL },
	};

	if ((field->marks & FIELD_DEFAULT_DEPENDS) && !text) {
		state.origin = ORIGIN_UNKNOWN;
		state.reason = "its default depends on other settings and on the version";
	} else if (hides_default(reading, field)) {
		state.origin = ORIGIN_UNKNOWN;
		state.reason = version_wanted(reading, field);
	} else {
		value_of_default(reading, field, text, &state);
	}
	reading->states[row] = state;
}

void decode_defaults(struct reading *reading, bool is_legacy)
{
	for (size_t row = 0; row < reading->schema->field_count; row++)
		decode_default(reading, row,
			       is_legacy || field_is_flag_only(&reading->schema->fields[row]));
}

/* The mapping that holds a dotted name; *name becomes its last part. */
static struct document *parent_of(struct reading *reading, struct document *root, const char **name)
{
	for (const char *dot; (dot = strchr(*name, '.'));) {
		const char *key = reading_printf(reading, "%.*s", (int)(dot - *name), *name);
		struct document *below = document_get(root, key);

		if (!below) {
			below = document_mapping(reading->arena, root->source);
			if (!below || document_set(reading->arena, root, key, below) < 0)
				return NULL;
		}
		root = below;
		*name = dot + 1;
	}
	return root;
}

struct document *decode_base(struct reading *reading)
{
	struct document *root = document_mapping(reading->arena, (struct source){ 0 });

	for (size_t row = 0; root && row < reading->schema->field_count; row++) {
		const char *name = reading->schema->fields[row].name;
		struct field_state *state = &reading->states[row];

		if (name[0] == '-')
			continue;
		struct document *parent = parent_of(reading, root, &name);
		struct document *leaf = state->map;

		if (!leaf) {
			struct field_state *copy = arena_alloc(reading->arena, sizeof(*copy));

			leaf = arena_alloc(reading->arena, sizeof(*leaf));
			if (!copy || !leaf)
				return NULL;
			*copy = *state;
			leaf->kind = DOCUMENT_STATE;
			leaf->state = copy;
		}
		if (!parent || document_set(reading->arena, parent, name, leaf) < 0)
			return NULL;
	}
	return root;
}
