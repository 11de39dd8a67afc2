/* SPDX-License-Identifier: Apache-2.0 */
/* What is news, and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sqlite3.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/time.h"
#include "unit/ledger_fixture.h"
#include "unit/samples.h"

/* Of the address sanitizer, with which unit tests are built. */
size_t __sanitizer_get_current_allocated_bytes(void);

#define FAIL VERDICT_FAIL
#define PASS VERDICT_PASS

static void a_repeat_is_not_news(void **state)
{
	struct fixture *f = *state;
	struct finding finding = sample_finding();

	fixture_pass(f, &finding, 1);
	assert_int_equal(f->count, 1);
	assert_int_equal(f->heard[0].kind, CHANGE_OPENED);
	assert_int_equal(f->heard[0].seq, 1);
	for (int i = 0; i < 3; i++) {
		fixture_pass(f, &finding, 1);
		assert_int_equal(f->count, 0);
	}
}

static void severity_value_evidence_and_verdict_are_news(void **state)
{
	struct fixture *f = *state;
	struct finding finding = sample_finding();
	const struct evidence other = { "listener", "something else" };

	fixture_pass(f, &finding, 1);
	int64_t first_seen_ns = f->heard[0].first_seen_ns;

	finding.severity = SEVERITY_CRITICAL;
	fixture_pass(f, &finding, 1);
	assert_int_equal(f->count, 1);
	finding.value = "10256";
	fixture_pass(f, &finding, 1);
	assert_int_equal(f->count, 1);
	finding.evidence = &other;
	finding.evidence_count = 1;
	fixture_pass(f, &finding, 1);
	assert_int_equal(f->count, 1);
	finding.verdict = VERDICT_ERROR;
	fixture_pass(f, &finding, 1);
	assert_int_equal(f->count, 1);
	assert_int_equal(f->heard[0].kind, CHANGE_CHANGED);
	assert_int_equal(f->heard[0].seq, 5);
	assert_int_equal(f->heard[0].count, 5);
	assert_int_equal(f->heard[0].first_seen_ns, first_seen_ns);
}

static void another_pid_is_not_news_but_is_known(void **state)
{
	struct fixture *f = *state;
	struct finding finding = sample_finding();
	struct evidence evidence[] = {
		{ "listener", "tcp [::]:10255, held by kubelet[900] and 1 more (pid=77)" },
	};

	fixture_pass(f, &finding, 1);
	finding.evidence = evidence;
	finding.evidence_count = 1;
	finding.subject.pid = 900;
	fixture_pass(f, &finding, 1);
	assert_int_equal(f->count, 1);
	evidence[0].detail = "tcp [::]:10255, held by kubelet[901] and 1 more (pid=78)";
	finding.subject.pid = 901;
	fixture_pass(f, &finding, 1);
	assert_int_equal(f->count, 0);
	assert_int_equal(ledger_open_findings(f->ledger, &f->visitor), 0);
	assert_int_equal(f->count, 1);
	assert_int_equal(f->heard[0].pid, 901);
	fixture_restart(f);
	f->count = 0;
	ledger_open_findings(f->ledger, &f->visitor);
	assert_int_equal(f->heard[0].pid, 901);
	fixture_pass(f, &finding, 1);
	assert_int_equal(f->count, 0);
}

static void resolved_when_its_check_finds_nothing_of_it(void **state)
{
	struct fixture *f = *state;
	const struct finding open[] = { fixture_finding("port.policy", "tcp/1", FAIL),
					fixture_finding("port.policy", "tcp/2", FAIL) };
	const struct finding less[] = { open[1] };
	const struct finding none[] = { fixture_finding("port.policy", "node", PASS) };

	fixture_pass(f, open, 2);
	assert_int_equal(f->count, 2);
	char first[FINDING_ID_LENGTH + 1];

	memcpy(first, f->heard[0].id, sizeof(first));
	fixture_pass(f, less, 1);
	assert_int_equal(f->count, 1);
	assert_int_equal(f->heard[0].kind, CHANGE_RESOLVED);
	assert_int_equal(f->heard[0].verdict, PASS);
	assert_int_equal(f->heard[0].severity, SEVERITY_HIGH);
	assert_string_equal(f->heard[0].id, first);
	fixture_pass(f, none, 1);
	assert_int_equal(f->count, 1);
	assert_int_equal(f->heard[0].seq, 4);
	fixture_pass(f, none, 1);
	assert_int_equal(f->count, 0);
}

/* Unknown never becomes good. */
static void an_error_of_its_check_keeps_it_open(void **state)
{
	struct fixture *f = *state;
	const struct finding open[] = { fixture_finding("port.policy", "tcp/1", FAIL) };
	const struct finding unknown[] = { fixture_finding("port.policy", "node", VERDICT_ERROR) };
	const struct finding none[] = { fixture_finding("port.policy", "node", PASS) };

	fixture_pass(f, open, 1);
	fixture_pass(f, unknown, 1);
	assert_int_equal(f->count, 1);
	assert_int_equal(f->heard[0].kind, CHANGE_OPENED);
	fixture_pass(f, unknown, 1);
	assert_int_equal(f->count, 0);
	fixture_pass(f, none, 1);
	assert_int_equal(f->count, 2);
	assert_int_equal(f->heard[0].kind, CHANGE_RESOLVED);
	assert_int_equal(f->heard[1].kind, CHANGE_RESOLVED);
}

static void a_check_that_was_not_judged_resolves_nothing(void **state)
{
	struct fixture *f = *state;
	const struct finding open[] = { fixture_finding("port.policy", "tcp/1", FAIL) };
	const struct finding other[] = { fixture_finding("port.cadvisor", "node", PASS) };

	fixture_pass(f, open, 1);
	fixture_pass(f, other, 1);
	assert_int_equal(f->count, 0);
	fixture_pass(f, NULL, 0);
	assert_int_equal(f->count, 0);
}

/* One of two kubelets is mended while nothing can be said of the other. */
static void its_own_pass_resolves_it_beside_an_error(void **state)
{
	struct fixture *f = *state;
	const struct finding open[] = { fixture_finding("kubelet.client-ca", "a", FAIL) };
	struct finding next[] = { fixture_finding("kubelet.client-ca", "a", PASS),
				  fixture_finding("kubelet.client-ca", "b", VERDICT_ERROR) };

	next[0].severity = SEVERITY_LOW;

	fixture_pass(f, open, 1);
	fixture_pass(f, next, 2);
	assert_int_equal(f->count, 2);
	assert_int_equal(f->heard[0].kind, CHANGE_OPENED);
	assert_int_equal(f->heard[1].kind, CHANGE_RESOLVED);
	/* As severe as what it ends. */
	assert_int_equal(f->heard[1].severity, SEVERITY_HIGH);
}

static void a_component_that_went_away_leaves_not_applicable(void **state)
{
	struct fixture *f = *state;
	const struct finding open[] = { fixture_finding("kubelet.client-ca", "a", FAIL) };
	const struct finding gone[] = { fixture_finding("kubelet.client-ca", "node",
							VERDICT_NOT_APPLICABLE) };

	fixture_pass(f, open, 1);
	fixture_pass(f, gone, 1);
	assert_int_equal(f->count, 1);
	assert_int_equal(f->heard[0].verdict, VERDICT_NOT_APPLICABLE);
}

static void a_waiver_closes_and_its_end_opens_again(void **state)
{
	struct fixture *f = *state;
	const struct waiver_use waived = { .reason = "ticket 123", .until = "" };
	struct finding finding = sample_finding();

	fixture_pass(f, &finding, 1);
	finding.waived = &waived;
	fixture_pass(f, &finding, 1);
	assert_int_equal(f->count, 1);
	assert_int_equal(f->heard[0].kind, CHANGE_RESOLVED);
	assert_int_equal(f->heard[0].verdict, FAIL);
	fixture_pass(f, &finding, 1);
	assert_int_equal(f->count, 0);
	finding.waived = NULL;
	fixture_pass(f, &finding, 1);
	assert_int_equal(f->heard[0].kind, CHANGE_OPENED);
}

static void two_results_of_one_id_are_one_finding(void **state)
{
	struct fixture *f = *state;
	struct finding twice[] = { fixture_finding("port.policy", "tcp/1", FAIL),
				   fixture_finding("port.policy", "tcp/1", FAIL) };
	struct finding swapped[2];

	twice[0].value = "one";
	twice[1].value = "two";
	twice[1].severity = SEVERITY_CRITICAL;
	swapped[0] = twice[1];
	swapped[1] = twice[0];
	fixture_pass(f, twice, 2);
	assert_int_equal(f->count, 1);
	assert_int_equal(f->heard[0].severity, SEVERITY_CRITICAL);
	fixture_pass(f, swapped, 2);
	assert_int_equal(f->count, 0);
}

static bool is_kept(void *context, const char *check)
{
	return strcmp(check, context) == 0;
}

static void a_check_no_longer_in_force_is_retired(void **state)
{
	struct fixture *f = *state;
	const struct finding open[] = { fixture_finding("port.policy", "tcp/1", FAIL),
					fixture_finding("kubelet.client-ca", "a", FAIL) };
	char kept[] = "port.policy";

	fixture_pass(f, open, 2);
	f->count = 0;
	assert_int_equal(ledger_retire(f->ledger, is_kept, kept, f->now_ns, &f->listener), 0);
	assert_int_equal(f->count, 1);
	assert_int_equal(f->heard[0].kind, CHANGE_RESOLVED);
	assert_int_equal(f->heard[0].verdict, VERDICT_NOT_APPLICABLE);
	assert_string_equal(f->heard[0].check, "kubelet.client-ca");
}

static void a_restart_remembers(void **state)
{
	struct fixture *f = *state;
	struct finding finding = sample_finding();

	finding.subject.name = "bytes \xff that are no text";
	fixture_pass(f, &finding, 1);
	char id[FINDING_ID_LENGTH + 1];

	memcpy(id, f->heard[0].id, sizeof(id));
	f->options.node.boot_id = "another";
	fixture_restart(f);
	finding.subject.pid = 9;
	fixture_pass(f, &finding, 1);
	assert_int_equal(f->count, 0);
	fixture_pass(f, &(struct finding){ 0 }, 0);
	finding.verdict = PASS;
	fixture_pass(f, &finding, 1);
	assert_int_equal(f->count, 1);
	assert_int_equal(f->heard[0].seq, 2);
	assert_string_equal(f->heard[0].id, id);
}

static void many_findings_are_bounded(void **state)
{
	struct fixture *f = *state;
	size_t count = LEDGER_OPEN_MAX + 5;
	CLEANUP_FREE struct finding *findings = calloc(count, sizeof(*findings));
	CLEANUP_FREE char(*names)[16] = calloc(count, sizeof(*names));
	struct ledger_counts counts;

	for (size_t i = 0; i < count; i++) {
		snprintf(names[i], sizeof(names[i]), "tcp/%zu", i);
		findings[i] = fixture_finding("port.policy", names[i], FAIL);
	}
	fixture_pass(f, findings, count);
	assert_int_equal(f->count, LEDGER_OPEN_MAX);
	ledger_counts(f->ledger, &counts);
	assert_int_equal(counts.open[SEVERITY_HIGH], LEDGER_OPEN_MAX);
	assert_int_equal(counts.untracked, 5);
	fixture_pass(f, findings, count);
	assert_int_equal(f->count, 0);
}

static void what_was_seen_of(const char *path, struct stat status[2])
{
	char log[96];

	snprintf(log, sizeof(log), "%s-wal", path);
	assert_int_equal(stat(path, &status[0]), 0);
	assert_int_equal(stat(log, &status[1]), 0);
}

static void a_steady_state_writes_and_grows_nothing(void **state)
{
	struct fixture *f = *state;
	const struct finding findings[] = {
		sample_finding(), fixture_finding("port.policy", "tcp/1", FAIL),
		fixture_finding("port.cadvisor", "node", PASS),
		fixture_finding("kubelet.client-ca", "x", VERDICT_ERROR)
	};
	struct stat before[2], after[2];

	for (int i = 0; i < 3; i++)
		fixture_pass(f, findings, ARRAY_SIZE(findings));
	what_was_seen_of(f->path, before);
	sqlite3 *holder;

	/* Nor does it ask for the file: another's lock would not be noticed. */
	assert_int_equal(sqlite3_open(f->path, &holder), 0);
	assert_int_equal(sqlite3_exec(holder, "BEGIN IMMEDIATE", NULL, NULL, NULL), 0);
	size_t allocated = __sanitizer_get_current_allocated_bytes();

	for (int i = 0; i < 1000; i++)
		fixture_pass(f, findings, ARRAY_SIZE(findings));
	assert_int_equal(__sanitizer_get_current_allocated_bytes(), allocated);
	assert_null(ledger_problem(f->ledger));
	sqlite3_close(holder);
	what_was_seen_of(f->path, after);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(before[i].st_size, after[i].st_size);
		assert_int_equal(before[i].st_mtim.tv_sec, after[i].st_mtim.tv_sec);
		assert_int_equal(before[i].st_mtim.tv_nsec, after[i].st_mtim.tv_nsec);
	}
}

static void appended_changes_get_numbers_and_ids(void **state)
{
	struct fixture *f = *state;
	struct change changes[] = { sample_change(CHANGE_REFUSED), sample_change(CHANGE_EXEC),
				    sample_change(CHANGE_GAP) };

	changes[0].count = 0;
	assert_int_equal(ledger_append(f->ledger, changes, 3, f->now_ns, &f->listener), 0);
	assert_int_equal(f->count, 3);
	assert_int_equal(f->heard[0].count, 1);
	assert_int_equal(f->heard[2].seq, 3);
	assert_int_equal(f->heard[2].count, 12);
	fixture_read(f, &(struct change_query){ 0 });
	assert_int_equal(f->count, 3);
	assert_int_equal(f->heard[1].kind, CHANGE_EXEC);
	struct ledger_counts counts;

	ledger_counts(f->ledger, &counts);
	assert_int_equal(counts.changes, 3);
	assert_int_equal(counts.unacknowledged, 3);
	assert_int_equal(counts.open[SEVERITY_HIGH], 0);
}

int main(void)
{
#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		WITH_FIXTURE(a_repeat_is_not_news),
		WITH_FIXTURE(severity_value_evidence_and_verdict_are_news),
		WITH_FIXTURE(another_pid_is_not_news_but_is_known),
		WITH_FIXTURE(resolved_when_its_check_finds_nothing_of_it),
		WITH_FIXTURE(an_error_of_its_check_keeps_it_open),
		WITH_FIXTURE(a_check_that_was_not_judged_resolves_nothing),
		WITH_FIXTURE(its_own_pass_resolves_it_beside_an_error),
		WITH_FIXTURE(a_component_that_went_away_leaves_not_applicable),
		WITH_FIXTURE(a_waiver_closes_and_its_end_opens_again),
		WITH_FIXTURE(two_results_of_one_id_are_one_finding),
		WITH_FIXTURE(a_check_no_longer_in_force_is_retired),
		WITH_FIXTURE(a_restart_remembers),
		WITH_FIXTURE(many_findings_are_bounded),
		WITH_FIXTURE(a_steady_state_writes_and_grows_nothing),
		WITH_FIXTURE(appended_changes_get_numbers_and_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
