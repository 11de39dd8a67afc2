/* SPDX-License-Identifier: Apache-2.0 */
/* The metrics file that the policy names, written anew after each pass. */
#include "report/metrics_text.h"

#include "base/file.h"
#include "base/text.h"
#include "warden/parts.h"

static const char *guard_word(enum guard_mode mode)
{
	static const char *const words[] = {
		[GUARD_OFF] = "off", [GUARD_AUDIT] = "audit", [GUARD_ENFORCE] = "enforce"
	};

	return words[mode];
}

static int take_watchers(struct warden *warden, struct metrics *metrics)
{
	const struct watch_status *status;

	if (!warden->watch)
		return 0;
	size_t count = watch_status(warden->watch, &status);
	struct metrics_watcher *watchers =
		arena_array(warden->pass_arena, count, sizeof(*watchers));

	if (!watchers)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		watchers[i] = (struct metrics_watcher){ status[i].name, status[i].is_on,
							status[i].seen, status[i].lost };
	metrics->watchers = watchers;
	metrics->watcher_count = count;
	return 0;
}

static int take_guard(struct warden *warden, struct metrics *metrics)
{
	struct guard_status status;

	if (!warden->guard)
		return 0;
	int error = guard_status(warden->guard, warden->pass_arena, &status);

	if (error < 0)
		return error;
	struct metrics_guard_rule *rules =
		arena_array(warden->pass_arena, status.count, sizeof(*rules));

	if (!rules)
		return -ENOMEM;
	for (size_t i = 0; i < status.count; i++)
		rules[i] = (struct metrics_guard_rule){
			.name = status.rules[i].name,
			.transport = status.rules[i].transport,
			.port = status.rules[i].port,
			.wished = guard_word(status.rules[i].wished),
			.effective = guard_word(status.rules[i].effective),
			.refused = status.rules[i].refused,
			.would_refuse = status.rules[i].would_refuse,
		};
	metrics->rules = rules;
	metrics->rule_count = status.count;
	return 0;
}

static int write_file(struct warden *warden, struct metrics *metrics)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };
	int error = take_watchers(warden, metrics);

	if (error == 0)
		error = take_guard(warden, metrics);
	if (error == 0)
		error = metrics_write_text(metrics, &text);
	return error < 0 ? error
			 : file_replace(warden_settings(warden)->metrics_textfile, text.data,
					text.length, 0644);
}

void warden_write_metrics(struct warden *warden, const struct node *node,
			  const struct findings *findings, int64_t now_ns)
{
	struct ledger_counts counts;

	if (!*warden_settings(warden)->metrics_textfile) {
		warden->metrics_problem = NULL;
		return;
	}
	ledger_counts(warden->ledger, &counts);
	struct metrics metrics = {
		.version = NODELATCH_VERSION,
		.judged_at_ns = now_ns,
		.node = node,
		.findings = findings->items,
		.finding_count = findings->count,
		.mode = warden_settings(warden)->mode,
		.policy_is_in_force = !warden->policy_problem,
		.journal_is_durable = !ledger_problem(warden->ledger),
		.journal_lost = counts.lost,
		.last_seq = counts.last_seq,
		.unacknowledged = counts.unacknowledged,
		.dropped_lines = output_dropped(warden->output),
	};
	int error = write_file(warden, &metrics);

	warden->metrics_problem = error < 0 ? strerrordesc_np(-error) : NULL;
}
