/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nodelatch explain: what a check looks at, why, and what to do; straight from its row.
 */
#include "base/buffer.h"
#include "base/text.h"
#include "check/checks.h"
#include "commands/check_names.h"
#include "commands/commands.h"
#include "commands/explain_parts.h"
#include "commands/options.h"

/* Documents are of all checks. Returns 0 or an exit status. */
static int write_form(const char *format, const struct check *check, struct text_buffer *out)
{
	const struct sink_style style = terminal_style(STDOUT_FILENO);

	if (text_equal(format, "text"))
		explain_text(check, &style, out);
	else if (text_equal(format, "json"))
		explain_json(check, out);
	else if (text_equal(format, "markdown") && !check)
		explain_markdown(out);
	else if (text_equal(format, "man") && !check)
		explain_man(out);
	else if (check)
		return command_fail("explain", "--format %s: want text or json for one check",
				    format);
	else
		return command_fail("explain", "--format %s: want text, json, markdown or man",
				    format);
	return 0;
}

static int explain(int count, char **ids, const char *format)
{
	CLEANUP_BUFFER struct text_buffer out = { 0 };

	if (count > 1)
		return command_fail("explain", "takes one check, and was given %d", count);
	const struct check *check = count ? check_find(ids[0]) : NULL;

	if (count && !check)
		return fail_unknown_check("explain", ids[0]);
	int status = write_form(format, check, &out), error = buffer_error(&out);

	if (status != 0)
		return status;
	if (error == 0)
		error = buffer_write(&out, STDOUT_FILENO);
	return error == 0 ? EXIT_STATUS_CLEAN
			  : command_fail("explain", "writing: %s", strerror(-error));
}

int command_explain(int argc, char **argv)
{
	const char *format = "text";
	const struct option_row rows[] = {
		{ "format", 0, "FORMAT", "text or json; of all checks also markdown or man",
		  &format, NULL, NULL },
	};
	const struct command_line line = {
		.name = "explain",
		.operands = "[CHECK-ID]",
		.purpose = "Tells what a check reads, what it expects and why, how to fix what it "
			   "finds, and its\nreferences. Without an id it lists the checks.",
		.examples = "  nodelatch explain\n"
			    "  nodelatch explain kubelet.read-only-port",
		.options = rows,
		.option_count = ARRAY_SIZE(rows),
	};
	int first, status;

	if (!command_line_begin(&line, argc, argv, &first, &status))
		return status;
	return explain(argc - first, argv + first, format);
}
