/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The observer puts the node together from its readers. It has two parts that move at different
 * speeds and are refreshed apart: the socket tables, and the components with their files.
 */
#ifndef OBSERVE_OBSERVER_H
#define OBSERVE_OBSERVER_H

#include "nodelatch/observation.h"

#include "base/cleanup.h"
#include "observe/host.h"

struct observer;
struct probe_list; /* observe/probes/result.h */

enum observed_part {
	OBSERVE_LISTENERS = 1 << 0,
	OBSERVE_COMPONENTS = 1 << 1,
	OBSERVE_ALL = OBSERVE_LISTENERS | OBSERVE_COMPONENTS,
};

/* The host stays the caller's and must live longer. Returns 0 or -ENOMEM. */
int observer_new(struct host *host, struct observer **ret_observer);
void observer_free(struct observer *observer);
/*
 * For an agent that reads again and again: loads the kernel's socket iterators. Returns 0, or
 * -errno with the reason in words (to be freed): then the tables are read from files, which is
 * slower.
 */
int observer_load_iterators(struct observer *observer, char **ret_problem);
/* A version that the operator knows: of "kubelet", ... Returns 0, -EINVAL for an unknown name or a
 * text that is no version, or -ENOMEM. */
int observer_set_version(struct observer *observer, const char *component, const char *version);
/* The kernel saw an exec. Where it is a component's, its argv is remembered: it is the truth where
 * the process rewrites it later. Returns whether it is. */
bool observer_note_exec(struct observer *observer, const struct exec_record *record);
/* Execs were lost: what was remembered of any process may be of an earlier program. */
void observer_lost_execs(struct observer *observer);
/*
 * Reads these parts anew; what cannot be read becomes unknown in the node, with the reason.
 * Everything that observer_node() gave of these parts before is invalid after.
 * Returns 0 or -ENOMEM.
 */
int observer_refresh(struct observer *observer, unsigned parts, int64_t now_ns);
/*
 * What the node's servers answered: the arena that it lives in is the observer's from here on. With
 * a problem nothing was asked, and that is why. A node tree's answers are read with its components
 * instead. True: a component told a version that nothing else knows, and should be read anew.
 */
bool observer_set_probes(struct observer *observer, struct arena *arena,
			 const struct probe_list *list, const char *problem);
/* They are being asked anew; what they answered before stands until then. */
void observer_expect_probes(struct observer *observer);
/* What the API server said of its cluster, the same way. */
void observer_set_cluster(struct observer *observer, struct arena *arena,
			  const struct cluster *cluster);
/* The node as last refreshed. */
void observer_node(const struct observer *observer, struct node *ret_node);
/* Whether a component's process is gone or has become another: its part should be refreshed. */
bool observer_components_are_stale(const struct observer *observer);
/* How the socket tables were read last: "bpf iterators", "/proc". */
const char *observer_listener_method(const struct observer *observer);

DEFINE_CLEANUP(observer, struct observer, observer_free);

#endif
