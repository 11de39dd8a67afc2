/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The results of one pass for people: family by family, worst first inside, what is good in a word,
 * what does not apply by its reasons; and one line that sums up.
 */
#include "base/text.h"
#include "model/family.h"
#include "model/words.h"
#include "report/results.h"
#include "report/results_page.h"
#include "report/text_line.h"

/* As many checks are named beside a note; of more only the number is told. */
#define NAMED_MAX 2

/* What a family's results are sorted by: fails, errors, waived, passes, not applicable. */
enum rank { RANK_FAIL, RANK_ERROR, RANK_WAIVED, RANK_PASS, RANK_NOT_APPLICABLE, RANK_COUNT };

static const char *const RANK_WORDS[RANK_COUNT] = {
	[RANK_FAIL] = "fail",
	[RANK_ERROR] = "error",
	[RANK_PASS] = "pass",
	[RANK_WAIVED] = "waived",
	[RANK_NOT_APPLICABLE] = "not applicable",
};

static enum rank rank_of(const struct finding *finding)
{
	static const enum rank ranks[] = { [VERDICT_FAIL] = RANK_FAIL,
					   [VERDICT_ERROR] = RANK_ERROR,
					   [VERDICT_NOT_APPLICABLE] = RANK_NOT_APPLICABLE,
					   [VERDICT_PASS] = RANK_PASS };

	return finding->waived ? RANK_WAIVED : ranks[finding->verdict];
}

static int compare(const void *one, const void *other)
{
	const struct finding *a = *(const struct finding *const *)one;
	const struct finding *b = *(const struct finding *const *)other;
	int order = (int)rank_of(a) - (int)rank_of(b);

	if (!order)
		order = (int)b->severity - (int)a->severity;
	if (!order)
		order = strcmp(a->check, b->check);
	return order ? order : (a > b) - (a < b);
}

/* Results of one family in the order of the page. */
struct family {
	const struct finding **results;
	size_t count;
	unsigned ranks[RANK_COUNT];
};

static void gather(const struct report *report, const char *check, struct family *family)
{
	*family = (struct family){ .results = family->results };
	for (size_t i = 0; i < report->finding_count; i++) {
		const struct finding *finding = &report->findings[i];

		if (!family_is_same(finding->check, check))
			continue;
		family->results[family->count++] = finding;
		family->ranks[rank_of(finding)]++;
	}
	qsort(family->results, family->count, sizeof(*family->results), compare);
}

static bool has_blocks(const struct family *family)
{
	return family->ranks[RANK_FAIL] || family->ranks[RANK_ERROR] || family->ranks[RANK_WAIVED];
}

/* "Kubelet: 2 fail, 1 error, 18 pass" */
static void write_heading(const struct page *page, const struct family *family)
{
	const char *between = ": ";

	line_tone(page->style, TONE_STRONG, page->buffer);
	buffer_text(page->buffer, family_title(family->results[0]->check));
	line_end_tone(page->style, page->buffer);
	for (size_t rank = 0; rank < RANK_NOT_APPLICABLE; rank++) {
		if (!family->ranks[rank])
			continue;
		buffer_printf(page->buffer, "%s%u %s", between, family->ranks[rank],
			      RANK_WORDS[rank]);
		between = ", ";
	}
	buffer_text(page->buffer, "\n");
}

static void write_family(const struct page *page, const struct family *family)
{
	bool has_lines = page->is_verbose && family->ranks[RANK_PASS];

	write_heading(page, family);
	for (size_t i = 0; i < family->count; i++) {
		enum rank rank = rank_of(family->results[i]);

		if (rank <= RANK_WAIVED)
			page_block(page, family->results[i]);
		else if (rank == RANK_PASS && has_lines)
			page_line(page, family->results[i]);
	}
	buffer_text(page->buffer, has_lines ? "\n" : "");
}

static bool is_first_of_family(const struct report *report, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (family_is_same(report->findings[i].check, report->findings[index].check))
			return false;
	return true;
}

/* A family of which nothing applies has no heading: the reasons below say it. */
static void write_families(const struct page *page, const struct report *report,
			   struct family *family)
{
	bool ends_empty = true;

	for (size_t i = 0; i < report->finding_count; i++) {
		if (!is_first_of_family(report, i))
			continue;
		gather(report, report->findings[i].check, family);
		if (family->ranks[RANK_NOT_APPLICABLE] == family->count)
			continue;
		write_family(page, family);
		ends_empty = has_blocks(family) || page->is_verbose;
	}
	buffer_text(page->buffer, ends_empty ? "" : "\n");
}

/* ---- remarks: one text stands for all results that it is beside */

struct remark {
	const struct report *report;
	enum rank rank;	   /* of the results */
	const char *label; /* "note" */
	const char *text;
};

static bool says(const struct finding *finding, const char *text)
{
	for (size_t i = 0; i < finding->note_count; i++)
		if (text_equal(finding->notes[i], text))
			return true;
	return false;
}

/* Whether a result before this one has that note. */
static bool was_said(const struct remark *remark, size_t before)
{
	for (size_t i = 0; i < before; i++)
		if (rank_of(&remark->report->findings[i]) == remark->rank &&
		    says(&remark->report->findings[i], remark->text))
			return true;
	return false;
}

/* The checks beside which the text stands, each once. */
static size_t name_checks(const struct remark *remark, struct text_buffer *names)
{
	const char *last = "";
	size_t count = 0;

	for (size_t i = 0; i < remark->report->finding_count; i++) {
		const struct finding *finding = &remark->report->findings[i];

		if (rank_of(finding) != remark->rank || !says(finding, remark->text) ||
		    text_equal(finding->check, last))
			continue;
		buffer_printf(names, "%s%s", count++ ? ", " : "", finding->check);
		last = finding->check;
	}
	return count;
}

static void write_remark(const struct page *page, const struct remark *remark)
{
	CLEANUP_BUFFER struct text_buffer names = { 0 }, text = { 0 };
	size_t count = name_checks(remark, &names);

	if (count > NAMED_MAX && !page->is_verbose)
		buffer_printf(&text, "%s (%zu checks)", remark->text, count);
	else
		buffer_printf(&text, "%s (%s)", remark->text, names.data ? names.data : "");
	if (buffer_error(&text) || buffer_error(&names))
		page->buffer->error = -ENOMEM;
	else
		page_remark(page, remark->label, text.data);
}

static void write_remarks(const struct page *page, struct remark *remark)
{
	bool has_any = false;

	for (size_t i = 0; i < remark->report->finding_count; i++) {
		const struct finding *finding = &remark->report->findings[i];

		for (size_t n = 0; n < finding->note_count && rank_of(finding) == remark->rank;
		     n++) {
			remark->text = finding->notes[n];
			if (was_said(remark, i))
				continue;
			write_remark(page, remark);
			has_any = true;
		}
	}
	buffer_text(page->buffer, has_any ? "\n" : "");
}

/* Notes beside what passed, and why the rest does not apply. */
static void write_all_remarks(const struct page *page, const struct report *report)
{
	struct remark notes = { .report = report, .rank = RANK_PASS, .label = "note" };
	struct remark reasons = { .report = report, .rank = RANK_NOT_APPLICABLE, .label = "n/a" };

	if (!page->is_verbose)
		write_remarks(page, &notes);
	if (report->has_components)
		write_remarks(page, &reasons);
}

/* ---- the first and the last line */

/* Parts of one line, which goes on in a next one where the width asks for it. */
struct sum {
	const struct page *page;
	size_t column;
};

/* What stands between two parts, the second of which has that length. */
static void write_between(struct sum *sum, const char *between, size_t length)
{
	unsigned width = sum->page->style->width;

	length += strlen(between);
	if (width && sum->column + length + strlen(")") > width) {
		between = *between == ',' ? ",\n" : "\n(";
		sum->column = 0;
	}
	sum->column += length;
	buffer_text(sum->page->buffer, between);
}

/* ", 3 error"; nothing for none. */
static void write_count(struct sum *sum, unsigned number, const char *word)
{
	char part[64];

	if (!number)
		return;
	write_between(sum, ", ", (size_t)snprintf(part, sizeof(part), "%u %s", number, word));
	buffer_text(sum->page->buffer, part);
}

static void write_severities(struct sum *sum, const struct results_summary *summary)
{
	const struct page *page = sum->page;
	const char *between = " (";

	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_INFO; s--) {
		const char *word = severity_word((enum severity)s);
		char part[64];

		if (!summary->by_severity[s])
			continue;
		write_between(sum, between,
			      (size_t)snprintf(part, sizeof(part), "%u %s", summary->by_severity[s],
					       word));
		line_severity_tone(page->style, (enum severity)s, page->buffer);
		buffer_text(page->buffer, part);
		line_end_tone(page->style, page->buffer);
		between = ", ";
	}
	buffer_text(page->buffer, summary->fail ? ")" : "");
}

static void write_summary(const struct page *page, const struct report *report)
{
	struct results_summary summary;
	struct sum sum = { .page = page };
	size_t start = page->buffer->length;

	results_summarize(report, &summary);
	buffer_printf(page->buffer, "%u pass, %u fail", summary.pass, summary.fail);
	sum.column = page->buffer->length - start;
	write_severities(&sum, &summary);
	write_count(&sum, summary.error, "error");
	write_count(&sum, summary.not_applicable, "not applicable");
	write_count(&sum, summary.waived, "waived");
	buffer_text(page->buffer, "\n");
}

static void write_node(const struct page *page, const struct report *report)
{
	line_tone(page->style, TONE_STRONG, page->buffer);
	buffer_escaped(page->buffer, report->node.name);
	line_end_tone(page->style, page->buffer);
	for (size_t i = 0; i < report->role_count; i++) {
		buffer_text(page->buffer, ", ");
		buffer_escaped(page->buffer, report->roles[i]);
	}
	if (report->distro)
		buffer_printf(page->buffer, ", %s", report->distro);
	if (*report->kernel) {
		buffer_text(page->buffer, ", kernel ");
		buffer_escaped(page->buffer, report->kernel);
	}
	buffer_printf(page->buffer, ", policy %.12s (%s)\n\n", report->policy_sha256,
		      mode_word(report->mode));
}

/* A machine that is no node needs no list of what does not apply to it. */
static void write_absence(const struct page *page, const struct report *report)
{
	bool has_ports = false;

	for (size_t i = 0; i < report->finding_count; i++)
		has_ports |= family_is_same(report->findings[i].check, "port") &&
			     rank_of(&report->findings[i]) != RANK_NOT_APPLICABLE;
	buffer_printf(page->buffer, "no Kubernetes component runs on this node%s\n\n",
		      has_ports ? ": only its listeners are judged" : "");
}

int results_write_text(const struct report *report, const struct sink_style *style, bool is_verbose,
		       struct text_buffer *buffer)
{
	const struct page page = { .style = style, .buffer = buffer, .is_verbose = is_verbose };
	CLEANUP_FREE const struct finding **results =
		calloc(report->finding_count + 1, sizeof(*results));
	struct family family = { .results = results };
	size_t before = buffer->length;

	if (!results)
		return -ENOMEM;
	write_node(&page, report);
	if (!report->has_components)
		write_absence(&page, report);
	write_families(&page, report, &family);
	write_all_remarks(&page, report);
	write_summary(&page, report);
	return line_finish(buffer, before);
}
