/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The port guard of one network namespace: the policy's `refuse` rules, for TCP and UDP, carried
 * out by the kernel when it looks for a listening socket. Clients are refused at once; the server
 * and its socket are not touched, and neither are connections that exist already: those go on until
 * they end.
 *
 * Lifetime is the point:
 *  - audit: the guard is held by this process alone. However the process ends, the host is as it
 *    was.
 *  - enforce: the guard is pinned in the BPF file system and stays in force without any process,
 *    through kill -9 and restart. A later guard_open() adopts it, and one pointer swap replaces its
 *    program: no connection slips through. It ends by a policy in audit mode or without rules,
 *    guard_release(keep = false), or `rm -r` of the pins.
 *  - enforce, but there is no BPF file system: in force while this process lives; guard_status()
 *    says so. Nothing is ever mounted on the host.
 * A policy that cannot be applied leaves the one before it in force.
 */
#ifndef ENFORCE_GUARD_H
#define ENFORCE_GUARD_H

#include "nodelatch/policy.h"
#include "nodelatch/settings.h"

#include "base/arena.h"

#define GUARD_PIN_DIRECTORY "/sys/fs/bpf/nodelatch"

struct guard;

struct guard_options {
	const char *pin_directory; /* NULL: GUARD_PIN_DIRECTORY */
	int netns_fd;		   /* of the network namespace to guard; duplicated */
};

/*
 * Loads the guard's program and lets it go again: whether this kernel and these privileges allow a
 * guard at all. Returns 0, or -errno with what is wrong (in the arena) and the way out; -ENOMEM: no
 * words either.
 */
int guard_probe(struct arena *arena, const char **ret_problem, const char **ret_remedy);

/* Changes nothing; a pinned guard of an earlier agent stays as it is until the first
 * guard_apply(). Returns 0, -EBADF or -EINVAL (not a network namespace), -ENAMETOOLONG, -ENOMEM. */
int guard_open(const struct guard_options *options, struct guard **ret_guard);

/*
 * Brings the kernel to these settings: rules, allow-lists, mode, attachment, pins; puts right what
 * somebody else has changed; does nothing where all is as it should be. Rules and mode change in
 * one step each, and a rule that is in the old and the new policy holds throughout. now_ns is wall
 * clock. Returns 0 when the guard is in force as wished (perhaps not pinned), else -errno:
 * guard_status() has it in words.
 */
int guard_apply(struct guard *guard, const struct settings *settings, int64_t now_ns);

/* Clients turned away, or, in audit mode, served though a rule would refuse them. */
struct guard_refusals {
	const char *rule; /* "" when the rule has left the policy meanwhile */
	enum transport transport;
	uint16_t port;
	const struct address *client; /* NULL: clients that the kernel's table had no room for */
	enum policy_mode mode;
	uint64_t count; /* since the last read; lookups: one a TCP connection, one a UDP packet */
};

/* Not 0 ends the read; what was not taken comes again with the next one. */
typedef int (*guard_refusals_fn)(void *context, const struct guard_refusals *refusals);

/*
 * Hands over what was counted since the last read, by this process or, for a pinned guard, by one
 * before it. Counts add up exactly; read before guard_apply(), while rules still have names.
 * Returns 0, -errno, or what the callback returned.
 */
int guard_read_clients(struct guard *guard, guard_refusals_fn report, void *context);

struct guard_rule_status {
	const char *name;
	uint16_t port;
	enum transport transport;
	enum guard_mode wished;
	enum guard_mode effective;	/* as the kernel's state proves it now, never as wished */
	const char *problem;		/* NULL: effective is as wished, and will stay so */
	const char *remedy;		/* NULL when there is no problem */
	uint64_t refused, would_refuse; /* since the guard began to count */
};

struct guard_status {
	const struct guard_rule_status *rules; /* every `refuse` rule, in the policy's order */
	size_t count;
	const char *pinned_at;	     /* NULL: not pinned */
	const char *unpinned_reason; /* in enforce mode, why it is not; else NULL */
	unsigned foreign_programs;   /* other sk_lookup programs in this network namespace: a socket
					that one of them selects is served in spite of the guard */
	const char *foreign;	     /* says so in words; NULL: none */
	const char *not_covered;     /* what a guard in force does not do, for a human to read; NULL
					when nothing is refused */
};

/* Asks the kernel, each time. Texts are in the arena. Returns 0 or -ENOMEM. */
int guard_status(const struct guard *guard, struct arena *arena, struct guard_status *ret_status);

/* Frees everything. keep: a pinned guard stays in force (what a stopping agent wants); else it is
 * unpinned and ends. NULL is ignored. */
void guard_release(struct guard *guard, bool keep);

#endif
