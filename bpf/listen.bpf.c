/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A hint whenever a socket of any network namespace starts or stops listening: TCP, MPTCP, SCTP.
 * The hint only says "look": it comes before the port is settled and for listens that then fail.
 */
#define RING_BYTES (64 << 10) /* never shared, so that an exec storm cannot delay a finding */

#include "emit.h"
#include "kernel_socket.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("tp_btf/inet_sock_set_state")
int watch_listen(__u64 *arguments)
{
	struct sock *socket = (void *)arguments[0];
	int from = arguments[1], to = arguments[2];
	struct event_listen hint = { 0 };

	if (from != TCP_LISTEN && to != TCP_LISTEN)
		return 0;
	hint.netns = socket->__sk_common.skc_net.net->ns.inum;
	hint.port = socket->__sk_common.skc_num;
	hint.protocol = socket->sk_protocol;
	hint.starts = to == TCP_LISTEN;
	emit(&hint.header, EVENT_LISTEN, sizeof(hint));
	return 0;
}
