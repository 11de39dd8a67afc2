/* SPDX-License-Identifier: Apache-2.0 */
/* Checks explained to people. */
#include "base/text.h"
#include "commands/explain_parts.h"
#include "model/family.h"
#include "model/words.h"

/* Columns before the text of one check. */
#define LABEL_WIDTH 10
/* The list: its columns before the titles, and when those are too narrow to be broken. */
#define LIST_ID_WIDTH  40
#define LIST_COLUMNS   (LIST_ID_WIDTH + 11)
#define LIST_TITLE_MIN 20
/* How much of the text fits into the width: up to its last blank there, or its first one. */
static size_t fitting_length(const char *text, size_t width)
{
	size_t length = strlen(text), end = 0;

	if (!width || length <= width)
		return length;
	for (size_t i = 0; i < length && (i <= width || !end); i++)
		if (text[i] == ' ')
			end = i;
	return end ? end : length;
}

/* "Label     text", the lines after the first below the text. */
static void write_field(struct text_buffer *out, const char *label, const char *text, size_t width)
{
	size_t room = width > 2 * LABEL_WIDTH ? width - LABEL_WIDTH : 0;

	for (; *text; label = "") {
		size_t length = fitting_length(text, room);

		buffer_printf(out, "%-*s%.*s\n", LABEL_WIDTH, label, (int)length, text);
		text += length;
		text += *text == ' ';
	}
}

static void write_severity(struct text_buffer *out, const struct check *check, size_t width)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };

	buffer_text(&text, severity_word(check->severity));
	if (check->severity_rules)
		buffer_printf(&text, "; %s", check->severity_rules);
	write_field(out, "Severity", buffer_error(&text) ? "" : text.data, width);
}

/* "CIS", the numbers and where they hold; nothing where the benchmarks have no such thing. */
static void write_cis(struct text_buffer *out, const struct check *check, size_t width)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };

	explain_cis(check, &text);
	out->error = out->error ? out->error : buffer_error(&text);
	write_field(out, "CIS", text.data ? text.data : "", width);
}

static void write_check(struct text_buffer *out, const struct check *check, size_t width)
{
	buffer_printf(out, "%s\n%s\n\n", check->id, check->title);
	write_severity(out, check, width);
	write_field(out, "Reads", check->reads, width);
	write_field(out, "Expected", check->expected, width);
	write_field(out, "Why", check->why, width);
	write_field(out, "Fix", check->remedy, width);
	write_cis(out, check, width);
	const char *label = "See";

	for (const char *const *page = check->references; page && *page; page++, label = "")
		buffer_printf(out, "%-*s%s\n", LABEL_WIDTH, label, *page);
}

/* Titles that do not fit go on in a next line, below their column. */
static void write_list_row(struct text_buffer *out, const struct check *check, size_t width)
{
	size_t room = width > LIST_COLUMNS + LIST_TITLE_MIN ? width - LIST_COLUMNS : 0;
	const char *title = check->title;
	size_t length = fitting_length(title, room);

	buffer_printf(out, "%-*s %-9s %.*s\n", LIST_ID_WIDTH, check->id,
		      severity_word(check->severity), (int)length, title);
	for (title += length; *title; title += length) {
		title += *title == ' ';
		length = fitting_length(title, room);
		buffer_printf(out, "%*s%.*s\n", LIST_COLUMNS, "", (int)length, title);
	}
}

static void write_list(struct text_buffer *out, const struct sink_style *style)
{
	const char *strong = style->has_colour ? "\033[1m" : "";
	const char *plain = style->has_colour ? "\033[0m" : "";

	buffer_printf(out, "%-*s %-9s %s\n", LIST_ID_WIDTH, "CHECK", "SEVERITY", "WHAT IT FINDS");
	for (const struct check *first = family_first(NULL); first; first = family_first(first)) {
		buffer_printf(out, "\n%s%s%s\n", strong, family_title(first->id), plain);
		for (const struct check *check = first; check; check = family_next(first, check))
			write_list_row(out, check, style->width);
	}
	buffer_text(out, "\nnodelatch explain CHECK-ID tells all about one of them.\n");
}

void explain_text(const struct check *check, const struct sink_style *style,
		  struct text_buffer *out)
{
	if (check)
		write_check(out, check, style->width);
	else
		write_list(out, style);
}
