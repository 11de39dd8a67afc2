/* SPDX-License-Identifier: Apache-2.0 */
/* The courier's end of the link: lines of JSON over a socket, bounded by LINK_LINE_BYTES_MAX. */
#ifndef COURIER_LINE_SOCKET_H
#define COURIER_LINE_SOCKET_H

#include <jansson.h>

#include "base/buffer.h"

struct line_socket {
	int fd;
	struct text_buffer input;
	size_t taken; /* bytes of the input that were given out as lines */
};

/* Takes what has arrived, without waiting. Returns 0; -EPIPE at the end; or -errno. */
int line_socket_fill(struct line_socket *socket);
/* The next line that has arrived as a whole, without its newline, valid until the next fill.
 * Returns 1, 0 when there is none, -EMSGSIZE when one is too long. */
int line_socket_next(struct line_socket *socket, char **ret_line, size_t *ret_length);
/* Writes the object as a line, and waits until it is out. The reference is taken. Returns 0 or
 * -errno. */
int line_socket_say(struct line_socket *socket, json_t *object);

#endif
