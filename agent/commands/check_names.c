/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/check_names.h"

#include "base/buffer.h"
#include "base/likeness.h"
#include "base/text.h"
#include "check/checks.h"
#include "commands/commands.h"
#include "commands/options.h"

/* Shorter pieces of an id are part of too many. */
#define PART_LENGTH_MIN 4

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

int fail_unknown_check(const char *command, const char *wrong)
{
	CLEANUP_BUFFER struct text_buffer near = { 0 };
	CLEANUP_BUFFER struct text_buffer shown = { 0 };

	write_near(&near, wrong);
	buffer_escaped(&shown, wrong);
	return command_fail(command, "there is no check \"%s\"; %s%s%s",
			    shown.data ? shown.data : "", near.length ? "did you mean " : "",
			    near.length ? near.data : "nodelatch explain lists them",
			    near.length ? "?" : "");
}
