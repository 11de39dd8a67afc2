/* SPDX-License-Identifier: Apache-2.0 */
/* The results of one pass for people: worst first, one block each, and one line that sums up. */
#include "model/words.h"
#include "report/results.h"
#include "report/text_line.h"

/* "critical" and two spaces: where blocks are indented to; and the labels inside them. */
#define BLOCK_INDENT  10
#define LABEL_COLUMNS 10
/* The longest check of the usual pass line. */
#define CHECK_COLUMNS 34

struct page {
	const struct sink_style *style;
	struct text_buffer *buffer;
};

static void write_wrapped(const struct page *page, const char *text, size_t indent)
{
	CLEANUP_BUFFER struct text_buffer escaped = { 0 };

	buffer_escaped(&escaped, text);
	if (buffer_error(&escaped) < 0)
		page->buffer->error = buffer_error(&escaped);
	else if (escaped.data)
		line_wrapped(page->style, escaped.data, indent, indent, page->buffer);
}

/* The same for a text that was made for it. */
static void write_made(const struct page *page, const struct text_buffer *text, size_t indent)
{
	if (buffer_error(text) < 0)
		page->buffer->error = buffer_error(text);
	else
		write_wrapped(page, text->data, indent);
}

/* "          found     10255 (default:flag)" */
static void write_label(const struct page *page, const char *label)
{
	buffer_printf(page->buffer, "%*s", BLOCK_INDENT, "");
	line_tone(page->style, TONE_FAINT, page->buffer);
	line_column(label, LABEL_COLUMNS, page->buffer);
	line_end_tone(page->style, page->buffer);
}

static void write_row(const struct page *page, const char *label, const char *text)
{
	if (!*text)
		return;
	write_label(page, label);
	write_wrapped(page, text, BLOCK_INDENT + LABEL_COLUMNS);
	buffer_text(page->buffer, "\n");
}

static void write_found(const struct page *page, const struct finding *finding)
{
	CLEANUP_BUFFER struct text_buffer found = { 0 };

	if (!*finding->value && finding->exposure == EXPOSURE_NONE)
		return;
	buffer_text(&found, *finding->value ? finding->value : "nothing set");
	if (*finding->source)
		buffer_printf(&found, " (%s)", finding->source);
	if (finding->exposure != EXPOSURE_NONE)
		buffer_printf(&found, ", exposure: %s", exposure_word(finding->exposure));
	write_label(page, "found");
	write_made(page, &found, BLOCK_INDENT + LABEL_COLUMNS);
	buffer_text(page->buffer, "\n");
}

static void write_evidence(const struct page *page, const struct finding *finding)
{
	for (size_t i = 0; i < finding->evidence_count; i++)
		write_row(page, i ? "" : "because", finding->evidence[i].detail);
	for (size_t i = 0; i < finding->note_count; i++)
		write_row(page, "note", finding->notes[i]);
}

static void write_waiver(const struct page *page, const struct waiver_use *waived)
{
	write_row(page, "waived", waived->reason);
	write_row(page, "until", waived->until);
}

/* What the first column says of a result. */
static const char *label_of(const struct finding *finding)
{
	if (finding->waived)
		return "waived";
	switch (finding->verdict) {
	case VERDICT_FAIL:
		return severity_word(finding->severity);
	case VERDICT_PASS:
		return "pass";
	case VERDICT_NOT_APPLICABLE:
		return "n/a";
	default:
		return "error";
	}
}

static void write_label_tone(const struct page *page, const struct finding *finding)
{
	if (finding->waived || finding->verdict == VERDICT_NOT_APPLICABLE)
		line_tone(page->style, TONE_FAINT, page->buffer);
	else if (finding->verdict == VERDICT_PASS)
		line_tone(page->style, TONE_GOOD, page->buffer);
	else if (finding->verdict == VERDICT_FAIL)
		line_severity_tone(page->style, finding->severity, page->buffer);
	else
		line_tone(page->style, TONE_STRONG, page->buffer);
}

/* "high      port.kubelet-read-only  tcp [::]:10255 kubelet[812]" */
static void write_heading(const struct page *page, const struct finding *finding,
			  size_t check_columns)
{
	const char *label = label_of(finding);

	write_label_tone(page, finding);
	buffer_text(page->buffer, label);
	line_end_tone(page->style, page->buffer);
	buffer_printf(page->buffer, "%*s", BLOCK_INDENT - (int)strlen(label), "");
	line_tone(page->style, TONE_STRONG, page->buffer);
	line_column(finding->check, check_columns, page->buffer);
	line_end_tone(page->style, page->buffer);
	buffer_text(page->buffer, "  ");
	line_subject(&finding->subject, page->buffer);
	buffer_text(page->buffer, "\n");
}

static void write_title(const struct page *page, const struct finding *finding)
{
	CLEANUP_BUFFER struct text_buffer title = { 0 };

	if (finding->verdict == VERDICT_ERROR)
		buffer_printf(&title, "cannot be determined: %s (%s if so)", finding->title,
			      severity_word(finding->severity));
	else
		buffer_text(&title, finding->title);
	buffer_printf(page->buffer, "%*s", BLOCK_INDENT, "");
	write_made(page, &title, BLOCK_INDENT);
	buffer_text(page->buffer, "\n");
}

static void write_block(const struct page *page, const struct finding *finding)
{
	write_heading(page, finding, 0);
	write_title(page, finding);
	write_found(page, finding);
	write_row(page, "expected", finding->expected);
	write_evidence(page, finding);
	if (finding->waived)
		write_waiver(page, finding->waived);
	write_row(page, "fix", finding->remedy);
	buffer_text(page->buffer, "\n");
}

static void write_line(const struct page *page, const struct finding *finding)
{
	write_heading(page, finding, CHECK_COLUMNS);
	for (size_t i = 0; i < finding->note_count; i++)
		write_row(page, "note", finding->notes[i]);
}

/* The order of the page: fails, errors, waived, not applicable, passes. */
static int group_of(const struct finding *finding)
{
	static const int groups[] = { [VERDICT_FAIL] = 0,
				      [VERDICT_ERROR] = 1,
				      [VERDICT_NOT_APPLICABLE] = 3,
				      [VERDICT_PASS] = 4 };
	bool is_waived = finding->waived &&
			 (finding->verdict == VERDICT_FAIL || finding->verdict == VERDICT_ERROR);

	return is_waived ? 2 : groups[finding->verdict];
}

static int compare(const void *one, const void *other)
{
	const struct finding *a = *(const struct finding *const *)one;
	const struct finding *b = *(const struct finding *const *)other;
	int order = group_of(a) - group_of(b);

	if (!order)
		order = (int)b->severity - (int)a->severity;
	if (!order)
		order = strcmp(a->check, b->check);
	return order ? order : (a > b) - (a < b);
}

static void write_count(const struct page *page, unsigned number, const char *word)
{
	if (number)
		buffer_printf(page->buffer, ", %u %s", number, word);
}

static void write_severities(const struct page *page, const struct results_summary *summary)
{
	const char *between = " (";

	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_INFO; s--) {
		if (!summary->by_severity[s])
			continue;
		buffer_text(page->buffer, between);
		line_severity_tone(page->style, (enum severity)s, page->buffer);
		buffer_printf(page->buffer, "%u %s", summary->by_severity[s],
			      severity_word((enum severity)s));
		line_end_tone(page->style, page->buffer);
		between = ", ";
	}
	buffer_text(page->buffer, summary->fail ? ")" : "");
}

static void write_summary(const struct page *page, const struct report *report)
{
	struct results_summary summary;

	results_summarize(report, &summary);
	buffer_printf(page->buffer, "%u pass, %u fail", summary.pass, summary.fail);
	write_severities(page, &summary);
	write_count(page, summary.error, "error");
	write_count(page, summary.not_applicable, "not applicable");
	write_count(page, summary.waived, "waived");
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
	if (*report->kernel) {
		buffer_text(page->buffer, ", kernel ");
		buffer_escaped(page->buffer, report->kernel);
	}
	buffer_printf(page->buffer, ", policy %.12s (%s)\n\n", report->policy_sha256,
		      mode_word(report->mode));
}

int results_write_text(const struct report *report, const struct sink_style *style, bool is_verbose,
		       struct text_buffer *buffer)
{
	const struct page page = { .style = style, .buffer = buffer };
	size_t before = buffer->length, count = report->finding_count;
	CLEANUP_FREE const struct finding **order = calloc(count + 1, sizeof(*order));
	bool has_lines = false;

	if (!order)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		order[i] = &report->findings[i];
	qsort(order, count, sizeof(*order), compare);
	write_node(&page, report);
	for (size_t i = 0; i < count; i++) {
		if (group_of(order[i]) < 3) {
			write_block(&page, order[i]);
		} else if (is_verbose) {
			write_line(&page, order[i]);
			has_lines = true;
		}
	}
	buffer_text(buffer, has_lines ? "\n" : "");
	write_summary(&page, report);
	return line_finish(buffer, before);
}
