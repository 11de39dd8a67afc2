/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Listening sockets, whatever the settings say. A fail is about its listener, a pass about the
 * node.
 */
#include "base/cleanup.h"
#include "base/text.h"
#include "check/facts.h"
#include "check/families.h"
#include "check/kubelet_ports.h"
#include "check/probes.h"
#include "check/row.h"
#include "model/words.h"

/* Without socket tables nothing here can be told; true when that was recorded. */
static bool is_blind(struct judge *judge)
{
	const struct node *node = judge->node;

	if (node->listeners_known)
		return false;
	struct draft draft = draft_on_node(judge);

	draft_record_error(&draft, "no socket table could be read%s%s",
			   node->listeners_problem ? ": " : "",
			   node->listeners_problem ? node->listeners_problem : "");
	return true;
}

static bool has_kubelet(const struct node *node)
{
	for (size_t i = 0; i < node->component_count; i++)
		if (node->components[i].kind == COMPONENT_KUBELET)
			return true;
	return false;
}

/* What the kubelets of the node say of a listener: one that holds it speaks louder than one that
 * might. */
static enum port_claim claim_of_kubelets(const struct node *node, const struct listener *listener,
					 port_claim_function *claim)
{
	enum port_claim loudest = PORT_IS_ANOTHERS;

	for (size_t i = 0; i < node->component_count; i++) {
		const struct component *component = &node->components[i];

		if (component->kind != COMPONENT_KUBELET)
			continue;
		enum port_claim one = claim(node, component, listener);

		if (one == PORT_IS_ITS)
			return one;
		if (one == PORT_IS_UNCLEAR)
			loudest = one;
	}
	return loudest;
}

static void record_listener(struct judge *judge, const struct listener *listener,
			    enum port_claim claim)
{
	struct draft draft = draft_on_listener(judge, listener);

	draft_listener(&draft, listener);
	draft_probe(&draft, listener_probe(judge->node, listener));
	if (claim == PORT_IS_ITS)
		draft_record(&draft, VERDICT_FAIL);
	else
		draft_record_error(&draft, "whether the kubelet holds it cannot be seen");
}

static void record_pass(struct judge *judge)
{
	struct draft draft = draft_on_node(judge);

	draft_source(&draft, SOURCE_LIVE, NULL);
	draft_record(&draft, VERDICT_PASS);
}

static void judge_read_only_port(struct judge *judge, const struct component *component)
{
	const struct node *node = judge->node;
	size_t before = judge->count;

	(void)component;
	if (is_blind(judge))
		return;
	if (!has_kubelet(node)) {
		struct draft draft = draft_on_node(judge);

		draft_record_not_applicable(&draft, "no kubelet runs on this node");
		return;
	}
	for (size_t i = 0; i < node->listener_count; i++) {
		const struct listener *listener = &node->listeners[i];
		enum port_claim claim = claim_of_kubelets(node, listener, kubelet_read_only_claim);

		if (claim != PORT_IS_ANOTHERS)
			record_listener(judge, listener, claim);
	}
	if (judge->count == before)
		record_pass(judge);
}

static enum port_claim cadvisor_claim(const struct node *node, const struct listener *listener)
{
	if (listener_is_standalone_cadvisor(listener))
		return PORT_IS_ITS;
	return claim_of_kubelets(node, listener, kubelet_cadvisor_claim);
}

static bool has_cadvisor(const struct node *node)
{
	for (size_t i = 0; i < node->listener_count; i++)
		if (listener_is_standalone_cadvisor(&node->listeners[i]))
			return true;
	return has_kubelet(node);
}

/* On loopback cAdvisor is where a local scraper may have it. */
static void judge_cadvisor(struct judge *judge, const struct component *component)
{
	const struct node *node = judge->node;
	size_t before = judge->count;

	(void)component;
	if (is_blind(judge))
		return;
	if (!has_cadvisor(node)) {
		struct draft draft = draft_on_node(judge);

		draft_record_not_applicable(&draft,
					    "neither a kubelet nor cAdvisor runs on this node");
		return;
	}
	for (size_t i = 0; i < node->listener_count; i++) {
		const struct listener *listener = &node->listeners[i];
		enum port_claim claim = cadvisor_claim(node, listener);

		if (claim != PORT_IS_ANOTHERS && listener->exposure > EXPOSURE_LOOPBACK)
			record_listener(judge, listener, claim);
	}
	if (judge->count == before)
		record_pass(judge);
}

static bool has_a_row_of_its_own(const struct node *node, const struct listener *listener)
{
	return claim_of_kubelets(node, listener, kubelet_read_only_claim) == PORT_IS_ITS ||
	       cadvisor_claim(node, listener) == PORT_IS_ITS;
}

/* The strictest rule that names the listener; NULL when none flags or refuses it. */
static const struct port_rule *rule_against(const struct settings *settings,
					    const struct listener *listener)
{
	const struct port_rule *strictest = NULL;

	for (size_t i = 0; i < settings->port_count; i++) {
		const struct port_rule *rule = &settings->ports[i];

		if (rule->action == ACTION_ALLOW || rule->port != listener->port ||
		    rule->transport != listener->transport ||
		    !(listener->is_in_host_netns || rule->all_namespaces))
			continue;
		if (!strictest || strictest->action < rule->action)
			strictest = rule;
	}
	return strictest;
}

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

static void judge_policy(struct judge *judge, const struct component *component)
{
	const struct node *node = judge->node;
	size_t before = judge->count;

	(void)component;
	if (is_blind(judge))
		return;
	for (size_t i = 0; i < node->listener_count; i++) {
		const struct listener *listener = &node->listeners[i];
		const struct port_rule *rule = rule_against(judge->settings, listener);

		if (rule && !has_a_row_of_its_own(node, listener))
			record_against_rule(judge, listener, rule);
	}
	if (judge->count == before)
		record_pass(judge);
}

static const struct check ROWS[] = {
	{
		.id = "port.kubelet-read-only",
		.title = "The kubelet's read-only port is open",
		.severity = SEVERITY_HIGH,
		.severity_rules = "at most medium when only loopback reaches it",
		.component = COMPONENT_KIND_COUNT,
		.judge = judge_read_only_port,
		.reads = "the TCP listeners of every kubelet: the port of its settings, and 10255",
		.expected = "no listener",
		.why = "Whoever connects reads every pod's specification and the node's metrics "
		       "without credentials; the socket is the proof that the port is open.",
		.remedy = "set readOnlyPort: 0 in the kubelet configuration and restart the "
			  "kubelet; until then refuse the port: a rule with action: refuse in "
			  "mode: enforce",
		.references = REFERENCES("https://github.com/kubernetes/kubernetes/issues/12968"),
	},
	{
		.id = "port.cadvisor",
		.title = "cAdvisor is reachable from outside the node",
		.severity = SEVERITY_HIGH,
		.component = COMPONENT_KIND_COUNT,
		.judge = judge_cadvisor,
		.reads = "the TCP listeners on 4194 (or the port of --cadvisor-port) of a kubelet, "
			 "and those on 4194 of a cadvisor process",
		.expected = "no listener that more than loopback reaches",
		.why = "cAdvisor shows every container, its command line and its load in plain "
		       "text to anyone who connects.",
		.remedy = "start the kubelet with --cadvisor-port=0, or a cadvisor of its own with "
			  "--listen_ip=127.0.0.1, and scrape /metrics/cadvisor on 10250 instead",
		.references = REFERENCES("https://github.com/kubernetes/kubernetes/pull/63881"),
	},
	{
		.id = "port.policy",
		.title = "A listener is on a port that the policy names",
		.severity = SEVERITY_MEDIUM,
		.severity_rules = "high when the rule's action is refuse; at most medium when only "
				  "loopback reaches it",
		.component = COMPONENT_KIND_COUNT,
		.judge = judge_policy,
		.reads = "every listener in the host's network namespace (in all of them, for "
			 "rules that say so) and the policy's port rules; the kubelet's and "
			 "cAdvisor's own have their own checks",
		.expected = "no listener on a port that a rule flags or refuses",
		.why = "The policy says that nothing listens there, and something does.",
		.remedy = "stop the owner that the evidence names, or change the rule",
	},
};

const struct check_family PORT_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
