/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "check_node.h"

static size_t count_rows(const char *pattern)
{
	size_t rows = 0;

	for (const struct check *check = check_first(); check; check = check_next(check))
		rows += text_matches_glob(check->id, pattern);
	return rows;
}

/* Those that have a result although no agent runs and the policy requires nothing. */
static size_t count_rows_of_nodes(void)
{
	return count_rows("*") - count_rows("agent.*") - count_rows("guard.*") -
	       count_rows("policy.*");
}

static void every_row_is_complete_and_unique(void **state)
{
	(void)state;
	for (const struct check *check = check_first(); check; check = check_next(check)) {
		assert_non_null(strchr(check->id, '.'));
		assert_ptr_equal(check_find(check->id), check);
		assert_true(check->judge || check->expectation.setting);
		assert_true(check->judge || check->component != COMPONENT_KIND_COUNT);
		assert_non_null(check->title);
		assert_non_null(check->reads);
		assert_non_null(check->expected);
		assert_non_null(check->why);
		assert_non_null(check->remedy);
	}
	assert_true(count_rows("*") > 20);
	assert_null(check_find("kubelet.*"));
	assert_true(check_pattern_matches_any("kubelet.*"));
	assert_false(check_pattern_matches_any("kubelt.*"));
}

static void judges_everything_unless_told(void **state)
{
	struct fixture *fixture = *state;
	static const char *const patterns[] = { "identity.*", "port.policy" };
	struct check_selection selection = { patterns, 2 };

	assert_int_equal(checks_judge(&fixture->node, &fixture->settings,
				      &(struct check_selection){ 0 }, fixture->arena,
				      &fixture->findings),
			 0);
	assert_int_equal(fixture->findings.count, count_rows_of_nodes());
	assert_int_equal(checks_judge(&fixture->node, &fixture->settings, &selection,
				      fixture->arena, &fixture->findings),
			 0);
	assert_int_equal(fixture->findings.count, 1 + count_rows("identity.*"));
	assert_string_equal(fixture->findings.items[0].check, "port.policy");
}

static void skips_what_the_policy_disables(void **state)
{
	static const char *const disabled[] = { "kubelet.*" };
	struct fixture *fixture = *state;

	fixture->settings.disabled_checks = disabled;
	fixture->settings.disabled_check_count = 1;
	assert_int_equal(judge_all(fixture, "*"), count_rows_of_nodes() - count_rows("kubelet.*"));
	assert_int_equal(judge_all(fixture, "kubelet.read-only-port"), 0);
}

static bool speaks_of_every_listener(const char *check)
{
	return text_equal(check, "port.policy") || text_equal(check, "port.tiller") ||
	       text_equal(check, "port.plaintext-listener");
}

static void says_once_that_a_component_is_not_there(void **state)
{
	struct fixture *fixture = *state;

	fixture->node.component_count = 0;
	fixture->node.file_count = 0;
	assert_int_equal(judge_all(fixture, "*"), count_rows_of_nodes());
	for (size_t i = 0; i < fixture->findings.count; i++) {
		const struct finding *finding = &fixture->findings.items[i];

		assert_string_equal(finding->subject.kind, "node");
		assert_string_equal(finding->subject.name, "n1");
		assert_int_equal(finding->verdict, speaks_of_every_listener(finding->check)
							   ? VERDICT_PASS
							   : VERDICT_NOT_APPLICABLE);
	}
}

static void lets_the_operator_set_severities(void **state)
{
	static const struct severity_override overrides[] = {
		{ "kubelet.anonymous-auth", SEVERITY_LOW },
		{ "kubelet.token-webhook", SEVERITY_CRITICAL },
	};
	struct fixture *fixture = *state;

	fixture->settings.severities = overrides;
	fixture->settings.severity_count = 2;
	set(fixture, "authentication.anonymous.enabled", boolean_value(true));
	set(fixture, "authorization.mode", text_value("AlwaysAllow"));
	set(fixture, "authentication.webhook.enabled", boolean_value(false));
	assert_verdict(judge_one(fixture, "kubelet.anonymous-auth"), VERDICT_FAIL, SEVERITY_LOW);
	assert_verdict(judge_one(fixture, "kubelet.token-webhook"), VERDICT_FAIL,
		       SEVERITY_CRITICAL);
	set(fixture, "address", text_value("::1"));
	assert_verdict(judge_one(fixture, "kubelet.token-webhook"), VERDICT_FAIL, SEVERITY_MEDIUM);
	assert_verdict(judge_one(fixture, "kubelet.authorization-mode"), VERDICT_FAIL,
		       SEVERITY_MEDIUM);
	assert_verdict(judge_one(fixture, "kubelet.anonymous-auth"), VERDICT_FAIL, SEVERITY_LOW);
}

static void waives_until_the_waiver_ends(void **state)
{
	struct waiver waivers[] = {
		{ "kubelet.read-*", "old", "2020-01-01", 1577923199 },
		{ "kubelet.read-only-port", "ticket 7", "2026-11-18", NOW_S },
		{ "kubelet.read-only-port", "second", "", 0 },
	};
	struct fixture *fixture = *state;

	fixture->settings.waivers = waivers;
	fixture->settings.waiver_count = 2;
	assert_null(judge_one(fixture, "kubelet.read-only-port")->waived);
	set(fixture, "readOnlyPort", integer_value(10255));
	const struct finding *finding = judge_one(fixture, "kubelet.read-only-port");

	assert_verdict(finding, VERDICT_FAIL, SEVERITY_HIGH);
	assert_string_equal(finding->waived->reason, "ticket 7");
	assert_string_equal(finding->waived->until, "2026-11-18");
	assert_true(has_note(finding, "the waiver \"old\" expired on 2020-01-01*"));
	waivers[1].until = NOW_S - 1;
	assert_null(judge_one(fixture, "kubelet.read-only-port")->waived);
	assert_int_equal(fixture->findings.items[0].note_count, 2);
	fixture->settings.waiver_count = 3;
	finding = judge_one(fixture, "kubelet.read-only-port");
	assert_string_equal(finding->waived->reason, "second");
	assert_string_equal(finding->waived->until, "");
}

static void reports_the_agents_own_state(void **state)
{
	static const struct self_fact facts[] = {
		{ "agent.watch", "exec", NULL, NULL },
		{ "agent.watch", "listen", "the kernel has no tp_btf", "upgrade to 5.10" },
		{ "guard.effective", "kubelet-read-only", "not attached", NULL },
		{ "agent.courier", "courier", "/etc/ca.crt does not exist", NULL },
	};
	struct fixture *fixture = *state;

	assert_int_equal(judge_all(fixture, "agent.*"), 0);
	fixture->node.self = facts;
	fixture->node.self_count = 3;
	assert_int_equal(judge_all(fixture, "agent.*"), 2);
	assert_verdict(&fixture->findings.items[0], VERDICT_PASS, SEVERITY_MEDIUM);
	assert_verdict(&fixture->findings.items[1], VERDICT_FAIL, SEVERITY_MEDIUM);
	assert_string_equal(fixture->findings.items[1].subject.kind, "agent");
	assert_string_equal(fixture->findings.items[1].subject.key, "listen");
	assert_string_equal(fixture->findings.items[1].remedy, "upgrade to 5.10");
	assert_true(has_evidence(&fixture->findings.items[1], "the kernel has no tp_btf"));
	const struct finding *guard = judge_one(fixture, "guard.effective");

	assert_verdict(guard, VERDICT_FAIL, SEVERITY_HIGH);
	assert_string_equal(guard->remedy, check_find("guard.effective")->remedy);
	fixture->node.self_count = 4;
	const struct finding *courier = judge_one(fixture, "agent.courier");

	assert_verdict(courier, VERDICT_FAIL, SEVERITY_MEDIUM);
	assert_true(has_evidence(courier, "/etc/ca.crt does not exist"));
}

static void gives_nothing_when_memory_ends(void **state)
{
	struct fixture *fixture = *state;
	struct check_selection all = { 0 };
	size_t piece = ARENA_BYTES_MAX / 2;

	fixture->findings = (struct findings){ 0 };
	while (piece > 16)
		if (!arena_alloc(fixture->arena, piece))
			piece /= 2;
	assert_int_equal(checks_judge(&fixture->node, &fixture->settings, &all, fixture->arena,
				      &fixture->findings),
			 -ENOMEM);
	assert_null(fixture->findings.items);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_fixture, free_fixture)
		cmocka_unit_test(every_row_is_complete_and_unique),
		TEST(judges_everything_unless_told),
		TEST(skips_what_the_policy_disables),
		TEST(says_once_that_a_component_is_not_there),
		TEST(lets_the_operator_set_severities),
		TEST(waives_until_the_waiver_ends),
		TEST(reports_the_agents_own_state),
		TEST(gives_nothing_when_memory_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
