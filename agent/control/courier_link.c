/* SPDX-License-Identifier: Apache-2.0 */
#include "control/courier_link.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/socket.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include "base/json.h"
#include "base/limits.h"
#include "base/helper.h"

struct courier_link {
	struct courier_link_source source;
	struct bufferevent *stream;
	struct ev_token_bucket_cfg *rate;
	pid_t pid;
	int64_t handed_over;  /* up to here it has seen changes */
	int64_t acknowledged; /* up to here the collector has them */
	bool has_all;	      /* its last question was answered by "none" */
	bool is_gone;
	const char *reason;	/* why it is gone */
	struct event *farewell; /* says so, when nothing of the link is in use any more */
};

static void lose(struct courier_link *link, const char *reason)
{
	if (link->is_gone)
		return;
	link->is_gone = true;
	link->reason = reason;
	bufferevent_disable(link->stream, EV_READ | EV_WRITE);
	event_active(link->farewell, EV_TIMEOUT, 0);
}

/* The last thing that happens to a link: it may be closed in there. */
static void on_farewell(evutil_socket_t fd, short what, void *context)
{
	struct courier_link *link = context;

	(void)fd, (void)what;
	link->source.gone(link->source.context, link->reason);
}

static int send_object(struct courier_link *link, const json_t *object)
{
	CLEANUP_BUFFER struct text_buffer line = { 0 };

	json_write(object, &line);
	buffer_text(&line, "\n");
	if (buffer_error(&line))
		return buffer_error(&line);
	return bufferevent_write(link->stream, line.data, line.length) < 0 ? -ENOMEM : 0;
}

/* The lines of changes as one line: their newlines become the commas of an array. */
static int send_changes(struct courier_link *link, struct text_buffer *lines, int64_t last)
{
	CLEANUP_BUFFER struct text_buffer answer = { 0 };

	for (size_t i = 0; i < lines->length; i++)
		if (lines->data[i] == '\n')
			lines->data[i] = ',';
	buffer_text(&answer, "{\"changes\":[");
	buffer_append(&answer, lines->data, lines->length ? lines->length - 1 : 0);
	buffer_printf(&answer, "],\"last\":%lld}\n", (long long)last);
	if (buffer_error(&answer))
		return buffer_error(&answer);
	return bufferevent_write(link->stream, answer.data, answer.length) < 0 ? -ENOMEM : 0;
}

/* Halves the question until its answer fits into a line. */
static int fetch(struct courier_link *link, int64_t after, size_t limit, struct text_buffer *lines)
{
	int64_t last = after;
	int error;

	for (; limit; limit /= 2) {
		buffer_reset(lines);
		error = link->source.changes_after(link->source.context, after, limit, lines,
						   &last);
		if (error < 0 && error != -E2BIG)
			return error;
		/* Room for the words around them. */
		if (!buffer_error(lines) && lines->length < LINK_LINE_BYTES_MAX - 128)
			break;
	}
	if (!limit)
		return -E2BIG;
	link->has_all = lines->length == 0;
	link->handed_over = last;
	return 0;
}

static void answer_question(struct courier_link *link, const json_t *question)
{
	int64_t after = json_get_integer(question, "after", -1);
	int64_t limit = json_get_integer(question, "limit", COURIER_CHANGES);
	CLEANUP_BUFFER struct text_buffer lines = { 0 };

	if (after < 0 || after > link->handed_over || limit < 1)
		return lose(link, "the courier asked for changes that cannot be");
	if (limit > BATCH_CHANGES_MAX)
		limit = BATCH_CHANGES_MAX;
	int error = fetch(link, after, (size_t)limit, &lines);

	if (error == 0)
		error = send_changes(link, &lines, link->handed_over);
	if (error < 0)
		lose(link, "the changes for the courier could not be read");
}

static void take_acknowledgement(struct courier_link *link, int64_t seq)
{
	if (seq < link->acknowledged || seq > link->handed_over)
		return lose(link, "the courier acknowledged changes that it was not given");
	link->acknowledged = seq;
	if (link->source.acknowledge(link->source.context, seq) < 0)
		lose(link, "what the collector has could not be noted");
}

static void take_line(struct courier_link *link, const char *text, size_t length)
{
	CLEANUP_JSON json_t *line = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);

	if (!json_is_object(line))
		return lose(link, "the courier said something that is not a JSON object");
	const json_t *status = json_object_get(line, "status");

	if (json_is_object(status))
		link->source.status(link->source.context, status);
	else if (json_object_get(line, "acknowledge"))
		take_acknowledgement(link, json_get_integer(line, "acknowledge", -1));
	else if (json_object_get(line, "after"))
		answer_question(link, line);
}

/* One line at a time, and the next only when the answer is out: a courier that asks and does not
 * read is left waiting, not buffered. */
static void on_readable(struct bufferevent *stream, void *context)
{
	struct evbuffer *input = bufferevent_get_input(stream);
	struct evbuffer *output = bufferevent_get_output(stream);
	struct courier_link *link = context;

	while (!link->is_gone) {
		size_t length;

		if (evbuffer_get_length(output) > 0) {
			bufferevent_disable(stream, EV_READ);
			return;
		}
		CLEANUP_FREE char *line = evbuffer_readln(input, &length, EVBUFFER_EOL_LF);

		if (line) {
			take_line(link, line, length);
			continue;
		}
		if (evbuffer_get_length(input) > CONTROL_REQUEST_BYTES_MAX)
			lose(link, "the courier said a line longer than 4096 bytes");
		return;
	}
}

static void on_written(struct bufferevent *stream, void *context)
{
	struct courier_link *link = context;

	if (link->is_gone)
		return;
	bufferevent_enable(stream, EV_READ);
	on_readable(stream, context);
}

static void on_event(struct bufferevent *stream, short what, void *context)
{
	(void)stream;
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
		lose(context, "the courier has ended");
}

/* What libcurl and OpenSSL take from the environment; nothing else is handed on. */
static const char *const VARIABLES[] = {
	"PATH",	    "HTTPS_PROXY", "https_proxy",   "http_proxy",   "ALL_PROXY",   "all_proxy",
	"NO_PROXY", "no_proxy",	   "SSL_CERT_FILE", "SSL_CERT_DIR", "RES_OPTIONS",
};

static bool is_handed_on(const char *entry)
{
	for (size_t i = 0; i < ARRAY_SIZE(VARIABLES); i++) {
		size_t length = strlen(VARIABLES[i]);

		if (strncmp(entry, VARIABLES[i], length) == 0 && entry[length] == '=')
			return true;
	}
	return false;
}

static int spawn(const char *program, int fd, pid_t *ret_pid)
{
	char *handed_on[ARRAY_SIZE(VARIABLES) + 1] = { NULL };
	const struct helper_start start = { .path = program,
					    .name = "nodelatch-courier",
					    .input = -1,
					    .output = -1,
					    .errors = STDERR_FILENO,
					    .extra = fd,
					    .environment = handed_on };
	size_t count = 0;

	for (char **entry = environ; *entry && count < ARRAY_SIZE(VARIABLES); entry++)
		if (is_handed_on(*entry))
			handed_on[count++] = *entry;
	return helper_start(&start, ret_pid);
}

static int open_stream(struct courier_link *link, struct event_base *base, int *fd)
{
	if (fcntl(*fd, F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	link->farewell = event_new(base, -1, 0, on_farewell, link);
	link->stream = bufferevent_socket_new(base, *fd, BEV_OPT_CLOSE_ON_FREE);
	if (!link->farewell || !link->stream)
		return -ENOMEM;
	take_fd(fd);
	link->rate = ev_token_bucket_cfg_new(LINK_BYTES_PER_SECOND, LINK_BYTES_PER_SECOND,
					     EV_RATE_LIMIT_MAX, EV_RATE_LIMIT_MAX, NULL);
	if (!link->rate || bufferevent_set_rate_limit(link->stream, link->rate) < 0)
		return -ENOMEM;
	bufferevent_setcb(link->stream, on_readable, on_written, on_event, link);
	return bufferevent_enable(link->stream, EV_READ | EV_WRITE) < 0 ? -ENOMEM : 0;
}

static int send_settings(struct courier_link *link, const json_t *settings)
{
	CLEANUP_JSON json_t *object = json_object();

	if (!object || json_set(object, "settings", json_deep_copy(settings)) < 0 ||
	    json_set(object, "after", json_integer(link->acknowledged)) < 0)
		return -ENOMEM;
	return send_object(link, object);
}

int courier_link_open(struct event_base *base, const struct courier_link_options *options,
		      const struct courier_link_source *source, struct courier_link **ret_link)
{
	struct courier_link *link = calloc(1, sizeof(*link));
	int ends[2];

	if (!link)
		return -ENOMEM;
	link->source = *source;
	link->acknowledged = link->handed_over = options->acknowledged;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
		free(link);
		return -errno;
	}
	CLEANUP_CLOSE int own = ends[0];
	CLEANUP_CLOSE int theirs = ends[1];
	int error = spawn(options->program, theirs, &link->pid);

	if (error == 0)
		error = open_stream(link, base, &own);
	if (error == 0)
		error = send_settings(link, options->settings);
	if (error < 0) {
		courier_link_close(link);
		return error;
	}
	*ret_link = link;
	return 0;
}

void courier_link_notify(struct courier_link *link)
{
	static const char news[] = "{\"news\":true}\n";

	if (link->is_gone || !link->has_all)
		return;
	link->has_all = false;
	bufferevent_write(link->stream, news, sizeof(news) - 1);
}

int courier_link_configure(struct courier_link *link, const json_t *settings)
{
	return link->is_gone ? -EPIPE : send_settings(link, settings);
}

void courier_link_close(struct courier_link *link)
{
	if (link->farewell)
		event_free(link->farewell);
	if (link->stream)
		bufferevent_free(link->stream);
	if (link->rate)
		ev_token_bucket_cfg_free(link->rate);
	helper_end(link->pid);
	free(link);
}
