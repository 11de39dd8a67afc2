/* SPDX-License-Identifier: Apache-2.0 */
/* The settings in force, each with where it came from. */
#include <string.h>

#include "base/text.h"
#include "settings/policy_private.h"
#include "settings/value.h"

/* One level of the settings: the rows below a prefix, in the struct at base, from this map of the
 * file (NULL: it says nothing of them). */
struct level {
	const struct policy *policy;
	const char *prefix;
	const void *base;
	const struct yaml_node *map;
	const char *path; /* for JSON: "ports[0]." */
	size_t indent;	  /* for YAML */
};

/* "default", or FILE:LINE of the value. */
static void write_source(const struct level *level, const struct yaml_node *node,
			 struct text_buffer *buffer)
{
	if (!node) {
		buffer_text(buffer, "default");
		return;
	}
	buffer_text(buffer, level->policy->settings.path);
	buffer_printf(buffer, ":%u", node->line);
}

static void write_source_comment(const struct level *level, const struct yaml_node *node,
				 struct text_buffer *buffer)
{
	CLEANUP_BUFFER struct text_buffer source = { 0 };

	write_source(level, node, &source);
	buffer_text(buffer, "  # ");
	buffer_escaped(buffer, source.data ? source.data : "");
	buffer_text(buffer, "\n");
}

/* The level inside a group, or inside one item of records. */
static struct level level_below(const struct level *level, const struct policy_row *row,
				const void *base, char prefix[static ROW_PREFIX_BYTES])
{
	struct level below = *level;

	row_prefix(row, prefix);
	below.prefix = prefix;
	below.base = base;
	below.map = yaml_get(level->map, row_key(row));
	below.indent += row->type == ROW_RECORDS ? 4 : 2;
	return below;
}

static int write_yaml_level(const struct level *level, struct text_buffer *buffer);

static int write_yaml_records(const struct level *level, const struct policy_row *row,
			      struct text_buffer *buffer)
{
	const struct yaml_node *list = yaml_get(level->map, row_key(row));
	char prefix[ROW_PREFIX_BYTES];
	struct level below;
	size_t count;
	const char *records = value_records(row, level->base, &count);
	int error = 0;

	buffer_text(buffer, count ? "" : " []");
	write_source_comment(level, list, buffer);
	for (size_t i = 0; i < count && error == 0; i++) {
		below = level_below(level, row, records + i * row->item_size, prefix);
		below.map = list ? list->items[i] : NULL;
		error = write_yaml_level(&below, buffer);
	}
	return error;
}

static int write_yaml_value(const struct level *level, const struct policy_row *row,
			    struct text_buffer *buffer)
{
	CLEANUP_JSON json_t *value = value_to_json(row, level->base);

	if (!value)
		return -ENOMEM;
	buffer_text(buffer, " ");
	value_write_yaml(value, buffer);
	write_source_comment(level, yaml_get(level->map, row_key(row)), buffer);
	return 0;
}

/* Whether there is a value to show; records and groups are there always. */
static bool is_set(const struct level *level, const struct policy_row *row)
{
	CLEANUP_JSON json_t *value = NULL;

	if (row->type == ROW_GROUP || row->type == ROW_RECORDS)
		return true;
	value = value_to_json(row, level->base);
	return !json_is_null(value);
}

static int write_yaml_row(const struct level *level, const struct policy_row *row,
			  struct text_buffer *buffer)
{
	char prefix[ROW_PREFIX_BYTES];
	struct level below;

	buffer_printf(buffer, "%s:", row_key(row));
	if (row->type == ROW_RECORDS)
		return write_yaml_records(level, row, buffer);
	if (row->type != ROW_GROUP)
		return write_yaml_value(level, row, buffer);
	buffer_text(buffer, "\n");
	below = level_below(level, row, level->base, prefix);
	return write_yaml_level(&below, buffer);
}

static int write_yaml_level(const struct level *level, struct text_buffer *buffer)
{
	bool begins_item = text_ends_with(level->prefix, "[].");
	const struct policy_row *row = NULL;
	int error = 0;

	while (error == 0 && (row = row_next(level->prefix, row))) {
		if (!is_set(level, row)) {
			if (!text_ends_with(level->prefix, "[]."))
				buffer_printf(buffer, "%*s# %s: not set\n", (int)level->indent, "",
					      row_key(row));
			continue;
		}
		if (begins_item)
			buffer_printf(buffer, "%*s- ", (int)level->indent - 2, "");
		else
			buffer_printf(buffer, "%*s", (int)level->indent, "");
		begins_item = false;
		error = write_yaml_row(level, row, buffer);
	}
	return error;
}

int policy_write_effective(const struct policy *policy, struct text_buffer *buffer)
{
	struct level top = {
		.policy = policy, .prefix = "", .base = &policy->settings, .map = policy->root
	};
	int error;

	buffer_text(buffer, "# ");
	buffer_escaped(buffer, policy->settings.path ? policy->settings.path : "built-in default");
	buffer_printf(buffer, ", sha256 %s\n", policy->settings.sha256);
	error = write_yaml_level(&top, buffer);
	return error ? error : buffer_error(buffer);
}

static int add_json_value(const struct level *level, const struct policy_row *row, json_t *list)
{
	CLEANUP_BUFFER struct text_buffer key = { 0 }, source = { 0 };
	json_t *entry = json_object();
	int error = json_add(list, entry);

	buffer_printf(&key, "%s%s", level->path, row_key(row));
	write_source(level, yaml_get(level->map, row_key(row)), &source);
	if (buffer_error(&key) || buffer_error(&source))
		return -ENOMEM;
	error = error ? error : json_set_text(entry, "key", key.data);
	error = error ? error : json_set(entry, "value", value_to_json(row, level->base));
	return error ? error : json_set_text(entry, "source", source.data);
}

static int add_json_level(const struct level *level, json_t *list);

static int add_json_records(const struct level *level, const struct policy_row *row, json_t *list)
{
	const struct yaml_node *nodes = yaml_get(level->map, row_key(row));
	char prefix[ROW_PREFIX_BYTES];
	size_t count;
	const char *records = value_records(row, level->base, &count);
	int error = 0;

	for (size_t i = 0; i < count && error == 0; i++) {
		struct level below = level_below(level, row, records + i * row->item_size, prefix);
		CLEANUP_FREE char *path = NULL;

		if (asprintf(&path, "%s%s[%zu].", level->path, row_key(row), i) < 0)
			return -ENOMEM;
		below.path = path;
		below.map = nodes ? nodes->items[i] : NULL;
		error = add_json_level(&below, list);
	}
	return error;
}

static int add_json_row(const struct level *level, const struct policy_row *row, json_t *list)
{
	CLEANUP_FREE char *path = NULL;
	char prefix[ROW_PREFIX_BYTES];
	struct level below;
	size_t count = 0;

	if (row->type == ROW_RECORDS)
		value_records(row, level->base, &count);
	if (count)
		return add_json_records(level, row, list);
	if (row->type != ROW_GROUP)
		return add_json_value(level, row, list);
	if (asprintf(&path, "%s%s.", level->path, row_key(row)) < 0)
		return -ENOMEM;
	below = level_below(level, row, level->base, prefix);
	below.path = path;
	return add_json_level(&below, list);
}

static int add_json_level(const struct level *level, json_t *list)
{
	const struct policy_row *row = NULL;
	int error = 0;

	while (error == 0 && (row = row_next(level->prefix, row)))
		error = add_json_row(level, row, list);
	return error;
}

int policy_write_effective_json(const struct policy *policy, struct text_buffer *buffer)
{
	struct level top = { .policy = policy,
			     .prefix = "",
			     .base = &policy->settings,
			     .map = policy->root,
			     .path = "" };
	CLEANUP_JSON json_t *document = json_object();
	json_t *list = json_array();
	int error = json_set_text(document, "schema", "nodelatch.effective/1");

	error = error ? error : json_set_text(document, "policy", policy->settings.path);
	error = error ? error : json_set_text(document, "sha256", policy->settings.sha256);
	if (json_set(document, "settings", list) < 0 || error)
		return -ENOMEM;
	error = add_json_level(&top, list);
	if (error == 0)
		json_write_pretty(document, buffer);
	return error ? error : buffer_error(buffer);
}
