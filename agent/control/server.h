/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control socket: a unix stream socket of the agent, mode 0600, for `tail` and `status`.
 *
 * A client sends one JSON object on a line:
 *   {"command":"status"}            answered by one JSON object on a line, then the server closes
 *   {"command":"tail","after":N}    answered by every change after N, one a line, for as long as
 * the client stays An unknown command or a malformed line is answered by {"error":"..."}. A tail is
 * fed from the journal, so a slow client delays itself and loses nothing; one that does not read at
 * all is paused, not buffered.
 */
#ifndef CONTROL_SERVER_H
#define CONTROL_SERVER_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

#define CONTROL_SOCKET_DEFAULT "/run/nodelatch/control.sock"

struct event_base;
struct control_server;

struct control_handlers {
	void *context;
	/* Appends one JSON object, without a newline. Returns 0 or -errno. */
	int (*status)(void *context, struct text_buffer *answer);
	/* Appends at most `limit` changes after `after`, one a line, and the last one's number
	 * (`after` itself when there is none). Returns 0 or -errno. */
	int (*changes_after)(void *context, int64_t after, size_t limit, struct text_buffer *lines,
			     int64_t *ret_last);
};

/*
 * Listens at the path; its directory is made (0755) where it is missing, and a socket that nobody
 * answers is replaced. Returns 0; -EADDRINUSE when another agent answers there; or -errno.
 */
int control_server_open(struct event_base *base, const char *path,
			const struct control_handlers *handlers,
			struct control_server **ret_server);
/* There are new changes: feed the tails. */
void control_server_notify(struct control_server *server);
/* Closes the clients and removes the socket. */
void control_server_close(struct control_server *server);

#endif
