/* SPDX-License-Identifier: Apache-2.0 */
/* The ports without credentials of the kubelet and of cAdvisor. */
#include "check/facts.h"
#include "check/kubelet_ports.h"
#include "check/port_rules.h"
#include "check/probes.h"

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

void port_judge_read_only(struct judge *judge, const struct component *component)
{
	const struct node *node = judge->node;
	size_t before = judge->count;

	(void)component;
	if (port_is_blind(judge))
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
		port_record_pass(judge);
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
void port_judge_cadvisor(struct judge *judge, const struct component *component)
{
	const struct node *node = judge->node;
	size_t before = judge->count;

	(void)component;
	if (port_is_blind(judge))
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
		port_record_pass(judge);
}

bool port_has_a_kubelet_row(const struct node *node, const struct listener *listener)
{
	return claim_of_kubelets(node, listener, kubelet_read_only_claim) == PORT_IS_ITS ||
	       cadvisor_claim(node, listener) == PORT_IS_ITS;
}
