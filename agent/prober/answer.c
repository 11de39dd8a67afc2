/* SPDX-License-Identifier: Apache-2.0 */
/* The first words of an HTTP answer; the rest is not wanted. */
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "prober/visit.h"

/* Within these a list of pods says what it is: {"kind":"PodList","apiVersion":"v1",... */
#define BODY_BYTES 256

static bool is_digit(char letter)
{
	return letter >= '0' && letter <= '9';
}

/* "HTTP/1.1 401 Unauthorized". */
int answer_status(const struct visit *visit)
{
	static const char START[] = "HTTP/1.";
	size_t start = sizeof(START) - 1;
	const char *answer = visit->answer, *code = answer + start + 2;

	if (visit->received < start + 5 || memcmp(answer, START, start) != 0 ||
	    !is_digit(answer[start]) || answer[start + 1] != ' ' || !is_digit(code[0]) ||
	    !is_digit(code[1]) || !is_digit(code[2]))
		return 0;
	return (code[0] - '0') * 100 + (code[1] - '0') * 10 + code[2] - '0';
}

size_t answer_body(const struct visit *visit, const char **ret_body)
{
	const char *end = memmem(visit->answer, visit->received, "\r\n\r\n", 4);

	if (!end)
		return 0;
	*ret_body = end + 4;
	return (size_t)(visit->answer + visit->received - *ret_body);
}

static void conclude(struct visit *visit, const char *body, size_t length)
{
	static const char WORD[] = "\"PodList\"";

	visit->probe.outcome = PROBE_ANSWERED;
	visit->probe.problem = NULL;
	visit->probe.shows_pods = length && memmem(body, length < BODY_BYTES ? length : BODY_BYTES,
						   WORD, sizeof(WORD) - 1) != NULL;
}

bool visit_take_answer(struct visit *visit, bool is_at_end)
{
	const char *body = NULL;
	bool is_full = visit->received == sizeof(visit->answer);

	visit->probe.status = answer_status(visit);
	size_t length = visit->probe.status ? answer_body(visit, &body) : 0;

	if (visit->probe.status &&
	    (is_at_end || is_full || length >= BODY_BYTES || visit->probe.status >= 300)) {
		conclude(visit, body, length);
		return true;
	}
	if (!visit->probe.status && (is_at_end || visit->received >= 16)) {
		visit->probe.outcome = visit->probe.is_tls ? PROBE_HANDSHAKE : PROBE_FAILED;
		visit->probe.problem = visit->received
					       ? "its answer is not HTTP"
					       : "it ended the connection without an answer";
		return true;
	}
	return false;
}
