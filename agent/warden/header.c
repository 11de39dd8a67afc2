/* SPDX-License-Identifier: Apache-2.0 */
/* What a person reads first: the policy, what is guarded in which effective mode, what listens;
 * after the findings, what is watched, what this kernel does not allow and what that costs. All of
 * it on stderr, so that stdout is findings and changes alone. */
#include "model/words.h"
#include "report/listeners.h"
#include "warden/parts.h"

static void labelled(struct text_buffer *out, const char *label, const char *text)
{
	buffer_printf(out, "%-10s ", label);
	buffer_escaped(out, text);
	buffer_text(out, "\n");
}

static const char *effect_of(enum guard_mode mode)
{
	static const char *const effects[] = {
		[GUARD_OFF] = "off: serves everybody, counts nobody",
		[GUARD_AUDIT] = "audit: serves, and counts whom it would refuse",
		[GUARD_ENFORCE] = "enforce: refuses",
	};

	return effects[mode];
}

static void write_guard(struct warden *warden, struct text_buffer *out)
{
	struct guard_status status;

	if (guard_status(warden->guard, warden->pass_arena, &status) < 0)
		return;
	for (size_t i = 0; i < status.count; i++) {
		const struct guard_rule_status *rule = &status.rules[i];

		buffer_printf(out, "%-10s %s %u ", i ? "" : "guarding",
			      transport_word(rule->transport), rule->port);
		buffer_escaped(out, rule->name);
		buffer_printf(out, ": %s\n", effect_of(rule->effective));
		if (rule->problem)
			labelled(out, "", rule->problem);
		if (rule->remedy)
			labelled(out, "", rule->remedy);
	}
	if (status.foreign)
		labelled(out, "", status.foreign);
	if (status.pinned_at)
		buffer_printf(out, "%-10s pinned at %s: stays in force without this agent\n", "",
			      status.pinned_at);
}

void warden_print_header(struct warden *warden)
{
	CLEANUP_BUFFER struct text_buffer out = { 0 };
	const struct settings *settings = warden_settings(warden);
	struct sink_style style = terminal_style(STDERR_FILENO);
	struct node node;

	arena_reset(warden->pass_arena);
	observer_node(warden->observer, &node);
	buffer_text(&out, "nodelatch  " NODELATCH_VERSION " on ");
	buffer_escaped(&out, node.name);
	buffer_printf(&out, ", Linux %s\n%-10s ", node.kernel, "policy");
	buffer_escaped(&out, settings->path ? settings->path : "built-in default");
	buffer_printf(&out, ", %s\n", mode_word(settings->mode));
	write_guard(warden, &out);
	labelled(&out, "journal", settings->journal_path);
	if (ledger_problem(warden->ledger))
		labelled(&out, "", ledger_problem(warden->ledger));
	labelled(&out, "collector", warden->delivery.endpoint ? warden->delivery.endpoint : "none");
	buffer_text(&out, "\n");
	listeners_write_text(&node, settings, LISTENERS_HOST, &style, &out);
	buffer_text(&out, "\n");
	buffer_write(&out, STDERR_FILENO);
}

static void write_watchers(struct warden *warden, struct text_buffer *out)
{
	const struct watch_status *watchers;
	size_t count = watch_status(warden->watch, &watchers);

	for (size_t i = 0; i < count; i++) {
		buffer_printf(out, "%-10s %s%s\n", i ? "" : "watching", watchers[i].name,
			      watchers[i].is_on ? "" : ": OFF");
		if (watchers[i].is_on)
			continue;
		labelled(out, "", watchers[i].problem);
		labelled(out, "", watchers[i].cost);
	}
	const char *method = observer_listener_method(warden->observer);

	buffer_printf(out, "%-10s listeners, read by %s\n", "",
		      method ? method : "nothing: no socket table can be read");
	if (warden->iterators_problem)
		labelled(out, "", warden->iterators_problem);
}

void warden_print_watching(struct warden *warden)
{
	CLEANUP_BUFFER struct text_buffer out = { 0 };
	struct ledger_counts counts;
	unsigned open = 0;

	ledger_counts(warden->ledger, &counts);
	for (size_t i = 0; i < SEVERITY_COUNT; i++)
		open += counts.open[i];
	buffer_printf(&out, "\n%-10s %u open; changes follow as they come\n", "findings", open);
	write_watchers(warden, &out);
	buffer_text(&out, "\n");
	buffer_write(&out, STDERR_FILENO);
}
