/* SPDX-License-Identifier: Apache-2.0 */
#include "settings/rules.h"

#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "model/address.h"
#include "model/words.h"

/* TCP ports without which nobody reaches the node any more, or it leaves its cluster. */
static const struct {
	uint16_t port;
	const char *loss;
} vital_ports[] = {
	{ 22, "nobody can log in by ssh any more" },
	{ 6443, "nothing can reach the API server any more" },
	{ 10250,
	  "the API server cannot reach this kubelet any more: no logs, no exec, no metrics" },
	{ 2379, "the API server cannot reach etcd any more: the control plane stops" },
	{ 2380, "the members of etcd cannot reach each other any more: the control plane stops" },
};

/* One list of the policy: its settings, and the nodes they came from. */
struct rule_check {
	const struct settings *settings;
	const struct yaml_node *items; /* NULL: the list is at its default */
	struct policy_error *error;
};

static const struct yaml_node *item_of(const struct rule_check *check, size_t index)
{
	return check->items->items[index];
}

/* The place of one key of an item, or the item's. */
static const struct yaml_node *place_of(const struct rule_check *check, size_t index,
					const char *key)
{
	const struct yaml_node *value = yaml_get(item_of(check, index), key);

	return value ? value : item_of(check, index);
}

static void refuse_twice(const struct rule_check *check, size_t index, size_t first,
			 const char *name)
{
	problem_error(check->error, place_of(check, index, "name"),
		      "the name \"%s\" is taken by the rule in line %u: each needs its own", name,
		      item_of(check, first)->line);
}

static void check_port_pair(const struct rule_check *check, size_t index, size_t first)
{
	const struct port_rule *rule = &check->settings->ports[index];
	const struct port_rule *other = &check->settings->ports[first];

	if (rule->name && other->name && text_equal(rule->name, other->name))
		refuse_twice(check, index, first, rule->name);
	if (rule->port && rule->port == other->port && rule->transport == other->transport)
		problem_error(check->error, place_of(check, index, "port"),
			      "%s port %u has a rule already, in line %u: make them one",
			      transport_word(rule->transport), rule->port,
			      item_of(check, first)->line);
}

static void check_vital(const struct rule_check *check, size_t index)
{
	const struct port_rule *rule = &check->settings->ports[index];

	if (rule->action != ACTION_REFUSE || rule->transport != TRANSPORT_TCP || rule->even_vital)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(vital_ports); i++) {
		if (vital_ports[i].port == rule->port)
			problem_error(
				check->error, place_of(check, index, "port"),
				"refusing port %u: but for whom it allows, %s; say flag, or add "
				"even_vital: true if you mean it",
				rule->port, vital_ports[i].loss);
	}
}

static void check_ports(const struct rule_check *check)
{
	for (size_t i = 0; i < check->settings->port_count; i++) {
		check_vital(check, i);
		for (size_t first = 0; first < i; first++)
			check_port_pair(check, i, first);
	}
}

static void check_allowances(const struct rule_check *check)
{
	for (size_t i = 0; i < check->settings->listeners_allow_count; i++) {
		const struct yaml_node *item = item_of(check, i);

		if (item->kind == YAML_MAPPING && !yaml_get(item, "port") &&
		    !yaml_get(item, "exe") && !yaml_get(item, "unit"))
			problem_error(
				check->error, item,
				"this allows everything: give at least one of port, exe, unit");
	}
}

static void check_exec_rules(const struct rule_check *check)
{
	const struct exec_rule *rules = check->settings->exec_rules;

	for (size_t i = 0; i < check->settings->exec_rule_count; i++) {
		const struct yaml_node *item = item_of(check, i);

		if (item->kind == YAML_MAPPING && !yaml_get(item, "exe") &&
		    !rules[i].argument_count)
			problem_error(check->error, item,
				      "this matches every program: give exe, args or both");
		for (size_t first = 0; first < i; first++)
			if (rules[i].name && text_equal(rules[i].name, rules[first].name))
				refuse_twice(check, i, first, rules[i].name);
	}
}

static void check_collector(const struct rule_check *check, const struct yaml_node *collector)
{
	bool has_certificate = yaml_get(collector, "certificate");
	bool has_key = yaml_get(collector, "key");

	if (has_certificate != has_key)
		problem_error(check->error, collector,
			      "\"%s\" is missing: certificate and key go together",
			      has_key ? "certificate" : "key");
}

static void check_listen(const struct rule_check *check, const struct yaml_node *node)
{
	const char *text = check->settings->metrics_listen;
	const char *colon = text ? strrchr(text, ':') : NULL;
	size_t is_bracketed = text && *text == '[';
	char host[ADDRESS_TEXT_BYTES];
	struct address address;
	uint64_t port;

	if (!node || !colon)
		return;
	snprintf(host, sizeof(host), "%.*s", (int)((size_t)(colon - text) - 2 * is_bracketed),
		 text + is_bracketed);
	if (address_parse(host, &address) < 0 || address.is_ipv6 != (is_bracketed != 0))
		problem_error(check->error, node, "%s: %s is not an address", text, host);
	if (text_to_unsigned(colon + 1, UINT16_MAX, &port) < 0 || !port)
		problem_error(check->error, node, "%s: the port must be 1 to 65535", text);
}

/* Dates stand in findings as they were written, and a policy can write them in one way only. */
static int finish_waivers(struct settings *settings, struct arena *arena)
{
	struct waiver *waivers = arena_array(arena, settings->waiver_count, sizeof(*waivers));

	if (!waivers)
		return -ENOMEM;
	for (size_t i = 0; i < settings->waiver_count; i++) {
		char text[TIME_TEXT_BYTES] = "";

		waivers[i] = settings->waivers[i];
		if (waivers[i].until)
			time_format(waivers[i].until * NS_PER_S, text);
		waivers[i].until_text = arena_copy(arena, text, strcspn(text, "T"));
		if (!waivers[i].until_text)
			return -ENOMEM;
	}
	settings->waivers = waivers;
	return 0;
}

static void check_cluster(const struct rule_check *check, const struct yaml_node *cluster)
{
	const struct settings *settings = check->settings;

	if (cluster && settings->cluster_service_account && settings->cluster_kubeconfig &&
	    *settings->cluster_kubeconfig)
		problem_error(check->error, yaml_get(cluster, "service_account"),
			      "one credential is enough: give kubeconfig or service_account: true, "
			      "not both");
}

int rules_check(struct settings *settings, const struct yaml_node *root, struct arena *arena,
		struct policy_error *error)
{
	const struct yaml_node *report = yaml_get(root, "report");
	struct rule_check check = { .settings = settings, .error = error };

	check.items = yaml_get(root, "ports");
	if (check.items)
		check_ports(&check);
	check.items = yaml_get(yaml_get(root, "listeners"), "allow");
	if (check.items)
		check_allowances(&check);
	check.items = yaml_get(yaml_get(root, "exec"), "rules");
	if (check.items)
		check_exec_rules(&check);
	check_collector(&check, yaml_get(report, "collector"));
	check_cluster(&check, yaml_get(root, "cluster"));
	check_listen(&check, yaml_get(yaml_get(report, "metrics"), "listen"));
	if (requirements_finish(settings, yaml_get(yaml_get(root, "checks"), "require"), arena,
				error) < 0)
		return -ENOMEM;
	return finish_waivers(settings, arena);
}
