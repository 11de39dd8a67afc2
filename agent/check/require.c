/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the operator wants of settings, whatever the built-in checks say: one result for each
 * requirement of the policy and each component that it is about.
 */
#include "base/cleanup.h"
#include "base/likeness.h"
#include "base/text.h"
#include "base/time.h"
#include "check/expectation.h"
#include "check/facts.h"
#include "check/families.h"
#include "check/judge.h"
#include "model/words.h"

#define GATE_PREFIX "featureGates."

/* What is good, before its value and after it. */
static const struct {
	const char *before, *after;
} WORDS[] = {
	[EXPECT_SET] = { "anything but nothing", "" },
	[EXPECT_UNSET] = { "nothing", "" },
	[EXPECT_EQUAL] = { "", "" },
	[EXPECT_NOT_EQUAL] = { "anything but ", "" },
	[EXPECT_AT_LEAST] = { "", " or more" },
	[EXPECT_AT_MOST] = { "", " or less" },
	[EXPECT_HAS] = { "a list with ", "" },
	[EXPECT_LACKS] = { "a list without ", "" },
};

static const char *expected_words(struct judge *judge, const struct expectation *expectation)
{
	return judge_text(judge, "%s%s%s", WORDS[expectation->operator].before,
			  expectation->value ? expectation->value : "",
			  WORDS[expectation->operator].after);
}

/* The finding says what the requirement says; the key tells several of one component apart. */
static void begin(struct draft *draft, const struct requirement *requirement)
{
	const char *component = component_word(requirement->component);
	const char *setting = requirement->setting;
	struct finding *finding = &draft->finding;
	struct judge *judge = draft->judge;

	finding->expected = expected_words(judge, &requirement->expectation);
	finding->title =
		judge_text(judge, "%s of the %s is not as the policy requires", setting, component);
	finding->remedy = judge_text(judge,
				     "set %s of the %s to %s and restart it, or change "
				     "checks.require in the policy",
				     setting, component, finding->expected);
	finding->severity = requirement->severity;
	finding->subject.name = judge_text(judge, "%s %s", component, setting);
	finding->subject.key = judge_text(judge, "%s %s %s: %s", finding->subject.key, component,
					  setting, finding->expected);
}

/* By its name, or by the flag that makes it too. */
static const struct setting *find_setting(const struct component *component, const char *name)
{
	const struct setting *setting = component_setting(component, name);

	if (setting || !text_starts_with(name, "--"))
		return setting;
	for (size_t i = 0; i < component->setting_count; i++)
		if (text_equal(component->settings[i].flag, name + 2) &&
		    !text_starts_with(component->settings[i].name, GATE_PREFIX))
			return &component->settings[i];
	return NULL;
}

/* A slip, or a setting that this agent does not read. */
static void record_no_such(struct draft *draft, const struct component *component, const char *name)
{
	const char *word = component_word(component->kind);
	struct likeness likeness = { 0 };

	for (size_t i = 0; i < component->setting_count; i++)
		likeness_try(&likeness, name, component->settings[i].name);
	if (text_starts_with(name, GATE_PREFIX))
		draft_record_error(
			draft, "the feature gate %s is set nowhere, and its default is not known",
			name + strlen(GATE_PREFIX));
	else if (likeness.best)
		draft_record_error(draft, "the %s has no setting %s: did you mean %s?", word, name,
				   likeness.best);
	else
		draft_record_error(draft, "the %s has no setting %s that could be judged", word,
				   name);
}

static const char *bound_objection(const struct value *value, const char *bound)
{
	bool is_number = !bound[strspn(bound, "-0123456789")];

	if (value->kind == VALUE_INTEGER)
		return is_number ? NULL : "is a number, and was to be compared with a duration";
	if (value->kind == VALUE_DURATION)
		return is_number ? "is a duration, and was to be compared with a number; write 5m"
				 : NULL;
	return value->kind == VALUE_UNSET ? NULL : "is neither a number nor a duration";
}

/* Why the question makes no sense for such a value; NULL: it does. */
static const char *objection(const struct expectation *expectation, const struct value *value)
{
	switch (expectation->operator) {
	case EXPECT_AT_LEAST:
	case EXPECT_AT_MOST:
		return bound_objection(value, expectation->value);
	case EXPECT_HAS:
	case EXPECT_LACKS:
		if (value->kind == VALUE_LIST || value->kind == VALUE_TEXT ||
		    value->kind == VALUE_UNSET)
			return NULL;
		return "is no list";
	default:
		return NULL;
	}
}

static void judge_component(struct judge *judge, const struct requirement *requirement,
			    const struct component *component)
{
	const struct expectation *expectation = &requirement->expectation;
	const struct setting *setting = find_setting(component, requirement->setting);
	struct draft draft = draft_on_component(judge, component);

	begin(&draft, requirement);
	if (component->settings_known && !setting) {
		record_no_such(&draft, component, requirement->setting);
		return;
	}
	setting = draft_setting(&draft, component, setting ? setting->name : requirement->setting);
	if (!setting)
		return;
	draft_evidence(&draft, "policy", "the policy requires %s: %s", draft.finding.expected,
		       requirement->reason);
	const char *problem = objection(expectation, &setting->value);

	if (problem)
		draft_record_error(&draft, "%s %s", setting->name, problem);
	else if (expectation_holds(judge, expectation, &setting->value))
		draft_record(&draft, VERDICT_PASS);
	else
		draft_record(&draft, VERDICT_FAIL);
}

static void judge_requirement(struct judge *judge, const struct requirement *requirement)
{
	const struct node *node = judge->node;
	bool is_there = false;

	for (size_t i = 0; i < node->component_count; i++) {
		if (node->components[i].kind != requirement->component)
			continue;
		is_there = true;
		judge_component(judge, requirement, &node->components[i]);
	}
	if (is_there)
		return;
	struct draft draft = draft_on_node(judge);

	begin(&draft, requirement);
	draft_record_not_applicable(&draft, "no %s runs on this node",
				    component_word(requirement->component));
}

/* Where nothing is required there is no result. */
static void judge_requirements(struct judge *judge, const struct component *component)
{
	(void)component;
	for (size_t i = 0; i < judge->settings->requirement_count; i++)
		judge_requirement(judge, &judge->settings->requirements[i]);
}

static const struct check ROWS[] = {
	{
		.id = "policy.require",
		.title = "A setting is not as the policy requires",
		.severity = SEVERITY_MEDIUM,
		.severity_rules = "what the requirement says",
		.component = COMPONENT_KIND_COUNT,
		.judge = judge_requirements,
		.reads = "the settings that checks.require of the policy names: any key of a "
			 "component's configuration, or flag of it",
		.expected = "what checks.require says",
		.why = "What a site wants of its nodes beyond the built-in checks is judged with "
		       "the same care: what is in force, and how it is known.",
		.remedy = "set it as the requirement says and restart the component, or change "
			  "checks.require in the policy",
	},
};

const struct check_family REQUIRE_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
