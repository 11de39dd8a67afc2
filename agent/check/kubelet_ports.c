/* SPDX-License-Identifier: Apache-2.0 */
#include "check/kubelet_ports.h"

#include "base/text.h"
#include "check/facts.h"

/* Whether the settings give this port to a server other than the one that is asked about. */
static bool is_another_servers(const struct component *kubelet, int64_t port, const char *asked)
{
	static const char *const SERVERS[] = { "port", "healthzPort", "readOnlyPort",
					       "--cadvisor-port" };

	for (size_t i = 0; i < ARRAY_SIZE(SERVERS); i++)
		if (!text_equal(SERVERS[i], asked) && setting_integer(kubelet, SERVERS[i]) == port)
			return true;
	return false;
}

static enum port_claim claim_port(const struct node *node, const struct component *kubelet,
				  const struct listener *listener, const char *setting,
				  int64_t usual_port)
{
	int64_t port = setting_integer(kubelet, setting);

	if (listener->transport != TRANSPORT_TCP)
		return PORT_IS_ANOTHERS;
	if (listener->port != port &&
	    (listener->port != usual_port || is_another_servers(kubelet, usual_port, setting)))
		return PORT_IS_ANOTHERS;
	if (process_owns(kubelet->process, listener))
		return PORT_IS_ITS;
	return !listener->owner_count && process_shares_netns(node, kubelet->process, listener)
		       ? PORT_IS_UNCLEAR
		       : PORT_IS_ANOTHERS;
}

enum port_claim kubelet_read_only_claim(const struct node *node, const struct component *kubelet,
					const struct listener *listener)
{
	return claim_port(node, kubelet, listener, "readOnlyPort", KUBELET_READ_ONLY_PORT);
}

enum port_claim kubelet_cadvisor_claim(const struct node *node, const struct component *kubelet,
				       const struct listener *listener)
{
	return claim_port(node, kubelet, listener, "--cadvisor-port", CADVISOR_PORT);
}

bool kubelet_port_is_closed(const struct component *kubelet, const char *name)
{
	const struct setting *setting = component_setting(kubelet, name);

	return setting && (setting->value.kind == VALUE_UNSET ||
			   (setting->value.kind == VALUE_INTEGER && !setting->value.integer));
}

static bool is_cadvisor(const struct process *process)
{
	if (process->exe)
		return text_equal(text_base_name(process->exe), "cadvisor");
	return text_equal(process->name, "cadvisor");
}

bool listener_is_standalone_cadvisor(const struct listener *listener)
{
	if (listener->transport != TRANSPORT_TCP || listener->port != CADVISOR_PORT)
		return false;
	for (size_t i = 0; i < listener->owner_count; i++)
		if (is_cadvisor(listener->owners[i]))
			return true;
	return false;
}

const struct listener *kubelet_claimed_listener(const struct node *node,
						const struct component *kubelet,
						port_claim_function *claim)
{
	const struct listener *worst = NULL;

	for (size_t i = 0; i < node->listener_count; i++) {
		const struct listener *listener = &node->listeners[i];

		if (claim(node, kubelet, listener) != PORT_IS_ITS)
			continue;
		if (!worst || worst->exposure < listener->exposure)
			worst = listener;
	}
	return worst;
}
