/* SPDX-License-Identifier: Apache-2.0 */
#include "report/listeners.h"

#include "base/json.h"
#include "model/address.h"
#include "model/listener.h"
#include "model/words.h"

static bool is_chosen(const struct listener *listener, enum listener_choice choice)
{
	if (choice == LISTENERS_HOST && !listener->is_in_host_netns)
		return false;
	return choice == LISTENERS_ALL || !listener_is_client(listener);
}

static json_t *owner_to_json(const struct process *owner)
{
	json_t *object = json_object();

	if (object && (json_set(object, "pid", json_integer(owner->pid)) < 0 ||
		       json_set_text(object, "name", owner->name) < 0 ||
		       json_set_text(object, "exe", owner->exe) < 0 ||
		       json_set_text(object, "unit", owner->unit) < 0 ||
		       json_set_text(object, "pod_uid", owner->pod_uid) < 0 ||
		       json_set_text(object, "container_id", owner->container_id) < 0)) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static json_t *owners_to_json(const struct listener *listener)
{
	json_t *owners = json_array();

	for (size_t i = 0; owners && i < listener->owner_count; i++)
		if (json_add(owners, owner_to_json(listener->owners[i])) < 0) {
			json_decref(owners);
			return NULL;
		}
	return owners;
}

static json_t *policy_to_json(const struct listener_policy *policy)
{
	json_t *object = json_object();

	if (object &&
	    (json_set_text(object, "action", action_word(policy->action)) < 0 ||
	     json_set_text(object, "rule", policy->rule ? policy->rule->name : NULL) < 0)) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static json_t *listener_to_json(const struct settings *settings, const struct listener *listener)
{
	struct listener_policy policy = listener_policy(settings, listener);
	char address[ADDRESS_TEXT_BYTES];
	json_t *object = json_object();

	address_format(&listener->address, address);
	if (object &&
	    (json_set_text(object, "protocol", transport_word(listener->transport)) < 0 ||
	     json_set_text(object, "address", address) < 0 ||
	     json_set(object, "port", json_integer(listener->port)) < 0 ||
	     json_set_text(object, "exposure", exposure_word(listener->exposure)) < 0 ||
	     json_set(object, "netns", json_integer((json_int_t)listener->netns)) < 0 ||
	     json_set(object, "host_netns", json_boolean(listener->is_in_host_netns)) < 0 ||
	     json_set(object, "sockets", json_integer(listener->socket_count)) < 0 ||
	     json_set(object, "owners", owners_to_json(listener)) < 0 ||
	     json_set(object, "policy", policy_to_json(&policy)) < 0)) {
		json_decref(object);
		return NULL;
	}
	return object;
}

int listeners_write_json(const struct node *node, const struct settings *settings,
			 enum listener_choice choice, struct text_buffer *buffer)
{
	CLEANUP_JSON json_t *document = json_object();
	json_t *list = json_array();

	for (size_t i = 0; list && i < node->listener_count; i++)
		if (is_chosen(&node->listeners[i], choice) &&
		    json_add(list, listener_to_json(settings, &node->listeners[i])) < 0)
			break;
	if (json_set_text(document, "schema", "nodelatch.listeners/1") < 0 ||
	    json_set(document, "listeners", list) < 0)
		return -ENOMEM;
	json_write_pretty(document, buffer);
	return buffer_error(buffer);
}

static void write_owner(const struct listener *listener, struct text_buffer *buffer)
{
	if (!listener->owner_count) {
		buffer_text(buffer, "(held by no process that can be seen)");
		return;
	}
	const struct process *owner = listener->owners[0];

	buffer_escaped(buffer, owner->exe ? owner->exe : owner->name);
	buffer_printf(buffer, "[%d]", owner->pid);
	if (listener->owner_count > 1)
		buffer_printf(buffer, " and %zu more", listener->owner_count - 1);
	if (owner->unit || owner->pod_uid)
		buffer_printf(buffer, " %s ", owner->pod_uid ? "pod" : "unit");
	if (owner->unit || owner->pod_uid)
		buffer_escaped(buffer, owner->pod_uid ? owner->pod_uid : owner->unit);
}

static void write_line(const struct settings *settings, const struct listener *listener,
		       bool has_colour, struct text_buffer *buffer)
{
	static const char *const colours[] = {
		[ACTION_ALLOW] = "", [ACTION_FLAG] = "\033[33m", [ACTION_REFUSE] = "\033[31m"
	};
	struct listener_policy policy = listener_policy(settings, listener);
	char name[ADDRESS_TEXT_BYTES], words[128];

	listener_format(listener->transport, &listener->address, listener->port, name);
	snprintf(words, sizeof(words), policy.rule ? "%s (%.100s)" : "%s",
		 action_word(policy.action), policy.rule ? policy.rule->name : "");
	buffer_printf(buffer, "%-28s %-9s %-6s %s%-26s%s ", name, exposure_word(listener->exposure),
		      listener->is_in_host_netns ? "host" : "other",
		      has_colour ? colours[policy.action] : "", words, has_colour ? "\033[0m" : "");
	write_owner(listener, buffer);
	buffer_text(buffer, "\n");
}

int listeners_write_text(const struct node *node, const struct settings *settings,
			 enum listener_choice choice, const struct sink_style *style,
			 struct text_buffer *buffer)
{
	size_t hidden = 0;

	buffer_printf(buffer, "%-28s %-9s %-6s %-26s %s\n", "LISTENER", "EXPOSURE", "NETNS",
		      "POLICY", "OWNER");
	for (size_t i = 0; i < node->listener_count; i++) {
		if (is_chosen(&node->listeners[i], choice))
			write_line(settings, &node->listeners[i], style->has_colour, buffer);
		else
			hidden++;
	}
	if (hidden)
		buffer_printf(buffer, "%zu more: nodelatch listeners --all\n", hidden);
	return buffer_error(buffer);
}
