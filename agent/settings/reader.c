/* SPDX-License-Identifier: Apache-2.0 */
#include "settings/reader.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/likeness.h"

static bool is_same_key(const struct yaml_node *one, const struct yaml_node *other)
{
	return one->kind == YAML_SCALAR && other->kind == YAML_SCALAR &&
	       one->length == other->length && memcmp(one->text, other->text, one->length) == 0;
}

void check_keys(struct reader *reader, const struct yaml_node *map)
{
	for (size_t i = 0; i < map->count && !reader->error->errors_left_out; i++) {
		const struct yaml_node *key = map->keys[i];

		if (key->kind != YAML_SCALAR)
			problem_error(reader->error, key,
				      "a key must be a word, not a list or a map");
		for (size_t j = 0; j < i; j++) {
			if (!is_same_key(key, map->keys[j]))
				continue;
			problem_error(reader->error, key,
				      "key \"%.60s\" is there twice, first in line %u: keep one",
				      key->text, map->keys[j]->line);
			break;
		}
	}
}

static void refuse_key(struct reader *reader, const char *prefix, const struct yaml_node *key)
{
	const struct policy_row *row = NULL;
	struct likeness likeness = { 0 };

	while ((row = row_next(prefix, row)))
		likeness_try(&likeness, key->text, row_key(row));
	row = row_find_anywhere(key->text);
	if (likeness.best)
		problem_error(reader->error, key, "unknown key \"%.60s\": did you mean \"%s\"?",
			      key->text, likeness.best);
	else if (row)
		problem_error(reader->error, key, "unknown key \"%.60s\" here: it belongs to %s",
			      key->text, row->path);
	else
		problem_error(reader->error, key,
			      "unknown key \"%.60s\"; nodelatch config default shows all of them",
			      key->text);
}

static void refuse_unknown_keys(struct reader *reader, const char *prefix,
				const struct yaml_node *map)
{
	for (size_t i = 0; i < map->count && !reader->error->errors_left_out; i++) {
		const struct yaml_node *key = map->keys[i];

		if (key->kind == YAML_SCALAR && !row_find(prefix, key->text, key->length))
			refuse_key(reader, prefix, key);
	}
}

static void read_row(struct reader *reader, const struct policy_row *row,
		     const struct yaml_node *node, void *base);

static void read_records(struct reader *reader, const struct policy_row *row,
			 const struct yaml_node *node, void *base)
{
	char *records = list_begin(reader, row, node, base);
	char prefix[ROW_PREFIX_BYTES];

	row_prefix(row, prefix);
	for (size_t i = 0; records && i < node->count; i++) {
		const struct yaml_node *item = node->items[i];

		if (item->kind == YAML_MAPPING)
			read_map(reader, prefix, item, records + i * row->item_size);
		else
			problem_error(reader->error, item,
				      "an item of %s must be a map such as {%s: ...}", row->path,
				      row_key(row_next(prefix, NULL)));
		(*list_count(row, base))++;
	}
}

static void read_group(struct reader *reader, const struct policy_row *row,
		       const struct yaml_node *node, void *base)
{
	char prefix[ROW_PREFIX_BYTES];

	row_prefix(row, prefix);
	if (node && node->kind != YAML_MAPPING)
		reader_refuse(reader, row, node, "");
	else
		read_map(reader, prefix, node, base);
}

static void read_row(struct reader *reader, const struct policy_row *row,
		     const struct yaml_node *node, void *base)
{
	switch (row->type) {
	case ROW_GROUP:
		read_group(reader, row, node, base);
		break;
	case ROW_TEXTS:
		read_texts(reader, row, node, base);
		break;
	case ROW_NETWORKS:
		read_networks(reader, row, node, base);
		break;
	case ROW_RATINGS:
		read_ratings(reader, row, node, base);
		break;
	case ROW_RECORDS:
		read_records(reader, row, node, base);
		break;
	default:
		scalar_read(reader, row, node, base);
	}
}

/* The row's default, read as if it stood in the file. */
static void read_fallback(struct reader *reader, const struct policy_row *row, void *base)
{
	const struct yaml_node *node = NULL;
	struct yaml_error error;

	if (yaml_parse(&(struct yaml_text){ row->fallback, strlen(row->fallback), 0 },
		       reader->arena, &node, &error) < 0 ||
	    !node)
		reader->is_out_of_memory = true;
	else
		read_row(reader, row, node, base);
}

void read_map(struct reader *reader, const char *prefix, const struct yaml_node *map, void *base)
{
	const struct policy_row *row = NULL;

	if (map && map->count > POLICY_KEYS_MAX) {
		problem_error(reader->error, map, "more than %d keys", POLICY_KEYS_MAX);
		return;
	}
	if (map) {
		check_keys(reader, map);
		refuse_unknown_keys(reader, prefix, map);
	}
	while ((row = row_next(prefix, row))) {
		const struct yaml_node *node = yaml_get(map, row_key(row));

		if (node || row->type == ROW_GROUP)
			read_row(reader, row, node, base);
		else if (row->fallback)
			read_fallback(reader, row, base);
		else if (row->is_required && map)
			problem_error(reader->error, map, "\"%s\" is missing", row_key(row));
	}
}
