/* SPDX-License-Identifier: Apache-2.0 */
/* Reports of one pass as people and programs get them, against tests/golden/. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/limits.h"
#include "base/text.h"
#include "report/results.h"
#include "report/sinks.h"
#include "report/xml.h"
#include "unit/golden.h"
#include "unit/samples.h"

static const struct waiver_use WAIVED = { .reason = "vendor image, ticket 123",
					  .until = "2027-01-31" };

static const char *const ROLES[] = { "worker" };
static const char *const NOTES[] = { "port 10250 could not be asked, so this rests on settings" };

static size_t make_findings(struct finding *findings)
{
	size_t count = 0;

	findings[count] = sample_finding();
	findings[count++].verdict = VERDICT_PASS;
	findings[count] = sample_finding();
	findings[count].check = "kubelet.anonymous-auth";
	findings[count].title = "Anyone can talk to the kubelet";
	findings[count].severity = SEVERITY_HIGH;
	findings[count].value = "true";
	findings[count].expected = "false";
	findings[count].source = "config:/var/lib/kubelet/config.yaml";
	findings[count].subject = (struct subject){ .kind = "kubelet",
						    .name = "kubelet",
						    .key = "kubelet",
						    .pid = 812,
						    .exe = "/usr/bin/kubelet" };
	findings[count++].remedy = "set authentication.anonymous.enabled: false in "
				   "/var/lib/kubelet/config.yaml and restart the kubelet";
	findings[count] = sample_finding();
	findings[count++].severity = SEVERITY_CRITICAL;
	findings[count] = findings[1];
	findings[count].check = "kubelet.client-ca";
	findings[count].title = "Client certificates are not checked";
	findings[count].verdict = VERDICT_ERROR;
	findings[count].value = "";
	findings[count].source = "";
	findings[count++].exposure = EXPOSURE_NONE;
	findings[count] = sample_finding();
	findings[count].check = "port.cadvisor";
	findings[count++].waived = &WAIVED;
	findings[count] = sample_finding();
	findings[count].check = "identity.validity";
	findings[count++].verdict = VERDICT_NOT_APPLICABLE;
	findings[count] = findings[1];
	findings[count].check = "kubelet.rotate-client-certificate";
	findings[count].notes = NOTES;
	findings[count].note_count = 1;
	findings[count++].verdict = VERDICT_PASS;
	return count;
}

#define FINDINGS_MAX 16

static struct report make_report(struct finding *findings)
{
	return (struct report){
		.node = sample_change(CHANGE_OPENED).node,
		.kernel = "6.1.0-28-amd64",
		.roles = ROLES,
		.role_count = 1,
		.distro = "kubeadm",
		.has_components = true,
		.policy_sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		.mode = MODE_AUDIT,
		.findings = findings,
		.finding_count = make_findings(findings),
	};
}

static void assert_page(const struct sink_style *style, bool is_verbose, const char *name)
{
	CLEANUP_BUFFER struct text_buffer page = { 0 };
	struct finding findings[FINDINGS_MAX];
	struct report report = make_report(findings);

	assert_int_equal(results_write_text(&report, style, is_verbose, &page), 0);
	assert_golden(name, &page);
}

static void pages_are_as_agreed(void **state)
{
	assert_page(&(struct sink_style){ 0 }, false, "results.txt");
	assert_page(&(struct sink_style){ .width = 80 }, true, "results-80.txt");
	assert_page(&(struct sink_style){ true, 120 }, true, "results-120-colour.txt");
}

static void lines_keep_within_the_width(void **state)
{
	const struct sink_style style = { .width = 80 };
	CLEANUP_BUFFER struct text_buffer text = { 0 };
	struct finding findings[FINDINGS_MAX];
	struct report report = make_report(findings);
	struct change change = sample_change(CHANGE_WOULD_REFUSE);
	size_t column = 0;

	results_write_text(&report, &style, true, &text);
	TEXT_SINK.write(&style, &change, &text);
	for (size_t i = 0; i < text.length; i++) {
		column = text.data[i] == '\n' ? 0 : column + 1;
		assert_true(column <= 80);
	}
}

/* A machine without Kubernetes is told in one line, and its listeners are judged. */
static void a_machine_that_is_no_node_is_one_line(void **state)
{
	static const char *const reasons[] = { "no kubelet runs on this node" };
	struct finding findings[FINDINGS_MAX];
	struct report report = make_report(findings);
	CLEANUP_BUFFER struct text_buffer page = { 0 };

	for (size_t i = 1; i < report.finding_count; i++) {
		findings[i].verdict = VERDICT_NOT_APPLICABLE;
		findings[i].notes = reasons;
		findings[i].note_count = 1;
	}
	findings[0].note_count = 0;
	findings[4].waived = NULL;
	report.has_components = false;
	assert_int_equal(results_write_text(&report, &(struct sink_style){ 0 }, true, &page), 0);
	assert_non_null(strstr(page.data, "\n\nno Kubernetes component runs on this node: only its "
					  "listeners are judged\n\nListening ports: 1 pass\n"));
	assert_null(strstr(page.data, "no kubelet runs"));
}

/* One reason stands for all checks that it is about. */
static void a_reason_is_told_once(void **state)
{
	struct finding findings[FINDINGS_MAX];
	struct report report = make_report(findings);
	CLEANUP_BUFFER struct text_buffer page = { 0 }, all = { 0 };

	for (size_t i = 0; i < report.finding_count; i++)
		findings[i].verdict = VERDICT_NOT_APPLICABLE;
	findings[4].waived = NULL;
	findings[0].check = "kubelet.client-ca";
	assert_int_equal(results_write_text(&report, &(struct sink_style){ 0 }, false, &page), 0);
	assert_non_null(strstr(page.data, "n/a       no Node object could be asked (6 checks)\n"));
	assert_non_null(strstr(page.data, "n/a       port 10250 could not be asked, so this rests "
					  "on settings (kubelet.rotate-client-certificate)\n"));
	assert_null(strstr(page.data, "Kubelet"));
	results_write_text(&report, &(struct sink_style){ 0 }, true, &all);
	assert_non_null(strstr(all.data, ", port.cadvisor, identity.validity)\n"));
}

/* A narrow terminal breaks the last line between its parts. */
static void the_sum_keeps_within_the_width(void **state)
{
	const struct sink_style style = { .width = 40 };
	struct finding findings[FINDINGS_MAX];
	struct report report = make_report(findings);
	CLEANUP_BUFFER struct text_buffer page = { 0 };

	results_write_text(&report, &style, false, &page);
	assert_non_null(strstr(page.data, "\n2 pass, 2 fail (1 critical, 1 high),\n"
					  "1 error, 1 not applicable, 1 waived\n"));
}

static void the_document_is_as_agreed(void **state)
{
	CLEANUP_BUFFER struct text_buffer document = { 0 };
	struct finding findings[FINDINGS_MAX];
	struct report report = make_report(findings);

	assert_int_equal(results_write_json(&report, &document), 0);
	assert_golden("report.json", &document);
}

static void an_empty_report_says_so(void **state)
{
	CLEANUP_BUFFER struct text_buffer page = { 0 };
	struct finding findings[FINDINGS_MAX];
	struct report report = make_report(findings);

	report.finding_count = 0;
	assert_int_equal(results_write_text(&report, &(struct sink_style){ 0 }, true, &page), 0);
	assert_non_null(strstr(page.data, "0 pass, 0 fail\n"));
}

static void exit_status_is_as_agreed(void **state)
{
	struct finding findings[FINDINGS_MAX];
	struct report report = make_report(findings);
	struct results_summary summary;

	results_summarize(&report, &summary);
	assert_int_equal(summary.pass, 2);
	assert_int_equal(summary.fail, 2);
	assert_int_equal(summary.error, 1);
	assert_int_equal(summary.not_applicable, 1);
	assert_int_equal(summary.waived, 1);
	assert_int_equal(summary.by_severity[SEVERITY_CRITICAL], 1);
	assert_int_equal(results_exit_status(&report, SEVERITY_MEDIUM), 1);
	findings[1].verdict = findings[2].verdict = VERDICT_PASS;
	assert_int_equal(results_exit_status(&report, SEVERITY_MEDIUM), 3);
	findings[3].severity = SEVERITY_LOW;
	assert_int_equal(results_exit_status(&report, SEVERITY_MEDIUM), 0);
	findings[3].severity = SEVERITY_CRITICAL;
	findings[3].waived = &WAIVED;
	assert_int_equal(results_exit_status(&report, SEVERITY_INFO), 0);
}

/* ---- the formats of others */

static const struct check ROWS[] = {
	{
		.id = "kubelet.anonymous-auth",
		.title = "Anyone can talk to the kubelet",
		.severity = SEVERITY_HIGH,
		.severity_rules = "critical when nobody is refused",
		.reads = "authentication.anonymous.enabled",
		.expected = "false",
		.why = "Whoever is not known is let in.",
		.remedy = "set authentication.anonymous.enabled: false",
		.cis = (const struct cis_number[]){ { "1.8", "4.2.1" },
						    { "1.12", "4.2.1" },
						    { NULL, NULL } },
		.references = (const char *const[]){ "https://kubernetes.io/docs/", NULL },
	},
	{
		.id = "port.kubelet-read-only",
		.title = "The kubelet serves its read-only port",
		.severity = SEVERITY_MEDIUM,
		.reads = "listeners",
		.expected = "no listener",
		.why = "It tells too much.",
		.remedy = "close it",
	},
};
static const struct check *const CHECKS[] = { &ROWS[0], &ROWS[1] };
static const struct evidence AT_LINE[] = {
	{ "file", "/etc/a: b/#1%.yaml:12: unknown key" },
	{ "file", "/var/lib/kubelet/config.yaml:7: unknown key" },
};

static struct report make_foreign_report(struct finding *findings)
{
	struct report report = make_report(findings);

	report.now_ns = SAMPLE_TIME_NS;
	report.elapsed_ns = 12345678;
	report.checks = CHECKS;
	report.check_count = ARRAY_SIZE(CHECKS);
	findings[1].evidence = &AT_LINE[1];
	findings[1].evidence_count = 1;
	findings[2].value = "\033[31m<&>\"'\xff\xe2\x80\xae\xc3\xa9\xef\xbf\xbf";
	findings[3].evidence = AT_LINE;
	findings[3].evidence_count = 1;
	findings[6].subject.kind = "file";
	findings[6].subject.name = "/etc/kubernetes/\xff b";
	findings[6].source = "";
	return report;
}

static void foreign_documents_are_as_agreed(void **state)
{
	CLEANUP_BUFFER struct text_buffer sarif = { 0 }, junit = { 0 };
	struct finding findings[FINDINGS_MAX];
	struct report report = make_foreign_report(findings);

	assert_int_equal(results_write_sarif(&report, &sarif), 0);
	assert_golden("report.sarif", &sarif);
	assert_int_equal(results_write_junit(&report, &junit), 0);
	assert_golden("report-junit.xml", &junit);
}

static void xml_holds_any_bytes(void **state)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };

	for (int byte = 1; byte < 256; byte++)
		xml_text(&text, (const char[]){ (char)byte, '\0' });
	xml_text(&text, "\xef\xbf\xbe\xef\xb7\x90\xf4\x8f\xbf\xbf\xed\xa0\x80");
	assert_int_equal(buffer_error(&text), 0);
	for (size_t i = 0; i < text.length; i++)
		assert_true(text.data[i] >= 0x20 && text.data[i] < 0x7f);
	assert_null(strpbrk(text.data, "<>\"'"));
	assert_non_null(strstr(text.data, "&#x26;"));
	assert_non_null(strstr(text.data, "\\u{fffe}\\u{fdd0}\\u{10ffff}\\xed\\xa0\\x80"));
}

/* A report is written whole or not at all. */
static void a_full_buffer_stays_as_it_was(void **state)
{
	static int (*const writers[])(const struct report *, struct text_buffer *) = {
		results_write_json, results_write_sarif, results_write_junit
	};
	struct finding findings[FINDINGS_MAX];
	struct report report = make_foreign_report(findings);
	CLEANUP_BUFFER struct text_buffer buffer = { 0 };

	while (buffer.length < BUFFER_BYTES_MAX - 1000)
		buffer_printf(&buffer, "%0999d\n", 0);
	size_t before = buffer.length;

	for (size_t i = 0; i < ARRAY_SIZE(writers); i++) {
		assert_int_equal(writers[i](&report, &buffer), -E2BIG);
		assert_int_equal(buffer.length, before);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_are_as_agreed),
		cmocka_unit_test(lines_keep_within_the_width),
		cmocka_unit_test(a_machine_that_is_no_node_is_one_line),
		cmocka_unit_test(a_reason_is_told_once),
		cmocka_unit_test(the_sum_keeps_within_the_width),
		cmocka_unit_test(the_document_is_as_agreed),
		cmocka_unit_test(an_empty_report_says_so),
		cmocka_unit_test(exit_status_is_as_agreed),
		cmocka_unit_test(foreign_documents_are_as_agreed),
		cmocka_unit_test(xml_holds_any_bytes),
		cmocka_unit_test(a_full_buffer_stays_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
