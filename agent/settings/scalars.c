/* SPDX-License-Identifier: Apache-2.0 */
#include "settings/scalars.h"

#include <regex.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "settings/core.h"
#include "base/likeness.h"

/* As much of a foreign value as an error shows. */
#define SHOWN_BYTES 60

static void show_value(const struct yaml_node *node, struct text_buffer *buffer)
{
	struct core_value value = core_value_of(node);
	size_t length = node->length < SHOWN_BYTES ? node->length : SHOWN_BYTES;
	bool is_text = value.kind == CORE_TEXT;

	if (value.kind == CORE_NULL || node->kind != YAML_SCALAR) {
		buffer_printf(buffer, " is %s", core_kind_word(value.kind));
		return;
	}
	while (length < node->length && length && (node->text[length] & 0xc0) == 0x80)
		length--;
	buffer_text(buffer, is_text ? " \"" : " ");
	buffer_append(buffer, node->text, strnlen(node->text, length));
	buffer_text(buffer, length < node->length ? "..." : "");
	buffer_text(buffer, is_text ? "\"" : "");
}

static void refuse(struct reader *reader, const struct policy_row *row,
		   const struct yaml_node *node, const char *expectation, const char *hint)
{
	CLEANUP_BUFFER struct text_buffer shown = { 0 };

	show_value(node, &shown);
	problem_error(reader->error, node, "%s%s: must be %s%s%s", row_key(row),
		      shown.data ? shown.data : "", expectation ? expectation : "something else",
		      *hint ? ": " : "", hint);
}

void reader_refuse(struct reader *reader, const struct policy_row *row,
		   const struct yaml_node *node, const char *hint)
{
	CLEANUP_BUFFER struct text_buffer expectation = { 0 };

	row_expectation(row, &expectation);
	refuse(reader, row, node, expectation.data, hint);
}

void reader_refuse_item(struct reader *reader, const struct policy_row *row,
			const struct yaml_node *node, const char *hint)
{
	refuse(reader, row, node, row->pattern_words ? row->pattern_words : "a text", hint);
}

bool row_matches(const struct policy_row *row, const char *text)
{
	regex_t compiled;
	bool is_match;

	if (!row->pattern)
		return true;
	if (regcomp(&compiled, row->pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	is_match = regexec(&compiled, text, 0, NULL, 0) == 0;
	regfree(&compiled);
	return is_match;
}

static size_t characters(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += (*text & 0xc0) != 0x80;
	return count;
}

/* What keeps the node from being a text of at least and at most so many characters; NULL: nothing.
 */
static const char *text_objection(const struct yaml_node *node, int64_t min, int64_t max)
{
	enum core_kind kind = core_value_of(node).kind;
	int64_t count;

	if (kind == CORE_BOOLEAN || kind == CORE_INTEGER || kind == CORE_FLOAT)
		return "put it in quotes to make it a text";
	if (kind != CORE_TEXT)
		return "";
	if (strlen(node->text) != node->length)
		return "it holds a NUL character";
	count = (int64_t)characters(node->text);
	if (count < min)
		return "it is empty";
	return count > max ? "it is too long" : NULL;
}

const char *scalar_item(struct reader *reader, const struct policy_row *row,
			const struct yaml_node *node)
{
	const char *objection = text_objection(node, 1, SETTING_TEXT_BYTES_MAX);

	if (!objection && !row_matches(row, node->text))
		objection = "";
	if (objection)
		reader_refuse_item(reader, row, node, objection);
	return objection ? NULL : node->text;
}

bool scalar_word(struct reader *reader, const struct policy_row *row, const struct yaml_node *node,
		 unsigned *ret_index)
{
	CLEANUP_BUFFER struct text_buffer expectation = { 0 };
	bool is_text = core_value_of(node).kind == CORE_TEXT;
	struct likeness likeness = { 0 };
	char hint[64] = "";

	for (unsigned i = 0; is_text && row->word(i); i++) {
		if (text_equal(node->text, row->word(i))) {
			*ret_index = i;
			return true;
		}
		likeness_try(&likeness, node->text, row->word(i));
	}
	if (likeness.best)
		snprintf(hint, sizeof(hint), "did you mean %s?", likeness.best);
	row_words(row, &expectation);
	refuse(reader, row, node, expectation.data, hint);
	return false;
}

static bool read_word(struct reader *reader, const struct policy_row *row,
		      const struct yaml_node *node, void *target)
{
	unsigned index;

	if (!scalar_word(reader, row, node, &index))
		return false;
	if (row->size == sizeof(bool))
		*(bool *)target = index;
	else
		memcpy(target, &index, sizeof(index));
	return true;
}

static bool read_integer(struct reader *reader, const struct policy_row *row,
			 const struct yaml_node *node, void *target)
{
	struct core_value value = core_value_of(node);

	if (value.kind == CORE_INTEGER && value.integer >= row->min && value.integer <= row->max) {
		if (row->size)
			*(uint16_t *)target = (uint16_t)value.integer;
		return true;
	}
	reader_refuse(reader, row, node,
		      value.kind == CORE_TEXT && !node->is_plain &&
				      node->text[strspn(node->text, "0123456789")] == '\0'
			      ? "take the quotes away"
			      : "");
	return false;
}

static bool read_boolean(struct reader *reader, const struct policy_row *row,
			 const struct yaml_node *node, void *target)
{
	struct core_value value = core_value_of(node);

	if (value.kind == CORE_BOOLEAN) {
		*(bool *)target = value.boolean;
		return true;
	}
	reader_refuse(reader, row, node,
		      value.kind == CORE_TEXT ? "in YAML 1.2 nothing else is a boolean" : "");
	return false;
}

static bool read_duration(struct reader *reader, const struct policy_row *row,
			  const struct yaml_node *node, void *target)
{
	struct core_value value = core_value_of(node);
	int64_t ns;

	if (value.kind == CORE_TEXT && row_matches(row, node->text) &&
	    time_parse_duration(node->text, &ns) == 0 && ns >= row->min && ns <= row->max) {
		memcpy(target, &ns, sizeof(ns));
		return true;
	}
	reader_refuse(reader, row, node, value.kind == CORE_INTEGER ? "it needs a unit" : "");
	return false;
}

static const struct {
	const char *unit;
	int64_t bytes;
} size_units[] = {
	{ "B", 1 },	      { "kB", 1000 },	    { "MB", 1000000 },	  { "GB", 1000000000 },
	{ "KiB", 1LL << 10 }, { "MiB", 1LL << 20 }, { "GiB", 1LL << 30 },
};

/* Nine digits at most, by the pattern: nothing overflows. */
static int64_t size_of(const char *text)
{
	int64_t number = 0;

	for (; *text >= '0' && *text <= '9'; text++)
		number = number * 10 + (*text - '0');
	for (size_t i = 0; i < ARRAY_SIZE(size_units); i++)
		if (text_equal(text, size_units[i].unit))
			return number * size_units[i].bytes;
	return -1;
}

static bool read_size(struct reader *reader, const struct policy_row *row,
		      const struct yaml_node *node, void *target)
{
	struct core_value value = core_value_of(node);
	bool is_size = value.kind == CORE_TEXT && row_matches(row, node->text);
	int64_t bytes = is_size ? size_of(node->text) : -1;

	if (bytes >= row->min && bytes <= row->max) {
		memcpy(target, &bytes, sizeof(bytes));
		return true;
	}
	reader_refuse(reader, row, node, value.kind == CORE_INTEGER ? "it needs a unit" : "");
	return false;
}

static bool read_date(struct reader *reader, const struct policy_row *row,
		      const struct yaml_node *node, void *target)
{
	int64_t seconds;

	if (core_value_of(node).kind == CORE_TEXT && row_matches(row, node->text) &&
	    time_parse_date_end(node->text, &seconds) == 0) {
		memcpy(target, &seconds, sizeof(seconds));
		return true;
	}
	reader_refuse(reader, row, node, "");
	return false;
}

static bool read_text(struct reader *reader, const struct policy_row *row,
		      const struct yaml_node *node, void *target)
{
	const char *objection = text_objection(node, row->min, row->max);

	if (!objection && !row_matches(row, node->text))
		objection = "";
	if (objection)
		reader_refuse(reader, row, node, objection);
	else
		memcpy(target, &node->text, sizeof(node->text));
	return !objection;
}

static const char *boolean_words(bool is_true)
{
	return is_true ? "true" : "false";
}

/* The words of a scalar as value_words() would say them: hexadecimal and True in the usual way.
 * NULL, with an objection, where it is none. */
static const char *scalar_words(struct reader *reader, const struct yaml_node *node,
				const char **ret_objection)
{
	struct core_value value = core_value_of(node);
	const char *words = node->text;

	*ret_objection = "";
	if (value.kind == CORE_LIST || value.kind == CORE_MAP || value.kind == CORE_NULL)
		return NULL;
	if (value.kind == CORE_BOOLEAN)
		return boolean_words(value.boolean);
	if (value.kind == CORE_TEXT) {
		*ret_objection = text_objection(node, 1, SETTING_TEXT_BYTES_MAX);
		return *ret_objection ? NULL : words;
	}
	if (value.kind == CORE_INTEGER && value.integer != INT64_MAX && value.integer != -INT64_MAX)
		words = arena_printf(reader->arena, "%lld", (long long)value.integer);
	reader->is_out_of_memory |= !words;
	return words;
}

static bool read_scalar(struct reader *reader, const struct policy_row *row,
			const struct yaml_node *node, void *target)
{
	const char *objection, *words = scalar_words(reader, node, &objection);

	if (words)
		memcpy(target, &words, sizeof(words));
	else
		reader_refuse(reader, row, node,
			      text_equal(objection, "it is empty")
				      ? "set: false says that nothing must be set"
				      : objection);
	return words;
}

static bool read_bound(struct reader *reader, const struct policy_row *row,
		       const struct yaml_node *node, void *target)
{
	struct core_value value = core_value_of(node);
	bool is_number = value.kind == CORE_INTEGER && value.integer >= row->min &&
			 value.integer <= row->max;

	if (is_number || (value.kind == CORE_TEXT && row_matches(row, node->text)))
		return read_scalar(reader, row, node, target);
	reader_refuse(reader, row, node, "");
	return false;
}

static bool read_switch(struct reader *reader, const struct policy_row *row,
			const struct yaml_node *node, void *target)
{
	bool is_true;

	if (!read_boolean(reader, row, node, &is_true))
		return false;
	const char *words = boolean_words(is_true);

	memcpy(target, &words, sizeof(words));
	return true;
}

bool scalar_read(struct reader *reader, const struct policy_row *row, const struct yaml_node *node,
		 void *base)
{
	static bool (*const readers[])(struct reader *, const struct policy_row *,
				       const struct yaml_node *, void *) = {
		[ROW_INTEGER] = read_integer, [ROW_BOOLEAN] = read_boolean,
		[ROW_WORD] = read_word,	      [ROW_DURATION] = read_duration,
		[ROW_SIZE] = read_size,	      [ROW_DATE] = read_date,
		[ROW_TEXT] = read_text,	      [ROW_SCALAR] = read_scalar,
		[ROW_BOUND] = read_bound,     [ROW_SWITCH] = read_switch,
	};

	return readers[row->type](reader, row, node, (char *)base + row->offset);
}
