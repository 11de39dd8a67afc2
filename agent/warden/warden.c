/* SPDX-License-Identifier: Apache-2.0 */
/* Builds the parts in the order of their importance, joins them, turns the loop, takes them down.
 */
#include "warden/warden.h"

#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <sys/stat.h>

#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "commands/commands.h"
#include "commands/options.h"
#include "warden/parts.h"

/* How often the guard's counts become changes: often enough to watch a client come, rare enough to
 * keep a flood short. */
#define CLIENTS_INTERVAL_S 5

static const int SIGNALS[] = { SIGTERM, SIGINT, SIGHUP };

static void on_signal(evutil_socket_t number, short what, void *context)
{
	struct warden *warden = context;

	(void)what;
	/* A terminal that closes sends SIGHUP too; then nobody is there to end the agent. */
	if (number == SIGHUP && (!warden->is_on_terminal || isatty(STDOUT_FILENO)))
		warden_reload(warden, true);
	else
		event_base_loopbreak(warden->base);
}

static void on_watch(evutil_socket_t fd, short what, void *context)
{
	struct warden *warden = context;

	(void)fd;
	(void)what;
	watch_read(warden->watch);
	warden_append_batch(warden);
}

static void on_inputs(evutil_socket_t fd, short what, void *context)
{
	struct warden *warden = context;

	(void)fd;
	(void)what;
	if (!input_watch_drain(warden->inputs))
		return;
	warden_watch_policy(warden);
	if (warden->options->policy_path)
		warden_reload(warden, false);
	delivery_renew(warden);
	probing_is_due(warden);
	warden_look(warden, OBSERVE_COMPONENTS);
}

static void on_pass(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	warden_pass(context, 0);
}

static void on_resync(evutil_socket_t fd, short what, void *context)
{
	struct warden *warden = context;
	struct ledger_listener listener = warden_listener(warden);

	(void)fd;
	(void)what;
	/* Looked at before it is put right, so that somebody's tampering is told; the next look
	 * says that it was put right. */
	warden_pass(warden, OBSERVE_ALL);
	if (warden->guard)
		guard_apply(warden->guard, warden_settings(warden), time_now_ns());
	if (!warden->guard_is_as_wished)
		warden_look(warden, OBSERVE_LISTENERS);
	ledger_flush(warden->ledger, time_now_ns(), &listener);
}

static void on_clients(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	warden_read_clients(context);
}

/* From the first moment, so that no signal finds the default, which is to die. */
static int open_loop(struct warden *warden)
{
	warden->base = event_base_new();
	warden->pass_arena = arena_new();
	warden->batch_arena = arena_new();
	if (!warden->base || !warden->pass_arena || !warden->batch_arena)
		return -ENOMEM;
	for (size_t i = 0; i < ARRAY_SIZE(SIGNALS); i++) {
		warden->signal_events[i] =
			evsignal_new(warden->base, SIGNALS[i], on_signal, warden);
		if (!warden->signal_events[i] || event_add(warden->signal_events[i], NULL) < 0)
			return -ENOMEM;
	}
	warden->pass_timer = evtimer_new(warden->base, on_pass, warden);
	warden->resync_timer = event_new(warden->base, -1, EV_PERSIST, on_resync, warden);
	warden->client_timer = event_new(warden->base, -1, EV_PERSIST, on_clients, warden);
	return warden->pass_timer && warden->resync_timer && warden->client_timer ? 0 : -ENOMEM;
}

static int start_timers(struct warden *warden)
{
	const struct timeval clients = { .tv_sec = CLIENTS_INTERVAL_S };
	int64_t resync_ns = warden_settings(warden)->resync_ns;
	struct timeval resync = { .tv_sec = resync_ns / NS_PER_S,
				  .tv_usec = resync_ns % NS_PER_S / 1000 };

	if (event_add(warden->resync_timer, &resync) < 0 ||
	    event_add(warden->client_timer, &clients) < 0)
		return -ENOMEM;
	return 0;
}

/* The guard comes up first of all: every moment before it is one in which nothing is refused. */
static int open_guard(struct warden *warden)
{
	struct guard_options options = { .pin_directory = warden->options->pin_directory };
	struct stat status;

	warden->netns_fd = open(warden->options->netns_path, O_RDONLY | O_CLOEXEC);
	/* Without the right to look at PID 1 there is one namespace left that we know. */
	if (warden->netns_fd < 0 && errno == EACCES &&
	    text_equal(warden->options->netns_path, HOST_NETNS_PATH)) {
		log_warning("%s may not be opened (CAP_SYS_PTRACE): guarding and judging the "
			    "network namespace of this process instead",
			    HOST_NETNS_PATH);
		warden->netns_fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	}
	if (warden->netns_fd < 0 || fstat(warden->netns_fd, &status) < 0)
		return command_fail("run", "--netns %s: %s", warden->options->netns_path,
				    strerror(errno));
	host_set_netns(warden->host, status.st_ino);
	options.netns_fd = warden->netns_fd;
	int error = guard_open(&options, &warden->guard);

	if (error == -EBADF || error == -EINVAL)
		return command_fail("run", "--netns %s is not a network namespace",
				    warden->options->netns_path);
	if (error < 0)
		return command_fail("run", "--pins %s: %s", warden->options->pin_directory,
				    strerror(-error));
	/* What is not in force becomes a finding in the first pass; the agent goes on with what it
	 * can. */
	guard_apply(warden->guard, warden_settings(warden), time_now_ns());
	return 0;
}

static int open_ledger(struct warden *warden)
{
	const struct settings *settings = warden_settings(warden);
	struct node node;

	observer_node(warden->observer, &node);
	struct ledger_options options = {
		.path = settings->journal_path,
		.keep_ns = settings->journal_keep_ns,
		.max_bytes = settings->journal_max_bytes,
		/* Until it is known that nobody collects, nothing may go unread. */
		.has_collector = true,
		.node = { node.name, node.machine_id, node.boot_id },
	};

	return ledger_open(&options, &warden->ledger);
}

static int open_control(struct warden *warden)
{
	struct control_handlers handlers = warden_control_handlers(warden);
	const char *path = warden->options->control_path;
	int error = control_server_open(warden->base, path, &handlers, &warden->control);

	if (error == -EADDRINUSE)
		return command_fail("run",
				    "another agent answers at %s: stop that one first, or give "
				    "this one another --control",
				    path);
	if (error < 0)
		log_warning("no control socket at %s (%s): tail and status cannot reach this agent",
			    path, strerror(-error));
	return 0;
}

/* One look by files, which needs no kernel program: what is wrong is told before anything loads. */
static int look_once(struct warden *warden)
{
	int error = input_watch_open(&warden->inputs);

	if (error == 0)
		error = observer_new(warden->host, &warden->observer);
	if (error == 0)
		error = observer_refresh(warden->observer, OBSERVE_ALL, time_now_ns());
	if (error == 0)
		error = probing_begin(warden);
	return error;
}

static int report_start(struct warden *warden)
{
	int error = warden_open_lines(warden);

	warden->is_on_terminal = isatty(STDOUT_FILENO);
	if (error < 0)
		return error;
	warden_print_header(warden);
	/* People read what is open now as one list; programs get what is news since the last run.
	 */
	warden->is_quiet = warden->sink == sink_find("text");
	warden_retire_findings(warden);
	error = warden_judge(warden, time_now_ns());
	if (warden->is_quiet)
		warden_print_open_findings(warden);
	return error;
}

/* Attach first, look after: what begins to listen in between is seen by one of the two. */
static int start_watching(struct warden *warden)
{
	struct watch_handlers handlers = warden_watch_handlers(warden);
	int error = watch_open(warden->host, &handlers, &warden->watch);

	if (error < 0)
		return error;
	warden->watch_event = event_new(warden->base, watch_fd(warden->watch), EV_READ | EV_PERSIST,
					on_watch, warden);
	warden->inputs_event = event_new(warden->base, input_watch_fd(warden->inputs),
					 EV_READ | EV_PERSIST, on_inputs, warden);
	if (!warden->watch_event || !warden->inputs_event ||
	    event_add(warden->watch_event, NULL) < 0 || event_add(warden->inputs_event, NULL) < 0)
		return -ENOMEM;
	warden_watch_policy(warden);
	/* Without the iterators the tables are read from files: slower, and told in a finding. */
	if (observer_load_iterators(warden->observer, &warden->iterators_problem) == -ENOMEM)
		return -ENOMEM;
	error = warden_pass(warden, OBSERVE_ALL);
	if (error == 0)
		warden_print_watching(warden);
	/* What loading took (type information of the whole kernel) goes back to the system. */
	malloc_trim(0);
	return error;
}

/* In the order of importance. Returns 0, an exit status, or -errno. */
static int open_parts(struct warden *warden)
{
	int status = open_loop(warden);

	if (status == 0)
		status = host_open(NULL, &warden->host);
	if (status == 0)
		status = open_guard(warden);
	/* Before the journal, so that two agents never share one. */
	if (status == 0)
		status = open_control(warden);
	if (status == 0)
		status = look_once(warden);
	if (status == 0)
		status = open_ledger(warden);
	if (status == 0) {
		delivery_start(warden);
		warden_configure_ledger(warden);
		status = report_start(warden);
	}
	if (status == 0)
		status = start_watching(warden);
	return status == 0 ? start_timers(warden) : status;
}

static void close_parts(struct warden *warden)
{
	struct event *events[] = { warden->watch_event,	     warden->inputs_event,
				   warden->pass_timer,	     warden->resync_timer,
				   warden->client_timer,     warden->signal_events[0],
				   warden->signal_events[1], warden->signal_events[2] };

	delivery_done(warden);
	probing_done(warden);
	control_server_close(warden->control);
	guard_release(warden->guard, true);
	watch_close(warden->watch);
	input_watch_close(warden->inputs);
	ledger_close(warden->ledger);
	output_free(warden->output);
	observer_free(warden->observer);
	host_free(warden->host);
	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		if (events[i])
			event_free(events[i]);
	if (warden->base)
		event_base_free(warden->base);
	arena_free(warden->pass_arena);
	arena_free(warden->batch_arena);
	cleanup_close(&warden->netns_fd);
	free(warden->policy_problem);
	free(warden->iterators_problem);
	policy_free(warden->policy);
}

int warden_run(const struct warden_options *options)
{
	struct warden warden = { .options = options,
				 .netns_fd = -1,
				 .started_ns = time_now_ns(),
				 .clients_read_at_ns = time_now_ns(),
				 .delivery.delay_s = 1 };

	if (geteuid() != 0)
		return command_fail("run", "must run as root: it reads every process and loads BPF "
					   "programs; nodelatch check needs less");
	signal(SIGPIPE, SIG_IGN);
	int status = load_policy("run", options->policy_path, &warden.policy);

	if (status == 0)
		status = open_parts(&warden);
	if (status < 0)
		status = command_fail("run", "starting: %s", strerror(-status));
	if (status == 0) {
		event_base_dispatch(warden.base);
		warden_read_clients(&warden);
		log_info("stopped; the journal stays, and an enforced guard stays in force");
	}
	close_parts(&warden);
	return status;
}
