/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nodelatch-courier: takes changes from the warden over a socket and sends them to the collector.
 * Started by the warden, never by hand; it has no privileges, opens no files of its own and keeps
 * no state. It ends when the warden closes the socket.
 */
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"
#include "base/time.h"
#include "courier/parts.h"
#include "base/privileges.h"

/* Where the warden puts the socket. */
#define LINK_FD 3

static int milliseconds_left(int64_t until_ns)
{
	int64_t left_ns = until_ns - time_monotonic_ns();

	if (left_ns <= 0)
		return 0;
	return left_ns / NS_PER_MS < INT_MAX - 1 ? (int)(left_ns / NS_PER_MS) + 1 : INT_MAX;
}

static int wait_for_anything(struct courier *courier)
{
	struct pollfd link = { .fd = courier->link.fd, .events = POLLIN };

	if (courier->http)
		return http_wait(courier->http, courier->link.fd,
				 courier->state == RESTING ? milliseconds_left(courier->rests_until)
							   : -1);
	return poll(&link, 1, -1) < 0 && errno != EINTR ? -errno : 0;
}

static int step(struct courier *courier)
{
	int error = wait_for_anything(courier);

	if (error == 0)
		error = courier_listen(courier);
	if (error == 0 && courier->state == SENDING)
		error = courier_take_answer(courier);
	if (error == 0 && courier->state == RESTING && !milliseconds_left(courier->rests_until))
		error = courier_wake(courier);
	return error;
}

static bool is_socket(int fd)
{
	int type;
	socklen_t length = sizeof(type);

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_STREAM;
}

int main(void)
{
	struct courier courier = { .link.fd = LINK_FD };
	int error = 0;

	if (!is_socket(LINK_FD)) {
		log_error("nodelatch-courier is started by nodelatch run, not by hand");
		return 2;
	}
	error = privileges_drop(LINK_FD);
	if (error < 0) {
		log_error("the courier cannot give up its privileges: %s; it needs CAP_SETUID and "
			  "CAP_SETGID for that",
			  strerror(-error));
		return 2;
	}
	while (error == 0)
		error = step(&courier);
	if (error != -EPIPE && error != -ECONNRESET)
		log_error("the courier ends: %s", strerror(-error));
	/* Without tidying up: a resolver thread may still wait for an answer. */
	_exit(error == -EPIPE || error == -ECONNRESET ? 0 : 1);
}
