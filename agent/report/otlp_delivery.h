/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an answer means for a batch, and when to try again: the rules of the OTLP specification, as
 * pure functions.
 */
#ifndef REPORT_OTLP_DELIVERY_H
#define REPORT_OTLP_DELIVERY_H

#include <stdint.h>

#include "report/http.h"
#include "report/otlp_encoding.h"

enum delivery {
	DELIVERY_DONE,	  /* taken, but for `rejected` records of it */
	DELIVERY_REFUSED, /* not taken, and must not be sent again */
	DELIVERY_LATER,	  /* to be sent again */
};

struct otlp_verdict {
	enum delivery delivery;
	uint64_t rejected;
	int64_t retry_after_ms; /* what the collector asks for; -1: nothing */
	char words[512];	/* what went wrong, in one sentence; "" when nothing did */
};

/* now_ns is wall clock, for a Retry-After that is a date. */
void otlp_judge(const struct otlp_encoding *encoding, const struct http_answer *answer,
		int64_t now_ns, struct otlp_verdict *ret_verdict);

/* The delay that a Retry-After asks for, bounded by an hour; -1 when it is neither seconds nor a
 * date of HTTP. */
int64_t otlp_retry_after_ms(const char *value, int64_t now_ns);

#define OTLP_BACKOFF_FIRST_MS 1000
#define OTLP_BACKOFF_MAX_MS   300000

/* Full jitter: something between 0 and the bound, which doubles with each failure up to the
 * maximum. `random` is any number. failures counts from 1. */
int64_t otlp_backoff_ms(unsigned failures, uint64_t random);

#endif
