/* SPDX-License-Identifier: Apache-2.0 */
/* Servers of the control plane without TLS and credentials: 8080 up to 1.19, 10251 and 10252 up to
 * 1.21. */
#include "base/text.h"
#include "check/facts.h"
#include "check/port_rules.h"
#include "check/probes.h"
#include "model/listener.h"
#include "model/words.h"

/* kubernetes/kubernetes pkg/cluster/ports and pkg/kubeapiserver/options of these versions. */
#define APISERVER_INSECURE_PORT 8080

static const struct insecure_server {
	enum component_kind kind;
	uint16_t port;
	const char *flag; /* that gives it another port */
} SERVERS[] = {
	{ COMPONENT_APISERVER, APISERVER_INSECURE_PORT, "--insecure-port" },
	{ COMPONENT_CONTROLLER_MANAGER, 10252, "--port" },
	{ COMPONENT_SCHEDULER, 10251, "--port" },
};

static bool is_insecure_port(uint16_t port)
{
	for (size_t i = 0; i < ARRAY_SIZE(SERVERS); i++)
		if (SERVERS[i].port == port)
			return true;
	return false;
}

enum port_protocol port_protocol(const struct node *node, const struct listener *listener)
{
	const struct probe *probe = listener_probe(node, listener);

	if (!probe || (probe->outcome != PROBE_HANDSHAKE && probe->outcome != PROBE_ANSWERED))
		return PORT_PROTOCOL_UNKNOWN;
	return probe->is_tls ? PORT_IS_TLS : PORT_IS_PLAIN;
}

/* Whether the listener, held by such a server, is the one without TLS; component NULL: nothing is
 * known of its settings. */
static bool is_plain(const struct node *node, const struct listener *listener,
		     const struct insecure_server *server, const struct component *component)
{
	enum port_protocol protocol = port_protocol(node, listener);

	if (protocol != PORT_PROTOCOL_UNKNOWN)
		return protocol == PORT_IS_PLAIN;
	if (component && setting_integer(component, server->flag) == listener->port)
		return true;
	if (component && setting_integer(component, "--secure-port") == listener->port)
		return false;
	return is_insecure_port(listener->port);
}

/* Whether a server of this kind holds the listener; its component where it is read as one. */
static bool holds(const struct node *node, const struct insecure_server *server,
		  const struct listener *listener, const struct component **ret_component)
{
	*ret_component = NULL;
	for (size_t i = 0; i < node->component_count; i++) {
		if (node->components[i].kind != server->kind ||
		    !process_owns(node->components[i].process, listener))
			continue;
		*ret_component = &node->components[i];
		return true;
	}
	/* Elsewhere a program of that name may be a cluster of its own inside a pod. */
	for (size_t i = 0; listener->is_in_host_netns && i < listener->owner_count; i++)
		if (process_is_named(listener->owners[i], component_word(server->kind)))
			return true;
	return false;
}

/* One process may be all of them (k3s): the one whose port it is speaks first. */
static const struct insecure_server *server_of(const struct node *node,
					       const struct listener *listener,
					       const struct component **ret_component)
{
	const struct insecure_server *found = NULL;
	const struct component *component;

	*ret_component = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(SERVERS); i++) {
		if ((found && SERVERS[i].port != listener->port) ||
		    !holds(node, &SERVERS[i], listener, &component))
			continue;
		found = &SERVERS[i];
		*ret_component = component;
	}
	return found;
}

bool port_is_insecure_control_plane(const struct node *node, const struct listener *listener)
{
	const struct component *component;
	const struct insecure_server *server = server_of(node, listener, &component);

	return listener->transport == TRANSPORT_TCP && server &&
	       is_plain(node, listener, server, component);
}

/* A socket that nobody is seen to hold, where a server of this node has its insecure port. */
static bool is_unclear(const struct node *node, const struct listener *listener)
{
	if (listener->owner_count || listener->transport != TRANSPORT_TCP)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(SERVERS); i++)
		for (size_t j = 0; j < node->component_count; j++)
			if (node->components[j].kind == SERVERS[i].kind &&
			    SERVERS[i].port == listener->port &&
			    process_shares_netns(node, node->components[j].process, listener))
				return true;
	return false;
}

static void record_insecure(struct judge *judge, const struct listener *listener)
{
	struct draft draft = draft_on_listener(judge, listener);
	const struct component *component;
	const struct insecure_server *server = server_of(judge->node, listener, &component);
	bool is_seen = port_protocol(judge->node, listener) == PORT_IS_PLAIN;

	draft_listener(&draft, listener);
	if (component)
		draft_setting_detail(&draft, component_setting(component, server->flag));
	if (is_seen)
		draft_evidence(&draft, "live", "port %u answered plain HTTP", listener->port);
	else
		draft_evidence(&draft, "listener",
			       "port %u of a %s is without TLS and asks for no credentials",
			       listener->port, component_word(server->kind));
	if (server->kind == COMPONENT_APISERVER &&
	    (listener->port == APISERVER_INSECURE_PORT ||
	     (component && setting_integer(component, server->flag) == listener->port)))
		draft_raise(&draft, SEVERITY_CRITICAL);
	draft_record(&draft, VERDICT_FAIL);
}

static bool has_control_plane(const struct node *node)
{
	const struct component *component;

	for (size_t i = 0; i < node->component_count; i++)
		for (size_t j = 0; j < ARRAY_SIZE(SERVERS); j++)
			if (node->components[i].kind == SERVERS[j].kind)
				return true;
	for (size_t i = 0; i < node->listener_count; i++)
		if (server_of(node, &node->listeners[i], &component))
			return true;
	return false;
}

static void judge_listeners(struct judge *judge)
{
	for (size_t i = 0; i < judge->node->listener_count; i++) {
		const struct listener *listener = &judge->node->listeners[i];

		if (port_is_insecure_control_plane(judge->node, listener)) {
			record_insecure(judge, listener);
		} else if (is_unclear(judge->node, listener)) {
			struct draft draft = draft_on_listener(judge, listener);

			draft_listener(&draft, listener);
			draft_record_error(&draft,
					   "whether the control plane holds it cannot be seen");
		}
	}
}

void port_judge_insecure_control_plane(struct judge *judge, const struct component *component)
{
	size_t before = judge->count;

	(void)component;
	if (port_is_blind(judge))
		return;
	if (!has_control_plane(judge->node)) {
		struct draft draft = draft_on_node(judge);

		draft_record_not_applicable(&draft,
					    "no part of the control plane runs on this node");
		return;
	}
	judge_listeners(judge);
	if (judge->count == before)
		port_record_pass(judge);
}
