/* SPDX-License-Identifier: Apache-2.0 */
#include "settings/value.h"

#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "model/address.h"
#include "settings/core.h"
#include "settings/scalars.h"

const char *value_records(const struct policy_row *row, const void *base, size_t *ret_count)
{
	const char *records;

	memcpy(&records, (const char *)base + row->offset, sizeof(records));
	memcpy(ret_count, (const char *)base + row->count_offset, sizeof(*ret_count));
	return records;
}

static int64_t number_at(const void *base, size_t offset)
{
	int64_t number;

	memcpy(&number, (const char *)base + offset, sizeof(number));
	return number;
}

static json_t *date_to_json(int64_t seconds)
{
	char text[TIME_TEXT_BYTES];

	if (!seconds)
		return json_null();
	time_format(seconds * NS_PER_S, text);
	text[strcspn(text, "T")] = '\0';
	return json_from_text(text);
}

static json_t *duration_to_json(int64_t ns)
{
	char text[TIME_TEXT_BYTES];

	time_format_duration(ns, text);
	return json_from_text(text);
}

static json_t *size_to_json(int64_t bytes)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };

	size_format(bytes, &text);
	return buffer_error(&text) ? NULL : json_from_text(text.data);
}

static json_t *word_to_json(const struct policy_row *row, const void *at)
{
	unsigned index = 0;

	if (row->size == sizeof(bool))
		index = *(const bool *)at;
	else
		memcpy(&index, at, sizeof(index));
	return json_from_text(row->word(index));
}

static json_t *integer_to_json(const struct policy_row *row, const void *at)
{
	uint16_t number = row->size ? *(const uint16_t *)at : (uint16_t)row->min;

	return number ? json_integer(number) : json_null();
}

static json_t *text_at_to_json(const void *at)
{
	const char *text;

	memcpy(&text, at, sizeof(text));
	return json_from_text(text);
}

/* A number or a boolean in the only spelling that is kept of it; else a text. */
static json_t *scalar_to_json(const void *at)
{
	const char *text;

	memcpy(&text, at, sizeof(text));
	if (!text)
		return json_null();
	struct yaml_node node = {
		.kind = YAML_SCALAR, .text = text, .length = strlen(text), .is_plain = true
	};
	struct core_value value = core_value_of(&node);
	CLEANUP_FREE char *number = NULL;

	if (value.kind == CORE_BOOLEAN)
		return text_equal(text, value.boolean ? "true" : "false")
			       ? json_boolean(value.boolean)
			       : json_from_text(text);
	if (value.kind != CORE_INTEGER)
		return json_from_text(text);
	if (asprintf(&number, "%lld", (long long)value.integer) < 0)
		return NULL;
	return text_equal(text, number) ? json_integer(value.integer) : json_from_text(text);
}

static int add_item(json_t *list, const struct policy_row *row, const void *item)
{
	const struct severity_override *rating = item;
	char text[ADDRESS_TEXT_BYTES];

	switch (row->type) {
	case ROW_TEXTS:
		return json_add(list, text_at_to_json(item));
	case ROW_NETWORKS:
		cidr_format(item, text);
		return json_add(list, json_from_text(text));
	default:
		return json_set_text(list, rating->check, row->word(rating->severity));
	}
}

static json_t *list_to_json(const struct policy_row *row, const void *base)
{
	CLEANUP_JSON json_t *list = row->type == ROW_RATINGS ? json_object() : json_array();
	size_t count;
	const char *items = value_records(row, base, &count);
	int error = list ? 0 : -ENOMEM;

	for (size_t i = 0; i < count && error == 0; i++)
		error = add_item(list, row, items + i * row->item_size);
	if (error == 0 && row->type == ROW_NETWORKS &&
	    *(const bool *)((const char *)base + row->is_loopback_offset))
		error = json_add(list, json_from_text("loopback"));
	return error < 0 ? NULL : take_ptr(list);
}

json_t *value_to_json(const struct policy_row *row, const void *base)
{
	const void *at = (const char *)base + row->offset;

	switch (row->type) {
	case ROW_INTEGER:
		return integer_to_json(row, at);
	case ROW_BOOLEAN:
		return json_boolean(*(const bool *)at);
	case ROW_WORD:
		return word_to_json(row, at);
	case ROW_DURATION:
		return duration_to_json(number_at(base, row->offset));
	case ROW_SIZE:
		return size_to_json(number_at(base, row->offset));
	case ROW_DATE:
		return date_to_json(number_at(base, row->offset));
	case ROW_TEXT:
		return text_at_to_json(at);
	case ROW_SCALAR:
	case ROW_BOUND:
	case ROW_SWITCH:
		return scalar_to_json(at);
	case ROW_RECORDS:
		return json_array(); /* none: each of them has keys of its own */
	default:
		return list_to_json(row, base);
	}
}

/* One character as YAML's double quotes want it. */
static void write_quoted_one(const char *escaped, struct text_buffer *buffer)
{
	if (text_starts_with(escaped, "\\u{"))
		buffer_printf(buffer, "\\U%08lx", strtoul(escaped + 3, NULL, 16));
	else if (text_equal(escaped, "\""))
		buffer_text(buffer, "\\\"");
	else
		buffer_text(buffer, escaped);
}

static void write_text(const char *text, struct text_buffer *buffer)
{
	size_t left = strlen(text);

	if (core_is_plain_text(text)) {
		buffer_text(buffer, text);
		return;
	}
	buffer_text(buffer, "\"");
	while (left) {
		char escaped[TEXT_ESCAPE_BYTES];
		size_t taken = text_escape_one(text, left, escaped);

		write_quoted_one(escaped, buffer);
		text += taken;
		left -= taken;
	}
	buffer_text(buffer, "\"");
}

static void write_object(json_t *object, struct text_buffer *buffer)
{
	const char *between = "{", *key;
	json_t *value;

	json_object_foreach (object, key, value) {
		buffer_text(buffer, between);
		write_text(key, buffer);
		buffer_text(buffer, ": ");
		value_write_yaml(value, buffer);
		between = ", ";
	}
	buffer_text(buffer, *between == '{' ? "{}" : "}");
}

static void write_array(json_t *array, struct text_buffer *buffer)
{
	buffer_text(buffer, "[");
	for (size_t i = 0; i < json_array_size(array); i++) {
		buffer_text(buffer, i ? ", " : "");
		value_write_yaml(json_array_get(array, i), buffer);
	}
	buffer_text(buffer, "]");
}

void value_write_yaml(json_t *value, struct text_buffer *buffer)
{
	if (json_is_string(value))
		write_text(json_string_value(value), buffer);
	else if (json_is_object(value))
		write_object(value, buffer);
	else if (json_is_array(value))
		write_array(value, buffer);
	else
		json_write(value, buffer);
}
