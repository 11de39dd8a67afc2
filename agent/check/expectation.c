/* SPDX-License-Identifier: Apache-2.0 */
#include "check/expectation.h"

#include "base/text.h"
#include "check/facts.h"

static bool is_boolean(const struct value *value, bool wanted)
{
	return value->kind == VALUE_BOOLEAN && value->boolean == wanted;
}

static bool holds(const struct expectation *expectation, const struct value *value)
{
	switch (expectation->operator) {
	case EXPECT_BY_FUNCTION:
		break;
	case EXPECT_TRUE:
		return is_boolean(value, true);
	case EXPECT_FALSE:
		return is_boolean(value, false);
	case EXPECT_EQUAL:
		return value->kind == VALUE_TEXT && text_equal(value->text, expectation->value);
	}
	return false;
}

enum expectation_answer expectation_ask(struct draft *draft, const struct component *component)
{
	const struct expectation *expectation = &draft->judge->check->expectation;
	const struct setting *setting = draft_setting(draft, component, expectation->setting);

	if (!setting)
		return EXPECTATION_UNKNOWN;
	return holds(expectation, &setting->value) ? EXPECTATION_HOLDS : EXPECTATION_FAILS;
}

void expectation_record(struct draft *draft, enum expectation_answer answer)
{
	if (answer != EXPECTATION_UNKNOWN)
		draft_record(draft, answer == EXPECTATION_HOLDS ? VERDICT_PASS : VERDICT_FAIL);
}

void expectation_judge(struct judge *judge, const struct component *component)
{
	struct draft draft = judge->check->is_about_server ? draft_on_server(judge, component)
							   : draft_on_component(judge, component);

	expectation_record(&draft, expectation_ask(&draft, component));
}
