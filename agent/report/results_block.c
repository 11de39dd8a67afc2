/* SPDX-License-Identifier: Apache-2.0 */
/* One result for people: a block with all of it, or a line. */
#include "base/text.h"
#include "model/words.h"
#include "report/results_page.h"
#include "report/text_line.h"

/* "critical" and two spaces: where blocks are indented to; and the labels inside them. */
#define BLOCK_INDENT  10
#define LABEL_COLUMNS 10
/* The longest check of the usual pass line. */
#define CHECK_COLUMNS 40

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

	bool is_unknown = finding->verdict == VERDICT_ERROR;

	if (!*finding->value && (is_unknown || finding->exposure == EXPOSURE_NONE))
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
		write_row(page, i ? "and" : "because", finding->evidence[i].detail);
	for (size_t i = 0; i < finding->note_count; i++)
		write_row(page, "note", finding->notes[i]);
}

/* Whether to say what is good and how to get there: of no use before it is known what is, and not
 * wanted where it was waived. */
static bool tells_way_out(const struct page *page, const struct finding *finding)
{
	return page->is_verbose || (finding->verdict != VERDICT_ERROR && !finding->waived);
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

void page_block(const struct page *page, const struct finding *finding)
{
	write_heading(page, finding, 0);
	write_title(page, finding);
	write_found(page, finding);
	if (tells_way_out(page, finding))
		write_row(page, "expected", finding->expected);
	write_evidence(page, finding);
	if (finding->waived) {
		write_row(page, "waived", finding->waived->reason);
		write_row(page, "until", finding->waived->until);
	}
	if (tells_way_out(page, finding))
		write_row(page, "fix", finding->remedy);
	buffer_text(page->buffer, "\n");
}

void page_line(const struct page *page, const struct finding *finding)
{
	write_heading(page, finding, CHECK_COLUMNS);
	for (size_t i = 0; i < finding->note_count; i++)
		write_row(page, "note", finding->notes[i]);
}

void page_remark(const struct page *page, const char *label, const char *text)
{
	line_tone(page->style, TONE_FAINT, page->buffer);
	line_column(label, BLOCK_INDENT, page->buffer);
	line_end_tone(page->style, page->buffer);
	write_wrapped(page, text, BLOCK_INDENT);
	buffer_text(page->buffer, "\n");
}
