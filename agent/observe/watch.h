/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel tells as it happens: execs, and that listeners moved.
 *
 * A watch is a set of watchers, each one kernel program. One that the kernel refuses is off alone,
 * and watch_status() says why and what is not seen. Events are hints and history, never the truth
 * about now: whoever needs that reads it (listeners.h, host.h) after a hint, after a gap, and on a
 * timer. Open the watch first, read afterwards, so that nothing falls in between.
 */
#ifndef OBSERVE_WATCH_H
#define OBSERVE_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nodelatch/observation.h"

#include "base/cleanup.h"
#include "observe/host.h"

struct watch;

/* What is handed over is valid during the call. Any of them may be NULL. */
struct watch_handlers {
	void *context;
	void (*exec)(void *context, const struct exec_record *record);
	void (*listeners_moved)(void *context); /* at most once in a watch_read() */
	void (*gap)(void *context, const struct gap_record *gap);
};

struct watch_status {
	const char *name; /* "exec", "listen" */
	bool is_on;
	const char *problem; /* why it is off, or what it cannot do; NULL: none */
	const char *cost;    /* what is then not seen */
	uint64_t seen, lost; /* records since the watch was opened */
};

/* Returns 0, whatever the kernel refused; -EINVAL for a node tree; -errno when the watch itself
 * could not be made. `host` and what the handlers point to must outlive the watch. */
int watch_open(const struct host *host, const struct watch_handlers *handlers,
	       struct watch **ret_watch);
/* Ready to read when watch_read() should be called. It stays quiet while nothing happens. */
int watch_fd(const struct watch *watch);
/* Hands over what there is, at most some thousands of records, without waiting. 0 or -errno. */
int watch_read(struct watch *watch);
/* Returns how many; the array belongs to the watch and is valid until the next call of this. */
size_t watch_status(struct watch *watch, const struct watch_status **ret_status);
void watch_close(struct watch *watch);

DEFINE_CLEANUP(watch, struct watch, watch_close);

#endif
