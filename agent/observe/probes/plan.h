/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which of this node's own servers are asked what. Pure: from the components and the listeners that
 * they hold, nothing else is ever asked. A socket on every address is asked on loopback.
 */
#ifndef OBSERVE_PROBES_PLAN_H
#define OBSERVE_PROBES_PLAN_H

#include "nodelatch/observation.h"
#include "nodelatch/settings.h"

#include "base/arena.h"

struct probe_target {
	pid_t pid;	/* the owner of the listener */
	uint64_t netns; /* where it is; 0: unknown, taken to be ours */
	struct address address;
	uint16_t port;
	const char *path;	  /* static; NULL: only the handshake */
	const char *version_path; /* static; NULL: its version is known, or it tells none */
	bool is_tls;
};

struct probe_plan {
	struct probe_target *items; /* in the arena; at most PROBES_MAX */
	size_t count;
};

/*
 * `spared`: rules of ports that are not asked, because a guard counts who comes to them; NULL: ask
 * all. Returns 0 or -ENOMEM.
 */
int probes_plan(const struct node *node, const struct settings *spared, struct arena *arena,
		struct probe_plan *ret_plan);
/* Whether both ask the same of the same. */
bool probe_plans_are_equal(const struct probe_plan *one, const struct probe_plan *other);

#endif
