/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/fingerprint.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* Whether the text so far ends in "pid " or "pid=". */
static bool follows_pid(const char *start, const char *here)
{
	return here - start >= 4 && memcmp(here - 4, "pid", 3) == 0 &&
	       (here[-1] == ' ' || here[-1] == '=');
}

/* Appends the text and a NUL, so that two lists of texts never run together. */
static void add_exact(struct text_buffer *buffer, const char *text)
{
	text = text ? text : "";
	buffer_append(buffer, text, strlen(text) + 1);
}

static void add_masked(struct text_buffer *buffer, const char *text, pid_t pid)
{
	const char *start = text, *here = text;

	while (*here) {
		size_t digits = 0;

		while (is_digit(here[digits]))
			digits++;
		if (digits && (follows_pid(start, here) || (pid && strtol(here, NULL, 10) == pid)))
			buffer_text(buffer, "#");
		else
			buffer_append(buffer, here, digits ? digits : 1);
		here += digits ? digits : 1;
	}
	buffer_append(buffer, "", 1);
}

static void add_news(struct text_buffer *buffer, const struct finding *finding)
{
	pid_t pid = finding->subject.pid;

	buffer_printf(buffer, "%d %d ", finding->verdict, finding->severity);
	add_masked(buffer, finding->value, pid);
	for (size_t i = 0; i < finding->evidence_count; i++) {
		add_exact(buffer, finding->evidence[i].kind);
		add_masked(buffer, finding->evidence[i].detail, pid);
	}
}

static void add_everything(struct text_buffer *buffer, const struct finding *finding)
{
	const struct subject *subject = &finding->subject;
	const char *const texts[] = {
		finding->title,	 finding->value,  finding->expected,
		finding->source, finding->remedy, subject->name,
		subject->exe,	 subject->unit,	  subject->pod_uid,
	};

	buffer_printf(buffer, "%d %d %d %d ", finding->verdict, finding->severity,
		      finding->exposure, subject->pid);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		add_exact(buffer, texts[i]);
	for (size_t i = 0; i < finding->note_count; i++)
		add_exact(buffer, finding->notes[i]);
	for (size_t i = 0; i < finding->evidence_count; i++)
		add_exact(buffer, finding->evidence[i].detail);
}

int fingerprint_make(const struct finding *finding, struct text_buffer *scratch,
		     struct fingerprint *ret_print)
{
	struct fingerprint print;

	buffer_reset(scratch);
	add_news(scratch, finding);
	if (buffer_error(scratch) < 0)
		return buffer_error(scratch);
	digest_hex(scratch->data, scratch->length, print.news);
	buffer_reset(scratch);
	add_everything(scratch, finding);
	if (buffer_error(scratch) < 0)
		return buffer_error(scratch);
	digest_hex(scratch->data, scratch->length, print.exact);
	*ret_print = print;
	return 0;
}
