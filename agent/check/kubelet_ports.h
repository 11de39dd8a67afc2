/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which listeners are a kubelet's read-only port and which are cAdvisor's. Shared by the kubelet.*
 * rows, which speak of the settings, and the port.* rows, which speak of the sockets.
 */
#ifndef CHECK_KUBELET_PORTS_H
#define CHECK_KUBELET_PORTS_H

#include <stdbool.h>
#include <stdint.h>

#include "nodelatch/observation.h"

/* The flags' defaults: kubernetes/kubernetes pkg/cluster/ports, and --cadvisor-port up to 1.10. */
#define KUBELET_READ_ONLY_PORT 10255
#define CADVISOR_PORT	       4194

/* Whether the port setting is known, and asks for no such port. */
bool kubelet_port_is_closed(const struct component *kubelet, const char *name);

enum port_claim {
	PORT_IS_ANOTHERS,
	PORT_IS_ITS,
	PORT_IS_UNCLEAR, /* the right port and namespace, but who holds it cannot be seen */
};

/*
 * A TCP listener is the kubelet's read-only port when the kubelet holds it and it is the port of
 * the settings, or 10255 unless the settings give that number to another of its servers: then the
 * kubelet was started with other settings than those on disk.
 */
enum port_claim kubelet_read_only_claim(const struct node *node, const struct component *kubelet,
					const struct listener *listener);
/* The same for cAdvisor inside the kubelet (4194, or the flag's port), with the same exception. */
enum port_claim kubelet_cadvisor_claim(const struct node *node, const struct component *kubelet,
				       const struct listener *listener);
/* A cAdvisor of its own on 4194. */
bool listener_is_standalone_cadvisor(const struct listener *listener);

/* A live listener of the kubelet's that such a claim names, the worst exposed one; or NULL. */
typedef enum port_claim port_claim_function(const struct node *node,
					    const struct component *kubelet,
					    const struct listener *listener);
const struct listener *kubelet_claimed_listener(const struct node *node,
						const struct component *kubelet,
						port_claim_function *claim);

#endif
