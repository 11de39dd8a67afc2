/* SPDX-License-Identifier: Apache-2.0 */
/* Tiller, the server of Helm 2: wherever it runs, it does to the cluster what its client asks. */
#include "base/text.h"
#include "check/facts.h"
#include "check/port_rules.h"
#include "model/listener.h"

/* helm/helm cmd/tiller/tiller.go of 2.x: --listen :44134, --probe-listen :44135 (health only). */
#define TILLER_PROBE_PORT 44135

static const char FLAG[] = "--tls-verify";

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_UNKNOWN };

static const struct process *tiller_of(const struct listener *listener)
{
	for (size_t i = 0; i < listener->owner_count; i++)
		if (process_is_named(listener->owners[i], "tiller") ||
		    text_equal(listener->owners[i]->name, "tiller"))
			return listener->owners[i];
	return NULL;
}

static const struct component *component_of(const struct node *node, const struct process *process)
{
	for (size_t i = 0; i < node->component_count; i++)
		if (node->components[i].kind == COMPONENT_TILLER &&
		    node->components[i].process->pid == process->pid)
			return &node->components[i];
	return NULL;
}

/* Where its settings are not read: the switch alone, as Go's flag package takes it. */
static enum answer ask_arguments(struct draft *draft, const struct process *process)
{
	bool is_on = false;

	for (size_t i = 0; i < process->argument_count; i++) {
		const char *argument = process->arguments[i];

		if (text_equal(argument, FLAG) || text_starts_with(argument, "--tls-verify="))
			is_on = text_equal(argument, FLAG) ||
				text_equal(argument, "--tls-verify=true") ||
				text_equal(argument, "--tls-verify=1");
	}
	draft_evidence(draft, "flag", is_on ? "it was started with %s" : "%s is not on in its argv",
		       FLAG);
	return is_on ? ANSWER_YES : ANSWER_NO;
}

static enum answer ask_settings(struct draft *draft, const struct component *component,
				const struct setting *setting)
{
	draft_setting_detail(draft, setting);
	if (setting->value.kind == VALUE_UNKNOWN) {
		draft_problems(draft, component);
		return ANSWER_UNKNOWN;
	}
	return setting->value.kind == VALUE_BOOLEAN && setting->value.boolean ? ANSWER_YES
									      : ANSWER_NO;
}

static enum answer asks_for_certificates(struct draft *draft, const struct process *process)
{
	const struct component *component = component_of(draft->judge->node, process);
	const struct setting *setting = component ? component_setting(component, FLAG) : NULL;

	return setting ? ask_settings(draft, component, setting) : ask_arguments(draft, process);
}

/* A good one is told by the pass about the node. */
static void judge_tiller(struct draft *draft, const struct process *process)
{
	switch (asks_for_certificates(draft, process)) {
	case ANSWER_NO:
		draft_record(draft, VERDICT_FAIL);
		break;
	case ANSWER_UNKNOWN:
		draft_record_error(draft, "whether it asks for certificates cannot be determined");
		break;
	case ANSWER_YES:
		break;
	}
}

static size_t judge_listeners(struct judge *judge)
{
	size_t count = 0;

	for (size_t i = 0; i < judge->node->listener_count; i++) {
		const struct listener *listener = &judge->node->listeners[i];
		const struct process *process = tiller_of(listener);

		if (!process)
			continue;
		count++;
		if (listener->port == TILLER_PROBE_PORT)
			continue;
		struct draft draft = draft_on_listener(judge, listener);

		draft_listener(&draft, listener);
		judge_tiller(&draft, process);
	}
	return count;
}

static bool listens(const struct node *node, const struct process *process)
{
	for (size_t i = 0; i < node->listener_count; i++)
		if (process_owns(process, &node->listeners[i]))
			return true;
	return false;
}

/* Those that run and whose sockets cannot be seen. */
static size_t judge_components(struct judge *judge)
{
	size_t count = 0;

	for (size_t i = 0; i < judge->node->component_count; i++) {
		const struct component *component = &judge->node->components[i];

		if (component->kind != COMPONENT_TILLER || listens(judge->node, component->process))
			continue;
		count++;
		struct draft draft = draft_on_component(judge, component);

		draft.finding.exposure = EXPOSURE_ANY;
		draft_note(&draft, "no listener of it is seen");
		judge_tiller(&draft, component->process);
	}
	return count;
}

void port_judge_tiller(struct judge *judge, const struct component *component)
{
	size_t before = judge->count;
	size_t seen = judge_listeners(judge) + judge_components(judge);

	(void)component;
	if (judge->count != before || (!seen && port_is_blind(judge)))
		return;
	struct draft draft = draft_on_node(judge);

	draft_source(&draft, SOURCE_LIVE, NULL);
	if (seen)
		draft_note(&draft, "Tiller runs and asks its clients for certificates; Helm 2 is "
				   "end-of-life all the same, and what its account may do in the "
				   "cluster is not judged here");
	draft_record(&draft, VERDICT_PASS);
}
