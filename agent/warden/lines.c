/* SPDX-License-Identifier: Apache-2.0 */
/* Changes to whoever wants them: stdout, the tails, the courier. */
#include <sys/stat.h>

#include "base/text.h"
#include "report/sinks.h"
#include "warden/parts.h"

static const char *format_name(enum line_format format)
{
	switch (format) {
	case FORMAT_TEXT:
		return "text";
	case FORMAT_JSON:
		return "json";
	case FORMAT_OCSF:
		return "ocsf";
	case FORMAT_AUTO:
		return isatty(STDOUT_FILENO) ? "text" : "json";
	case FORMAT_NONE:
		break;
	}
	return "none";
}

int warden_open_lines(struct warden *warden)
{
	warden->sink = sink_find(format_name(warden_settings(warden)->stdout_format));
	warden->style = terminal_style(STDOUT_FILENO);
	return warden->output ? 0 : output_new(warden->base, STDOUT_FILENO, &warden->output);
}

void warden_tell(void *context, const struct change *change)
{
	struct warden *warden = context;
	CLEANUP_BUFFER struct text_buffer line = { 0 };

	if (warden->is_quiet && (change->kind == CHANGE_OPENED || change->kind == CHANGE_CHANGED))
		return;
	if (warden->sink && warden->sink->write(&warden->style, change, &line) == 0)
		output_write(warden->output, &line);
}

static bool print_open(void *context, const struct change *change, const char *line)
{
	(void)line;
	warden_tell(context, change);
	return true;
}

void warden_print_open_findings(struct warden *warden)
{
	struct change_visitor visitor = { print_open, warden };

	warden->is_quiet = false;
	ledger_open_findings(warden->ledger, &visitor);
}

void warden_tell_the_rest(struct warden *warden)
{
	if (warden->control)
		control_server_notify(warden->control);
	delivery_notify(warden);
}
