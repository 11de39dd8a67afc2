/* SPDX-License-Identifier: Apache-2.0 */
/* The rows as JSON Schema, draft 2020-12: for editors, and for tests that hold it to the reader. */
#include <string.h>

#include "base/json.h"
#include "base/limits.h"
#include "settings/core.h"
#include "settings/policy.h"
#include "settings/rows.h"

#define DRAFT "https://json-schema.org/draft/2020-12/schema"

static json_t *typed(const char *type)
{
	json_t *schema = json_object();

	if (json_set_text(schema, "type", type) < 0) {
		json_decref(schema);
		return NULL;
	}
	return schema;
}

static int set_integer(json_t *schema, const char *key, int64_t value)
{
	return json_set(schema, key, json_integer(value));
}

/* A text of this many characters that fits the row's pattern. */
static json_t *text_schema(const struct policy_row *row, int64_t min, int64_t max)
{
	CLEANUP_JSON json_t *schema = typed("string");
	int error = set_integer(schema, "minLength", min);

	error = error ? error : set_integer(schema, "maxLength", max);
	if (!error && row->pattern)
		error = json_set_text(schema, "pattern", row->pattern);
	return error ? NULL : take_ptr(schema);
}

static json_t *integer_schema(const struct policy_row *row)
{
	CLEANUP_JSON json_t *schema = typed("integer");
	int error = set_integer(schema, "minimum", row->min);

	error = error ? error : set_integer(schema, "maximum", row->max);
	return error ? NULL : take_ptr(schema);
}

/* One of several types, of which each keyword is about one. */
static json_t *mixed_schema(const char *const *types)
{
	CLEANUP_JSON json_t *schema = json_object();
	json_t *list = json_array();
	int error = json_set(schema, "type", list);

	for (; *types && !error; types++)
		error = json_add(list, json_string(*types));
	return error ? NULL : take_ptr(schema);
}

static json_t *scalar_schema(const struct policy_row *row)
{
	CLEANUP_JSON json_t *schema =
		mixed_schema((const char *const[]){ "string", "number", "boolean", NULL });
	int error = schema ? set_integer(schema, "minLength", row->min) : -ENOMEM;

	error = error ? error : set_integer(schema, "maxLength", row->max);
	return error ? NULL : take_ptr(schema);
}

static json_t *bound_schema(const struct policy_row *row)
{
	CLEANUP_JSON json_t *schema =
		mixed_schema((const char *const[]){ "string", "integer", NULL });
	int error = schema ? set_integer(schema, "minimum", row->min) : -ENOMEM;

	error = error ? error : set_integer(schema, "maximum", row->max);
	error = error ? error : json_set_text(schema, "pattern", row->pattern);
	return error ? NULL : take_ptr(schema);
}

static json_t *word_schema(const struct policy_row *row)
{
	CLEANUP_JSON json_t *schema = typed("string");
	json_t *words = json_array();
	int error = json_set(schema, "enum", words);

	for (unsigned i = 0; row->word(i) && !error; i++)
		error = json_add(words, json_from_text(row->word(i)));
	return error ? NULL : take_ptr(schema);
}

static json_t *list_schema(const struct policy_row *row, json_t *items)
{
	CLEANUP_JSON json_t *schema = typed("array");
	int error = json_set(schema, "items", items);

	error = error ? error : set_integer(schema, "maxItems", row->max);
	return error ? NULL : take_ptr(schema);
}

static json_t *ratings_schema(const struct policy_row *row)
{
	CLEANUP_JSON json_t *schema = typed("object");
	int error = json_set(schema, "propertyNames", text_schema(row, 1, SETTING_TEXT_BYTES_MAX));

	error = error ? error : json_set(schema, "additionalProperties", word_schema(row));
	error = error ? error : set_integer(schema, "maxProperties", row->max);
	return error ? NULL : take_ptr(schema);
}

static json_t *map_schema(const char *prefix);

static json_t *below_schema(const struct policy_row *row)
{
	char prefix[ROW_PREFIX_BYTES];

	row_prefix(row, prefix);
	return map_schema(prefix);
}

static json_t *type_schema(const struct policy_row *row)
{
	switch (row->type) {
	case ROW_GROUP:
		return below_schema(row);
	case ROW_RECORDS:
		return list_schema(row, below_schema(row));
	case ROW_INTEGER:
		return integer_schema(row);
	case ROW_BOOLEAN:
	case ROW_SWITCH:
		return typed("boolean");
	case ROW_SCALAR:
		return scalar_schema(row);
	case ROW_BOUND:
		return bound_schema(row);
	case ROW_WORD:
		return word_schema(row);
	case ROW_RATINGS:
		return ratings_schema(row);
	case ROW_TEXTS:
	case ROW_NETWORKS:
		return list_schema(row, text_schema(row, 1, SETTING_TEXT_BYTES_MAX));
	case ROW_TEXT:
		return text_schema(row, row->min, row->max);
	case ROW_DURATION:
	case ROW_SIZE:
	case ROW_DATE:
		return text_schema(row, 1, SETTING_TEXT_BYTES_MAX);
	}
	return NULL;
}

/* The default as JSON, for scalars: lists that are not empty are told by the default policy. */
static int set_default(const struct policy_row *row, json_t *schema)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const struct yaml_node *node = NULL;
	struct yaml_error wrong;
	struct core_value value;

	if (!arena)
		return -ENOMEM;
	if (yaml_parse(&(struct yaml_text){ row->fallback, strlen(row->fallback), 0 }, arena, &node,
		       &wrong) < 0 ||
	    !node)
		return -ENOMEM;
	value = core_value_of(node);
	switch (value.kind) {
	case CORE_BOOLEAN:
		return json_set(schema, "default", json_boolean(value.boolean));
	case CORE_INTEGER:
		return set_integer(schema, "default", value.integer);
	case CORE_TEXT:
		return json_set_text(schema, "default", node->text);
	default:
		return 0;
	}
}

static int add_property(const struct policy_row *row, json_t *properties, json_t *required)
{
	json_t *schema = type_schema(row);
	int error = json_set(properties, row_key(row), schema);

	error = error ? error : json_set_text(schema, "description", row->doc);
	if (!error && row->fallback)
		error = set_default(row, schema);
	if (!error && row->is_required)
		error = json_add(required, json_from_text(row_key(row)));
	return error;
}

static json_t *map_schema(const char *prefix)
{
	CLEANUP_JSON json_t *schema = typed("object");
	json_t *properties = json_object(), *required = json_array();
	const struct policy_row *row = NULL;
	bool is_full = json_set(schema, "additionalProperties", json_false()) < 0;
	int error;

	is_full |= json_set(schema, "properties", properties) < 0;
	is_full |= json_set(schema, "required", required) < 0;
	error = is_full ? -ENOMEM : 0;
	while (!error && (row = row_next(prefix, row)))
		error = add_property(row, properties, required);
	return error ? NULL : take_ptr(schema);
}

int policy_write_schema(struct text_buffer *buffer)
{
	CLEANUP_JSON json_t *schema = map_schema("");
	int error = schema ? 0 : -ENOMEM;

	error = error ? error : json_set_text(schema, "$schema", DRAFT);
	error = error ? error : json_set_text(schema, "title", "nodelatch policy");
	if (error == 0)
		json_write_pretty(schema, buffer);
	return error ? error : buffer_error(buffer);
}
