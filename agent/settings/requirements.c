/* SPDX-License-Identifier: Apache-2.0 */
/* What a requirement of the policy expects follows from the one key that says so. */
#include <errno.h>

#include "base/text.h"
#include "model/words.h"
#include "settings/rules.h"

#define OPERATORS_WORDS "is, is_not, at_least, at_most, has, lacks and set"

static const struct {
	const char *key;
	enum expectation_operator operator;
	size_t offset; /* of its value in struct requirement */
} OPERATORS[] = {
	{ "is", EXPECT_EQUAL, offsetof(struct requirement, is) },
	{ "is_not", EXPECT_NOT_EQUAL, offsetof(struct requirement, is_not) },
	{ "at_least", EXPECT_AT_LEAST, offsetof(struct requirement, at_least) },
	{ "at_most", EXPECT_AT_MOST, offsetof(struct requirement, at_most) },
	{ "has", EXPECT_HAS, offsetof(struct requirement, has) },
	{ "lacks", EXPECT_LACKS, offsetof(struct requirement, lacks) },
	{ "set", EXPECT_SET, offsetof(struct requirement, set) },
};

static void set_expectation(struct requirement *requirement, size_t index)
{
	struct expectation *expectation = &requirement->expectation;
	const char *value = *(const char *const *)(const void *)((const char *)requirement +
								 OPERATORS[index].offset);

	*expectation = (struct expectation){ .operator= OPERATORS[index].operator,
					     .setting = requirement->setting };
	if (expectation->operator!= EXPECT_SET)
		expectation->value = value;
	else if (value && text_equal(value, "false"))
		expectation->operator= EXPECT_UNSET;
}

/* What a value needs beside it, is refused by name: nobody must guess which of two counts. */
static void finish_one(struct requirement *requirement, const struct yaml_node *item,
		       struct policy_error *error)
{
	const char *said = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(OPERATORS); i++) {
		const struct yaml_node *value = yaml_get(item, OPERATORS[i].key);

		if (!value)
			continue;
		if (said)
			problem_error(error, value, "%s and %s in one requirement: make two of it",
				      said, OPERATORS[i].key);
		said = OPERATORS[i].key;
		set_expectation(requirement, i);
	}
	if (!said && item->kind == YAML_MAPPING)
		problem_error(error, item,
			      "this requires nothing: give exactly one of " OPERATORS_WORDS);
}

static bool is_same(const struct requirement *one, const struct requirement *other)
{
	return one->component == other->component && one->setting && other->setting &&
	       text_equal(one->setting, other->setting) &&
	       one->expectation.operator== other->expectation.operator&&(
		       one->expectation.operator== EXPECT_SET || one->expectation.operator==
		       EXPECT_UNSET ||
		       text_equal(one->expectation.value, other->expectation.value));
}

int requirements_finish(struct settings *settings, const struct yaml_node *items,
			struct arena *arena, struct policy_error *error)
{
	size_t count = settings->requirement_count;
	struct requirement *requirements = arena_array(arena, count + 1, sizeof(*requirements));

	if (!requirements)
		return -ENOMEM;
	for (size_t i = 0; items && i < count; i++) {
		requirements[i] = settings->requirements[i];
		finish_one(&requirements[i], items->items[i], error);
		for (size_t first = 0; first < i; first++)
			if (is_same(&requirements[i], &requirements[first]))
				problem_error(error, items->items[i],
					      "line %u requires the same: keep one",
					      items->items[first]->line);
	}
	settings->requirements = requirements;
	return 0;
}
