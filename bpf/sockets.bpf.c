/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The truth about listening sockets, read on demand: which process holds which, in every network
 * namespace at once; which exist in the reader's namespace, held or not; and which processes live
 * in which namespace. Iterators write to their reader alone, so there is no ring and no loss.
 */
#include "kernel_socket.h"
#include "pid.h"
#include "nodelatch/event.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* TCP in LISTEN, or UDP bound and not connected. MPTCP listens as TCP does. */
static __always_inline bool is_listener(const struct sock_common *common, __u16 protocol)
{
	if (common->skc_family != AF_INET && common->skc_family != AF_INET6)
		return false;
	if (protocol == IPPROTO_TCP || protocol == IPPROTO_MPTCP)
		return common->skc_state == TCP_LISTEN;
	return protocol == IPPROTO_UDP && common->skc_state == TCP_CLOSE && common->skc_num &&
	       !common->skc_dport;
}

static __always_inline void describe(struct event_socket *event, const struct sock_common *common,
				     __u16 protocol)
{
	event->netns = common->skc_net.net->ns.inum;
	event->port = common->skc_num;
	if (protocol == IPPROTO_UDP)
		event->flags |= EVENT_SOCKET_UDP;
	if (common->skc_family == AF_INET) {
		*(__be32 *)event->address = common->skc_rcv_saddr;
		return;
	}
	event->flags |= EVENT_SOCKET_IPV6;
	if (BPF_CORE_READ_BITFIELD(common, skc_ipv6only))
		event->flags |= EVENT_SOCKET_IPV6_ONLY;
	for (int i = 0; i < 4; i++)
		((__be32 *)event->address)[i] = common->skc_v6_rcv_saddr.in6_u.u6_addr32[i];
}

SEC("iter/task_file")
int held_sockets(struct bpf_iter__task_file *context)
{
	struct file *file = context->file;
	struct task_struct *task = context->task;
	struct event_socket event = { 0 };

	if (!file || !task)
		return 0;
	struct socket *socket = bpf_sock_from_file(file);
	struct sock *sock = socket ? socket->sk : NULL;

	if (!sock || !is_listener(&sock->__sk_common, sock->sk_protocol))
		return 0;
	event.pid = pid_of(task);
	if (!event.pid) /* another node's */
		return 0;
	event.inode = file->f_inode->i_ino;
	describe(&event, &sock->__sk_common, sock->sk_protocol);
	bpf_seq_write(context->meta->seq, &event, sizeof(event));
	return 0;
}

/* A socket with a file that no process holds is in flight between two; one without is the
 * kernel's. */
static __always_inline void write_socket(struct bpf_iter_meta *meta, struct sock *sock,
					 __u16 protocol)
{
	struct event_socket event = { 0 };

	if (!is_listener(&sock->__sk_common, protocol))
		return;
	if (sock->sk_socket && sock->sk_socket->file)
		event.inode = sock->sk_socket->file->f_inode->i_ino;
	describe(&event, &sock->__sk_common, protocol);
	bpf_seq_write(meta->seq, &event, sizeof(event));
}

SEC("iter/tcp")
int tcp_sockets(struct bpf_iter__tcp *context)
{
	struct sock_common *common = context->sk_common;
	struct tcp_sock *socket = common ? bpf_skc_to_tcp_sock(common) : NULL;

	/* NULL for requests and time waits, which are not whole sockets */
	if (socket)
		write_socket(context->meta, &socket->inet_conn.icsk_inet.sk, IPPROTO_TCP);
	return 0;
}

SEC("iter/udp")
int udp_sockets(struct bpf_iter__udp *context)
{
	struct udp_sock *socket = context->udp_sk;

	if (socket)
		write_socket(context->meta, &socket->inet.sk, IPPROTO_UDP);
	return 0;
}

SEC("iter/task")
int tasks(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	struct event_task event;

	if (!task || task->pid != task->tgid || !task->nsproxy)
		return 0;
	event.pid = pid_of(task);
	event.netns = task->nsproxy->net_ns->ns.inum;
	if (event.pid)
		bpf_seq_write(context->meta->seq, &event, sizeof(event));
	return 0;
}
