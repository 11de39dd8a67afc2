/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/reading/setting_value.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "model/address.h"
#include "observe/reading/go_value.h"

/* What a file must hold for a row of this type. */
static const char *const WANTED[] = {
	[FIELD_BOOLEAN] = "true or false",
	[FIELD_INT32] = "a whole number of 32 bits",
	[FIELD_INT64] = "a whole number",
	[FIELD_PORT] = "a port from 0 to 65535",
	[FIELD_FLOAT] = "a number",
	[FIELD_TEXT] = "a text (put it in quotes)",
	[FIELD_PATH] = "a path",
	[FIELD_ADDRESS] = "an IP address",
	[FIELD_DURATION] = "a duration in quotes, like \"30s\"",
	[FIELD_TEXT_LIST] = "a list of texts",
	[FIELD_TEXT_MAP] = "a mapping of names to texts (put them in quotes)",
	[FIELD_BOOLEAN_MAP] = "a mapping of names to true or false",
	[FIELD_OPAQUE] = "",
};
_Static_assert(ARRAY_SIZE(WANTED) == FIELD_TYPE_COUNT, "every type says what it wants");

static void set_text(struct value *value, const char *text)
{
	value->kind = *text ? VALUE_TEXT : VALUE_UNSET;
	value->text = text;
}

static void set_integer(struct value *value, int64_t integer)
{
	value->kind = VALUE_INTEGER;
	value->integer = integer;
}

static bool set_duration(struct value *value, const char *text)
{
	value->kind = VALUE_DURATION;
	return go_duration(text, &value->integer) == 0;
}

static bool fits(const struct field *field, int64_t integer)
{
	if (field->type == FIELD_PORT)
		return integer >= 0 && integer <= 65535;
	return field->type == FIELD_INT64 || (integer >= INT32_MIN && integer <= INT32_MAX);
}

static bool set_list(struct reading *reading, const struct document *list, struct value *value)
{
	const char **items = arena_array(reading->arena, list->item_count + 1, sizeof(*items));

	if (!items) {
		reading->error = -ENOMEM;
		return true;
	}
	if (list->item_count > SETTING_ITEMS_MAX)
		return false;
	for (size_t i = 0; i < list->item_count; i++) {
		/* null in a list of texts is an empty text */
		if (list->items[i]->kind != DOCUMENT_TEXT && list->items[i]->kind != DOCUMENT_NULL)
			return false;
		items[i] = list->items[i]->kind == DOCUMENT_TEXT ? list->items[i]->text : "";
	}
	value->kind = list->item_count ? VALUE_LIST : VALUE_UNSET;
	value->list.items = items;
	value->list.count = list->item_count;
	return true;
}

static bool map_fits(const struct document *map, enum document_kind wanted)
{
	for (size_t i = 0; i < map->count; i++)
		if (map->entries[i].value->kind != wanted &&
		    map->entries[i].value->kind != DOCUMENT_NULL)
			return false;
	return true;
}

static bool set_map(const struct field *field, struct document *document, struct field_state *state)
{
	enum document_kind wanted =
		field->type == FIELD_BOOLEAN_MAP ? DOCUMENT_BOOLEAN : DOCUMENT_TEXT;

	if (document->kind != DOCUMENT_MAPPING || !map_fits(document, wanted))
		return false;
	state->map = document;
	return true;
}

static bool set_whole(const struct field *field, const struct document *document,
		      struct value *value)
{
	if (document->kind != DOCUMENT_INTEGER || !fits(field, document->integer))
		return false;
	set_integer(value, document->integer);
	return true;
}

static bool take(struct reading *reading, const struct field *field, struct document *document,
		 struct field_state *state)
{
	struct value *value = &state->value;
	bool is_text = document->kind == DOCUMENT_TEXT;

	switch (field->type) {
	case FIELD_BOOLEAN:
		value->kind = VALUE_BOOLEAN;
		value->boolean = document->kind == DOCUMENT_BOOLEAN && document->boolean;
		return document->kind == DOCUMENT_BOOLEAN;
	case FIELD_INT32:
	case FIELD_INT64:
	case FIELD_PORT:
		return set_whole(field, document, value);
	case FIELD_FLOAT:
		return document->kind == DOCUMENT_INTEGER || document->kind == DOCUMENT_NUMBER;
	case FIELD_TEXT:
	case FIELD_PATH:
	case FIELD_ADDRESS:
		if (is_text)
			set_text(value, document->text);
		return is_text && strlen(document->text) <= SETTING_TEXT_BYTES_MAX;
	case FIELD_DURATION:
		return is_text && set_duration(value, document->text);
	case FIELD_TEXT_LIST:
		return document->kind == DOCUMENT_LIST && set_list(reading, document, value);
	case FIELD_TEXT_MAP:
	case FIELD_BOOLEAN_MAP:
		return set_map(field, document, state);
	default:
		return true;
	}
}

static const char *describe(struct reading *reading, const struct document *document)
{
	switch (document->kind) {
	case DOCUMENT_BOOLEAN:
		return document->boolean ? "true" : "false";
	case DOCUMENT_INTEGER:
		return reading_printf(reading, "the number %lld", (long long)document->integer);
	case DOCUMENT_NUMBER:
		return reading_printf(reading, "the number %g", document->number);
	case DOCUMENT_TEXT:
		return reading_printf(reading, "the text \"%s\"",
				      reading_short(reading, document->text));
	case DOCUMENT_LIST:
		return "a list";
	default:
		return "a mapping";
	}
}

bool value_from_document(struct reading *reading, const struct field *field,
			 struct document *document, struct field_state *ret_state,
			 const char **ret_complaint)
{
	if (take(reading, field, document, ret_state))
		return true;
	*ret_complaint = reading_printf(reading, "%s must be %s, and is %s: %s exits on that",
					field->name, WANTED[field->type],
					describe(reading, document), reading->schema->program);
	return false;
}

static const char *trim(struct reading *reading, const char *text, size_t length)
{
	while (length && strchr(" \t\r\n", *text)) {
		text++;
		length--;
	}
	while (length && strchr(" \t\r\n", text[length - 1]))
		length--;
	return reading_printf(reading, "%.*s", (int)length, text);
}

/* One "key=value" of a map flag. */
static bool add_pair(struct reading *reading, const struct field *field, const char *pair,
		     size_t length, struct document *map)
{
	const char *sign = memchr(pair, field->marks & FIELD_PAIR_BY_LESS ? '<' : '=', length);
	struct document *value = arena_alloc(reading->arena, sizeof(*value));

	if (!sign)
		return false;
	if (!value) {
		reading->error = -ENOMEM;
		return true;
	}
	size_t key_length = (size_t)(sign - pair);
	const char *text = trim(reading, sign + 1, length - key_length - 1);

	value->source = map->source;
	value->kind = DOCUMENT_TEXT;
	value->text = text;
	if (field->type == FIELD_BOOLEAN_MAP) {
		value->kind = DOCUMENT_BOOLEAN;
		if (go_boolean(text, &value->boolean) < 0)
			return false;
	}
	if (document_set(reading->arena, map, trim(reading, pair, key_length), value) < 0)
		reading->error = -ENOMEM;
	return true;
}

static bool add_pairs(struct reading *reading, const struct field *field, const char *text,
		      struct field_state *state)
{
	if (!state->map)
		state->map = document_mapping(reading->arena, state->source);
	if (!state->map) {
		reading->error = -ENOMEM;
		return true;
	}
	if (field->marks & FIELD_ONE_PAIR)
		return add_pair(reading, field, text, strlen(text), state->map);
	while (*text) {
		size_t length = strcspn(text, ",");

		if (length && !add_pair(reading, field, text, length, state->map))
			return false;
		text += length + (text[length] == ',');
	}
	return true;
}

static bool add_items(struct reading *reading, const char *text, struct value *value)
{
	const char *const *more;
	size_t more_count, count = value->kind == VALUE_LIST ? value->list.count : 0;
	int error = go_list(text, reading->arena, &more, &more_count);

	if (error < 0 || count + more_count > SETTING_ITEMS_MAX) {
		reading->error = error == -ENOMEM ? error : reading->error;
		return false;
	}
	const char **items = arena_array(reading->arena, count + more_count + 1, sizeof(*items));

	if (!items) {
		reading->error = -ENOMEM;
		return true;
	}
	if (count)
		memcpy(items, value->list.items, count * sizeof(*items));
	if (more_count)
		memcpy(items + count, more, more_count * sizeof(*items));
	value->kind = count + more_count ? VALUE_LIST : VALUE_UNSET;
	value->list.items = items;
	value->list.count = count + more_count;
	return true;
}

static bool set_flag_integer(const struct field *field, const char *text, struct value *value)
{
	int64_t integer;

	if (go_integer(text, field->type == FIELD_INT64 ? 64 : 32, &integer) < 0 ||
	    !fits(field, integer))
		return false;
	set_integer(value, integer);
	return true;
}

/* An empty address is taken by the flag; the kubelet then listens on every address. */
static bool set_address(const char *text, struct value *value)
{
	struct address address;

	set_text(value, text);
	return !*text || address_parse(text, &address) == 0;
}

static bool take_text(struct reading *reading, const struct field *field, const char *text,
		      struct field_state *state)
{
	switch (field->type) {
	case FIELD_BOOLEAN:
		state->value.kind = VALUE_BOOLEAN;
		return go_boolean(text, &state->value.boolean) == 0;
	case FIELD_INT32:
	case FIELD_INT64:
	case FIELD_PORT:
		return set_flag_integer(field, text, &state->value);
	case FIELD_ADDRESS:
		return set_address(text, &state->value);
	case FIELD_TEXT:
	case FIELD_PATH:
		set_text(&state->value, text);
		return true;
	case FIELD_DURATION:
		return set_duration(&state->value, text);
	case FIELD_TEXT_LIST:
		return add_items(reading, text, &state->value);
	case FIELD_TEXT_MAP:
	case FIELD_BOOLEAN_MAP:
		return add_pairs(reading, field, text, state);
	default:
		return true;
	}
}

bool value_from_flag(struct reading *reading, const struct field *field, const char *text,
		     struct field_state *state, const char **ret_complaint)
{
	bool is_long = strlen(text) > SETTING_TEXT_BYTES_MAX;

	if (!is_long && take_text(reading, field, text, state))
		return true;
	*ret_complaint =
		is_long ? reading_printf(reading,
					 "--%s has a value of %zu bytes, more than this "
					 "agent takes",
					 field->flag, strlen(text))
			: reading_printf(reading, "--%s cannot be \"%s\": %s exits on that",
					 field->flag, reading_short(reading, text),
					 reading->schema->program);
	return false;
}

void value_of_default(struct reading *reading, const struct field *field, const char *text,
		      struct field_state *ret_state)
{
	if (text) {
		take_text(reading, field, text, ret_state);
		return;
	}
	ret_state->value.kind = VALUE_UNSET;
	if (field->type == FIELD_BOOLEAN)
		ret_state->value.kind = VALUE_BOOLEAN;
	else if (field->type == FIELD_INT32 || field->type == FIELD_INT64 ||
		 field->type == FIELD_PORT)
		ret_state->value.kind = VALUE_INTEGER;
	else if (field->type == FIELD_DURATION)
		ret_state->value.kind = VALUE_DURATION;
}

static int compare_texts(const void *one, const void *other)
{
	return strcmp(*(const char *const *)one, *(const char *const *)other);
}

struct value value_of_map(struct reading *reading, const struct document *map)
{
	const char **items = arena_array(reading->arena, map->count + 1, sizeof(*items));
	size_t count = 0;

	if (!items) {
		reading->error = -ENOMEM;
		return (struct value){ .kind = VALUE_UNKNOWN };
	}
	for (size_t i = 0; i < map->count; i++) {
		const struct document *value = map->entries[i].value;

		if (value->kind == DOCUMENT_NULL || !document_entry_counts(map, i))
			continue;
		items[count++] = reading_printf(reading, "%s=%s", map->entries[i].key,
						value->kind == DOCUMENT_BOOLEAN
							? (value->boolean ? "true" : "false")
							: value->text);
	}
	if (count)
		qsort(items, count, sizeof(*items), compare_texts);
	return (struct value){ .kind = count ? VALUE_LIST : VALUE_UNSET,
			       .list = { .items = items, .count = count } };
}
