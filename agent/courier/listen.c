/* SPDX-License-Identifier: Apache-2.0 */
/* The talk with the warden. */
#include "base/json.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/time.h"
#include "courier/parts.h"

int courier_ask(struct courier *courier)
{
	courier->state = ASKING;
	return line_socket_say(&courier->link,
			       json_pack("{s:I, s:I}", "after", (json_int_t)courier->done, "limit",
					 (json_int_t)COURIER_CHANGES));
}

int courier_acknowledge(struct courier *courier, int64_t seq)
{
	if (seq <= courier->done)
		return 0;
	courier->done = seq;
	return line_socket_say(&courier->link, json_pack("{s:I}", "acknowledge", (json_int_t)seq));
}

static json_t *time_or_null(int64_t time_ns)
{
	char text[TIME_TEXT_BYTES];

	if (!time_ns)
		return json_null();
	time_format(time_ns, text);
	return json_string(text);
}

int courier_report(struct courier *courier)
{
	const struct courier_counts *counts = &courier->counts;
	CLEANUP_JSON json_t *status = json_object();
	json_t *error = counts->last_error[0] ? json_from_text(counts->last_error) : json_null();

	if (json_set(status, "sent", json_integer((json_int_t)counts->sent)) < 0 ||
	    json_set(status, "rejected", json_integer((json_int_t)counts->rejected)) < 0 ||
	    json_set(status, "last_error", error) < 0 ||
	    json_set(status, "last_success", time_or_null(counts->last_success_ns)) < 0 ||
	    json_set(status, "retry_at", time_or_null(counts->retry_at_ns)) < 0 ||
	    json_set_text(status, "endpoint", courier->settings.endpoints[courier->endpoint]) < 0)
		return -ENOMEM;
	return line_socket_say(&courier->link, json_pack("{s:O}", "status", status));
}

/* New settings mean a new connection; what was under way is sent again over it. */
static int take_settings(struct courier *courier, const json_t *line)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP(cleanup_http_client) struct http_client *http = NULL;
	struct otlp_settings settings;

	if (!arena)
		return -ENOMEM;
	int error = otlp_settings_from_json(json_object_get(line, "settings"), arena, &settings);

	if (error == 0)
		error = http_client_new(&settings, &http);
	if (error < 0) {
		log_error("the settings for the collector cannot be used: %s", strerror(-error));
		return error;
	}
	if (courier->http)
		http_client_free(courier->http);
	arena_free(courier->settings_arena);
	courier->http = take_ptr(http);
	courier->settings_arena = take_ptr(arena);
	courier->settings = settings;
	courier->endpoint = 0;
	courier->batch.encoding = otlp_encoding_of(settings.protocol);
	if (courier->state == STARTING)
		courier->done = json_get_integer(line, "after", 0);
	if (courier->state == ASKING || courier->state == WAITING)
		return 0;
	/* A batch is in the encoding of the old settings. */
	courier_forget_answer(courier);
	return courier_ask(courier);
}

static int take_changes(struct courier *courier, json_t *line)
{
	json_t *changes = json_object_get(line, "changes");

	if (courier->state != ASKING || !json_is_array(changes))
		return -EPROTO;
	courier_forget_answer(courier);
	courier->changes = json_incref(changes);
	courier->answer_last = json_get_integer(line, "last", courier->done);
	if (json_array_size(changes) == 0 && courier->answer_last <= courier->done) {
		courier->state = WAITING;
		return 0;
	}
	return courier_go_on(courier);
}

static int take_line(struct courier *courier, const char *text, size_t length)
{
	CLEANUP_JSON json_t *line = json_loadb(text, length, 0, NULL);

	if (json_object_get(line, "settings"))
		return take_settings(courier, line);
	if (courier->state == STARTING)
		return -EPROTO;
	if (json_object_get(line, "changes"))
		return take_changes(courier, line);
	if (json_object_get(line, "news"))
		return courier->state == WAITING ? courier_ask(courier) : 0;
	return -EPROTO;
}

int courier_listen(struct courier *courier)
{
	int error = line_socket_fill(&courier->link);
	size_t length;
	char *text;

	while (error == 0) {
		int found = line_socket_next(&courier->link, &text, &length);

		if (found <= 0)
			return found;
		error = take_line(courier, text, length);
	}
	return error;
}
