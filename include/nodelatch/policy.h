/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the guard's kernel program and the agent say to each other: keys and values of its maps.
 * Includes nothing; fixed width; any change of a size or a meaning raises GUARD_LAYOUT, which is
 * part of the pins' names, so that agents of two versions never read each other's maps.
 *
 * A guard is one program with three maps of its own, filled before it is attached and never changed
 * after, but for the mode: `rules` (guard_rule_key -> guard_rule), `allowed` (a longest-prefix trie
 * of guard_allowed) and `mode` (one guard_mode). A new policy is a new program that takes the
 * place of the old one by one pointer. Three more maps outlive programs and agents: `clients`
 * (guard_peer -> guard_client, the least recently seen go first when it is full), `totals`
 * (guard_rule_key -> guard_count, per CPU, exact) and `reported` (guard_peer -> guard_client: what
 * the agent has handed on; the program does not use it).
 */
#ifndef NODELATCH_POLICY_H
#define NODELATCH_POLICY_H

#define GUARD_LAYOUT 1

/* As many as a policy may hold (base/limits.h). */
#define GUARD_RULES_MAX 1024
/* Rules of the present and of earlier policies whose last counts nobody has read yet. */
#define GUARD_TOTALS_MAX (2 * GUARD_RULES_MAX)
/* Clients told apart at once; a node's own network has some hundred. What a flood of addresses
 * pushes out still counts in the totals, so that the difference is known. */
#define GUARD_CLIENTS_MAX 4096

/* IP protocol numbers. */
#define GUARD_TCP 6
#define GUARD_UDP 17

enum guard_mode {
	GUARD_OFF,     /* serve, count nothing */
	GUARD_AUDIT,   /* serve, count what would be refused */
	GUARD_ENFORCE, /* refuse */
};

/* guard_rule.flags */
#define GUARD_ALLOWS_LOOPBACK 1U
#define GUARD_ALLOWS_NETWORKS 2U /* `allowed` has entries for this rule */

struct guard_rule_key {
	unsigned short port;	 /* host order */
	unsigned char transport; /* GUARD_TCP, GUARD_UDP */
	unsigned char zero;
};

struct guard_rule {
	unsigned int flags;
	unsigned int zero;
	unsigned long long allow_until_ns; /* CLOCK_BOOTTIME; from then on nobody is allowed; 0: no
					      end */
};

/* A client of one rule. An IPv4 client of an IPv6 socket is an IPv4 client. */
struct guard_peer {
	struct guard_rule_key rule;
	unsigned int family;	 /* 4, 6; 0 in `reported`: what all clients of the rule add up to */
	unsigned int address[4]; /* network order; IPv4 uses the first */
};

/* Key of the trie: the peer's rule and family always count, of the address the prefix. */
struct guard_allowed {
	unsigned int prefix_length; /* bits of peer, from its start */
	struct guard_peer peer;
};

#define GUARD_ALLOWED_FIXED_BITS 64U /* rule and family */

struct guard_count {
	unsigned long long would_refuse, refused;
};

struct guard_client {
	unsigned long long since_ns; /* tells an entry from an earlier one of the same client */
	struct guard_count count;
};

_Static_assert(sizeof(struct guard_rule_key) == 4, "layout");
_Static_assert(sizeof(struct guard_rule) == 16, "layout");
_Static_assert(sizeof(struct guard_peer) == 24, "layout");
_Static_assert(sizeof(struct guard_allowed) == 28, "layout");
_Static_assert(sizeof(struct guard_count) == 16, "layout");
_Static_assert(sizeof(struct guard_client) == 24, "layout");

#endif
