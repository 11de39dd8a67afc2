/* SPDX-License-Identifier: Apache-2.0 */
#include "control/server.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/json.h"
#include "base/limits.h"
#include "base/text.h"
#include "control/client.h"

/* Changes fetched for a tail in one go; some 100 kB. */
#define TAIL_BATCH 100
/* A tail gets more only when less than this is waiting for it. */
#define TAIL_LOW_WATER (64UL << 10)

struct client {
	struct client *next;
	struct control_server *server;
	struct bufferevent *stream;
	bool is_tail;
	bool is_closing; /* closes when everything is written */
	int64_t sent;	 /* number of the last change it was given */
};

struct control_server {
	struct evconnlistener *listener;
	struct control_handlers handlers;
	struct client *clients;
	size_t client_count;
	char *path;
};

static void client_free(struct client *client)
{
	struct client **place = &client->server->clients;

	while (*place != client)
		place = &(*place)->next;
	*place = client->next;
	client->server->client_count--;
	bufferevent_free(client->stream);
	free(client);
}

static void client_answer(struct client *client, const struct text_buffer *answer)
{
	bufferevent_write(client->stream, answer->data, answer->length);
	bufferevent_write(client->stream, "\n", 1);
	client->is_closing = true;
}

static void client_refuse(struct client *client, const char *reason)
{
	CLEANUP_BUFFER struct text_buffer answer = { 0 };

	buffer_printf(&answer, "{\"error\":\"%s\"}", reason);
	client_answer(client, &answer);
}

static void client_feed(struct client *client)
{
	const struct control_handlers *handlers = &client->server->handlers;
	CLEANUP_BUFFER struct text_buffer lines = { 0 };
	int64_t last = client->sent;

	if (evbuffer_get_length(bufferevent_get_output(client->stream)) > TAIL_LOW_WATER)
		return;
	if (handlers->changes_after(handlers->context, client->sent, TAIL_BATCH, &lines, &last) < 0)
		return;
	if (lines.length)
		bufferevent_write(client->stream, lines.data, lines.length);
	client->sent = last;
}

static void client_serve(struct client *client, const char *line)
{
	const struct control_handlers *handlers = &client->server->handlers;
	CLEANUP_JSON json_t *request = json_loads(line, 0, NULL);
	const char *command = json_get_text(request, "command", "");
	CLEANUP_BUFFER struct text_buffer answer = { 0 };

	if (text_equal(command, "tail")) {
		client->is_tail = true;
		client->sent = json_get_integer(request, "after", 0);
		client_feed(client);
	} else if (!text_equal(command, "status")) {
		client_refuse(client, "unknown command: want status or tail");
	} else if (handlers->status(handlers->context, &answer) < 0) {
		client_refuse(client, "the status could not be put together");
	} else {
		client_answer(client, &answer);
	}
}

static void on_readable(struct bufferevent *stream, void *context)
{
	struct evbuffer *input = bufferevent_get_input(stream);
	struct client *client = context;

	while (!client->is_closing && !client->is_tail) {
		CLEANUP_FREE char *line = evbuffer_readln(input, NULL, EVBUFFER_EOL_LF);

		if (line) {
			client_serve(client, line);
			continue;
		}
		if (evbuffer_get_length(input) > CONTROL_REQUEST_BYTES_MAX)
			client_refuse(client, "the request is longer than 4096 bytes");
		return;
	}
	evbuffer_drain(input, evbuffer_get_length(input));
}

static void on_written(struct bufferevent *stream, void *context)
{
	struct client *client = context;

	(void)stream;
	if (client->is_closing)
		client_free(client);
	else if (client->is_tail)
		client_feed(client);
}

static void on_event(struct bufferevent *stream, short what, void *context)
{
	(void)stream;
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
		client_free(context);
}

static void on_connection(struct evconnlistener *listener, evutil_socket_t fd,
			  struct sockaddr *address, int length, void *context)
{
	struct control_server *server = context;
	struct client *client = NULL;

	(void)address;
	(void)length;
	if (server->client_count < CONTROL_CLIENTS_MAX)
		client = calloc(1, sizeof(*client));
	if (!client) {
		close(fd);
		return;
	}
	client->server = server;
	client->stream = bufferevent_socket_new(evconnlistener_get_base(listener), fd,
						BEV_OPT_CLOSE_ON_FREE);
	if (!client->stream) {
		close(fd);
		free(client);
		return;
	}
	client->next = server->clients;
	server->clients = client;
	server->client_count++;
	bufferevent_setcb(client->stream, on_readable, on_written, on_event, client);
	bufferevent_setwatermark(client->stream, EV_READ, 0, CONTROL_REQUEST_BYTES_MAX + 1);
	bufferevent_enable(client->stream, EV_READ | EV_WRITE);
}

static int make_directory_of(const char *path)
{
	CLEANUP_FREE char *directory = strdup(path);
	char *slash = directory ? strrchr(directory, '/') : NULL;

	if (!directory)
		return -ENOMEM;
	if (!slash || slash == directory)
		return 0;
	*slash = '\0';
	return mkdir(directory, 0755) < 0 && errno != EEXIST ? -errno : 0;
}

static int bind_socket(const char *path, int *ret_fd)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	CLEANUP_CLOSE int fd = -1, other = -1;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path));
	int error = make_directory_of(path);

	if (error < 0)
		return error;
	if (control_connect(path, &other) == 0)
		return -EADDRINUSE;
	unlink(path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	/* The mode must hold from the first moment, so it comes from the descriptor, not from a
	 * later chmod. */
	if (fchmod(fd, 0600) < 0 ||
	    bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	*ret_fd = take_fd(&fd);
	return 0;
}

int control_server_open(struct event_base *base, const char *path,
			const struct control_handlers *handlers, struct control_server **ret_server)
{
	struct control_server *server = calloc(1, sizeof(*server));
	CLEANUP_CLOSE int fd = -1;
	int error = server ? bind_socket(path, &fd) : -ENOMEM;

	if (error == 0) {
		server->handlers = *handlers;
		server->path = strdup(path);
		error = server->path ? 0 : -ENOMEM;
	}
	if (error == 0) {
		server->listener = evconnlistener_new(base, on_connection, server,
						      LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC,
						      CONTROL_CLIENTS_MAX, fd);
		error = server->listener ? 0 : -ENOMEM;
	}
	if (error < 0) {
		control_server_close(server);
		return error;
	}
	take_fd(&fd);
	*ret_server = server;
	return 0;
}

void control_server_notify(struct control_server *server)
{
	for (struct client *client = server->clients; client; client = client->next)
		if (client->is_tail)
			client_feed(client);
}

void control_server_close(struct control_server *server)
{
	if (!server)
		return;
	while (server->clients)
		client_free(server->clients);
	if (server->listener) {
		unlink(server->path);
		evconnlistener_free(server->listener);
	}
	free(server->path);
	free(server);
}
