/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A watcher: one kernel program that reports as things happen. One file of bpf/, one file here that
 * ends in a `const struct watcher`, one record in event.h, and one pointer in watch.c's list. The
 * watch around it loads it, wakes for it, counts what it lost and closes it.
 */
#ifndef OBSERVE_WATCHER_H
#define OBSERVE_WATCHER_H

#include <bpf/libbpf.h>
#include <stdbool.h>
#include <stdint.h>

#include "nodelatch/event.h"

#include "observe/cgroup_path.h"
#include "observe/exec_event.h"
#include "observe/watch.h"

/* What programs are made with, and records are handed over with. */
struct watch_context {
	const struct watch_handlers *handlers;
	uint32_t pid_namespace; /* inode of the agent's own */
	bool may_copy_memory;	/* false: the kernel is locked down for confidentiality */
	int64_t boot_offset_ns; /* wall clock minus boot clock */
	struct arena *arena;	/* of one record */
	struct exec_text *text; /* the same */
	struct cgroup_paths *cgroups;
	bool listeners_moved; /* hand over once, when everything is read */
};

/* An opened skeleton, of whatever type. */
struct watch_program {
	void *skeleton; /* to free */
	struct bpf_object_skeleton *parts;
	struct bpf_object *object;
	volatile uint32_t *reader_sleeps; /* shared with the program once it is loaded */
};

struct watcher {
	const char *name; /* also the stream's, in gaps */
	const char *program;
	const char *cost; /* what is not seen without it */
	/* What is not seen where helpers may not copy memory; NULL: nothing less. */
	const char *cost_of_lockdown;
	bool counts_skipped_runs; /* a run that the kernel skipped is a record lost */
	enum event_kind kind;
	/* Opens the skeleton and sets its constants. Returns 0 or -errno. */
	int (*open)(const struct watch_context *context, const struct bpf_object_open_opts *options,
		    struct watch_program *ret_program);
	/* Handles one record of its kind, header checked. Returns 0, or -EBADMSG for one that is
	 * not what the program sends. */
	int (*record)(struct watch_context *context, const void *data, size_t size);
};

extern const struct watcher exec_watcher, listen_watcher;

#endif
