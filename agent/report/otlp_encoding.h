/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two encodings of OTLP logs. A batch is records, appended one after the other to a buffer, and
 * at the end an envelope around them; the answer comes in the encoding of the request.
 */
#ifndef REPORT_OTLP_ENCODING_H
#define REPORT_OTLP_ENCODING_H

#include "base/buffer.h"
#include "report/otlp_record.h"

#define OTLP_SCHEMA_URL	   "https://opentelemetry.io/schemas/1.44.0"
#define OTLP_SCOPE_NAME	   "nodelatch.findings"
#define OTLP_SCOPE_VERSION "1"

/* What a receiver says of a batch. */
struct otlp_response {
	uint64_t rejected; /* records it will not take, ever */
	char message[256]; /* its words, cut; "" when it has none. Foreign text */
};

struct otlp_encoding {
	const char *content_type;
	/* Appends one record. Errors stay in the buffer. */
	void (*record)(const struct otlp_record *record, struct text_buffer *records);
	/* Appends the request around the records. */
	void (*envelope)(const struct otlp_attributes *resource, const struct text_buffer *records,
			 struct text_buffer *request);
	/* The body of a 2xx answer; an empty one is a success. Returns 0 or -EINVAL. */
	int (*response)(const char *body, size_t length, struct otlp_response *ret_response);
	/* The words of an error's body (google.rpc.Status). Returns 0 or -EINVAL. */
	int (*error)(const char *body, size_t length, struct otlp_response *ret_response);
};

extern const struct otlp_encoding otlp_protobuf, otlp_json;

/* That of the settings. */
const struct otlp_encoding *otlp_encoding_of(enum otlp_protocol protocol);
/* That of a content type, parameters after ';' ignored; NULL: neither. */
const struct otlp_encoding *otlp_encoding_by_type(const char *content_type);
/* Keeps foreign words, cut to what fits on a character's border. */
void otlp_response_say(struct otlp_response *response, const char *words, size_t length);

#endif
