/* SPDX-License-Identifier: Apache-2.0 */
#include "report/text_words.h"

#include <assert.h>

#include "base/text.h"
#include "base/time.h"
#include "model/words.h"
#include "report/text_line.h"

/* What an exec's sentence shows of the arguments; the JSON form has all. */
#define ARGUMENTS_SHOWN_BYTES 400

static void write_window(int64_t from_ns, int64_t to_ns, struct text_buffer *buffer)
{
	char text[TIME_TEXT_BYTES];
	int64_t length = (to_ns - from_ns) / NS_PER_MS * NS_PER_MS;

	if (length <= 0)
		return;
	/* Of what lasted for seconds, nobody wants the milliseconds. */
	if (length >= 10 * NS_PER_S)
		length = length / NS_PER_S * NS_PER_S;
	time_format_duration(length, text);
	buffer_printf(buffer, " in %s", text);
}

static void write_title(const struct change *change, struct text_buffer *buffer)
{
	const struct finding *finding = &change->finding;

	if (finding->verdict == VERDICT_ERROR)
		buffer_text(buffer, "cannot be determined: ");
	buffer_escaped(buffer, finding->title);
	if (finding->verdict == VERDICT_ERROR && finding->evidence_count) {
		buffer_text(buffer, ": ");
		buffer_escaped(buffer, finding->evidence[0].detail);
	} else if (*finding->value) {
		buffer_text(buffer, ": ");
		line_value(finding, buffer);
	}
}

static void write_opened(const struct change *change, struct text_buffer *buffer)
{
	write_title(change, buffer);
}

static void write_changed(const struct change *change, struct text_buffer *buffer)
{
	buffer_text(buffer, "changed: ");
	write_title(change, buffer);
}

static void write_resolved(const struct change *change, struct text_buffer *buffer)
{
	const struct waiver_use *waived = change->finding.waived;

	buffer_text(buffer, waived ? "waived: " : "resolved: ");
	buffer_escaped(buffer, change->finding.title);
	if (!waived)
		return;
	buffer_text(buffer, " (");
	buffer_escaped(buffer, waived->reason);
	if (*waived->until) {
		buffer_text(buffer, ", until ");
		buffer_escaped(buffer, waived->until);
	}
	buffer_text(buffer, ")");
}

static void write_turned_away(const char *verb, const struct change *change,
			      struct text_buffer *buffer)
{
	const struct client_window *client = change->client;

	if (!client) {
		buffer_printf(buffer, "%s %llu times", verb, (unsigned long long)change->count);
		return;
	}
	const char *unit = client->transport == TRANSPORT_TCP ? "connection" : "datagram";

	buffer_printf(buffer, "%s %llu %s%s from ", verb, (unsigned long long)change->count, unit,
		      change->count == 1 ? "" : "s");
	buffer_escaped(buffer, client->address);
	buffer_printf(buffer, " to %s %u", transport_word(client->transport), client->port);
	write_window(client->from_ns, client->to_ns, buffer);
	buffer_text(buffer, " (rule ");
	buffer_escaped(buffer, client->rule);
	buffer_text(buffer, ")");
}

static void write_refused(const struct change *change, struct text_buffer *buffer)
{
	write_turned_away("refused", change, buffer);
}

static void write_would_refuse(const struct change *change, struct text_buffer *buffer)
{
	write_turned_away("would have refused", change, buffer);
}

/* One argument, in quotes where its ends would not show. */
static void write_argument(const char *argument, struct text_buffer *buffer)
{
	const char *quote = *argument && !strpbrk(argument, " '\"") ? "" : "'";

	buffer_text(buffer, quote);
	buffer_escaped(buffer, argument);
	buffer_text(buffer, quote);
}

void exec_words(const struct exec_detail *exec, size_t max_bytes, struct text_buffer *buffer)
{
	size_t start = buffer->length;

	for (size_t i = 0; i < exec->argument_count; i++) {
		size_t length = buffer->length - start + strlen(exec->arguments[i]);

		if (i && length > max_bytes) {
			buffer_printf(buffer, " ... and %zu more", exec->argument_count - i);
			return;
		}
		buffer_text(buffer, i ? " " : "");
		write_argument(exec->arguments[i], buffer);
	}
}

static void write_exec(const struct change *change, struct text_buffer *buffer)
{
	const struct exec_detail *exec = change->exec;

	buffer_text(buffer, "exec ");
	if (!exec) {
		buffer_escaped(buffer, change->finding.title);
		return;
	}
	if (exec->argument_count)
		exec_words(exec, ARGUMENTS_SHOWN_BYTES, buffer);
	else
		buffer_text(buffer, "without arguments");
	buffer_printf(buffer, " (uid %u, parent %d", exec->uid, exec->parent_pid);
	if (*exec->rule) {
		buffer_text(buffer, ", rule ");
		buffer_escaped(buffer, exec->rule);
	}
	buffer_text(buffer, ")");
	if (change->count > 1)
		buffer_printf(buffer, ", %llu times", (unsigned long long)change->count);
}

static void write_gap(const struct change *change, struct text_buffer *buffer)
{
	const struct gap_window *gap = change->gap;

	if (change->count)
		buffer_printf(buffer, "lost %llu", (unsigned long long)change->count);
	else
		buffer_text(buffer, "lost an unknown number of");
	buffer_text(buffer, " ");
	buffer_escaped(buffer, gap ? gap->stream : "");
	buffer_printf(buffer, " record%s", change->count == 1 ? "" : "s");
	if (gap)
		write_window(gap->from_ns, gap->to_ns, buffer);
	buffer_text(buffer, ": ");
	buffer_escaped(buffer, change->finding.title);
	for (size_t i = 0; i < change->finding.evidence_count; i++) {
		buffer_text(buffer, "; ");
		buffer_escaped(buffer, change->finding.evidence[i].detail);
	}
}

static void (*const WORDS[])(const struct change *change, struct text_buffer *buffer) = {
	[CHANGE_OPENED] = write_opened,
	[CHANGE_CHANGED] = write_changed,
	[CHANGE_RESOLVED] = write_resolved,
	[CHANGE_REFUSED] = write_refused,
	[CHANGE_WOULD_REFUSE] = write_would_refuse,
	[CHANGE_EXEC] = write_exec,
	[CHANGE_GAP] = write_gap,
};
static_assert(ARRAY_SIZE(WORDS) == CHANGE_KIND_COUNT, "every kind of change has its words");

void change_words(const struct change *change, struct text_buffer *buffer)
{
	WORDS[change->kind](change, buffer);
}
