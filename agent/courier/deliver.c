/* SPDX-License-Identifier: Apache-2.0 */
/* The talk with the collector. */
#include <sys/random.h>

#include "base/json.h"
#include "base/log.h"
#include "base/time.h"
#include "courier/parts.h"
#include "model/change_json.h"

void courier_forget_answer(struct courier *courier)
{
	json_decref(courier->changes);
	courier->changes = NULL;
	courier->next = 0;
	courier->has_batch = false;
	otlp_batch_reset(&courier->batch);
	buffer_reset(&courier->body);
}

/* One that this version cannot read is not sent, and counted. Returns 0, -E2BIG or -ENOMEM. */
static int add_change(struct courier *courier, const json_t *object)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct change change;

	if (!arena)
		return -ENOMEM;
	int error = change_from_json(object, arena, &change);

	if (error == -EINVAL) {
		courier->counts.rejected++;
		courier->batch_last = json_get_integer(object, "seq", courier->batch_last);
		return 0;
	}
	if (error == 0)
		error = otlp_batch_add(&courier->batch, &change);
	if (error == 0)
		courier->batch_last = change.seq;
	return error;
}

static int fill_batch(struct courier *courier)
{
	int error = 0;

	otlp_batch_reset(&courier->batch);
	buffer_reset(&courier->body);
	courier->batch_last = courier->done;
	while (error == 0 && courier->next < json_array_size(courier->changes)) {
		error = add_change(courier, json_array_get(courier->changes, courier->next));
		courier->next += error == 0;
	}
	if (courier->next == json_array_size(courier->changes))
		courier->batch_last = courier->answer_last;
	return error == -E2BIG ? 0 : error;
}

static int post(struct courier *courier)
{
	const struct http_request request = {
		.url = courier->settings.endpoints[courier->endpoint],
		.content_type = courier->batch.encoding->content_type,
		.content_encoding = courier->settings.compresses ? "gzip" : NULL,
		.body = &courier->body,
	};

	courier->state = SENDING;
	courier->counts.retry_at_ns = 0;
	return http_begin(courier->http, &request);
}

int courier_go_on(struct courier *courier)
{
	courier->has_batch = false;
	while (courier->next < json_array_size(courier->changes)) {
		int error = fill_batch(courier);

		if (error == 0 && courier->batch.count) {
			courier->has_batch = true;
			error = otlp_batch_finish(&courier->batch, &courier->settings,
						  &courier->body);
			return error < 0 ? error : post(courier);
		}
		if (error == 0)
			error = courier_acknowledge(courier, courier->batch_last);
		if (error < 0)
			return error;
	}
	int error = courier_acknowledge(courier, courier->answer_last);

	courier_forget_answer(courier);
	return error < 0 ? error : courier_ask(courier);
}

static int rest(struct courier *courier, int64_t asked_ms)
{
	uint64_t random = 0;

	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		return -EIO;
	/* What the collector asks for is a minimum; the jitter spreads the nodes behind it. */
	int64_t delay_ms =
		otlp_backoff_ms(++courier->failures, random) + (asked_ms > 0 ? asked_ms : 0);

	courier->state = RESTING;
	courier->rests_until = time_monotonic_ns() + delay_ms * NS_PER_MS;
	courier->counts.retry_at_ns = time_now_ns() + delay_ms * NS_PER_MS;
	return courier_report(courier);
}

static int finish_batch(struct courier *courier, const struct otlp_verdict *verdict)
{
	uint64_t rejected =
		verdict->delivery == DELIVERY_REFUSED || verdict->rejected > courier->batch.count
			? courier->batch.count
			: verdict->rejected;

	courier->counts.sent += courier->batch.count - rejected;
	courier->counts.rejected += rejected;
	courier->has_batch = false;
	int error = courier_acknowledge(courier, courier->batch_last);

	if (error < 0)
		return error;
	/* What is refused once is likely to be refused again: slower, so that little is lost until
	 * somebody mends it. */
	if (verdict->delivery == DELIVERY_REFUSED)
		return rest(courier, 0);
	courier->failures = 0;
	courier->counts.last_success_ns = time_now_ns();
	error = courier_report(courier);
	return error < 0 ? error : courier_go_on(courier);
}

static int try_again(struct courier *courier, const struct otlp_verdict *verdict)
{
	if (++courier->endpoint < courier->settings.endpoint_count)
		return post(courier);
	courier->endpoint = 0;
	return rest(courier, verdict->retry_after_ms);
}

int courier_take_answer(struct courier *courier)
{
	struct http_answer answer;
	struct otlp_verdict verdict;

	if (!http_take_answer(courier->http, &answer))
		return 0;
	otlp_judge(courier->batch.encoding, &answer, time_now_ns(), &verdict);
	snprintf(courier->counts.last_error, sizeof(courier->counts.last_error), "%s",
		 verdict.words);
	return verdict.delivery == DELIVERY_LATER ? try_again(courier, &verdict)
						  : finish_batch(courier, &verdict);
}

int courier_wake(struct courier *courier)
{
	return courier->has_batch ? post(courier) : courier_go_on(courier);
}
