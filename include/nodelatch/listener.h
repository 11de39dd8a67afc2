/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A listening socket: TCP in LISTEN, or UDP bound and not connected.
 * Sockets of one SO_REUSEPORT group (same namespace, protocol, address, port) are one listener with
 * all their owners.
 */
#ifndef NODELATCH_LISTENER_H
#define NODELATCH_LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nodelatch/process.h"

enum transport {
	TRANSPORT_TCP,
	TRANSPORT_UDP,
};

/* Who can reach it; in order, the smallest first, so that the worst of several is their maximum. */
enum exposure {
	EXPOSURE_NONE,
	EXPOSURE_LOOPBACK,
	EXPOSURE_NODE, /* an address of this node that is not loopback and not a wildcard */
	EXPOSURE_ANY,
};

/* An address of either family. IPv4 uses the first four bytes. */
struct address {
	bool is_ipv6;
	uint8_t bytes[16]; /* network order */
};

struct listener {
	enum transport transport;
	struct address address;
	uint16_t port;	    /* host order */
	bool is_dual_stack; /* an IPv6 wildcard socket that takes IPv4 too; when unknown it is taken
			       to be */
	uint64_t netns;	    /* inode; 0 unknown */
	bool is_in_host_netns;
	enum exposure exposure;
	uint64_t inode;			     /* of one socket of the group */
	unsigned socket_count;		     /* in the SO_REUSEPORT group */
	const struct process *const *owners; /* every process that holds one of the sockets, the
						best one to name first */
	size_t owner_count; /* 0: held by no process that can be seen (in flight, kernel, io_uring)
			     */
};

#endif
