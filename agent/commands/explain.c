/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nodelatch explain: what a check looks at, why, and what to do; straight from its row.
 */
#include "base/buffer.h"
#include "base/text.h"
#include "check/checks.h"
#include "commands/commands.h"
#include "commands/options.h"
#include "model/words.h"
#include "base/likeness.h"

/* Columns before the text of one check. */
#define LABEL_WIDTH 10
/* Shorter pieces of an id are part of too many. */
#define PART_LENGTH_MIN 4

static void write_list(struct text_buffer *out)
{
	buffer_printf(out, "%-34s %-9s %s\n", "CHECK", "SEVERITY", "WHAT IT FINDS");
	for (const struct check *check = check_first(); check; check = check_next(check))
		buffer_printf(out, "%-34s %-9s %s\n", check->id, severity_word(check->severity),
			      check->title);
	buffer_text(out, "\nnodelatch explain CHECK-ID tells all about one of them.\n");
}

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

static void write_check(struct text_buffer *out, const struct check *check, size_t width)
{
	buffer_printf(out, "%s\n%s\n\n", check->id, check->title);
	write_severity(out, check, width);
	write_field(out, "Reads", check->reads, width);
	write_field(out, "Expected", check->expected, width);
	write_field(out, "Why", check->why, width);
	write_field(out, "Fix", check->remedy, width);
	for (const struct cis_number *cis = check->cis; cis && cis->benchmark; cis++)
		buffer_printf(out, "%-*s%s in cis-%s\n", LABEL_WIDTH, "CIS", cis->number,
			      cis->benchmark);
	const char *label = "See";

	for (const char *const *page = check->references; page && *page; page++, label = "")
		buffer_printf(out, "%-*s%s\n", LABEL_WIDTH, label, *page);
}

/* What follows the family: a slip is as likely there as in the whole id. */
static const char *subject_of(const char *id)
{
	const char *dot = strchr(id, '.');

	return dot ? dot + 1 : id;
}

static const char *most_like(const char *wrong)
{
	struct likeness likeness = { 0 };
	const char *best = NULL;

	for (const struct check *check = check_first(); check; check = check_next(check)) {
		const char *subject = subject_of(check->id);

		likeness_try(&likeness, subject_of(wrong), subject);
		if (likeness.best == subject)
			best = check->id;
	}
	return best;
}

/* The ids that the text is a part of, else the one that it is most like. */
static void write_near(struct text_buffer *out, const char *wrong)
{
	const char *like = most_like(wrong);

	for (const struct check *check = check_first(); check; check = check_next(check))
		if (strlen(wrong) >= PART_LENGTH_MIN && strstr(check->id, wrong))
			buffer_printf(out, "%s%s", out->length ? ", " : "", check->id);
	if (!out->length && like)
		buffer_text(out, like);
}

static int fail_unknown(const char *wrong)
{
	CLEANUP_BUFFER struct text_buffer near = { 0 };
	CLEANUP_BUFFER struct text_buffer shown = { 0 };

	write_near(&near, wrong);
	buffer_escaped(&shown, wrong);
	return command_fail("explain", "there is no check \"%s\"; %s%s%s",
			    shown.data ? shown.data : "", near.length ? "did you mean " : "",
			    near.length ? near.data : "nodelatch explain lists them",
			    near.length ? "?" : "");
}

static int explain(int count, char **ids)
{
	CLEANUP_BUFFER struct text_buffer out = { 0 };

	if (count > 1)
		return command_fail("explain", "takes one check, and was given %d", count);
	const struct check *check = count ? check_find(ids[0]) : NULL;

	if (count && !check)
		return fail_unknown(ids[0]);
	if (check)
		write_check(&out, check, terminal_style(STDOUT_FILENO).width);
	else
		write_list(&out);
	int error = buffer_error(&out);

	if (error == 0)
		error = buffer_write(&out, STDOUT_FILENO);
	return error == 0 ? EXIT_STATUS_CLEAN
			  : command_fail("explain", "writing: %s", strerror(-error));
}

int command_explain(int argc, char **argv)
{
	const struct command_line line = {
		.name = "explain",
		.operands = "[CHECK-ID]",
		.purpose = "Tells what a check reads, what it expects and why, how to fix what it "
			   "finds, and its\nreferences. Without an id it lists the checks.",
		.examples = "  nodelatch explain\n"
			    "  nodelatch explain kubelet.read-only-port",
	};
	int first, status;

	if (!command_line_begin(&line, argc, argv, &first, &status))
		return status;
	return explain(argc - first, argv + first);
}
