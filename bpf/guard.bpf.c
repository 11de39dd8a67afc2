/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The port guard. The kernel asks it each time it looks for a listening socket: once a TCP
 * connection, once a packet of an unconnected UDP socket. Dropping the lookup makes the kernel
 * answer as if nobody listened (RST, ICMP port unreachable); the server's socket is not touched.
 * Needs no kernel type information: everything it reads is stable interface.
 */
#include "kernel_types.h"

#include <bpf/bpf_endian.h>

#include "nodelatch/policy.h"

/* include/uapi/linux/bpf.h: numbers and a context that never change */
#define BPF_MAP_TYPE_PERCPU_HASH 5

enum { SK_DROP, SK_PASS };

struct bpf_sk_lookup {
	__u64 cookie;
	__u32 family;
	__u32 protocol;
	__u32 remote_ip4;    /* network order, as remote_ip6 */
	__u32 remote_ip6[4]; /* zero for IPv4 */
	__u32 remote_port;
	__u32 local_ip4;
	__u32 local_ip6[4];
	__u32 local_port; /* host order */
};

#define IPV4_MAPPED bpf_htonl(0xffff) /* third word of ::ffff:a.b.c.d */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, GUARD_RULES_MAX);
	__type(key, struct guard_rule_key);
	__type(value, struct guard_rule);
} rules SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1); /* the agent sets how many there are */
	__type(key, struct guard_allowed);
	__type(value, __u8);
} allowed SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} mode SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, GUARD_CLIENTS_MAX);
	__type(key, struct guard_peer);
	__type(value, struct guard_client);
} clients SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, GUARD_TOTALS_MAX);
	__type(key, struct guard_rule_key);
	__type(value, struct guard_count);
} totals SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 2 * GUARD_CLIENTS_MAX + GUARD_TOTALS_MAX);
	__type(key, struct guard_peer);
	__type(value, struct guard_client);
} reported SEC(".maps");

static __always_inline void read_client(const struct bpf_sk_lookup *lookup, struct guard_peer *peer)
{
	if (lookup->family == AF_INET) {
		peer->family = 4;
		peer->address[0] = lookup->remote_ip4;
		return;
	}
	__u32 first = lookup->remote_ip6[0], second = lookup->remote_ip6[1];
	__u32 third = lookup->remote_ip6[2], fourth = lookup->remote_ip6[3];

	if (!first && !second && third == IPV4_MAPPED) {
		peer->family = 4;
		peer->address[0] = fourth;
		return;
	}
	peer->family = 6;
	peer->address[0] = first;
	peer->address[1] = second;
	peer->address[2] = third;
	peer->address[3] = fourth;
}

static __always_inline int is_loopback(const struct guard_peer *peer)
{
	const __u32 *address = peer->address;

	if (peer->family == 4)
		return bpf_ntohl(address[0]) >> 24 == 127;
	return !address[0] && !address[1] && !address[2] && address[3] == bpf_htonl(1);
}

static __always_inline int is_allowed(const struct guard_rule *rule, const struct guard_peer *peer)
{
	struct guard_allowed key = { .prefix_length = 8 * sizeof(*peer), .peer = *peer };

	if (!rule->flags)
		return 0;
	if (rule->allow_until_ns && bpf_ktime_get_boot_ns() >= rule->allow_until_ns)
		return 0;
	if ((rule->flags & GUARD_ALLOWS_LOOPBACK) && is_loopback(peer))
		return 1;
	return (rule->flags & GUARD_ALLOWS_NETWORKS) && bpf_map_lookup_elem(&allowed, &key);
}

static __always_inline void add(struct guard_count *count, __u32 in_mode)
{
	if (in_mode == GUARD_ENFORCE)
		__sync_fetch_and_add(&count->refused, 1);
	else
		__sync_fetch_and_add(&count->would_refuse, 1);
}

/* The client before the total: who reads the totals first never finds a client missing that is only
 * late. */
static __always_inline void count(const struct guard_peer *peer, __u32 in_mode)
{
	struct guard_client *client = bpf_map_lookup_elem(&clients, peer);

	if (!client) {
		struct guard_client fresh = { .since_ns = bpf_ktime_get_ns() };

		bpf_map_update_elem(&clients, peer, &fresh, BPF_NOEXIST);
		client = bpf_map_lookup_elem(&clients, peer);
	}
	if (client)
		add(&client->count, in_mode);
	struct guard_count *total = bpf_map_lookup_elem(&totals, &peer->rule);

	if (total)
		add(total, in_mode);
}

SEC("sk_lookup")
int guard(struct bpf_sk_lookup *lookup)
{
	struct guard_peer peer = {
		.rule = { .port = (__u16)lookup->local_port, .transport = (__u8)lookup->protocol },
	};
	struct guard_rule *rule = bpf_map_lookup_elem(&rules, &peer.rule);
	__u32 only = 0;

	if (!rule)
		return SK_PASS;
	__u32 *slot = bpf_map_lookup_elem(&mode, &only);
	/* read once: what is counted is what happens */
	__u32 in_mode = slot ? *(volatile __u32 *)slot : GUARD_OFF;

	if (in_mode == GUARD_OFF)
		return SK_PASS;
	read_client(lookup, &peer);
	if (is_allowed(rule, &peer))
		return SK_PASS;
	count(&peer, in_mode);
	return in_mode == GUARD_ENFORCE ? SK_DROP : SK_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
