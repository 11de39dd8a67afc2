/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/probes/plan.h"

#include <errno.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/text.h"
#include "model/address.h"

/* A server of a component: on the port of a setting, or on its usual one. */
struct server {
	enum component_kind kind;
	uint16_t usual_port;
	const char *setting; /* an integer, an address with a port, or URLs */
	const char *path;    /* NULL: only the handshake */
	bool is_tls;
	const char *version_path; /* tells its version to anyone; NULL: it does not */
};

/* Nothing here changes anything or shows more than one list of pods; etcd logs each request that
 * it refuses, so it is only greeted. */
static const struct server SERVERS[] = {
	{ COMPONENT_KUBELET, 10250, "port", "/pods", true, NULL },
	{ COMPONENT_KUBELET, 10255, "readOnlyPort", "/pods", false, "/metrics" },
	{ COMPONENT_KUBELET, 10248, "healthzPort", "/healthz", false, NULL },
	{ COMPONENT_KUBE_PROXY, 10249, "metricsBindAddress", "/metrics", false, "/metrics" },
	{ COMPONENT_KUBE_PROXY, 10256, "healthzBindAddress", "/healthz", false, NULL },
	{ COMPONENT_APISERVER, 6443, "--secure-port", "/livez", true, "/version" },
	{ COMPONENT_APISERVER, 8080, "--insecure-port", "/metrics", false, "/version" },
	{ COMPONENT_CONTROLLER_MANAGER, 10257, "--secure-port", NULL, true, NULL },
	{ COMPONENT_CONTROLLER_MANAGER, 10252, "--port", "/metrics", false, "/metrics" },
	{ COMPONENT_SCHEDULER, 10259, "--secure-port", NULL, true, NULL },
	{ COMPONENT_SCHEDULER, 10251, "--port", "/metrics", false, "/metrics" },
	{ COMPONENT_ETCD, 2379, "--listen-client-urls", NULL, true, NULL },
	{ COMPONENT_ETCD, 2380, "--listen-peer-urls", NULL, true, NULL },
	{ COMPONENT_ETCD, 2381, "--listen-metrics-urls", "/metrics", true, NULL },
};
/* "127.0.0.1:10249", "https://10.0.0.1:2379/". */
static bool text_names_port(const char *text, uint16_t port)
{
	const char *colon = strrchr(text, ':');
	char number[8] = "";
	uint64_t named = 0;

	if (colon)
		snprintf(number, sizeof(number), "%.*s", (int)strcspn(colon + 1, "/"), colon + 1);
	return text_to_unsigned(number, UINT16_MAX, &named) == 0 && named == port;
}

/* The text of the setting that names the port; "" for a number; NULL: it does not. */
static const char *text_naming(const struct component *component, const char *name, uint16_t port)
{
	const struct setting *setting = name ? component_setting(component, name) : NULL;
	const struct value *value = setting ? &setting->value : NULL;

	if (!value)
		return NULL;
	if (value->kind == VALUE_INTEGER && value->integer == port)
		return "";
	if (value->kind == VALUE_TEXT && text_names_port(value->text, port))
		return value->text;
	for (size_t i = 0; value->kind == VALUE_LIST && i < value->list.count; i++)
		if (text_names_port(value->list.items[i], port))
			return value->list.items[i];
	return NULL;
}

/* Only etcd's settings are URLs, and only there TLS is a matter of one letter. */
static struct server as_named(const struct server *server, const char *named)
{
	struct server one = *server;

	if (text_starts_with(named, "http://")) {
		one.is_tls = false;
		one.path = server->path ? server->path : "/version";
		one.version_path = one.path;
	}
	return one;
}

/* What the component serves there; false: nothing that is asked. The settings speak first, so that
 * a usual port that was given to another server is asked as that. */
static bool find_server(const struct component *component, uint16_t port, struct server *ret_server)
{
	bool is_usual = false;

	for (size_t i = 0; i < ARRAY_SIZE(SERVERS); i++) {
		const struct server *server = &SERVERS[i];

		if (server->kind != component->kind)
			continue;
		const char *named = text_naming(component, server->setting, port);

		if (named) {
			*ret_server = as_named(server, named);
			return true;
		}
		if (server->usual_port == port) {
			*ret_server = *server;
			is_usual = true;
		}
	}
	return is_usual;
}

static bool owns(const struct process *process, const struct listener *listener)
{
	bool is_owner = false;

	for (size_t i = 0; i < listener->owner_count; i++)
		is_owner |= listener->owners[i]->pid == process->pid;
	return is_owner;
}

/* A guard that refuses the port, or counts whom it would refuse, takes a client for a client. */
static bool is_spared(const struct settings *spared, const struct listener *listener)
{
	for (size_t i = 0; spared && i < spared->port_count; i++) {
		const struct port_rule *rule = &spared->ports[i];

		if (rule->action == ACTION_REFUSE && rule->transport == TRANSPORT_TCP &&
		    rule->port == listener->port && !rule->allows_loopback &&
		    (listener->is_in_host_netns || rule->all_namespaces))
			return true;
	}
	return false;
}

static struct address address_to_ask(const struct listener *listener)
{
	struct address address = address_unmapped(&listener->address);

	if (!address_is_wildcard(&address))
		return address;
	if (address.is_ipv6 && !listener->is_dual_stack)
		return (struct address){ .is_ipv6 = true, .bytes = { [15] = 1 } };
	return (struct address){ .bytes = { 127, 0, 0, 1 } };
}

static bool is_same(const struct probe_target *one, const struct probe_target *other)
{
	return one->pid == other->pid && one->netns == other->netns && one->port == other->port &&
	       address_equal(&one->address, &other->address);
}

static void add(struct probe_plan *plan, const struct probe_target *target)
{
	if (plan->count == PROBES_MAX)
		return;
	for (size_t i = 0; i < plan->count; i++)
		if (is_same(&plan->items[i], target))
			return;
	plan->items[plan->count++] = *target;
}

/* What is told by the component itself is asked for again: the plan stays the same with it. */
static bool needs_version(const struct component *component)
{
	return !component->version || component->version_is_live;
}

static void add_listener(struct probe_plan *plan, const struct component *component,
			 const struct listener *listener)
{
	struct server server;

	if (!find_server(component, listener->port, &server))
		return;
	const struct probe_target target = { .pid = component->process->pid,
					     .netns = listener->netns,
					     .address = address_to_ask(listener),
					     .port = listener->port,
					     .path = server.path,
					     .version_path = needs_version(component)
								     ? server.version_path
								     : NULL,
					     .is_tls = server.is_tls };

	add(plan, &target);
}

int probes_plan(const struct node *node, const struct settings *spared, struct arena *arena,
		struct probe_plan *ret_plan)
{
	struct probe_plan plan = { .items = arena_array(arena, PROBES_MAX, sizeof(*plan.items)) };

	if (!plan.items)
		return -ENOMEM;
	for (size_t i = 0; i < node->component_count; i++)
		for (size_t j = 0; node->listeners_known && j < node->listener_count; j++) {
			const struct listener *listener = &node->listeners[j];

			if (listener->transport == TRANSPORT_TCP &&
			    owns(node->components[i].process, listener) &&
			    !is_spared(spared, listener))
				add_listener(&plan, &node->components[i], listener);
		}
	*ret_plan = plan;
	return 0;
}

bool probe_plans_are_equal(const struct probe_plan *one, const struct probe_plan *other)
{
	if (one->count != other->count)
		return false;
	for (size_t i = 0; i < one->count; i++)
		if (!is_same(&one->items[i], &other->items[i]) ||
		    one->items[i].path != other->items[i].path ||
		    one->items[i].version_path != other->items[i].version_path)
			return false;
	return true;
}
