/* SPDX-License-Identifier: Apache-2.0 */
/* One pass: observe what may have moved, judge, and let the ledger say what is new. */
#include "base/log.h"
#include "base/time.h"
#include "warden/parts.h"

/* A server that starts makes several sockets at once; waiting this long makes one pass of them. */
#define DEBOUNCE_MS 5

void warden_look(struct warden *warden, unsigned parts)
{
	const struct timeval soon = { .tv_usec = DEBOUNCE_MS * 1000 };

	warden->stale |= parts;
	if (!evtimer_pending(warden->pass_timer, NULL))
		evtimer_add(warden->pass_timer, &soon);
}

struct ledger_listener warden_listener(struct warden *warden)
{
	return (struct ledger_listener){ warden_tell, warden };
}

static void watch_inputs(struct warden *warden, const struct node *node)
{
	for (size_t i = 0; i < node->component_count; i++)
		for (size_t j = 0; j < node->components[i].input_count; j++)
			if (node->components[i].inputs[j].host_path)
				input_watch_add(warden->inputs,
						node->components[i].inputs[j].host_path);
}

int warden_judge(struct warden *warden, int64_t now_ns)
{
	const struct check_selection everything = { 0 };
	struct ledger_listener listener = warden_listener(warden);
	struct findings findings;
	struct node node;

	arena_reset(warden->pass_arena);
	observer_node(warden->observer, &node);
	int error = warden_observe_self(warden, &node);

	if (error == 0)
		error = checks_judge(&node, warden_settings(warden), &everything,
				     warden->pass_arena, &findings);
	if (error == 0)
		error = ledger_reconcile(warden->ledger, findings.items, findings.count, now_ns,
					 &listener);
	if (error < 0)
		return error;
	watch_inputs(warden, &node);
	warden_write_metrics(warden, &node, &findings, now_ns);
	return 0;
}

int warden_pass(struct warden *warden, unsigned parts)
{
	int64_t now_ns = time_now_ns();

	parts |= warden->stale;
	warden->stale = 0;
	/* A kubelet that ended took its listeners with it: that is how it shows. */
	if (!(parts & OBSERVE_COMPONENTS) && observer_components_are_stale(warden->observer))
		parts |= OBSERVE_COMPONENTS;
	int error = observer_refresh(warden->observer, parts, now_ns);

	probing_look(warden);
	if (error == 0)
		error = warden_judge(warden, now_ns);
	if (error < 0)
		log_error("a pass over the node failed, and is tried again on the resync timer: %s",
			  strerror(-error));
	warden_tell_the_rest(warden);
	return error;
}
