/* SPDX-License-Identifier: Apache-2.0 */
/* What the agent knows of itself: facts that the agent.* and guard.* rows judge like any other. */
#include "base/limits.h"
#include "warden/parts.h"

/* Facts of one pass: policy and journal, the watchers, each guarded rule. */
#define FACTS_MAX (16 + RULES_MAX)

struct facts {
	struct self_fact *items;
	size_t count;
};

static void add(struct facts *facts, const char *check, const char *name, const char *problem,
		const char *remedy)
{
	if (facts->count < FACTS_MAX)
		facts->items[facts->count++] = (struct self_fact){ check, name, problem, remedy };
}

static void add_watchers(struct warden *warden, struct facts *facts)
{
	const struct watch_status *watchers;
	size_t count = watch_status(warden->watch, &watchers);

	for (size_t i = 0; i < count; i++)
		add(facts, "agent.watch", watchers[i].name, watchers[i].problem, NULL);
	add(facts, "agent.watch", "listeners", warden->iterators_problem, NULL);
}

static int add_guard(struct warden *warden, struct facts *facts)
{
	struct guard_status status;
	int error;

	if (!warden->guard) {
		add(facts, "guard.effective", "guard", warden->guard_problem, NULL);
		return 0;
	}
	error = guard_status(warden->guard, warden->pass_arena, &status);
	if (error < 0)
		return error;
	warden->guard_is_as_wished = true;
	for (size_t i = 0; i < status.count; i++) {
		warden->guard_is_as_wished &= status.rules[i].problem == NULL;
		add(facts, "guard.effective", status.rules[i].name, status.rules[i].problem,
		    status.rules[i].remedy);
	}
	if (status.foreign)
		add(facts, "guard.effective", "sk_lookup", status.foreign, NULL);
	return 0;
}

/* What a policy may say and this version does not do: the effective policy is what is reported. */
static void add_not_carried_out(const struct settings *settings, struct facts *facts)
{
	static const char remedy[] = "take the key out of the policy, or update the agent";

	if (settings->listeners_default == ACTION_REFUSE)
		add(facts, "agent.policy", "listeners.default",
		    "this version refuses only ports that a rule names: listeners.default: refuse "
		    "flags, as listeners.default: flag does",
		    "say listeners.default: flag, or name the ports to refuse in rules");
	if (*settings->metrics_listen)
		add(facts, "agent.policy", "report.metrics.listen",
		    "this version serves no metrics: report.metrics.listen has no effect", remedy);
}

/* As of the pass before this one. */
static int add_metrics(struct warden *warden, struct facts *facts)
{
	const char *path = warden_settings(warden)->metrics_textfile, *problem = NULL;

	if (!*path)
		return 0;
	if (warden->metrics_problem) {
		problem =
			arena_printf(warden->pass_arena, "the metrics cannot be written to %s: %s",
				     path, warden->metrics_problem);
		if (!problem)
			return -ENOMEM;
	}
	add(facts, "agent.policy", "report.metrics.textfile", problem,
	    "make the directory of report.metrics.textfile, or name another file");
	return 0;
}

int warden_observe_self(struct warden *warden, struct node *node)
{
	struct facts facts = { .items = arena_array(warden->pass_arena, FACTS_MAX,
						    sizeof(*facts.items)) };
	const struct settings *settings = warden_settings(warden);

	if (!facts.items)
		return -ENOMEM;
	add(&facts, "agent.policy",
	    warden->options->policy_path ? warden->options->policy_path : "built-in",
	    warden->policy_problem, NULL);
	add_not_carried_out(settings, &facts);
	add(&facts, "agent.journal", settings->journal_path, ledger_problem(warden->ledger), NULL);
	if (warden->delivery.is_wanted)
		add(&facts, "agent.courier", "courier", warden->delivery.problem, NULL);
	/* Before they are loaded nothing is known of them, and so nothing is resolved. */
	if (warden->watch)
		add_watchers(warden, &facts);
	node->self = facts.items;
	int error = add_metrics(warden, &facts);

	if (error == 0)
		error = add_guard(warden, &facts);

	node->self_count = facts.count;
	return error;
}
