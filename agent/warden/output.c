/* SPDX-License-Identifier: Apache-2.0 */
#include "warden/output.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>

#include "base/cleanup.h"
#include "base/limits.h"

struct output {
	int fd;
	struct event *writable;
	struct evbuffer *queue;
	uint64_t dropped;
};

static bool is_ready(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };

	return poll(&poll_fd, 1, 0) == 1;
}

/*
 * A pipe or terminal that poll() calls writable takes PIPE_BUF bytes without blocking; its flags
 * are not ours to change, others share them.
 */
static void drain(struct output *output)
{
	while (evbuffer_get_length(output->queue) && is_ready(output->fd)) {
		size_t length = evbuffer_get_length(output->queue);
		ssize_t chunk = length < PIPE_BUF ? (ssize_t)length : PIPE_BUF;
		ssize_t wrote =
			write(output->fd, evbuffer_pullup(output->queue, chunk), (size_t)chunk);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0 && errno == EAGAIN)
			return;
		/* Nobody reads any more: there is no one to keep lines for. */
		evbuffer_drain(output->queue, wrote < 0 ? length : (size_t)wrote);
	}
}

static void on_writable(evutil_socket_t fd, short what, void *context)
{
	struct output *output = context;

	(void)fd;
	(void)what;
	drain(output);
	if (evbuffer_get_length(output->queue))
		event_add(output->writable, NULL);
}

int output_new(struct event_base *base, int fd, struct output **ret_output)
{
	struct output *output = calloc(1, sizeof(*output));

	if (!output)
		return -ENOMEM;
	output->fd = fd;
	output->queue = evbuffer_new();
	output->writable = event_new(base, fd, EV_WRITE, on_writable, output);
	if (!output->queue || !output->writable) {
		output_free(output);
		return -ENOMEM;
	}
	*ret_output = output;
	return 0;
}

void output_free(struct output *output)
{
	if (!output)
		return;
	if (output->queue) {
		drain(output);
		evbuffer_free(output->queue);
	}
	if (output->writable)
		event_free(output->writable);
	free(output);
}

void output_write(struct output *output, const struct text_buffer *lines)
{
	if (buffer_error(lines) || !lines->length)
		return;
	if (evbuffer_get_length(output->queue) + lines->length > OUTPUT_QUEUE_BYTES_MAX ||
	    evbuffer_add(output->queue, lines->data, lines->length) < 0) {
		output->dropped++;
		return;
	}
	drain(output);
	/* A regular file cannot be waited for, and never has to be. */
	if (evbuffer_get_length(output->queue))
		event_add(output->writable, NULL);
}

uint64_t output_dropped(const struct output *output)
{
	return output->dropped;
}
