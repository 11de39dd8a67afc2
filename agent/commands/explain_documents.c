/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All checks as documents that are kept in the repository: `make docs` writes them, and lint holds
 * them to the rows.
 */
#include "base/text.h"
#include "commands/explain_parts.h"
#include "model/family.h"
#include "model/words.h"

/* ---- Markdown */

/* Text of a table's cell: what would be markup is not. */
static void write_cell(const char *text, struct text_buffer *out)
{
	for (; *text; text++) {
		if (strchr("|*_`\\", *text))
			buffer_text(out, "\\");
		if (*text == '<')
			buffer_text(out, "&lt;");
		else
			buffer_append(out, text, 1);
	}
}

static void write_markdown_row(const struct check *check, struct text_buffer *out)
{
	buffer_printf(out, "| `%s` | %s%s | ", check->id, severity_word(check->severity),
		      check->severity_rules ? " \\*" : "");
	write_cell(check->title, out);
	buffer_text(out, " | ");
	write_cell(check->expected, out);
	buffer_text(out, " | ");
	explain_cis(check, out);
	buffer_text(out, " |\n");
}

void explain_markdown(struct text_buffer *out)
{
	buffer_text(out,
		    "<!-- SPDX-License-Identifier: Apache-2.0 -->\n"
		    "<!-- Made by `make docs` from the rows in this folder: edit those. -->\n"
		    "# Checks\n\n"
		    "Every check that `nodelatch check` and the agent make. `nodelatch explain "
		    "ID` and nodelatch-checks(7) tell\nwhat each one reads, why it matters and "
		    "how to fix what it finds. A star means that conditions raise or lower\n"
		    "the severity. CIS numbers are those of the Kubernetes benchmarks, whose "
		    "versions stand in brackets.\n");
	for (const struct check *first = family_first(NULL); first; first = family_first(first)) {
		buffer_printf(out,
			      "\n## %s\n\n| check | severity | what it finds | good is | CIS |\n"
			      "|---|---|---|---|---|\n",
			      family_title(first->id));
		for (const struct check *check = first; check; check = family_next(first, check))
			write_markdown_row(check, out);
	}
}

/* ---- man(7) */

/* Lines of the source are at most so long where words allow. */
#define MAN_COLUMNS 78
/* A longer word may not fit beside others. */
#define MAN_WORD_MAX 30
/* And this one not even alone. */
#define MAN_LINE_MAX 68

/* One word; a dot or a quote at the start of a line would be a request. A long one, such
 * as a URL or a list, may be broken within. */
static void write_man_word(const char *word, size_t length, bool begins_line,
			   struct text_buffer *out)
{
	const char *breaks = length > MAN_LINE_MAX ? "/,=-" : length > MAN_WORD_MAX ? "/,=" : "";

	if (begins_line && length && strchr(".'", word[0]))
		buffer_text(out, "\\&");
	for (size_t i = 0; i < length; i++) {
		switch (word[i]) {
		case '\\':
			buffer_text(out, "\\e");
			break;
		case '-':
			buffer_text(out, "\\-");
			break;
		case '\'':
			buffer_text(out, "\\(aq");
			break;
		default:
			buffer_append(out, word + i, 1);
		}
		if (i + 1 < length && strchr(breaks, word[i]) && word[i + 1] != '/')
			buffer_text(out, "\\:");
	}
}

/* Text as lines of their own. */
static void write_man_text(const char *text, struct text_buffer *out)
{
	size_t column = 0;

	while (*text) {
		size_t length = strcspn(text, " ");

		if (column && column + 1 + length > MAN_COLUMNS) {
			buffer_text(out, "\n");
			column = 0;
		} else if (column) {
			buffer_text(out, " ");
			column++;
		}
		write_man_word(text, length, column == 0, out);
		column += length;
		text += length + strspn(text + length, " ");
	}
	buffer_text(out, "\n");
}

static void write_man_field(const char *label, const char *text, struct text_buffer *out)
{
	if (!text || !*text)
		return;
	buffer_printf(out, ".TP 10\n.B %s\n", label);
	write_man_text(text, out);
}

/* What was put together in a buffer of its own. */
static void write_man_made(const char *label, const struct text_buffer *text,
			   struct text_buffer *out)
{
	out->error = out->error ? out->error : buffer_error(text);
	write_man_field(label, text->data, out);
}

static void write_man_check(const struct check *check, struct text_buffer *out)
{
	CLEANUP_BUFFER struct text_buffer severity = { 0 }, cis = { 0 };

	buffer_text(out, ".SS ");
	write_man_word(check->id, strlen(check->id), true, out);
	buffer_text(out, "\n");
	write_man_text(check->title, out);
	buffer_printf(&severity, "%s%s%s", severity_word(check->severity),
		      check->severity_rules ? "; " : "",
		      check->severity_rules ? check->severity_rules : "");
	write_man_made("Severity", &severity, out);
	buffer_text(out, ".PD 0\n");
	write_man_field("Reads", check->reads, out);
	write_man_field("Expected", check->expected, out);
	write_man_field("Why", check->why, out);
	write_man_field("Fix", check->remedy, out);
	explain_cis(check, &cis);
	write_man_made("CIS", &cis, out);
	for (const char *const *page = check->references; page && *page; page++)
		write_man_field(page == check->references ? "See" : "\\&", *page, out);
	buffer_text(out, ".PD\n");
}

void explain_man(struct text_buffer *out)
{
	buffer_text(out,
		    ".\\\" SPDX-License-Identifier: Apache-2.0\n"
		    ".\\\" Made by `make docs` from the rows in agent/check: edit those.\n"
		    ".TH NODELATCH\\-CHECKS 7 \"\" \"nodelatch " NODELATCH_VERSION
		    "\" \"nodelatch\"\n"
		    ".nh\n.ad l\n"
		    ".SH NAME\nnodelatch\\-checks \\- what nodelatch judges on a node\n"
		    ".SH DESCRIPTION\n"
		    "Each check has an id that never changes.\n"
		    ".B nodelatch check\n"
		    "takes ids and globs over them, and the policy disables, waives and rates "
		    "checks by\nthem. CIS numbers are those of the Kubernetes benchmarks, whose "
		    "versions stand in\nbrackets.\n");
	for (const struct check *first = family_first(NULL); first; first = family_first(first)) {
		buffer_text(out, ".SH ");
		for (const char *at = family_title(first->id); *at; at++)
			buffer_printf(out, "%c", *at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at);
		buffer_text(out, "\n");
		for (const struct check *check = first; check; check = family_next(first, check))
			write_man_check(check, out);
	}
	buffer_text(out, ".SH SEE ALSO\n.B nodelatch explain\n");
}
