/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pass as JUnit's XML, in the form that Jenkins' schema describes (junit-4.xsd and later), which
 * is what the other readers take too: there the reason of a skipped case is its text.
 */
#include "base/text.h"
#include "base/time.h"
#include "model/family.h"
#include "model/words.h"
#include "report/results.h"
#include "report/results_words.h"
#include "report/text_line.h"
#include "report/xml.h"

/* What a case is there. */
enum outcome { OUTCOME_PASSED, OUTCOME_FAILED, OUTCOME_ERROR, OUTCOME_SKIPPED, OUTCOME_COUNT };

static enum outcome outcome_of(const struct finding *finding)
{
	if (finding->waived || finding->verdict == VERDICT_NOT_APPLICABLE)
		return OUTCOME_SKIPPED;
	if (finding->verdict == VERDICT_PASS)
		return OUTCOME_PASSED;
	return finding->verdict == VERDICT_FAIL ? OUTCOME_FAILED : OUTCOME_ERROR;
}

/* Some results, all or those of one family, by outcome. */
struct tally {
	unsigned tests, outcomes[OUTCOME_COUNT];
};

/* The results of that check's family; NULL: all. */
static struct tally tally_of(const struct report *report, const char *check)
{
	struct tally tally = { 0 };

	for (size_t i = 0; i < report->finding_count; i++) {
		const struct finding *finding = &report->findings[i];

		if (check && !family_is_same(check, finding->check))
			continue;
		tally.tests++;
		tally.outcomes[outcome_of(finding)]++;
	}
	return tally;
}

static void write_tally(const struct tally *tally, struct text_buffer *buffer)
{
	xml_attribute_number(buffer, "tests", tally->tests);
	xml_attribute_number(buffer, "failures", tally->outcomes[OUTCOME_FAILED]);
	xml_attribute_number(buffer, "errors", tally->outcomes[OUTCOME_ERROR]);
}

static void write_property(const char *name, const char *value, struct text_buffer *buffer)
{
	buffer_text(buffer, "      <property");
	xml_attribute(buffer, "name", name);
	xml_attribute(buffer, "value", value);
	buffer_text(buffer, "/>\n");
}

static void write_properties(const struct report *report, struct text_buffer *buffer)
{
	buffer_text(buffer, "    <properties>\n");
	write_property("node.name", report->node.name, buffer);
	write_property("node.machine_id", report->node.machine_id, buffer);
	write_property("node.kernel", report->kernel, buffer);
	for (size_t i = 0; i < report->role_count; i++)
		write_property("node.role", report->roles[i], buffer);
	write_property("policy.sha256", report->policy_sha256, buffer);
	write_property("nodelatch.version", NODELATCH_VERSION, buffer);
	buffer_text(buffer, "    </properties>\n");
}

/* "high", or why it is no failure. */
static const char *type_of(const struct finding *finding)
{
	return finding->verdict == VERDICT_ERROR ? "unknown" : severity_word(finding->severity);
}

static void write_detail(const char *label, const char *text, void *context)
{
	struct text_buffer *buffer = context;

	buffer_printf(buffer, "%s: ", label);
	xml_text(buffer, text);
	buffer_text(buffer, "\n");
}

static void write_subject(const struct subject *subject, struct text_buffer *buffer)
{
	write_detail("subject", subject->name, buffer);
	if (subject->exe)
		write_detail("program", subject->exe, buffer);
	if (subject->pid)
		buffer_printf(buffer, "pid: %d\n", subject->pid);
}

/* <failure type="high" message="...">everything else</failure> */
static void write_trouble(const struct finding *finding, const char *element,
			  struct text_buffer *buffer)
{
	CLEANUP_BUFFER struct text_buffer sentence = { 0 };

	result_sentence(finding, &sentence);
	buffer->error = buffer->error ? buffer->error : buffer_error(&sentence);
	buffer_printf(buffer, "      <%s", element);
	xml_attribute(buffer, "type", type_of(finding));
	xml_attribute(buffer, "message", sentence.data ? sentence.data : "");
	buffer_text(buffer, ">");
	write_subject(&finding->subject, buffer);
	result_details(finding, write_detail, buffer);
	buffer_printf(buffer, "</%s>\n", element);
}

static void write_skipped(const struct finding *finding, struct text_buffer *buffer)
{
	CLEANUP_BUFFER struct text_buffer sentence = { 0 };

	if (finding->waived)
		buffer_printf(&sentence, "Waived%s%s: %s; ",
			      *finding->waived->until ? " until " : "", finding->waived->until,
			      finding->waived->reason);
	result_sentence(finding, &sentence);
	buffer->error = buffer->error ? buffer->error : buffer_error(&sentence);
	buffer_text(buffer, "      <skipped>");
	xml_text(buffer, sentence.data ? sentence.data : "");
	buffer_text(buffer, "</skipped>\n");
}

static void write_outcome(const struct finding *finding, struct text_buffer *buffer)
{
	switch (outcome_of(finding)) {
	case OUTCOME_FAILED:
		write_trouble(finding, "failure", buffer);
		break;
	case OUTCOME_ERROR:
		write_trouble(finding, "error", buffer);
		break;
	case OUTCOME_SKIPPED:
		write_skipped(finding, buffer);
		break;
	default:
		buffer_text(buffer, "      <system-out>");
		write_subject(&finding->subject, buffer);
		result_details(finding, write_detail, buffer);
		buffer_text(buffer, "</system-out>\n");
		break;
	}
}

/* The name stays the same from run to run: no process id in it. */
static void write_name(const struct finding *finding, struct text_buffer *buffer)
{
	const struct subject *subject = &finding->subject;
	bool is_plain =
		text_equal(subject->kind, "node") || text_equal(subject->kind, subject->name);
	CLEANUP_BUFFER struct text_buffer name = { 0 };

	buffer_printf(&name, "%s%s%s", finding->check, is_plain ? "" : " ",
		      is_plain ? "" : subject->name);
	buffer->error = buffer->error ? buffer->error : buffer_error(&name);
	xml_attribute(buffer, "name", name.data ? name.data : "");
}

static void write_case(const struct finding *finding, struct text_buffer *buffer)
{
	buffer_text(buffer, "    <testcase");
	write_name(finding, buffer);
	buffer_printf(buffer, " classname=\"nodelatch.%.*s\" time=\"0\">\n",
		      (int)family_length(finding->check), finding->check);
	write_outcome(finding, buffer);
	buffer_text(buffer, "    </testcase>\n");
}

static void write_suite(const struct report *report, const struct finding *first,
			struct text_buffer *buffer)
{
	struct tally tally = tally_of(report, first->check);
	char time[TIME_TEXT_BYTES];

	time_format(report->now_ns, time);
	buffer_text(buffer, "  <testsuite");
	xml_attribute(buffer, "name", family_title(first->check));
	write_tally(&tally, buffer);
	xml_attribute_number(buffer, "skipped", tally.outcomes[OUTCOME_SKIPPED]);
	/* xs:dateTime without a zone and a fraction: the strictest of its readers wants that. */
	buffer_printf(buffer, " time=\"0\" timestamp=\"%.19s\"", time);
	xml_attribute(buffer, "hostname", report->node.name);
	buffer_text(buffer, ">\n");
	write_properties(report, buffer);
	for (const struct finding *finding = first;
	     finding < report->findings + report->finding_count; finding++)
		if (family_is_same(first->check, finding->check))
			write_case(finding, buffer);
	buffer_text(buffer, "  </testsuite>\n");
}

static bool is_first_of_family(const struct report *report, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (family_is_same(report->findings[i].check, report->findings[index].check))
			return false;
	return true;
}

int results_write_junit(const struct report *report, struct text_buffer *buffer)
{
	struct tally tally = tally_of(report, NULL);
	size_t before = buffer->length;

	buffer_text(buffer, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
	xml_attribute(buffer, "name", "nodelatch check");
	write_tally(&tally, buffer);
	buffer_printf(buffer, " time=\"%lld.%06lld\">\n",
		      (long long)(report->elapsed_ns / NS_PER_S),
		      (long long)(report->elapsed_ns % NS_PER_S / 1000));
	for (size_t i = 0; i < report->finding_count; i++)
		if (is_first_of_family(report, i))
			write_suite(report, &report->findings[i], buffer);
	buffer_text(buffer, "</testsuites>\n");
	return line_finish(buffer, before);
}
