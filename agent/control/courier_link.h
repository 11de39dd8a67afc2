/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The warden's end of the courier: starts nodelatch-courier, an unprivileged process that alone
 * talks to the collector, and hands it changes over a socket pair (its descriptor 3).
 *
 * One JSON object a line. The warden says {"settings":{...},"after":N} first, and {"news":true}
 * when a courier that has everything may ask again. The courier asks {"after":N,"limit":L} and gets
 * {"changes":[...],"last":M}; it says {"acknowledge":N} when the collector has taken everything up
 * to N, and {"status":{...}} for `nodelatch status`. It is not trusted: its lines, their rate, and
 * what it may acknowledge are bounded, and nothing is sent to one that does not read.
 */
#ifndef CONTROL_COURIER_LINK_H
#define CONTROL_COURIER_LINK_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/buffer.h"

struct event_base;
struct courier_link;

struct courier_link_options {
	const char *program;	/* path of nodelatch-courier */
	const json_t *settings; /* report/otlp_settings.h, as JSON; the key is in it */
	int64_t acknowledged;	/* the last change that the collector has */
};

struct courier_link_source {
	void *context;
	/* As in control/server.h: at most `limit` changes after `after`, one a line, and the last
	 * one's number (`after` itself when there is none). Returns 0 or -errno. */
	int (*changes_after)(void *context, int64_t after, size_t limit, struct text_buffer *lines,
			     int64_t *ret_last);
	/* The collector has everything up to this number. Returns 0 or -errno. */
	int (*acknowledge)(void *context, int64_t seq);
	/* An object that may say anything: "sent", "rejected", "last_error", "last_success",
	 * "endpoint", "retry_at". Borrowed. */
	void (*status)(void *context, const json_t *status);
	/* The courier is gone; the sentence says why. The caller closes the link, here or later,
	 * and decides when to start another. Nothing else is called after this. */
	void (*gone)(void *context, const char *reason);
};

/* Returns 0; -ENOENT and its kin when the program cannot be started; or -errno. */
int courier_link_open(struct event_base *base, const struct courier_link_options *options,
		      const struct courier_link_source *source, struct courier_link **ret_link);
/* There are new changes. */
void courier_link_notify(struct courier_link *link);
/* New settings, for a courier that runs: a rotated certificate, another endpoint. */
int courier_link_configure(struct courier_link *link, const json_t *settings);
/* Ends the courier. What it had not acknowledged is fetched again by the next one. */
void courier_link_close(struct courier_link *link);

#endif
