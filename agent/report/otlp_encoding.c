/* SPDX-License-Identifier: Apache-2.0 */
#include "report/otlp_encoding.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"

static const struct otlp_encoding *const ENCODINGS[] = {
	[OTLP_HTTP_PROTOBUF] = &otlp_protobuf,
	[OTLP_HTTP_JSON] = &otlp_json,
};

const struct otlp_encoding *otlp_encoding_of(enum otlp_protocol protocol)
{
	return ENCODINGS[protocol];
}

const struct otlp_encoding *otlp_encoding_by_type(const char *content_type)
{
	size_t length = strcspn(content_type, "; \t");

	for (size_t i = 0; i < ARRAY_SIZE(ENCODINGS); i++) {
		if (strlen(ENCODINGS[i]->content_type) == length &&
		    strncasecmp(ENCODINGS[i]->content_type, content_type, length) == 0)
			return ENCODINGS[i];
	}
	return NULL;
}

void otlp_response_say(struct otlp_response *response, const char *words, size_t length)
{
	size_t out = 0;

	while (length) {
		size_t taken = text_utf8_length(words, length);
		size_t step = taken ? taken : 1;

		if (out + step >= sizeof(response->message))
			break;
		memcpy(response->message + out, taken ? words : "?", step);
		out += step;
		words += step;
		length -= step;
	}
	response->message[out] = '\0';
}
