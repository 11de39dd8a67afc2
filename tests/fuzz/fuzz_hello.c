/* SPDX-License-Identifier: Apache-2.0 */
/* What a server may say to a ClientHello: the first byte says which one it was. */
#include <stdint.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "prober/hello.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t random[32];
	struct greeting greeting = { .protocol = (enum protocol)(size ? data[0] % PROTOCOLS : 0),
				     .offers_weak = size && data[0] & 4 };
	uint8_t bytes[512];

	if (!size)
		return 0;
	for (unsigned round = 0; round < 3 && hello_has_suites(&greeting); round++) {
		uint64_t accepted = greeting.accepted;
		unsigned protocols = greeting.protocols;
		size_t length = hello_write(&greeting, random, bytes, sizeof(bytes));
		enum hello_answer answer = hello_read(&greeting, data + 1, size - 1);

		if (length < 60 || length >= sizeof(bytes) ||
		    greeting.accepted >> CIPHER_SUITE_COUNT)
			abort();
		/* Nothing is accepted but by an answer that says so, and nothing twice. */
		if (answer == HELLO_ACCEPTED && greeting.protocol == TLS_1_2 &&
		    greeting.accepted == accepted)
			abort();
		if ((answer == HELLO_INCOMPLETE || answer == HELLO_REFUSED) &&
		    (greeting.accepted != accepted || greeting.protocols != protocols))
			abort();
	}
	return 0;
}
