/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/line_socket.h"

#include <string.h>
#include <sys/socket.h>

#include "base/json.h"
#include "base/limits.h"

#define READ_BYTES (64UL << 10)

static void forget_taken(struct line_socket *socket)
{
	struct text_buffer *input = &socket->input;

	if (!socket->taken)
		return;
	memmove(input->data, input->data + socket->taken, input->length - socket->taken);
	input->length -= socket->taken;
	socket->taken = 0;
}

int line_socket_fill(struct line_socket *socket)
{
	char piece[READ_BYTES];

	forget_taken(socket);
	for (;;) {
		ssize_t got = recv(socket->fd, piece, sizeof(piece), MSG_DONTWAIT);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return errno == EAGAIN ? 0 : -errno;
		if (got == 0)
			return -EPIPE;
		buffer_append(&socket->input, piece, (size_t)got);
		if (buffer_error(&socket->input) < 0)
			return buffer_error(&socket->input);
		if (socket->input.length > LINK_LINE_BYTES_MAX)
			return 0;
	}
}

int line_socket_next(struct line_socket *socket, char **ret_line, size_t *ret_length)
{
	size_t left = socket->input.length - socket->taken;
	char *start = socket->input.data + socket->taken;
	char *end = left ? memchr(start, '\n', left) : NULL;

	if (!end)
		return left > LINK_LINE_BYTES_MAX ? -EMSGSIZE : 0;
	*ret_line = start;
	*ret_length = (size_t)(end - start);
	socket->taken += *ret_length + 1;
	return 1;
}

int line_socket_say(struct line_socket *socket, json_t *object)
{
	CLEANUP_JSON json_t *owned = object;
	CLEANUP_BUFFER struct text_buffer line = { 0 };

	if (!owned)
		return -ENOMEM;
	json_write(owned, &line);
	buffer_text(&line, "\n");
	if (buffer_error(&line) < 0)
		return buffer_error(&line);
	for (size_t done = 0; done < line.length;) {
		ssize_t sent = send(socket->fd, line.data + done, line.length - done, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return -errno;
		done += (size_t)sent;
	}
	return 0;
}
