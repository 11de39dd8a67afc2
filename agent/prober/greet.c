/* SPDX-License-Identifier: Apache-2.0 */
/* Which protocol versions and suites the server accepts, one greeting a connection. */
#include <string.h>
#include <sys/random.h>

#include "prober/visit.h"

/* What matters most comes first, should the time end. */
static const enum protocol ORDER[PROTOCOLS] = { TLS_1_0, TLS_1_1, TLS_1_3, TLS_1_2 };

/* The next thing to ask after a refusal; false: nothing is left. */
static bool move_on(struct greeting *greeting)
{
	if (greeting->protocol == TLS_1_2) {
		if (!greeting->offers_weak)
			return false;
		greeting->offers_weak = false;
		return true;
	}
	for (unsigned i = 0; i + 1 < PROTOCOLS; i++)
		if (ORDER[i] == greeting->protocol) {
			greeting->protocol = ORDER[i + 1];
			break;
		}
	return true;
}

void visit_greet(struct visit *visit)
{
	uint8_t random[32];

	if (!visit->is_greeting) {
		visit->is_greeting = true;
		visit->greeting.protocol = ORDER[0];
		visit->greeting.offers_weak = true;
	}
	while (!hello_has_suites(&visit->greeting))
		if (!move_on(&visit->greeting)) {
			visit->step = ENDED;
			return;
		}
	if (visit->greetings++ == GREETINGS_MAX ||
	    getrandom(random, sizeof(random), 0) != sizeof(random) || visit_connect(visit) < 0) {
		visit->step = ENDED;
		return;
	}
	visit->request_length = hello_write(&visit->greeting, random, (uint8_t *)visit->request,
					    sizeof(visit->request));
}

void visit_take_greeting(struct visit *visit, bool is_at_end)
{
	enum hello_answer answer =
		hello_read(&visit->greeting, (const uint8_t *)visit->answer, visit->received);

	if (answer == HELLO_INCOMPLETE && !is_at_end && visit->received < sizeof(visit->answer))
		return;
	visit_disconnect(visit);
	/* Some servers refuse by hanging up. */
	if (answer == HELLO_INCOMPLETE)
		answer = is_at_end ? HELLO_REFUSED : HELLO_GARBAGE;
	bool has_more = answer == HELLO_ACCEPTED && visit->greeting.protocol == TLS_1_2;

	if (answer != HELLO_GARBAGE && (has_more || move_on(&visit->greeting)))
		visit_greet(visit);
	else
		visit->step = ENDED;
}
