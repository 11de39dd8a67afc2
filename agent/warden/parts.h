/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The warden's state, shared by the files of this folder only. Everything in it lives as long as
 * the process, but the policy, which a reload replaces.
 */
#ifndef WARDEN_PARTS_H
#define WARDEN_PARTS_H

#include <event2/event.h>

#include "nodelatch/sink.h"

#include "base/arena.h"
#include "base/json.h"
#include "check/checks.h"
#include "commands/load.h"
#include "commands/options.h"
#include "control/server.h"
#include "enforce/guard.h"
#include "ledger/ledger.h"
#include "observe/input_watch.h"
#include "observe/observer.h"
#include "observe/watch.h"
#include "report/sinks.h"
#include "settings/policy.h"
#include "warden/delivery.h"
#include "warden/output.h"
#include "warden/probing.h"
#include "warden/warden.h"

struct warden {
	const struct warden_options *options;
	struct event_base *base;
	int64_t started_ns;

	struct policy *policy; /* in force */
	char *policy_problem;  /* why the newest one is not; NULL: it is */
	struct host *host;
	struct observer *observer;
	struct watch *watch;
	char *iterators_problem; /* why the socket tables are read from files; NULL: they are not */
	struct input_watch *inputs;
	int netns_fd;
	struct guard *guard;
	bool guard_is_as_wished; /* in the last pass */
	char *guard_problem;	 /* why there is no guard at all; NULL: there is one */
	struct ledger *ledger;
	struct control_server *control;
	struct delivery delivery;
	struct probing probing;
	const char *metrics_problem; /* why the file was not written last time; NULL: it was */

	const struct sink *sink; /* NULL: stdout none */
	struct sink_style style;
	bool is_on_terminal; /* stdout was one at the start */
	bool is_quiet;	     /* opened and changed findings are about to be listed anyway */
	struct output *output;

	struct event *watch_event, *inputs_event, *pass_timer, *resync_timer, *client_timer;
	struct event *signal_events[3];
	int64_t clients_read_at_ns; /* where the window of the next counts begins */
	unsigned stale;		    /* parts to refresh in the next pass */
	struct arena *pass_arena;   /* one pass: self facts, findings */
	struct arena *batch_arena;  /* records collected for one append */
	struct change *batch;
	size_t batch_count, batch_capacity;
};

static inline const struct settings *warden_settings(const struct warden *warden)
{
	return policy_settings(warden->policy);
}

/* header.c: before the findings and after them. */
void warden_print_header(struct warden *warden);
void warden_print_watching(struct warden *warden);

/* self.c: what the agent knows of itself goes into the node. Returns 0 or -ENOMEM. */
int warden_observe_self(struct warden *warden, struct node *node);

/* metrics.c: the file that the policy names, if it names one. */
void warden_write_metrics(struct warden *warden, const struct node *node,
			  const struct findings *findings, int64_t now_ns);

/* pass.c: asks for a pass over these parts after the debounce; makes one now. */
void warden_look(struct warden *warden, unsigned parts);
int warden_pass(struct warden *warden, unsigned parts);
/* Judges the node as last observed. */
int warden_judge(struct warden *warden, int64_t now_ns);
struct ledger_listener warden_listener(struct warden *warden);

/* records.c: what the kernel counted and saw becomes changes. */
struct watch_handlers warden_watch_handlers(struct warden *warden);
void warden_append_batch(struct warden *warden);
void warden_read_clients(struct warden *warden);

/* lines.c: changes to whoever wants them. */
int warden_open_lines(struct warden *warden);
void warden_print_open_findings(struct warden *warden);
/* There is news in the journal: tails and courier may fetch it. */
void warden_tell_the_rest(struct warden *warden);
void warden_tell(void *context, const struct change *change);

/* reload.c */
void warden_reload(struct warden *warden, bool is_forced);
void warden_watch_policy(struct warden *warden);
/* A file, and what takes its place. */
void warden_watch_file(struct warden *warden, const char *path);
/* How long the journal keeps what, by the policy and by whether somebody collects. */
void warden_configure_ledger(struct warden *warden);
/* Findings of checks that the policy no longer has in force. */
void warden_retire_findings(struct warden *warden);

/* status.c */
int warden_changes_after(void *context, int64_t after, size_t limit, struct text_buffer *lines,
			 int64_t *ret_last);
struct control_handlers warden_control_handlers(struct warden *warden);

#endif
