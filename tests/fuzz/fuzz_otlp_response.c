/* SPDX-License-Identifier: Apache-2.0 */
/* What a collector answers may be anything. The first byte chooses status and encoding, the rest is
 * the body. */
#include <stdint.h>
#include <stdlib.h>

#include "base/text.h"
#include "report/otlp_delivery.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const long statuses[] = { 200, 400, 503, 204 };
	static const char *const types[] = { "", "application/json", "application/x-protobuf",
					     "text/html" };
	struct otlp_verdict verdict;

	if (size == 0)
		return 0;
	const struct http_answer answer = {
		.status = statuses[data[0] & 3],
		.content_type = types[data[0] >> 2 & 3],
		.retry_after = "",
		.body = (const char *)data + 1,
		.length = size - 1,
	};

	otlp_judge(data[0] & 0x10 ? &otlp_json : &otlp_protobuf, &answer, 0, &verdict);
	if (strlen(verdict.words) >= sizeof(verdict.words) ||
	    (verdict.delivery != DELIVERY_DONE && !verdict.words[0]))
		abort();
	if (answer.status == 400 && verdict.delivery != DELIVERY_REFUSED)
		abort();
	if (answer.status == 503 && verdict.delivery != DELIVERY_LATER)
		abort();
	return 0;
}
