/* SPDX-License-Identifier: Apache-2.0 */
#include "base/yaml.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <yaml.h>

#include "base/limits.h"

struct anchor {
	const char *name;
	const struct yaml_node *node; /* NULL while its own content is being read */
};

struct builder {
	yaml_parser_t parser;
	const char *data;
	size_t length;
	enum yaml_flags flags;
	struct arena *arena;
	struct anchor *anchors;
	size_t anchor_count, anchor_capacity;
	size_t node_count;
	unsigned depth;
	struct yaml_error error;
};

/* What libyaml says, and what that means to the person who wrote the file. */
static const struct {
	const char *problem, *meaning;
} meanings[] = {
	{ "found character that cannot start any token",
	  "a value cannot start with this character: put the value in quotes" },
	{ "mapping values are not allowed in this context",
	  "a key is not expected here: indent this line like its neighbours, and put a value that "
	  "holds \": \" in quotes" },
	{ "did not find expected key",
	  "a key is expected here: check the indentation of this line and the lines above it" },
	{ "did not find expected '-' indicator",
	  "a list item (\"- \") is expected here: check the indentation of this line" },
	{ "block sequence entries are not allowed in this context",
	  "a list item (\"- \") is not expected here: start the list on a line of its own" },
	{ "could not find expected ':'", "a ':' is expected after a key" },
	{ "did not find expected ',' or ']'", "a ',' or the ']' that ends the list is expected" },
	{ "did not find expected ',' or '}'", "a ',' or the '}' that ends the map is expected" },
	{ "did not find expected node content", "a value is expected here" },
	{ "found unexpected end of stream", "the file ends inside a quoted text" },
	{ "found unexpected document indicator", "the document ends inside a quoted text" },
	{ "found unknown escape character",
	  "unknown escape: double the backslash, or use single quotes" },
	{ "did not find expected <document start>",
	  "this line is indented less than the document's first line, or stands after its end" },
	{ "control characters are not allowed", "control characters are not allowed" },
	{ "invalid leading UTF-8 octet", "the file is not valid UTF-8 here" },
	{ "invalid trailing UTF-8 octet", "the file is not valid UTF-8 here" },
	{ "invalid length of a UTF-8 sequence", "the file is not valid UTF-8 here" },
	{ "incomplete UTF-8 octet sequence", "the file is not valid UTF-8 here" },
	{ "invalid Unicode character", "the file is not valid UTF-8 here" },
};

static const char *meaning_of(const char *problem)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		if (strcmp(meanings[i].problem, problem) == 0)
			return meanings[i].meaning;
	}
	return problem;
}

/* "a block mapping" of "while parsing a block mapping". */
static const char *thing_of(const char *context)
{
	const char *thing = strstr(context, "ing ");

	return thing ? thing + 4 : context;
}

static int fail(struct builder *builder, yaml_mark_t place, const char *message)
{
	if (!message)
		return -ENOMEM;
	builder->error = (struct yaml_error){ .line = (unsigned)place.line + 1,
					      .column = (unsigned)place.column + 1,
					      .message = message };
	return -EINVAL;
}

/* Where the byte at `offset` is, counted as libyaml counts: characters from 0. */
static yaml_mark_t place_of(const struct builder *builder, size_t offset)
{
	yaml_mark_t place = { 0 };

	for (size_t i = 0; i < offset && i < builder->length; i++) {
		if (builder->data[i] == '\n') {
			place.line++;
			place.column = 0;
		} else if (((unsigned char)builder->data[i] & 0xc0) != 0x80) {
			place.column++;
		}
	}
	return place;
}

/* The column of a tab in the indentation of a line, or -1. */
static long tab_in_indentation(const struct builder *builder, size_t line)
{
	const char *at = builder->data, *end = builder->data + builder->length;

	for (; line && at; line--) {
		at = memchr(at, '\n', (size_t)(end - at));
		at = at ? at + 1 : NULL;
	}
	if (!at)
		return -1;
	for (long column = 0; at < end && (*at == ' ' || *at == '\t'); column++, at++) {
		if (*at == '\t')
			return column;
	}
	return -1;
}

/* Turns the parser's complaint into ours. */
static int fail_as_parser(struct builder *builder)
{
	const yaml_parser_t *parser = &builder->parser;
	const char *problem = parser->problem ? parser->problem : "this is not YAML";
	yaml_mark_t place = parser->problem_mark;
	const char *message;
	long tab;

	if (parser->error == YAML_MEMORY_ERROR)
		return -ENOMEM;
	if (parser->error == YAML_READER_ERROR)
		return fail(builder, place_of(builder, parser->problem_offset),
			    meaning_of(problem));
	tab = tab_in_indentation(builder, place.line);
	if (tab >= 0 && (size_t)tab <= place.column) {
		place.column = (size_t)tab;
		return fail(builder, place,
			    "a tab in the indentation: YAML is indented with spaces only");
	}
	message = arena_text(builder->arena, meaning_of(problem));
	if (message && parser->context && parser->context_mark.line != place.line)
		message =
			arena_printf(builder->arena, "%s (in %s that starts at line %zu)", message,
				     thing_of(parser->context), parser->context_mark.line + 1);
	return fail(builder, place, message);
}

static int next_event(struct builder *builder, yaml_event_t *ret_event)
{
	return yaml_parser_parse(&builder->parser, ret_event) ? 0 : fail_as_parser(builder);
}

/* Counts one more node at a place and depth. */
static int count_node(struct builder *builder, yaml_mark_t place, unsigned depth)
{
	if (++builder->node_count > DOCUMENT_NODES_MAX)
		return fail(builder, place,
			    arena_printf(builder->arena,
					 "more than %d values, aliases expanded: the document is "
					 "too large",
					 DOCUMENT_NODES_MAX));
	if (depth > DOCUMENT_DEPTH_MAX)
		return fail(builder, place,
			    arena_printf(builder->arena, "nested more than %d levels deep",
					 DOCUMENT_DEPTH_MAX));
	return 0;
}

/* An alias costs what its target costs, or a small file could stand for a huge document. */
static int count_tree(struct builder *builder, const struct yaml_node *node, yaml_mark_t place,
		      unsigned depth)
{
	int error = count_node(builder, place, depth);

	for (size_t i = 0; i < node->count && !error; i++) {
		if (node->keys)
			error = count_tree(builder, node->keys[i], place, depth + 1);
		if (!error)
			error = count_tree(builder, node->items[i], place, depth + 1);
	}
	return error;
}

static int read_alias(struct builder *builder, const yaml_event_t *event,
		      struct yaml_node **ret_node)
{
	const char *name = (const char *)event->data.alias.anchor;
	const struct anchor *found = NULL;
	struct yaml_node *node;
	int error;

	if (!(builder->flags & YAML_ALIASES))
		return fail(builder, event->start_mark,
			    "aliases (*name) are not allowed here: write the value out");
	for (size_t i = builder->anchor_count; i-- && !found;) {
		if (strcmp(builder->anchors[i].name, name) == 0)
			found = &builder->anchors[i];
	}
	if (!found || !found->node)
		return fail(builder, event->start_mark,
			    arena_printf(builder->arena,
					 found ? "the alias *%s is inside what it stands for"
					       : "the alias *%s has no anchor &%s before it",
					 name, name));
	error = count_tree(builder, found->node, event->start_mark, builder->depth);
	if (error)
		return error;
	node = arena_alloc(builder->arena, sizeof(*node));
	if (!node)
		return -ENOMEM;
	*node = *found->node;
	node->line = (unsigned)event->start_mark.line + 1;
	node->column = (unsigned)event->start_mark.column + 1;
	*ret_node = node;
	return 0;
}

static int add_anchor(struct builder *builder, const yaml_char_t *name, yaml_mark_t place,
		      size_t *ret_index)
{
	struct anchor *anchor;

	if (builder->anchor_count >= DOCUMENT_ANCHORS_MAX)
		return fail(builder, place,
			    arena_printf(builder->arena, "more than %d anchors (&name)",
					 DOCUMENT_ANCHORS_MAX));
	anchor = arena_push(builder->arena, &builder->anchors, &builder->anchor_count,
			    &builder->anchor_capacity, sizeof(*anchor));
	if (!anchor)
		return -ENOMEM;
	anchor->name = arena_text(builder->arena, (const char *)name);
	*ret_index = builder->anchor_count - 1;
	return anchor->name ? 0 : -ENOMEM;
}

static int read_scalar(struct builder *builder, const yaml_event_t *event, struct yaml_node *node)
{
	node->text = arena_copy(builder->arena, (const char *)event->data.scalar.value,
				event->data.scalar.length);
	node->length = event->data.scalar.length;
	node->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	return node->text ? 0 : -ENOMEM;
}

static int read_node(struct builder *builder, const yaml_event_t *event,
		     struct yaml_node **ret_node);

/* Reads the next node unless the collection ends here: then ret_node is NULL. */
static int read_member(struct builder *builder, struct yaml_node **ret_node)
{
	yaml_event_t event;
	int error = next_event(builder, &event);

	if (error)
		return error;
	*ret_node = NULL;
	if (event.type != YAML_SEQUENCE_END_EVENT && event.type != YAML_MAPPING_END_EVENT)
		error = read_node(builder, &event, ret_node);
	yaml_event_delete(&event);
	return error;
}

static int push_node(struct builder *builder, const struct yaml_node ***items, size_t *count,
		     size_t *capacity, const struct yaml_node *node)
{
	const struct yaml_node **place =
		arena_push(builder->arena, items, count, capacity, sizeof(struct yaml_node *));

	if (!place)
		return -ENOMEM;
	*place = node;
	return 0;
}

static int read_members(struct builder *builder, struct yaml_node *node)
{
	const struct yaml_node **keys = NULL, **items = NULL;
	size_t key_count = 0, key_capacity = 0, capacity = 0;
	struct yaml_node *member;

	for (;;) {
		int error = read_member(builder, &member);

		if (error || !member)
			return error;
		if (node->kind == YAML_MAPPING) {
			error = push_node(builder, &keys, &key_count, &key_capacity, member);
			node->keys = keys;
			if (!error)
				error = read_member(builder, &member);
		}
		if (!error)
			error = push_node(builder, &items, &node->count, &capacity, member);
		if (error)
			return error;
		node->items = items;
	}
}

static void describe(const yaml_event_t *event, enum yaml_kind *ret_kind,
		     const yaml_char_t **ret_anchor, const yaml_char_t **ret_tag)
{
	switch (event->type) {
	case YAML_SEQUENCE_START_EVENT:
		*ret_kind = YAML_SEQUENCE;
		*ret_anchor = event->data.sequence_start.anchor;
		*ret_tag = event->data.sequence_start.tag;
		return;
	case YAML_MAPPING_START_EVENT:
		*ret_kind = YAML_MAPPING;
		*ret_anchor = event->data.mapping_start.anchor;
		*ret_tag = event->data.mapping_start.tag;
		return;
	default:
		*ret_kind = YAML_SCALAR;
		*ret_anchor = event->data.scalar.anchor;
		*ret_tag = event->data.scalar.tag;
	}
}

static int read_node(struct builder *builder, const yaml_event_t *event,
		     struct yaml_node **ret_node)
{
	const yaml_char_t *anchor, *tag;
	struct yaml_node *node;
	size_t index = 0;
	int error;

	if (event->type == YAML_ALIAS_EVENT)
		return read_alias(builder, event, ret_node);
	error = count_node(builder, event->start_mark, builder->depth);
	if (error)
		return error;
	node = arena_alloc(builder->arena, sizeof(*node));
	if (!node)
		return -ENOMEM;
	describe(event, &node->kind, &anchor, &tag);
	node->line = (unsigned)event->start_mark.line + 1;
	node->column = (unsigned)event->start_mark.column + 1;
	if (tag && !(node->tag = arena_text(builder->arena, (const char *)tag)))
		return -ENOMEM;
	if (anchor)
		error = add_anchor(builder, anchor, event->start_mark, &index);
	if (error)
		return error;
	builder->depth++;
	error = node->kind == YAML_SCALAR ? read_scalar(builder, event, node)
					  : read_members(builder, node);
	builder->depth--;
	if (!error && anchor)
		builder->anchors[index].node = node;
	if (!error)
		*ret_node = node;
	return error;
}

/* Takes one event of the stream: the root, or the begin of something that has no place here. */
static int take_event(struct builder *builder, const yaml_event_t *event, struct yaml_node **root)
{
	switch (event->type) {
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		return 0;
	case YAML_DOCUMENT_START_EVENT:
		return *root ? fail(builder, event->start_mark,
				    "a second document: only one is allowed in this file")
			     : 0;
	default:
		return read_node(builder, event, root);
	}
}

/* The first document's root, NULL when there is none; reads on behind it only to find a second. */
static int read_document(struct builder *builder, struct yaml_node **ret_root)
{
	struct yaml_node *root = NULL;
	bool is_over = false;
	int error = 0;

	while (!error && !is_over) {
		yaml_event_t event;

		error = next_event(builder, &event);
		if (error)
			return error;
		error = take_event(builder, &event, &root);
		is_over = event.type == YAML_STREAM_END_EVENT ||
			  (root && !(builder->flags & YAML_ONE_DOCUMENT));
		yaml_event_delete(&event);
	}
	if (!error)
		*ret_root = root;
	return error;
}

/* libyaml compares every %TAG with all before it, which takes minutes for a file full of them. */
static int refuse_directives(struct builder *builder)
{
	const char *at = builder->data, *end = at + builder->length;
	unsigned count = 0;

	while (at < end) {
		count += *at == '%';
		if (count > DOCUMENT_DIRECTIVES_MAX)
			return fail(builder, place_of(builder, (size_t)(at - builder->data)),
				    arena_printf(builder->arena,
						 "more than %d lines that start with %%",
						 DOCUMENT_DIRECTIVES_MAX));
		at = memchr(at, '\n', (size_t)(end - at));
		at = at ? at + 1 : end;
	}
	return 0;
}

static int refuse_size(struct builder *builder)
{
	if (builder->length > CONFIG_BYTES_MAX)
		return fail(builder, (yaml_mark_t){ 0 },
			    arena_printf(builder->arena, "%zu bytes, more than %lu",
					 builder->length, CONFIG_BYTES_MAX));
	return refuse_directives(builder);
}

int yaml_parse(const struct yaml_text *text, struct arena *arena, const struct yaml_node **ret_root,
	       struct yaml_error *ret_error)
{
	struct builder builder = {
		.data = text->data, .length = text->length, .flags = text->flags, .arena = arena
	};
	struct yaml_node *root = NULL;
	int error = refuse_size(&builder);

	if (!error) {
		if (!yaml_parser_initialize(&builder.parser))
			return -ENOMEM;
		yaml_parser_set_input_string(&builder.parser, (const unsigned char *)text->data,
					     text->length);
		error = read_document(&builder, &root);
		yaml_parser_delete(&builder.parser);
	}
	if (error == -EINVAL)
		*ret_error = builder.error;
	if (!error)
		*ret_root = root;
	return error;
}

const struct yaml_node *yaml_get(const struct yaml_node *mapping, const char *key)
{
	size_t length = strlen(key);

	if (!mapping || mapping->kind != YAML_MAPPING)
		return NULL;
	for (size_t i = mapping->count; i--;) {
		const struct yaml_node *each = mapping->keys[i];

		if (each->kind == YAML_SCALAR && each->length == length &&
		    memcmp(each->text, key, length) == 0)
			return mapping->items[i];
	}
	return NULL;
}
