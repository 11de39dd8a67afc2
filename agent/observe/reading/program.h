/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which processes run a component's program, and which of them are this node's own.
 */
#ifndef OBSERVE_READING_PROGRAM_H
#define OBSERVE_READING_PROGRAM_H

#include "observe/host.h"
#include "observe/reading/schema.h"

/* Lists end with NULL. */
struct program {
	const char *const *names; /* base names of its file or of argv[0], never parts of a word */
	/* What follows `hyperkube`, which was all of Kubernetes in one program up to 1.18, and
	 * later OpenShift's. NULL: it never was in there. */
	const char *const *hyperkube_words;
	const struct schema *schema;
};

/* How many words stand before the flags: one, or two of `hyperkube kubelet`; 0: the process is not
 * this program. */
size_t program_start(const struct program *program, const struct process *process);
/* Whether it runs the program to do its work, and not just to print its version or its flags. */
bool program_serves(const struct program *program, const struct process *process);

/* Whether this is the uid that a kubelet gives to a static pod. */
bool pod_is_static(const char *uid);
/*
 * Whether the process speaks for the node. What runs in no pod does, and what runs in a static pod:
 * its uid is 32 hex digits without dashes, that of a pod made through the API a UUID. Such a pod
 * does only where it is known to share the host's network namespace; else it speaks for itself, as
 * hosted control planes and nested nodes do.
 */
bool process_is_the_nodes(const struct host *host, const struct process *process);

#endif
