/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the node's own servers answer, and the API server where the policy has a credential for it:
 * asked again when who listens where changed, when a file that a component reads changed, and every
 * few minutes. Never faster than a kubelet's log can bear, and no pass waits for it: the answers
 * come with a pass of their own.
 */
#ifndef WARDEN_PROBING_H
#define WARDEN_PROBING_H

#include <stdbool.h>
#include <stdint.h>

#include "observe/probes/session.h"

struct event;
struct warden;

struct probing {
	struct arena *arena;	/* of the plan; NULL: there was none yet */
	struct probe_plan plan; /* of the session, or of the last one */
	struct probe_session *session;
	struct event *readable, *deadline;
	struct event *later; /* the next session, when it may not be yet */
	int64_t asked_at_ns; /* monotonic; 0: never */
	bool is_due;	     /* whatever the plan says */
	bool asks_servers;   /* the session is about them, and not about the cluster alone */
	bool holds_cluster;  /* the observer has an answer of the API server */
	int64_t cluster_asked_at_ns; /* the same of the API server */
};

/* Before the first pass, and waits for the answers (PROBE_SESSION_MS at most): what was known when
 * the agent stopped is not to go and come back. Returns 0 or -errno. */
int probing_begin(struct warden *warden);
/* Between observing and judging: starts a session if it is time for one. */
void probing_look(struct warden *warden);
/* Something changed that an answer may hang on. */
void probing_is_due(struct warden *warden);
/* The policy is another. */
void probing_start_over(struct warden *warden);
/* Ends everything; before the event base is freed. */
void probing_done(struct warden *warden);

#endif
