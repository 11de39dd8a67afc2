/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Observations: what we know of this node, and how we know it.
 *
 * observe/ fills these structs, check/ judges them. They are plain data: no pointer in them is
 * owned by the reader, all of them live in the arena of the observation they belong to, and are
 * valid until that part is refreshed. Invariant: what was not seen is unknown (VALUE_UNKNOWN,
 * *_known == false), never a guess and never "good". Text is as found, foreign bytes included;
 * whoever prints it escapes it (base/text.h).
 */
#ifndef NODELATCH_OBSERVATION_H
#define NODELATCH_OBSERVATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "nodelatch/cluster.h"
#include "nodelatch/component.h"
#include "nodelatch/file.h"
#include "nodelatch/listener.h"
#include "nodelatch/probe.h"
#include "nodelatch/process.h"

/* What the agent found out about itself: a policy that does not parse, a watcher that is off, a
 * guard that is not in force. */
struct self_fact {
	const char *check; /* the row it belongs to: "agent.policy", "agent.watch", "agent.journal",
			      "guard.effective" */
	const char *name; /* the thing: "/etc/nodelatch/policy.yaml", "exec", "kubelet-read-only" */
	const char *problem; /* one sentence; NULL: it is as it should be */
	const char *remedy;  /* NULL: the row's */
};

/* The node, as seen in one pass. */
struct node {
	const char *name;	/* lower case */
	const char *machine_id; /* "" when unknown */
	const char *boot_id;	/* "" when unknown */
	const char *kernel;	/* release; "" when unknown */
	int64_t now_ns;		/* wall clock of this pass, or what --now said */
	uint64_t host_netns;	/* inode of the network namespace judged as the host's; 0 unknown */

	const struct component *components;
	size_t component_count;
	const char *const *roles; /* "worker", "control-plane", "etcd", as the components show */
	size_t role_count;
	const char *distro; /* of its kubelet, else of its control plane; NULL unknown */

	const struct file_fact *files;
	size_t file_count;

	bool listeners_known; /* false: no socket table could be read, listeners_problem says why */
	const char *listeners_problem;
	const struct listener *listeners;
	size_t listener_count;

	bool probes_known; /* false: nothing was asked, probes_problem says why */
	const char *probes_problem;
	bool probes_pending; /* some are being asked right now */
	const struct probe *probes;
	size_t probe_count;

	struct cluster cluster;

	const struct self_fact *self; /* empty in one-shot use */
	size_t self_count;
};

/* An exec that the kernel reported. Valid during the callback that hands it over. */
struct exec_record {
	int64_t time_ns;	 /* wall clock */
	struct process process;	 /* argv as captured in the kernel at exec */
	uint32_t argument_bytes; /* length of the whole argv area, of which at most
				    EXEC_ARGUMENTS_MAX were captured */
	bool arguments_truncated;
	bool arguments_unreadable;
};

/* Something the kernel could not hand over. */
struct gap_record {
	const char *stream; /* "exec", "listen" */
	uint64_t lost;
	int64_t from_ns, to_ns; /* wall clock */
};

#endif
