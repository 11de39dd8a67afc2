/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Protocol buffers on the wire: a writer that appends fields to a buffer, and a bounded reader.
 * Fields are written as they are called for; a canonical encoding needs them in ascending order.
 */
#ifndef REPORT_PROTOBUF_H
#define REPORT_PROTOBUF_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

void protobuf_number(struct text_buffer *buffer, unsigned field, uint64_t number);
void protobuf_fixed64(struct text_buffer *buffer, unsigned field, uint64_t number);
/* Bytes, or a message that was written to a buffer of its own. */
void protobuf_bytes(struct text_buffer *buffer, unsigned field, const char *bytes, size_t length);
/* Text; invalid UTF-8 becomes U+FFFD, since receivers may refuse the whole message for it. */
void protobuf_text(struct text_buffer *buffer, unsigned field, const char *text);

enum protobuf_wire { PROTOBUF_VARINT = 0, PROTOBUF_64 = 1, PROTOBUF_BYTES = 2, PROTOBUF_32 = 5 };

struct protobuf_reader {
	const char *data;
	size_t length;
};

struct protobuf_field {
	unsigned number;
	enum protobuf_wire wire;
	uint64_t value;	   /* PROTOBUF_VARINT, _64, _32 */
	const char *bytes; /* PROTOBUF_BYTES: in the reader's data */
	size_t length;
};

/* Takes the next field off the front. Returns 1, 0 at the end, -EINVAL. */
int protobuf_next(struct protobuf_reader *reader, struct protobuf_field *ret_field);

#endif
