/* SPDX-License-Identifier: Apache-2.0 */
/* What version a server says it is of: asked last, so that nothing else waits for it. */
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "prober/visit.h"

/* Whatever became of it, the rest is as it was. */
static void settle(struct visit *visit)
{
	visit_disconnect(visit);
	visit->step = ENDED;
	visit->probe = visit->known;
	if (*visit->version)
		visit->probe.version = visit->version;
}

void visit_ask_version(struct visit *visit)
{
	if (visit->is_asking_version) {
		settle(visit);
		return;
	}
	if (!visit->probe.version_path || visit->probe.outcome != PROBE_ANSWERED)
		return;
	visit->is_asking_version = true;
	visit->is_greeting = false;
	visit->known = visit->probe;
	visit->step = CONNECTING;
	visit_write_request(visit, visit->probe.version_path, 0);
	if (visit->step == ENDED || visit_connect(visit) < 0 ||
	    (visit->probe.is_tls && visit_start_tls(visit, visit->tls) < 0))
		settle(visit);
}

/* All that is kept from here on is of the body, and of the newline before it: a metric is looked
 * for after one. */
static bool forget_header(struct visit *visit)
{
	const char *body = NULL;
	size_t length = answer_body(visit, &body);

	if (!length || answer_status(visit) != 200)
		return false;
	visit->received = length + 1;
	memmove(visit->answer, body - 1, visit->received);
	visit->is_in_body = true;
	return true;
}

/* All but the line that is not over; of one that fills everything nothing stays. */
static void forget_lines(struct visit *visit)
{
	const char *line = memrchr(visit->answer, '\n', visit->received);
	size_t gone = line ? (size_t)(line - visit->answer) : 0;

	if (!gone)
		gone = visit->received;
	visit->received -= gone;
	memmove(visit->answer, visit->answer + gone, visit->received);
	visit->body_forgotten += gone;
}

static bool has_told(struct visit *visit, bool is_at_end)
{
	if (told_version_by_metrics(visit->answer, visit->received, visit->version))
		return true;
	return is_at_end && !visit->body_forgotten &&
	       told_version_by_json(visit->answer, visit->received, visit->version);
}

void visit_take_version(struct visit *visit, bool is_at_end)
{
	bool is_full = visit->received == sizeof(visit->answer);
	bool is_over = is_at_end;

	if (visit->is_in_body || forget_header(visit)) {
		is_over |= has_told(visit, is_at_end);
		if (visit->received == sizeof(visit->answer))
			forget_lines(visit);
		is_over |= visit->body_forgotten >= PROBE_VERSION_BYTES_MAX;
	} else {
		is_over |= is_full || answer_status(visit) >= 300;
	}
	if (is_over)
		visit->step = ENDED;
}
