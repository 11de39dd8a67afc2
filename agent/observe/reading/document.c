/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/reading/document.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/json.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/yaml.h"
#include "observe/reading/yaml11.h"

struct builder {
	struct reading *reading;
	const char *path;
	struct source source;
	bool is_json;
	enum duplicate_rule duplicates;
};

static struct document *build(struct builder *builder, const struct yaml_node *node);

static void *refuse(struct builder *builder, unsigned line, const char *message)
{
	reading_files_unknown(builder->reading, PROBLEM_FATAL, builder->path, line, message);
	return NULL;
}

static struct document *new_document(struct builder *builder, const struct yaml_node *node)
{
	struct document *document = arena_alloc(builder->reading->arena, sizeof(*document));

	if (!document) {
		builder->reading->error = -ENOMEM;
		return NULL;
	}
	document->source = builder->source;
	document->line = node ? node->line : 0;
	return document;
}

/* JSON knows whole numbers only without fraction and exponent; YAML makes 1e1 a 10. */
static void keep_json_number(const struct yaml_node *node, struct document *document)
{
	if (document->kind == DOCUMENT_INTEGER && strpbrk(node->text, ".eE"))
		*document = (struct document){ .kind = DOCUMENT_NUMBER,
					       .line = document->line,
					       .source = document->source,
					       .number = (double)document->integer };
}

static struct document *build_scalar(struct builder *builder, const struct yaml_node *node)
{
	struct document *document = new_document(builder, node);
	int error = document ? yaml11_resolve(node, builder->reading->arena, document) : -ENOMEM;

	if (error == -EINVAL)
		return refuse(builder, node->line, "has a value that JSON cannot express");
	if (error < 0)
		return NULL;
	if (builder->is_json)
		keep_json_number(node, document);
	return document;
}

static struct document *build_list(struct builder *builder, const struct yaml_node *node)
{
	struct document *document = new_document(builder, node);

	if (!document)
		return NULL;
	document->kind = DOCUMENT_LIST;
	document->items = arena_array(builder->reading->arena, node->count + 1, sizeof(void *));
	if (!document->items) {
		builder->reading->error = -ENOMEM;
		return NULL;
	}
	for (size_t i = 0; i < node->count; i++) {
		document->items[i] = build(builder, node->items[i]);
		if (!document->items[i])
			return NULL;
	}
	document->item_count = node->count;
	return document;
}

/* JSON's keys are texts: what YAML reads as another scalar is written as one. */
static const char *key_text(struct builder *builder, const struct yaml_node *key)
{
	struct document value = { 0 };

	if (key->kind != YAML_SCALAR || yaml11_resolve(key, builder->reading->arena, &value) < 0)
		return refuse(builder, key->line, "has a key that is not a name");
	switch (value.kind) {
	case DOCUMENT_TEXT:
		return value.text;
	case DOCUMENT_BOOLEAN:
		return value.boolean ? "true" : "false";
	case DOCUMENT_INTEGER:
		return reading_printf(builder->reading, "%lld", (long long)value.integer);
	default:
		return refuse(builder, key->line, "has a key that is not a name");
	}
}

/* Keys are looked up one by one, so there may not be too many. */
static int append_entry(struct arena *arena, struct document *mapping, const char *key,
			struct document *value)
{
	if (mapping->count >= SETTING_ITEMS_MAX)
		return -ENOMEM;
	struct document_entry *place = arena_push(arena, &mapping->entries, &mapping->count,
						  &mapping->capacity, sizeof(*place));

	if (!place)
		return -ENOMEM;
	*place = (struct document_entry){ key, value->line, value };
	return 0;
}

static int put_entry(struct builder *builder, struct document *mapping, struct document_entry entry)
{
	struct reading *reading = builder->reading;

	if (mapping->count >= SETTING_ITEMS_MAX) {
		reading_files_unknown(reading, PROBLEM_UNREADABLE, builder->path, entry.line,
				      "has more keys in one place than this agent reads");
		return -E2BIG;
	}
	bool is_duplicate = document_get(mapping, entry.key) != NULL;
	const char *name = is_duplicate ? reading_short(reading, entry.key) : NULL;

	if (is_duplicate && builder->duplicates == DUPLICATES_STOP) {
		refuse(builder, entry.line,
		       reading_printf(reading, "sets %s twice: %s exits on that", name,
				      reading->schema->program));
		return -EINVAL;
	}
	if (is_duplicate)
		reading_problem(reading, PROBLEM_DUPLICATE_KEY, builder->path, entry.line,
				reading_printf(reading,
					       "%s is set twice, the last one counts: remove one",
					       name));
	int error = is_duplicate && !builder->is_json
			    ? document_set(reading->arena, mapping, entry.key, entry.value)
			    : append_entry(reading->arena, mapping, entry.key, entry.value);

	if (error < 0) {
		reading->error = error;
		return error;
	}
	return 0;
}

/* YAML's "<<: *anchor" stands for the entries of the mappings it names. */
static int merge_anchors(struct builder *builder, struct document *mapping,
			 const struct document *value)
{
	size_t count = value->kind == DOCUMENT_LIST ? value->item_count : 1;

	for (size_t i = 0; i < count; i++) {
		const struct document *from =
			value->kind == DOCUMENT_LIST ? value->items[i] : value;

		if (from->kind != DOCUMENT_MAPPING) {
			refuse(builder, from->line, "merges (<<) something that is no mapping");
			return -EINVAL;
		}
		for (size_t j = 0; j < from->count; j++)
			if (put_entry(builder, mapping, from->entries[j]) < 0)
				return -EINVAL;
	}
	return 0;
}

static bool is_merge_key(const struct builder *builder, const struct yaml_node *key)
{
	return !builder->is_json && key->kind == YAML_SCALAR && key->is_plain &&
	       strcmp(key->text, "<<") == 0;
}

static struct document *build_mapping(struct builder *builder, const struct yaml_node *node)
{
	struct document *mapping = new_document(builder, node);

	if (!mapping)
		return NULL;
	mapping->kind = DOCUMENT_MAPPING;
	for (size_t i = 0; i < node->count; i++) {
		struct document *value = build(builder, node->items[i]);

		if (!value)
			return NULL;
		if (is_merge_key(builder, node->keys[i])) {
			if (merge_anchors(builder, mapping, value) < 0)
				return NULL;
			continue;
		}
		const char *key = key_text(builder, node->keys[i]);

		if (!key ||
		    put_entry(builder, mapping,
			      (struct document_entry){ key, node->keys[i]->line, value }) < 0)
			return NULL;
	}
	return mapping;
}

static struct document *build(struct builder *builder, const struct yaml_node *node)
{
	switch (node->kind) {
	case YAML_SEQUENCE:
		return build_list(builder, node);
	case YAML_MAPPING:
		return build_mapping(builder, node);
	default:
		return build_scalar(builder, node);
	}
}

/* A file that starts with a brace is JSON to the kubelet, and nothing else. */
static bool is_json(const struct file_content *content)
{
	size_t at = 0;

	while (at < content->length && isspace((unsigned char)content->data[at]))
		at++;
	return at < content->length && content->data[at] == '{';
}

static bool json_is_valid(struct builder *builder, const struct file_content *content)
{
	json_error_t error;
	CLEANUP_JSON json_t *json =
		json_loadb(content->data, content->length, JSON_ALLOW_NUL, &error);

	if (!json)
		refuse(builder, (unsigned)(error.line > 0 ? error.line : 0),
		       reading_printf(builder->reading, "is not valid JSON: %s", error.text));
	return json != NULL;
}

/* What JSON allows and this YAML reader does not is our limit, not the kubelet's. */
static struct document *parse(struct builder *builder, const struct file_content *content)
{
	struct reading *reading = builder->reading;
	const struct yaml_node *root;
	struct yaml_error problem;
	int error = yaml_parse(&(struct yaml_text){ content->data, content->length, YAML_ALIASES },
			       reading->arena, &root, &problem);

	if (error == -ENOMEM)
		reading->error = error;
	if (error == -EINVAL)
		reading_files_unknown(
			reading, builder->is_json ? PROBLEM_UNREADABLE : PROBLEM_FATAL,
			builder->path, problem.line,
			reading_printf(reading, "cannot be parsed: %s", problem.message));
	if (error < 0)
		return NULL;
	return root ? build(builder, root) : new_document(builder, NULL);
}

struct document *document_parse(struct reading *reading, const struct file_content *content,
				struct source source, enum duplicate_rule duplicates)
{
	struct builder builder = { .reading = reading,
				   .path = source.path,
				   .source = source,
				   .is_json = is_json(content),
				   .duplicates = duplicates };

	if (content->length == 0)
		return refuse(&builder, 0,
			      reading_printf(reading, "is empty: %s exits on that",
					     reading->schema->program));
	if (builder.is_json && !json_is_valid(&builder, content))
		return NULL;
	return parse(&builder, content);
}

struct document *document_read(struct reading *reading, const char *path, struct source source,
			       enum duplicate_rule duplicates)
{
	struct file_content content;

	if (reading_file(reading, path, &content) < 0)
		return NULL;
	return document_parse(reading, &content, source, duplicates);
}

struct document *document_at(const struct document *root, const char *path)
{
	struct document *value = NULL;
	char key[64];

	for (size_t length; root; path += length + 1, root = value) {
		length = strcspn(path, ".");
		if (root->kind != DOCUMENT_MAPPING || length >= sizeof(key))
			return NULL;
		memcpy(key, path, length);
		key[length] = '\0';
		value = document_get(root, key);
		if (!path[length])
			return value;
	}
	return NULL;
}

struct document *document_mapping(struct arena *arena, struct source source)
{
	struct document *mapping = arena_alloc(arena, sizeof(*mapping));

	if (mapping) {
		mapping->kind = DOCUMENT_MAPPING;
		mapping->source = source;
	}
	return mapping;
}

static struct document_entry *find(const struct document *mapping, const char *key)
{
	for (size_t i = mapping->count; i--;)
		if (strcmp(mapping->entries[i].key, key) == 0)
			return &mapping->entries[i];
	return NULL;
}

struct document *document_get(const struct document *mapping, const char *key)
{
	const struct document_entry *entry =
		mapping->kind == DOCUMENT_MAPPING ? find(mapping, key) : NULL;

	return entry ? entry->value : NULL;
}

bool document_entry_counts(const struct document *mapping, size_t entry)
{
	return find(mapping, mapping->entries[entry].key) == &mapping->entries[entry];
}

int document_set(struct arena *arena, struct document *mapping, const char *key,
		 struct document *value)
{
	struct document_entry *entry = find(mapping, key);

	if (!entry)
		return append_entry(arena, mapping, key, value);
	entry->value = value;
	entry->line = value->line;
	return 0;
}

struct document *document_merge(struct arena *arena, struct document *target,
				struct document *patch)
{
	if (patch->kind != DOCUMENT_MAPPING)
		return patch;
	if (!target || target->kind != DOCUMENT_MAPPING) {
		target = document_mapping(arena, patch->source);
		if (!target)
			return NULL;
	}
	target->line = patch->line;
	target->source = patch->source;
	for (size_t i = 0; i < patch->count; i++) {
		const struct document_entry *entry = &patch->entries[i];
		struct document *merged =
			document_merge(arena, document_get(target, entry->key), entry->value);

		if (!merged || document_set(arena, target, entry->key, merged) < 0)
			return NULL;
	}
	return target;
}

static bool says(const struct document *root, const char *key, const char *expected)
{
	const struct document *value = document_get(root, key);

	return value && value->kind == DOCUMENT_TEXT && text_equal(value->text, expected);
}

bool document_is(struct reading *reading, const struct document *root, const char *path,
		 const char *api_version, const char *kind)
{
	if (says(root, "apiVersion", api_version) && says(root, "kind", kind))
		return true;
	reading_files_unknown(
		reading, PROBLEM_FATAL, path, 0,
		root->kind != DOCUMENT_MAPPING
			? "is not a mapping of keys to values"
			: reading_printf(reading,
					 "does not say apiVersion: %s and kind: %s: %s exits on "
					 "that",
					 api_version, kind, reading->schema->program));
	return false;
}
