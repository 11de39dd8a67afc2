/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The courier's state, for its own files only.
 *
 *   STARTING --settings--> ASKING --changes--> SENDING --taken--> ASKING
 *                            |  ^                 |
 *                       none |  | news            | not taken, all endpoints tried
 *                            v  |                 v
 *                           WAITING            RESTING --time is up--> SENDING or ASKING
 *
 * Nothing is kept: the warden's journal holds what is not acknowledged.
 */
#ifndef COURIER_PARTS_H
#define COURIER_PARTS_H

#include <stdbool.h>

#include "courier/line_socket.h"
#include "report/http.h"
#include "report/otlp_batch.h"
#include "report/otlp_delivery.h"

enum courier_state { STARTING, ASKING, WAITING, SENDING, RESTING };

/* What the operator sees of it. */
struct courier_counts {
	uint64_t sent, rejected;
	int64_t last_success_ns, retry_at_ns; /* wall clock; 0: none */
	char last_error[512];
};

struct courier {
	struct line_socket link;
	enum courier_state state;
	struct arena *settings_arena;
	struct otlp_settings settings;
	struct http_client *http;
	int64_t done; /* the last change that needs no more sending */

	json_t *changes; /* of the answer at hand; those before `next` are in a batch or done */
	size_t next;
	int64_t answer_last;

	struct otlp_batch batch;
	struct text_buffer body;
	int64_t batch_last; /* the number of its last change */
	bool has_batch;

	size_t endpoint;
	unsigned failures;   /* in a row */
	int64_t rests_until; /* monotonic, ns */
	struct courier_counts counts;
};

/* All return 0, or -errno on which the courier ends. */

/* listen.c: what the warden says. */
int courier_listen(struct courier *courier);
int courier_ask(struct courier *courier);
int courier_acknowledge(struct courier *courier, int64_t seq);
int courier_report(struct courier *courier);

/* deliver.c: what the collector is told, and says. */
int courier_go_on(struct courier *courier); /* the next batch of the answer, or the next question */
int courier_take_answer(struct courier *courier);
/* The rest is over. */
int courier_wake(struct courier *courier);
void courier_forget_answer(struct courier *courier);

#endif
