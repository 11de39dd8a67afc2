/* SPDX-License-Identifier: Apache-2.0 */
#include "check/expectation.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "check/facts.h"
#include "model/address.h"
#include "model/words.h"

static bool is_boolean(const struct value *value, bool wanted)
{
	return value->kind == VALUE_BOOLEAN && value->boolean == wanted;
}

bool value_is_set(const struct value *value)
{
	if (value->kind == VALUE_TEXT)
		return *value->text;
	if (value->kind == VALUE_LIST)
		return value->list.count > 0;
	return value->kind != VALUE_UNSET;
}

/* A duration has many spellings; everything else is compared by its words. */
static bool is_equal(struct judge *judge, const struct value *value, const char *wanted)
{
	int64_t duration;

	if (value->kind == VALUE_DURATION)
		return time_parse_duration(wanted, &duration) == 0 && value->integer == duration;
	const char *words = value_words(value, judge->arena);

	return value->kind != VALUE_UNSET && words && text_equal(words, wanted);
}

/* A limit in the unit of the value; false where the value or the limit is no number. */
static bool read_limit(const struct value *value, const char *text, int64_t *ret_limit)
{
	char *end;

	if (value->kind == VALUE_DURATION)
		return time_parse_duration(text, ret_limit) == 0;
	*ret_limit = strtoll(text, &end, 10);
	return value->kind == VALUE_INTEGER && *text && !*end;
}

static bool is_at_least(const struct value *value, const char *text)
{
	int64_t limit;

	return read_limit(value, text, &limit) && value->integer >= limit;
}

static bool is_at_most(const struct value *value, const char *text)
{
	int64_t limit;

	return read_limit(value, text, &limit) && value->integer <= limit;
}

/* Whether an element stands between commas of a text. */
static bool text_has(const char *text, const char *element)
{
	size_t length = strlen(element);

	for (const char *at = text; at; at = strchr(at, ','), at += at != NULL)
		if (strncmp(at, element, length) == 0 && (!at[length] || at[length] == ','))
			return true;
	return false;
}

static bool has(const struct value *value, const char *element)
{
	if (value->kind == VALUE_TEXT)
		return text_has(value->text, element);
	for (size_t i = 0; value->kind == VALUE_LIST && i < value->list.count; i++)
		if (text_equal(value->list.items[i], element))
			return true;
	return false;
}

static bool is_loopback(const struct value *value)
{
	struct address address;

	if (value->kind != VALUE_TEXT)
		return false;
	return address_parse_host(value->text, &address) == 0 && address_is_loopback(&address);
}

bool expectation_holds(struct judge *judge, const struct expectation *expectation,
		       const struct value *value)
{
	switch (expectation->operator) {
	case EXPECT_BY_FUNCTION:
		break;
	case EXPECT_TRUE:
		return is_boolean(value, true);
	case EXPECT_FALSE:
		return is_boolean(value, false);
	case EXPECT_NOT_TRUE:
		return !value_is_set(value) || is_boolean(value, false);
	case EXPECT_SET:
		return value_is_set(value);
	case EXPECT_UNSET:
		return !value_is_set(value);
	case EXPECT_EQUAL:
		return is_equal(judge, value, expectation->value);
	case EXPECT_NOT_EQUAL:
		return !is_equal(judge, value, expectation->value);
	case EXPECT_AT_LEAST:
		return is_at_least(value, expectation->value);
	case EXPECT_AT_MOST:
		return is_at_most(value, expectation->value);
	case EXPECT_HAS:
		return has(value, expectation->value);
	case EXPECT_LACKS:
		return !has(value, expectation->value);
	case EXPECT_LOOPBACK:
		return is_loopback(value);
	}
	return false;
}

enum expectation_answer expectation_ask(struct draft *draft, const struct component *component)
{
	const struct expectation *expectation = &draft->judge->check->expectation;
	const struct setting *setting = draft_setting(draft, component, expectation->setting);

	if (!setting)
		return EXPECTATION_UNKNOWN;
	return expectation_holds(draft->judge, expectation, &setting->value) ? EXPECTATION_HOLDS
									     : EXPECTATION_FAILS;
}

void expectation_record(struct draft *draft, enum expectation_answer answer)
{
	if (answer != EXPECTATION_UNKNOWN)
		draft_record(draft, answer == EXPECTATION_HOLDS ? VERDICT_PASS : VERDICT_FAIL);
}

void expectation_judge(struct judge *judge, const struct component *component)
{
	struct draft draft = draft_for_row(judge, component);

	expectation_record(&draft, expectation_ask(&draft, component));
}
