/* SPDX-License-Identifier: Apache-2.0 */
#include "prober/visit.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/time.h"
#include "model/address.h"

void visit_write_request(struct visit *visit, const char *path, int minor)
{
	char host[ADDRESS_TEXT_BYTES];
	bool is_ipv6 = visit->probe.address.is_ipv6;

	address_format(&visit->probe.address, host);
	visit->request_length = (size_t)snprintf(
		visit->request, sizeof(visit->request),
		"GET %s HTTP/1.%d\r\nHost: %s%s%s:%u\r\nUser-Agent: nodelatch-prober\r\n"
		"Accept: */*\r\nConnection: close\r\n\r\n",
		path, minor, is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "", visit->probe.port);
	if (visit->request_length >= sizeof(visit->request))
		visit_fail(visit, "the path is too long");
}

/* A connection that could not be made. */
static void fail_connection(struct visit *visit, int error)
{
	if (visit->is_greeting) {
		visit->step = ENDED;
		return;
	}
	visit_fail(visit, "no connection: %s", strerror(-error));
	if (error == -ECONNREFUSED)
		visit->probe.outcome = PROBE_REFUSED;
}

void visit_begin(struct visit *visit, SSL_CTX *tls)
{
	visit->tls = tls;
	visit->until_ns = time_monotonic_ns() + VISIT_MS * NS_PER_MS;
	if (visit->probe.path)
		visit_write_request(visit, visit->probe.path, 1);
	if (visit->step == ENDED)
		return;
	int error = visit_connect(visit);

	if (error == 0 && visit->probe.is_tls)
		error = visit_start_tls(visit, tls);
	if (error < 0)
		fail_connection(visit, error);
}

/* The first connection has said what it can. */
static void end_asking(struct visit *visit)
{
	visit_disconnect(visit);
	if (visit->probe.is_tls && visit->probe.outcome >= PROBE_HANDSHAKE &&
	    !visit->is_asking_version)
		visit_greet(visit);
	else
		visit->step = ENDED;
}

static void finish_connecting(struct visit *visit)
{
	int error = 0;
	socklen_t length = sizeof(error);

	if (getsockopt(visit->fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0)
		error = errno;
	if (error)
		fail_connection(visit, -error);
	else
		visit->step = visit->ssl ? SHAKING_HANDS : WRITING;
}

static void shake_hands(struct visit *visit)
{
	int result = visit_shake_hands(visit);

	if (result == -EAGAIN || visit->step == ENDED)
		return;
	visit->probe.outcome = PROBE_HANDSHAKE;
	visit->waits_for = POLLOUT;
	if (result < 0 || !visit->probe.path)
		end_asking(visit);
	else
		visit->step = WRITING;
}

static void write_more(struct visit *visit)
{
	ssize_t sent = visit_write(visit, visit->request + visit->sent,
				   visit->request_length - visit->sent);

	if (sent == -EAGAIN)
		return;
	if (sent > 0)
		visit->sent += (size_t)sent;
	/* One that does not listen may have said why. */
	if (sent <= 0 || visit->sent == visit->request_length) {
		visit->step = READING;
		visit->waits_for = POLLIN;
	}
}

static void read_more(struct visit *visit)
{
	ssize_t got = visit_read(visit, visit->answer + visit->received,
				 sizeof(visit->answer) - visit->received);

	if (got == -EAGAIN)
		return;
	if (got > 0)
		visit->received += (size_t)got;
	if (visit->is_greeting)
		visit_take_greeting(visit, got <= 0);
	else if (visit->is_asking_version)
		visit_take_version(visit, got <= 0);
	else if (visit_take_answer(visit, got <= 0))
		end_asking(visit);
}

void visit_go_on(struct visit *visit)
{
	if (visit->step == CONNECTING)
		finish_connecting(visit);
	else if (visit->step == SHAKING_HANDS)
		shake_hands(visit);
	else if (visit->step == WRITING)
		write_more(visit);
	else if (visit->step == READING)
		read_more(visit);
	if (visit->step == ENDED)
		visit_ask_version(visit);
}

void visit_time_out(struct visit *visit)
{
	if (visit->is_asking_version) {
		visit_take_version(visit, true);
		visit_ask_version(visit);
		return;
	}
	bool has_agreed = visit->probe.outcome == PROBE_HANDSHAKE;

	if (!visit->is_greeting && !(visit->probe.status && visit_take_answer(visit, true))) {
		visit_fail(visit, "no answer came within %d ms", VISIT_MS);
		if (has_agreed)
			visit->probe.outcome = PROBE_HANDSHAKE;
	}
	visit_disconnect(visit);
	visit->step = ENDED;
}

void visit_done(struct visit *visit)
{
	visit_disconnect(visit);
	for (size_t i = 0; i < visit->chain_count; i++)
		OPENSSL_free(visit->chain[i]);
	visit->chain_count = 0;
}
