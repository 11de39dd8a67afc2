/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>

#include "base/helper.h"
#include "base/log.h"
#include "base/time.h"
#include "warden/parts.h"

/* A server logs the handshakes that it refuses, some five a session. */
#define AGAIN_NS (300 * NS_PER_S)
/* What comes up or changes is asked at once, but not again and again. */
#define SOONEST_NS (2 * NS_PER_S)

static void close_session(struct probing *probing)
{
	struct event **events[] = { &probing->readable, &probing->deadline };

	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		if (*events[i])
			event_free(*events[i]);
		*events[i] = NULL;
	}
	if (probing->session)
		probe_session_close(take_ptr(probing->session));
}

static void take_cluster(struct warden *warden)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct cluster cluster;

	if (arena && probe_session_cluster(warden->probing.session, arena, &cluster) == 0)
		observer_set_cluster(warden->observer, take_ptr(arena), &cluster);
}

static void take_answers(struct warden *warden)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct probe_list list;
	int error = arena ? probe_session_results(warden->probing.session, arena, &list) : -ENOMEM;

	take_cluster(warden);
	close_session(&warden->probing);
	/* The next pass reads them anew, with what they told. */
	if (error == 0 && warden->probing.asks_servers &&
	    observer_set_probes(warden->observer, take_ptr(arena), &list, NULL))
		warden->stale |= OBSERVE_COMPONENTS;
	if (error < 0)
		log_error("what the node's servers answered is lost: %s", strerror(-error));
}

static void on_readable(evutil_socket_t fd, short what, void *context)
{
	struct warden *warden = context;

	(void)fd;
	(void)what;
	if (!probe_session_read(warden->probing.session))
		return;
	take_answers(warden);
	warden_look(warden, 0);
}

static void on_deadline(evutil_socket_t fd, short what, void *context)
{
	struct warden *warden = context;

	(void)fd;
	(void)what;
	take_answers(warden);
	warden_look(warden, 0);
}

static int watch_session(struct warden *warden)
{
	struct probing *probing = &warden->probing;
	const struct timeval deadline = { .tv_sec = probe_session_ms(probing->session) / 1000 };

	probing->readable = event_new(warden->base, probe_session_fd(probing->session),
				      EV_READ | EV_PERSIST, on_readable, warden);
	probing->deadline = evtimer_new(warden->base, on_deadline, warden);
	if (!probing->readable || !probing->deadline || event_add(probing->readable, NULL) < 0 ||
	    event_add(probing->deadline, &deadline) < 0)
		return -ENOMEM;
	return 0;
}

static void know_nothing(struct warden *warden, const char *problem)
{
	const struct probe_list none = { 0 };
	struct arena *arena = arena_new();

	if (arena)
		observer_set_probes(warden->observer, arena, &none, problem);
}

/* RBAC changes seldom, and the API server is everybody's. */
static bool cluster_is_due(struct warden *warden)
{
	const struct settings *settings = warden_settings(warden);
	struct probing *probing = &warden->probing;
	int64_t age_ns = time_monotonic_ns() - probing->cluster_asked_at_ns;

	if (cluster_is_wanted(settings))
		return !probing->cluster_asked_at_ns ||
		       age_ns >= (settings->resync_ns > AGAIN_NS ? settings->resync_ns : AGAIN_NS);
	if (probing->holds_cluster) {
		const struct cluster off = { .problem = CLUSTER_IS_OFF };
		struct arena *arena = arena_new();

		if (arena)
			observer_set_cluster(warden->observer, arena, &off);
	}
	probing->cluster_asked_at_ns = 0;
	probing->holds_cluster = false;
	return false;
}

static int ask_cluster(struct warden *warden, const char *program)
{
	CLEANUP(cluster_question_done) struct cluster_question question = { 0 };
	CLEANUP_ARENA struct arena *arena = arena_new();
	int error =
		arena ? cluster_question_read(warden_settings(warden), arena, &question) : -ENOMEM;

	if (error == 0)
		probe_session_ask_cluster(warden->probing.session, program, &question);
	warden->probing.cluster_asked_at_ns = time_monotonic_ns();
	warden->probing.holds_cluster = true;
	return error;
}

/* The node's own servers are asked, or the cluster, or both. */
static int start_session(struct warden *warden, bool asks_servers, bool asks_cluster)
{
	static const struct probe_plan nobody;
	struct probing *probing = &warden->probing;
	char program[PATH_MAX];

	if (asks_servers) {
		probing->asked_at_ns = time_monotonic_ns();
		probing->is_due = false;
		if (!probing->plan.count)
			know_nothing(warden, NULL);
		asks_servers = probing->plan.count > 0;
	}
	probing->asks_servers = asks_servers;
	if (!asks_servers && !asks_cluster)
		return 0;
	/* Where it is missing, that is what the probes say. */
	helper_find(PROBER_NAME, program);
	int error = probe_session_open(program, asks_servers ? &probing->plan : &nobody,
				       &probing->session);

	if (error == 0 && asks_servers)
		observer_expect_probes(warden->observer);
	if (error == 0 && asks_cluster)
		error = ask_cluster(warden, program);
	return error;
}

/* Takes the plan of the node as it is now; true when it is another than that of the last session.
 */
static bool plan_anew(struct warden *warden)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct probing *probing = &warden->probing;
	struct probe_plan plan;
	struct node node;

	observer_node(warden->observer, &node);
	if (!arena || probes_plan(&node, warden_settings(warden), arena, &plan) < 0 ||
	    (probing->arena && probe_plans_are_equal(&plan, &probing->plan)))
		return false;
	arena_free(probing->arena);
	probing->arena = take_ptr(arena);
	probing->plan = plan;
	return true;
}

static void on_later(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	probing_look(context);
}

static void look_later(struct warden *warden, int64_t left_ns)
{
	const struct timeval left = { .tv_sec = left_ns / NS_PER_S,
				      .tv_usec = left_ns % NS_PER_S / 1000 + 1 };

	if (!warden->probing.later)
		warden->probing.later = evtimer_new(warden->base, on_later, warden);
	if (warden->probing.later)
		evtimer_add(warden->probing.later, &left);
	observer_expect_probes(warden->observer);
}

/* Whether the node's own servers are to be asked now. */
static bool servers_are_due(struct warden *warden)
{
	struct probing *probing = &warden->probing;
	int64_t age_ns = time_monotonic_ns() - probing->asked_at_ns;

	if (!warden_settings(warden)->probe_kubelet) {
		know_nothing(warden, "probes.kubelet is false in the policy");
		probing->asked_at_ns = 0;
		probing->is_due = true;
		return false;
	}
	if (plan_anew(warden))
		probing->is_due = true;
	if (!probing->asked_at_ns || age_ns >= (probing->is_due ? SOONEST_NS : AGAIN_NS))
		return true;
	if (probing->is_due)
		look_later(warden, SOONEST_NS - age_ns);
	return false;
}

void probing_look(struct warden *warden)
{
	struct probing *probing = &warden->probing;

	if (probing->session)
		return;
	bool asks_servers = servers_are_due(warden);
	int error = start_session(warden, asks_servers, cluster_is_due(warden));

	if (error == 0 && probing->session)
		error = watch_session(warden);
	if (error < 0) {
		log_error("the node's servers cannot be asked: %s", strerror(-error));
		close_session(probing);
	}
}

int probing_begin(struct warden *warden)
{
	struct probing *probing = &warden->probing;
	bool asks_servers = servers_are_due(warden);
	int error = start_session(warden, asks_servers, cluster_is_due(warden));

	if (error == 0 && probing->session)
		probe_session_wait(probing->session);
	if (error == 0 && probing->session)
		take_answers(warden);
	else
		close_session(probing);
	if (warden->stale & OBSERVE_COMPONENTS)
		error = observer_refresh(warden->observer, OBSERVE_COMPONENTS, time_now_ns());
	return error == -ENOMEM ? error : 0;
}

void probing_is_due(struct warden *warden)
{
	warden->probing.is_due = true;
}

void probing_start_over(struct warden *warden)
{
	warden->probing.is_due = true;
	warden->probing.cluster_asked_at_ns = 0;
}

void probing_done(struct warden *warden)
{
	close_session(&warden->probing);
	if (warden->probing.later)
		event_free(warden->probing.later);
	arena_free(warden->probing.arena);
}
