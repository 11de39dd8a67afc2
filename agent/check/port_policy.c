/* SPDX-License-Identifier: Apache-2.0 */
/* Listeners against the policy: its port rules, and what it says of all others. */
#include "check/facts.h"
#include "check/port_rules.h"
#include "model/listener.h"
#include "model/words.h"

static void record_against_rule(struct judge *judge, const struct listener *listener,
				const struct port_rule *rule)
{
	struct draft draft = draft_on_listener(judge, listener);

	draft_listener(&draft, listener);
	draft_evidence(&draft, "policy", "the rule %s says: %s %s port %u", rule->name,
		       action_word(rule->action), transport_word(rule->transport), rule->port);
	draft.finding.expected = judge_text(judge, "no listener on %s port %u",
					    transport_word(rule->transport), rule->port);
	if (rule->action == ACTION_REFUSE)
		draft_raise(&draft, SEVERITY_HIGH);
	draft_record(&draft, VERDICT_FAIL);
}

void port_judge_policy(struct judge *judge, const struct component *component)
{
	const struct node *node = judge->node;
	size_t before = judge->count;

	(void)component;
	if (port_is_blind(judge))
		return;
	for (size_t i = 0; i < node->listener_count; i++) {
		const struct listener *listener = &node->listeners[i];
		struct listener_policy policy = listener_policy(judge->settings, listener);

		if (policy.rule && policy.action != ACTION_ALLOW &&
		    !port_has_a_kubelet_row(node, listener))
			record_against_rule(judge, listener, policy.rule);
	}
	if (judge->count == before)
		port_record_pass(judge);
}

static void record_not_allowed(struct judge *judge, const struct listener *listener,
			       bool is_unclear)
{
	struct draft draft = draft_on_listener(judge, listener);

	draft_listener(&draft, listener);
	if (is_unclear) {
		draft_record_error(&draft,
				   "an entry of listeners.allow asks which program holds it, "
				   "and that cannot be seen");
		return;
	}
	draft_evidence(&draft, "policy",
		       "listeners.default is %s, and no port rule and no entry of listeners.allow "
		       "names it",
		       action_word(judge->settings->listeners_default));
	draft_record(&draft, VERDICT_FAIL);
}

/* What a rule names was decided by it. */
void port_judge_not_allowed(struct judge *judge, const struct component *component)
{
	const struct node *node = judge->node;
	size_t before = judge->count;

	(void)component;
	if (judge->settings->listeners_default == ACTION_ALLOW) {
		struct draft draft = draft_on_node(judge);

		draft_record_not_applicable(&draft, "listeners.default of the policy is allow");
		return;
	}
	if (port_is_blind(judge))
		return;
	for (size_t i = 0; i < node->listener_count; i++) {
		const struct listener *listener = &node->listeners[i];
		struct listener_policy policy = listener_policy(judge->settings, listener);

		if (!policy.rule && policy.action != ACTION_ALLOW && !listener_is_client(listener))
			record_not_allowed(judge, listener, policy.is_unclear);
	}
	if (judge->count == before)
		port_record_pass(judge);
}
