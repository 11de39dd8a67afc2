/* SPDX-License-Identifier: Apache-2.0 */
/* The courier's life: where it is to deliver, its start, what it asks, its end and the next one. */
#include <limits.h>

#include "base/log.h"
#include "base/helper.h"
#include "base/text.h"
#include "report/otlp_settings.h"
#include "warden/parts.h"

/* After a courier has died the next one waits, twice as long each time, until one delivers. */
#define RESTART_FIRST_S 1
#define RESTART_MAX_S	300

static const char *variable(const char *name)
{
	return secure_getenv(name);
}

static void set_problem(struct warden *warden, const char *problem)
{
	if (text_equal(problem, warden->delivery.problem))
		return;
	free(warden->delivery.problem);
	warden->delivery.problem = problem ? strdup(problem) : NULL;
	warden_look(warden, OBSERVE_LISTENERS);
}

static int find_courier(const struct warden *warden, char path[static PATH_MAX])
{
	if (warden->options->courier_path)
		return snprintf(path, PATH_MAX, "%s", warden->options->courier_path) < PATH_MAX
			       ? 0
			       : -ENAMETOOLONG;
	return helper_find(COURIER_NAME, path);
}

static int acknowledge(void *context, int64_t seq)
{
	struct warden *warden = context;

	warden->delivery.delay_s = RESTART_FIRST_S;
	return ledger_acknowledge(warden->ledger, seq);
}

/* A courier that asks has taken its settings. */
static int hand_over(void *context, int64_t after, size_t limit, struct text_buffer *lines,
		     int64_t *ret_last)
{
	struct warden *warden = context;

	if (!warden->delivery.is_up)
		set_problem(warden, NULL);
	warden->delivery.is_up = true;
	return warden_changes_after(warden, after, limit, lines, ret_last);
}

static void take_status(void *context, const json_t *status)
{
	struct warden *warden = context;

	json_decref(warden->delivery.status);
	warden->delivery.status = json_deep_copy(status);
}

static void on_courier_timer(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	delivery_start(context);
}

static void restart_later(struct warden *warden)
{
	const struct timeval delay = { .tv_sec = warden->delivery.delay_s };

	if (!warden->delivery.timer)
		warden->delivery.timer = evtimer_new(warden->base, on_courier_timer, warden);
	if (warden->delivery.timer)
		event_add(warden->delivery.timer, &delay);
	warden->delivery.delay_s *= 2;
	if (warden->delivery.delay_s > RESTART_MAX_S)
		warden->delivery.delay_s = RESTART_MAX_S;
}

static void on_gone(void *context, const char *reason)
{
	struct warden *warden = context;

	log_warning("the courier is gone and will be started again: %s", reason);
	set_problem(warden, reason);
	delivery_stop(warden);
	restart_later(warden);
}

static void watch_files(struct warden *warden, const struct otlp_settings *settings)
{
	const char *const paths[] = { settings->ca_path, settings->certificate_path,
				      settings->key_path };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (paths[i])
			warden_watch_file(warden, paths[i]);
}

/* libcurl would only say that some key cannot be used, and that at every attempt. */
static int check_key(const struct otlp_settings *settings, struct arena *arena,
		     const char **ret_problem)
{
	const char *key = settings->key_pem;

	if (!key || (!strstr(key, "BEGIN ENCRYPTED PRIVATE KEY") && !strstr(key, "4,ENCRYPTED")))
		return 0;
	*ret_problem = arena_printf(arena,
				    "%s is behind a passphrase, and nobody is there to give it: "
				    "store the key without one (openssl pkey -in KEY -out NEW), "
				    "readable for root alone",
				    settings->key_path);
	return -EKEYREJECTED;
}

/* The policy and the OTEL_* variables say where to. Returns 0, or -errno with the problem set. */
static int resolve(struct warden *warden, struct arena *arena, struct otlp_settings *settings)
{
	const char *problem = NULL;
	struct node node;
	int error = otlp_settings_resolve(&warden_settings(warden)->collector, variable, arena,
					  settings, &problem);

	warden->delivery.is_wanted = error < 0 || settings->endpoint_count > 0;
	if (error == 0 && warden->delivery.is_wanted) {
		watch_files(warden, settings);
		error = otlp_settings_read_files(host_root(warden->host), arena, settings,
						 &problem);
	}
	if (error == 0)
		error = check_key(settings, arena, &problem);
	if (error < 0)
		set_problem(warden, problem ? problem : strerror(-error));
	observer_node(warden->observer, &node);
	settings->node = (struct node_identity){ node.name, node.machine_id, node.boot_id };
	settings->version = NODELATCH_VERSION;
	free(warden->delivery.endpoint);
	warden->delivery.endpoint =
		settings->endpoint_count ? strdup(settings->endpoints[0]) : NULL;
	return error;
}

/* They hold a key, so only their digest is kept. */
static int digest_settings(const json_t *document, char ret_hex[static DIGEST_HEX_BYTES])
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };

	json_write(document, &text);
	if (!document || buffer_error(&text))
		return -ENOMEM;
	digest_hex(text.data, text.length, ret_hex);
	return 0;
}

static int start(struct warden *warden, const json_t *settings)
{
	struct courier_link_source source = { warden, hand_over, acknowledge, take_status,
					      on_gone };
	struct ledger_counts counts;
	char path[PATH_MAX];
	int error = find_courier(warden, path);

	ledger_counts(warden->ledger, &counts);
	if (error < 0)
		return error;
	struct courier_link_options options = { path, settings, counts.acknowledged_seq };

	return courier_link_open(warden->base, &options, &source, &warden->delivery.link);
}

void delivery_stop(struct warden *warden)
{
	warden->delivery.is_up = false;
	if (warden->delivery.link)
		courier_link_close(take_ptr(warden->delivery.link));
}

void delivery_done(struct warden *warden)
{
	struct delivery *delivery = &warden->delivery;

	delivery_stop(warden);
	if (delivery->timer)
		event_free(delivery->timer);
	json_decref(delivery->status);
	free(delivery->problem);
	free(delivery->endpoint);
}

void delivery_notify(struct warden *warden)
{
	if (warden->delivery.link)
		courier_link_notify(warden->delivery.link);
}

/* A courier that runs and was told the same goes on; one that was and ended is for the timer. */
static int start_unless_same(struct warden *warden, const struct otlp_settings *settings,
			     bool is_its_time)
{
	CLEANUP_JSON json_t *document = otlp_settings_to_json(settings);
	struct delivery *delivery = &warden->delivery;
	char digest[DIGEST_HEX_BYTES];
	int error = digest_settings(document, digest);

	if (error < 0)
		return error;
	if (text_equal(digest, delivery->settings) && (delivery->link || !is_its_time)) {
		if (delivery->is_up)
			set_problem(warden, NULL);
		return 0;
	}
	delivery_stop(warden);
	memcpy(delivery->settings, digest, sizeof(digest));
	error = start(warden, document);
	if (error < 0) {
		CLEANUP_BUFFER struct text_buffer text = { 0 };

		buffer_printf(&text, "%s cannot be started: %s", COURIER_NAME, strerror(-error));
		set_problem(warden, text.data);
	}
	return error;
}

static void forget(struct warden *warden)
{
	delivery_stop(warden);
	warden->delivery.settings[0] = '\0';
}

void delivery_start(struct warden *warden)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct otlp_settings settings = { 0 };

	if (warden->delivery.timer)
		evtimer_del(warden->delivery.timer);
	int error = arena ? resolve(warden, arena, &settings) : -ENOMEM;

	if (error == 0 && warden->delivery.is_wanted)
		error = start_unless_same(warden, &settings, true);
	else
		forget(warden);
	if (error < 0)
		restart_later(warden);
	else if (!warden->delivery.is_wanted)
		set_problem(warden, NULL);
}

void delivery_renew(struct warden *warden)
{
	struct delivery *delivery = &warden->delivery;
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct otlp_settings settings = { 0 };

	if (!arena || !delivery->is_wanted)
		return;
	/* Without a good file the courier that runs goes on with what it has. */
	if (resolve(warden, arena, &settings) == 0 && delivery->is_wanted &&
	    start_unless_same(warden, &settings, false) < 0)
		restart_later(warden);
}
