/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The watch: one epoll descriptor over the watchers' rings and a timer.
 *
 * Reading rests in one of three states. Awake: something came, so look every few milliseconds and
 * ask for no wake-up, since one costs 25 records. Dozing: nothing came, so ask for wake-ups, and
 * look once more for what was on its way while the question was asked. Asleep: wait.
 */
#include "observe/watch.h"

#include <malloc.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/timerfd.h>

#include "base/limits.h"
#include "base/time.h"
#include "observe/kernel_types.h"
#include "observe/watch_stream.h"
#include "observe/watcher.h"

#define LOOK_AGAIN_NS (5 * NS_PER_MS)

static const struct watcher *const watchers[] = { &exec_watcher, &listen_watcher };

enum reading { ASLEEP, DOZING, AWAKE };

struct watch {
	int epoll, timer;
	enum reading reading;
	int64_t counted_at_ns; /* when losses were counted last; monotonic */
	struct watch_handlers handlers;
	struct watch_context context;
	struct watch_stream streams[ARRAY_SIZE(watchers)];
	struct watch_status status[ARRAY_SIZE(watchers)];
};

static void set_timer(struct watch *watch, bool is_on)
{
	struct itimerspec times = { 0 };

	times.it_value.tv_nsec = times.it_interval.tv_nsec = is_on ? LOOK_AGAIN_NS : 0;
	timerfd_settime(watch->timer, 0, &times, NULL);
}

/* Awake, the rings do not make the descriptor ready: the timer does. */
static void set_rings(struct watch *watch, bool may_wake)
{
	for (size_t i = 0; i < ARRAY_SIZE(watchers); i++) {
		struct watch_stream *stream = &watch->streams[i];
		struct epoll_event event = { .events = may_wake ? EPOLLIN : 0 };

		if (!stream->is_on)
			continue;
		*stream->program.reader_sleeps = may_wake;
		epoll_ctl(watch->epoll, EPOLL_CTL_MOD, stream->ring_fd, &event);
	}
}

/* Returns whether it is a moment to count what was lost: that takes calls to the kernel. */
static bool rest(struct watch *watch, bool found)
{
	if (found && watch->reading != AWAKE) {
		watch->reading = AWAKE;
		set_rings(watch, false);
		set_timer(watch, true);
	} else if (!found && watch->reading == AWAKE) {
		watch->reading = DOZING;
		set_rings(watch, true);
	} else if (!found && watch->reading == DOZING) {
		watch->reading = ASLEEP;
		set_timer(watch, false);
		return true;
	}
	return false;
}

static void hand_over_gaps(struct watch *watch)
{
	watch->counted_at_ns = time_monotonic_ns();
	for (size_t i = 0; i < ARRAY_SIZE(watchers); i++) {
		struct gap_record gap;

		if (watch_stream_find_gap(&watch->streams[i], &gap) && watch->handlers.gap)
			watch->handlers.gap(watch->handlers.context, &gap);
	}
}

/* A hole in the count is news at once; without one, and without a rest, once a second is enough. */
static bool is_time_to_count(const struct watch *watch)
{
	for (size_t i = 0; i < ARRAY_SIZE(watchers); i++)
		if (watch->streams[i].gap_to_ns)
			return true;
	return watch->reading != ASLEEP && time_monotonic_ns() - watch->counted_at_ns > NS_PER_S;
}

int watch_read(struct watch *watch)
{
	uint64_t expirations;
	bool found = false;

	/* nothing to read is as good: the timer only says when to look */
	if (read(watch->timer, &expirations, sizeof(expirations)) < 0 && errno != EAGAIN)
		return -errno;
	watch->context.boot_offset_ns = time_boot_offset_ns();
	watch->context.listeners_moved = false;
	for (size_t i = 0; i < ARRAY_SIZE(watchers); i++)
		found |= watch_stream_read(&watch->streams[i], &watch->context);
	if (rest(watch, found) || is_time_to_count(watch))
		hand_over_gaps(watch);
	if (watch->context.listeners_moved && watch->handlers.listeners_moved)
		watch->handlers.listeners_moved(watch->handlers.context);
	return 0;
}

int watch_fd(const struct watch *watch)
{
	return watch->epoll;
}

size_t watch_status(struct watch *watch, const struct watch_status **ret_status)
{
	for (size_t i = 0; i < ARRAY_SIZE(watchers); i++) {
		const struct watch_stream *stream = &watch->streams[i];

		watch->status[i] = (struct watch_status){
			.name = watchers[i]->name,
			.is_on = stream->is_on,
			.problem = *stream->problem ? stream->problem : NULL,
			.cost = *stream->problem && stream->is_on ? watchers[i]->cost_of_lockdown
								  : watchers[i]->cost,
			.seen = stream->seen,
			.lost = watch_stream_lost(stream),
		};
	}
	*ret_status = watch->status;
	return ARRAY_SIZE(watchers);
}

/* Every program is opened before one is loaded: the kernel's types, many megabytes, are needed only
 * until then. */
static void start_all(struct watch *watch)
{
	CLEANUP(cleanup_kernel_types) struct kernel_types *types = NULL;
	int error = kernel_types_open(&types);

	for (size_t i = 0; i < ARRAY_SIZE(watchers); i++)
		watch_stream_open(&watch->streams[i], watchers[i], &watch->context,
				  error < 0 ? NULL : types);
	kernel_types_close(take_ptr(types));
	for (size_t i = 0; i < ARRAY_SIZE(watchers); i++) {
		struct watch_stream *stream = &watch->streams[i];
		struct epoll_event event = { .events = EPOLLIN };

		watch_stream_start(stream, &watch->context);
		if (stream->is_on &&
		    epoll_ctl(watch->epoll, EPOLL_CTL_ADD, stream->ring_fd, &event) < 0)
			watch_stream_stop(stream, "cannot be waited for", errno);
	}
	malloc_trim(0);
}

static int make(const struct watch_handlers *handlers, struct watch **ret_watch)
{
	CLEANUP(cleanup_watch) struct watch *watch = calloc(1, sizeof(*watch));

	if (!watch)
		return -ENOMEM;
	watch->handlers = *handlers;
	watch->timer = -1;
	watch->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (watch->epoll < 0)
		return -errno;
	watch->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	struct epoll_event event = { .events = EPOLLIN };

	if (watch->timer < 0 || epoll_ctl(watch->epoll, EPOLL_CTL_ADD, watch->timer, &event) < 0)
		return -errno;
	int error = watch_context_init(&watch->context, &watch->handlers);

	if (error < 0)
		return error;
	*ret_watch = take_ptr(watch);
	return 0;
}

int watch_open(const struct host *host, const struct watch_handlers *handlers,
	       struct watch **ret_watch)
{
	if (host_is_tree(host))
		return -EINVAL;
	int error = make(handlers, ret_watch);

	if (error < 0)
		return error;
	start_all(*ret_watch);
	return 0;
}

void watch_close(struct watch *watch)
{
	if (!watch)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(watchers); i++)
		watch_stream_close(&watch->streams[i]);
	watch_context_done(&watch->context);
	cleanup_close(&watch->timer);
	cleanup_close(&watch->epoll);
	free(watch);
}
