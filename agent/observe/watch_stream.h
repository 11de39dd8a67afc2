/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One watcher at work: its program, its ring and its account of what came and what was lost.
 */
#ifndef OBSERVE_WATCH_STREAM_H
#define OBSERVE_WATCH_STREAM_H

#include "observe/watcher.h"

struct kernel_types; /* observe/kernel_types.h */

/* What one CPU has sent. */
struct watch_cpu {
	uint64_t sequence; /* of its last record */
	int64_t time_ns;   /* of its last record, wall clock */
};

struct watch_stream {
	const struct watcher *watcher;
	struct watch_program program;
	struct ring_buffer *ring;
	struct watch_context *context;	      /* during a read */
	int types_fd;			      /* kernel types for the load; -1 afterwards */
	int ring_fd, counters_fd, program_fd; /* borrowed from the program */
	bool is_on;
	char problem[320]; /* "" none */
	uint64_t seen, lost;
	size_t read_now; /* records in this read */
	size_t cpu_count;
	struct watch_cpu *cpus;
	struct event_counters *counters; /* of each CPU; room to read them */
	int64_t complete_until_ns;	 /* nothing was lost up to then */
	int64_t gap_from_ns, gap_to_ns;	 /* holes seen since; 0: none */
};

/* Opens the program with the kernel's types (NULL: there are none). A failure is kept as the
 * problem. */
void watch_stream_open(struct watch_stream *stream, const struct watcher *watcher,
		       const struct watch_context *context, const struct kernel_types *types);
/* Loads and attaches it; the same. */
void watch_stream_start(struct watch_stream *stream, const struct watch_context *context);
/* Switches it off and says why. */
void watch_stream_stop(struct watch_stream *stream, const char *what, int error);
void watch_stream_close(struct watch_stream *stream);

/* Handles what is in the ring. Returns whether there was anything. */
bool watch_stream_read(struct watch_stream *stream, struct watch_context *context);
/* Records lost since it was opened, for whatever reason. */
uint64_t watch_stream_lost(const struct watch_stream *stream);
/* Whether records were lost since the last call, and which. */
bool watch_stream_find_gap(struct watch_stream *stream, struct gap_record *ret_gap);

/* Returns 0 or -errno. */
int watch_context_init(struct watch_context *context, const struct watch_handlers *handlers);
void watch_context_done(struct watch_context *context);

#endif
