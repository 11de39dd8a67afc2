/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a kubelet answers to a client without credentials. A fail is about its listener, a pass
 * about the node.
 */
#include "base/cleanup.h"
#include "check/facts.h"
#include "check/families.h"
#include "check/probes.h"
#include "check/row.h"

#define USUAL_PORT 10250

static bool has_kubelet(const struct node *node)
{
	bool is_there = false;

	for (size_t i = 0; i < node->component_count; i++)
		is_there |= node->components[i].kind == COMPONENT_KUBELET;
	return is_there;
}

/* Why there is nothing to judge; NULL: there is. */
static const char *reason_not_to_judge(const struct judge *judge)
{
	const struct node *node = judge->node;

	if (!has_kubelet(node))
		return "no kubelet runs on this node";
	if (!judge->settings->probe_kubelet)
		return "probes.kubelet is false in the policy: nothing was asked";
	if (!node->probes_known && !node->probes_pending)
		return node->probes_problem ? node->probes_problem : "nothing was asked";
	return NULL;
}

/* The guard counts who comes to a port that it watches, and a probe is not to be counted. */
static bool is_guarded(const struct settings *settings, const struct listener *listener)
{
	for (size_t i = 0; i < settings->port_count; i++)
		if (settings->ports[i].action == ACTION_REFUSE &&
		    settings->ports[i].transport == TRANSPORT_TCP &&
		    settings->ports[i].port == listener->port)
			return true;
	return false;
}

static void record_unasked(struct judge *judge, const struct listener *listener)
{
	const char *problem = judge->node->probes_problem;
	struct draft draft = draft_on_listener(judge, listener);

	draft_listener(&draft, listener);
	if (judge->node->probes_pending)
		return; /* what was found before stands until the answer is here */
	if (is_guarded(judge->settings, listener))
		draft_record_not_applicable(&draft, "the policy refuses clients of this port: it "
						    "was not asked");
	else
		draft_record_error(&draft, "it was not asked%s%s", problem ? ": " : "",
				   problem ? problem : "");
}

static void record_answer(struct judge *judge, const struct listener *listener,
			  const struct probe *probe)
{
	struct draft draft = draft_on_listener(judge, listener);

	draft_listener(&draft, listener);
	draft_probe(&draft, probe);
	if (probe->outcome != PROBE_ANSWERED) {
		draft_record_error(&draft, "the kubelet did not answer GET %s", probe->path);
		return;
	}
	draft_value(&draft, "%d", probe->status);
	if (probe_was_served(probe))
		draft_raise(&draft, SEVERITY_CRITICAL);
	if (probe_was_served(probe) || probe->status == 403)
		draft_record(&draft, VERDICT_FAIL);
	else
		draft_record_error(&draft,
				   "%d says neither that a client without credentials is "
				   "let in nor that it is not",
				   probe->status);
}

/* Returns whether it answered as it should. */
static bool is_closed(struct judge *judge, const struct component *kubelet)
{
	int64_t port = setting_integer(kubelet, "port");
	const struct listener *listener =
		component_listener(judge->node, kubelet, port < 0 ? USUAL_PORT : port);

	if (!listener)
		return false;
	const struct probe *probe = component_probe(judge->node, kubelet, listener->port);

	if (probe && probe->outcome == PROBE_ANSWERED && probe->status == 401)
		return true;
	if (probe)
		record_answer(judge, listener, probe);
	else
		record_unasked(judge, listener);
	return false;
}

static void judge_anonymous_api(struct judge *judge, const struct component *component)
{
	const struct node *node = judge->node;
	const char *reason = reason_not_to_judge(judge);
	struct draft draft = draft_on_node(judge);
	size_t before = judge->count, closed = 0;

	(void)component;
	if (reason) {
		draft_record_not_applicable(&draft, "%s", reason);
		return;
	}
	if (!node->listeners_known) {
		draft_record_error(&draft, "no socket table could be read, so whose answers these "
					   "are cannot be told");
		return;
	}
	for (size_t i = 0; i < node->component_count; i++)
		if (node->components[i].kind == COMPONENT_KUBELET &&
		    is_closed(judge, &node->components[i]))
			closed++;
	if (judge->count > before || (!closed && node->probes_pending))
		return;
	if (!closed) {
		draft_record_not_applicable(&draft, "no kubelet listens on its port");
		return;
	}
	draft_source(&draft, SOURCE_LIVE, NULL);
	draft_value(&draft, "401");
	draft_record(&draft, VERDICT_PASS);
}

static const struct check ROWS[] = {
	{
		.id = "port.kubelet-anonymous-api",
		.title = "The kubelet's API lets clients without credentials in",
		.severity = SEVERITY_MEDIUM,
		.severity_rules = "critical when GET /pods is answered 200; at most medium when "
				  "only loopback reaches it",
		.component = COMPONENT_KIND_COUNT,
		.judge = judge_anonymous_api,
		.reads = "the answer of each kubelet's own port to GET /pods from this node, "
			 "without credentials (policy: probes.kubelet)",
		.expected = "401",
		.why = "200 is the proof that anyone who reaches the port reads every pod and "
		       "may run commands in them; 403 that they count as system:anonymous and "
		       "one binding too many lets them.",
		.remedy = "set authentication.anonymous.enabled: false and authorization.mode: "
			  "Webhook in the kubelet configuration and restart the kubelet",
		.references = REFERENCES("https://kubernetes.io/docs/reference/access-authn-authz/"
					 "kubelet-authn-authz/"),
	},
};

const struct check_family PORT_PROBE_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
