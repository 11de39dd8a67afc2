/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "prober/visit.h"

void visit_fail(struct visit *visit, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(visit->problem, sizeof(visit->problem), format, arguments);
	va_end(arguments);
	visit->probe.outcome = PROBE_FAILED;
	visit->probe.problem = visit->problem;
	visit_disconnect(visit);
	visit->step = ENDED;
}

void visit_disconnect(struct visit *visit)
{
	/* Without a farewell: that could wait. */
	if (visit->ssl)
		SSL_free(visit->ssl);
	visit->ssl = NULL;
	cleanup_close(&visit->fd);
	visit->fd = -1;
}

static socklen_t socket_address(const struct probe *probe, struct sockaddr_storage *ret_address)
{
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)ret_address;
	struct sockaddr_in *four = (struct sockaddr_in *)ret_address;

	memset(ret_address, 0, sizeof(*ret_address));
	if (probe->address.is_ipv6) {
		six->sin6_family = AF_INET6;
		six->sin6_port = htons(probe->port);
		memcpy(&six->sin6_addr, probe->address.bytes, sizeof(six->sin6_addr));
		return sizeof(*six);
	}
	four->sin_family = AF_INET;
	four->sin_port = htons(probe->port);
	memcpy(&four->sin_addr, probe->address.bytes, sizeof(four->sin_addr));
	return sizeof(*four);
}

int visit_connect(struct visit *visit)
{
	struct sockaddr_storage address;
	socklen_t length = socket_address(&visit->probe, &address);

	visit_disconnect(visit);
	visit->fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (visit->fd < 0)
		return -errno;
	visit->sent = visit->received = 0;
	visit->step = CONNECTING;
	visit->waits_for = POLLOUT;
	if (connect(visit->fd, (struct sockaddr *)&address, length) < 0 && errno != EINPROGRESS)
		return -errno;
	return 0;
}

ssize_t visit_tls_result(struct visit *visit, int result)
{
	switch (SSL_get_error(visit->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		visit->waits_for = POLLIN;
		return -EAGAIN;
	case SSL_ERROR_WANT_WRITE:
		visit->waits_for = POLLOUT;
		return -EAGAIN;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	default:
		return -EPROTO;
	}
}

ssize_t visit_read(struct visit *visit, char *bytes, size_t length)
{
	visit->waits_for = POLLIN;
	if (visit->ssl) {
		int result = SSL_read(visit->ssl, bytes, (int)length);

		return result > 0 ? result : visit_tls_result(visit, result);
	}
	ssize_t result = recv(visit->fd, bytes, length, 0);

	return result < 0 ? -errno : result;
}

ssize_t visit_write(struct visit *visit, const char *bytes, size_t length)
{
	visit->waits_for = POLLOUT;
	if (visit->ssl) {
		int result = SSL_write(visit->ssl, bytes, (int)length);

		return result > 0 ? result : visit_tls_result(visit, result);
	}
	ssize_t result = send(visit->fd, bytes, length, MSG_NOSIGNAL);

	return result < 0 ? -errno : result;
}
