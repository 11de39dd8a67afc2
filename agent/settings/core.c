/* SPDX-License-Identifier: Apache-2.0 */
#include "settings/core.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"

static bool is_one_of(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (text_equal(text, *words))
			return true;
	return false;
}

static size_t digits(const char *text)
{
	return strspn(text, "0123456789");
}

/* The digit's value in the base, or -1. */
static int digit_of(char character, unsigned base)
{
	static const char symbols[] = "0123456789abcdef";
	char lower =
		character >= 'A' && character <= 'F' ? (char)(character - 'A' + 'a') : character;
	const char *found = lower ? strchr(symbols, lower) : NULL;

	return found && found - symbols < (long)base ? (int)(found - symbols) : -1;
}

/* [-+]?[0-9]+, 0o[0-7]+, 0x[0-9a-fA-F]+ */
static bool read_integer(const char *text, int64_t *ret_integer)
{
	bool is_negative = *text == '-', is_too_large = false;
	unsigned base = 10;
	int64_t value = 0;

	if (text_starts_with(text, "0o") || text_starts_with(text, "0x")) {
		base = text[1] == 'o' ? 8 : 16;
		text += 2;
	} else if (*text == '-' || *text == '+') {
		text++;
	}
	if (!*text)
		return false;
	for (; *text; text++) {
		int digit = digit_of(*text, base);

		if (digit < 0)
			return false;
		is_too_large = is_too_large ||
			       __builtin_mul_overflow(value, (int64_t)base, &value) ||
			       __builtin_add_overflow(value, digit, &value);
	}
	if (is_too_large)
		value = INT64_MAX;
	*ret_integer = is_negative ? -value : value;
	return true;
}

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?, and the words for what is not finite */
static bool is_float(const char *text)
{
	static const char *const words[] = { ".nan",  ".NaN",  ".NAN",	".inf",	 ".Inf",
					     ".INF",  "+.inf", "+.Inf", "+.INF", "-.inf",
					     "-.Inf", "-.INF", NULL };
	size_t whole, fraction = 0;

	if (is_one_of(text, words))
		return true;
	text += *text == '-' || *text == '+';
	whole = digits(text);
	text += whole;
	if (*text == '.') {
		fraction = digits(text + 1);
		text += 1 + fraction;
	}
	if (!whole && !fraction)
		return false;
	if (*text == 'e' || *text == 'E') {
		text++;
		text += *text == '-' || *text == '+';
		if (!digits(text))
			return false;
		text += digits(text);
	}
	return !*text;
}

static struct core_value plain_value(const char *text)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL", NULL };
	static const char *const trues[] = { "true", "True", "TRUE", NULL };
	static const char *const falses[] = { "false", "False", "FALSE", NULL };
	struct core_value value = { .kind = CORE_TEXT };

	if (is_one_of(text, nulls)) {
		value.kind = CORE_NULL;
	} else if (is_one_of(text, trues) || is_one_of(text, falses)) {
		value.kind = CORE_BOOLEAN;
		value.boolean = is_one_of(text, trues);
	} else if (read_integer(text, &value.integer)) {
		value.kind = CORE_INTEGER;
	} else if (is_float(text)) {
		value.kind = CORE_FLOAT;
	}
	return value;
}

struct core_value core_value_of(const struct yaml_node *node)
{
	if (node->kind == YAML_SEQUENCE)
		return (struct core_value){ .kind = CORE_LIST };
	if (node->kind == YAML_MAPPING)
		return (struct core_value){ .kind = CORE_MAP };
	if (!node->is_plain || strlen(node->text) != node->length)
		return (struct core_value){ .kind = CORE_TEXT };
	return plain_value(node->text);
}

bool core_is_plain_text(const char *text)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789/._-";

	return *text && *text != '-' && !text[strspn(text, safe)] &&
	       plain_value(text).kind == CORE_TEXT;
}

const char *core_kind_word(enum core_kind kind)
{
	static const char *const words[] = {
		[CORE_NULL] = "empty (null)", [CORE_BOOLEAN] = "a boolean",
		[CORE_INTEGER] = "a number",  [CORE_FLOAT] = "a number",
		[CORE_TEXT] = "a text",	      [CORE_LIST] = "a list",
		[CORE_MAP] = "a map",
	};

	return words[kind];
}
