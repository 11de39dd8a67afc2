/* SPDX-License-Identifier: Apache-2.0 */
#include "report/otlp_delivery.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"

/* A collector that asks for more is not believed: an hour of silence is a fault by itself. */
#define RETRY_AFTER_MAX_S 3600

/* The HTTP date of RFC 9110 section 5.6.7, the one form that may be sent today:
 * "Sun, 06 Nov 1994 08:49:37 GMT". */
static int parse_date(const char *text, int64_t *ret_seconds)
{
	struct tm parts = { 0 };
	const char *end = strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &parts);

	if (!end || *end)
		return -EINVAL;
	*ret_seconds = timegm(&parts);
	return 0;
}

int64_t otlp_retry_after_ms(const char *value, int64_t now_ns)
{
	int64_t seconds, date;
	uint64_t number;
	int error = text_to_unsigned(value, RETRY_AFTER_MAX_S, &number);

	if (error == 0)
		seconds = (int64_t)number;
	else if (error == -ERANGE)
		seconds = RETRY_AFTER_MAX_S;
	else if (parse_date(value, &date) == 0)
		seconds = date - now_ns / NS_PER_S;
	else
		return -1;
	if (seconds < 0)
		seconds = 0;
	return 1000 * (seconds < RETRY_AFTER_MAX_S ? seconds : RETRY_AFTER_MAX_S);
}

int64_t otlp_backoff_ms(unsigned failures, uint64_t random)
{
	uint64_t bound = OTLP_BACKOFF_FIRST_MS;

	for (unsigned i = 1; i < failures && bound < OTLP_BACKOFF_MAX_MS; i++)
		bound *= 2;
	if (bound > OTLP_BACKOFF_MAX_MS)
		bound = OTLP_BACKOFF_MAX_MS;
	return (int64_t)(random % (bound + 1));
}

static bool may_be_retried(long status)
{
	return status == 429 || status == 502 || status == 503 || status == 504;
}

static const char *status_hint(long status)
{
	switch (status) {
	case 301:
	case 302:
	case 307:
	case 308:
		return "it redirects, and redirects are not followed: name the final URL";
	case 401:
	case 403:
		return "it does not accept this node's certificate or headers";
	case 404:
	case 405:
		return "nothing takes OTLP logs at this path: check the endpoint";
	case 415:
		return "it does not speak this protocol: try the other of http/protobuf and "
		       "http/json";
	default:
		return NULL;
	}
}

/* "the collector answered 503: words". */
static void describe_failure(const struct otlp_encoding *encoding, const struct http_answer *answer,
			     struct otlp_verdict *verdict)
{
	const char *hint = status_hint(answer->status);
	struct otlp_response response = { 0 };

	if (encoding->error(answer->body, answer->length, &response) < 0 || !response.message[0])
		otlp_response_say(&response, answer->body, answer->length);
	snprintf(verdict->words, sizeof(verdict->words), "the collector answered %ld%s%s%s%s",
		 answer->status, hint ? ": " : "", hint ? hint : "",
		 response.message[0] ? ": " : "", response.message);
}

/*
 * A body that is not OTLP did not come from a collector, whatever its status: a login page answers
 * 200 too. An empty body is what several receivers answer.
 */
static void judge_success(const struct otlp_encoding *encoding, const struct http_answer *answer,
			  struct otlp_verdict *verdict)
{
	const struct otlp_encoding *own = otlp_encoding_by_type(answer->content_type);
	struct otlp_response response = { 0 };
	bool is_foreign = !own && answer->content_type[0];

	if (answer->length &&
	    (is_foreign ||
	     (own ? own : encoding)->response(answer->body, answer->length, &response) < 0)) {
		verdict->delivery = DELIVERY_LATER;
		snprintf(verdict->words, sizeof(verdict->words),
			 "what answers at the endpoint is no OTLP receiver: status %ld with a body "
			 "that is not an OTLP response",
			 answer->status);
		return;
	}
	verdict->delivery = DELIVERY_DONE;
	verdict->rejected = response.rejected;
	if (response.rejected)
		snprintf(verdict->words, sizeof(verdict->words),
			 "the collector rejected %llu records: %s",
			 (unsigned long long)response.rejected, response.message);
	else if (response.message[0])
		snprintf(verdict->words, sizeof(verdict->words), "the collector warns: %s",
			 response.message);
}

void otlp_judge(const struct otlp_encoding *encoding, const struct http_answer *answer,
		int64_t now_ns, struct otlp_verdict *ret_verdict)
{
	*ret_verdict = (struct otlp_verdict){ .delivery = DELIVERY_LATER, .retry_after_ms = -1 };
	if (answer->status == 0) {
		snprintf(ret_verdict->words, sizeof(ret_verdict->words), "%s", answer->problem);
		return;
	}
	if (answer->is_too_long) {
		ret_verdict->delivery = DELIVERY_REFUSED;
		snprintf(ret_verdict->words, sizeof(ret_verdict->words),
			 "the collector's answer is longer than this agent reads");
		return;
	}
	if (answer->status >= 200 && answer->status < 300) {
		judge_success(encoding, answer, ret_verdict);
		return;
	}
	describe_failure(encoding, answer, ret_verdict);
	if (may_be_retried(answer->status))
		ret_verdict->retry_after_ms = otlp_retry_after_ms(answer->retry_after, now_ns);
	else
		ret_verdict->delivery = DELIVERY_REFUSED;
}
