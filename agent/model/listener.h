/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a listening socket is to the policy: decided here once, for those who show listeners and for
 * those who judge them. Pure.
 */
#ifndef MODEL_LISTENER_H
#define MODEL_LISTENER_H

#include "nodelatch/settings.h"

struct listener_policy {
	enum rule_action action;
	const struct port_rule *rule; /* that names it; NULL: `listeners` of the policy decided */
	bool is_unclear; /* an entry of listeners.allow fits as far as its owners can be seen */
};

/*
 * The strictest port rule that names the listener; else, in the host's network namespace, allowed
 * when listeners.allow names every process that serves it, and listeners.default when it does not.
 */
struct listener_policy listener_policy(const struct settings *settings,
				       const struct listener *listener);

/* An unconnected UDP socket on a port that the kernel picked: a client, which serves nobody. */
bool listener_is_client(const struct listener *listener);
/* Whether a process holds its sockets for others: to start them on demand, or while they start. */
bool process_is_holder(const struct process *process);
/* Whether the program is called that: the base name of its exe, or where that cannot be read its
 * comm. */
bool process_is_named(const struct process *process, const char *name);

#endif
