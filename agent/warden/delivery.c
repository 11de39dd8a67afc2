/* SPDX-License-Identifier: Apache-2.0 */
/* The courier's life: where it is to deliver, its start, what it asks, its end and the next one. */
#include <limits.h>

#include "base/log.h"
#include "report/otlp_settings.h"
#include "warden/parts.h"

#define COURIER_NAME	"nodelatch-courier"
#define COURIER_LIBEXEC "/usr/libexec/nodelatch/" COURIER_NAME
/* After a courier has died the next one waits, twice as long each time, until one delivers. */
#define RESTART_FIRST_S 1
#define RESTART_MAX_S	300

static const char *variable(const char *name)
{
	return secure_getenv(name);
}

static void set_problem(struct warden *warden, const char *problem)
{
	free(warden->courier_problem);
	warden->courier_problem = problem ? strdup(problem) : NULL;
	warden_look(warden, OBSERVE_LISTENERS);
}

/* The courier stands beside this program, or where packages put it. */
static int find_courier(const struct warden *warden, char path[static PATH_MAX])
{
	ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);

	if (warden->options->courier_path)
		return snprintf(path, PATH_MAX, "%s", warden->options->courier_path) < PATH_MAX
			       ? 0
			       : -ENAMETOOLONG;
	path[length > 0 ? length : 0] = '\0';
	char *slash = strrchr(path, '/');
	size_t room = slash ? (size_t)(path + PATH_MAX - slash - 1) : 0;

	if (slash && snprintf(slash + 1, room, "%s", COURIER_NAME) < (int)room &&
	    access(path, X_OK) == 0)
		return 0;
	snprintf(path, PATH_MAX, "%s", COURIER_LIBEXEC);
	return access(path, X_OK) == 0 ? 0 : -errno;
}

static int acknowledge(void *context, int64_t seq)
{
	struct warden *warden = context;

	warden->courier_delay_s = RESTART_FIRST_S;
	return ledger_acknowledge(warden->ledger, seq);
}

static void take_status(void *context, const json_t *status)
{
	struct warden *warden = context;

	json_decref(warden->courier_status);
	warden->courier_status = json_deep_copy(status);
}

static void on_courier_timer(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	warden_restart_courier(context);
}

static void restart_later(struct warden *warden)
{
	const struct timeval delay = { .tv_sec = warden->courier_delay_s };

	if (!warden->courier_timer)
		warden->courier_timer = evtimer_new(warden->base, on_courier_timer, warden);
	if (warden->courier_timer)
		event_add(warden->courier_timer, &delay);
	warden->courier_delay_s *= 2;
	if (warden->courier_delay_s > RESTART_MAX_S)
		warden->courier_delay_s = RESTART_MAX_S;
}

static void on_gone(void *context, const char *reason)
{
	struct warden *warden = context;

	log_warning("the courier is gone and will be started again: %s", reason);
	set_problem(warden, reason);
	warden_close_courier(warden);
	restart_later(warden);
}

/* The policy and the OTEL_* variables say where to. Returns 0, or -errno with the problem set. */
static int resolve(struct warden *warden, struct arena *arena, struct otlp_settings *settings)
{
	const char *problem = NULL;
	struct node node;
	int error = otlp_settings_resolve(&warden_settings(warden)->collector, variable, arena,
					  settings, &problem);

	warden->has_collector = error < 0 || settings->endpoint_count > 0;
	if (error == 0 && warden->has_collector)
		error = otlp_settings_read_files(host_root(warden->host), arena, settings,
						 &problem);
	if (error < 0)
		set_problem(warden, problem ? problem : strerror(-error));
	observer_node(warden->observer, &node);
	settings->node = (struct node_identity){ node.name, node.machine_id, node.boot_id };
	settings->version = NODELATCH_VERSION;
	free(warden->collector_endpoint);
	warden->collector_endpoint =
		settings->endpoint_count ? strdup(settings->endpoints[0]) : NULL;
	return error;
}

static int start(struct warden *warden, const struct otlp_settings *settings)
{
	struct courier_link_source source = { warden, warden_changes_after, acknowledge,
					      take_status, on_gone };
	CLEANUP_JSON json_t *document = otlp_settings_to_json(settings);
	struct ledger_counts counts;
	char path[PATH_MAX];
	int error = document ? find_courier(warden, path) : -ENOMEM;

	ledger_counts(warden->ledger, &counts);
	if (error < 0)
		return error;
	struct courier_link_options options = { path, document, counts.acknowledged_seq };

	return courier_link_open(warden->base, &options, &source, &warden->courier);
}

void warden_close_courier(struct warden *warden)
{
	if (warden->courier)
		courier_link_close(take_ptr(warden->courier));
}

void warden_restart_courier(struct warden *warden)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct otlp_settings settings = { 0 };

	warden_close_courier(warden);
	if (!arena)
		return;
	int error = resolve(warden, arena, &settings);

	if (error < 0) {
		restart_later(warden);
		return;
	}
	if (!warden->has_collector) {
		set_problem(warden, NULL);
		return;
	}
	error = start(warden, &settings);
	if (error < 0) {
		CLEANUP_BUFFER struct text_buffer text = { 0 };

		buffer_printf(&text, "%s cannot be started: %s", COURIER_NAME, strerror(-error));
		set_problem(warden, text.data);
		restart_later(warden);
		return;
	}
	set_problem(warden, NULL);
}
