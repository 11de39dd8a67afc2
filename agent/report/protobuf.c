/* SPDX-License-Identifier: Apache-2.0 */
#include "report/protobuf.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

#define REPLACEMENT "\xef\xbf\xbd"
/* 64 bits in groups of seven. */
#define VARINT_BYTES_MAX 10
/* The specification's largest field number, 2^29 - 1. */
#define FIELD_MAX 0x1fffffff

static void write_varint(struct text_buffer *buffer, uint64_t number)
{
	char bytes[VARINT_BYTES_MAX];
	size_t length = 0;

	for (; number > 0x7f; number >>= 7)
		bytes[length++] = (char)(uint8_t)(number | 0x80);
	bytes[length++] = (char)(uint8_t)number;
	buffer_append(buffer, bytes, length);
}

static void write_tag(struct text_buffer *buffer, unsigned field, enum protobuf_wire wire)
{
	write_varint(buffer, (uint64_t)field << 3 | wire);
}

void protobuf_number(struct text_buffer *buffer, unsigned field, uint64_t number)
{
	write_tag(buffer, field, PROTOBUF_VARINT);
	write_varint(buffer, number);
}

void protobuf_fixed64(struct text_buffer *buffer, unsigned field, uint64_t number)
{
	char bytes[8];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(uint8_t)(number >> (8 * i));
	write_tag(buffer, field, PROTOBUF_64);
	buffer_append(buffer, bytes, sizeof(bytes));
}

void protobuf_bytes(struct text_buffer *buffer, unsigned field, const char *bytes, size_t length)
{
	write_tag(buffer, field, PROTOBUF_BYTES);
	write_varint(buffer, length);
	buffer_append(buffer, bytes, length);
}

static void write_clean(struct text_buffer *buffer, unsigned field, const char *text, size_t length)
{
	CLEANUP_BUFFER struct text_buffer clean = { 0 };

	while (length) {
		size_t taken = text_utf8_length(text, length);

		buffer_append(&clean, taken ? text : REPLACEMENT,
			      taken ? taken : strlen(REPLACEMENT));
		text += taken ? taken : 1;
		length -= taken ? taken : 1;
	}
	if (buffer_error(&clean) && !buffer->error)
		buffer->error = buffer_error(&clean);
	protobuf_bytes(buffer, field, clean.data, clean.length);
}

void protobuf_text(struct text_buffer *buffer, unsigned field, const char *text)
{
	size_t length = strlen(text);

	if (text_is_utf8(text, length))
		protobuf_bytes(buffer, field, text, length);
	else
		write_clean(buffer, field, text, length);
}

static int read_varint(struct protobuf_reader *reader, uint64_t *ret_number)
{
	uint64_t number = 0;

	for (unsigned i = 0; i < VARINT_BYTES_MAX && i < reader->length; i++) {
		uint8_t byte = (uint8_t)reader->data[i];

		if (i == VARINT_BYTES_MAX - 1 && byte > 1)
			return -EINVAL;
		number |= (uint64_t)(byte & 0x7f) << (7 * i);
		if (byte & 0x80)
			continue;
		reader->data += i + 1;
		reader->length -= i + 1;
		*ret_number = number;
		return 0;
	}
	return -EINVAL;
}

static int read_fixed(struct protobuf_reader *reader, size_t size, uint64_t *ret_number)
{
	uint64_t number = 0;

	if (reader->length < size)
		return -EINVAL;
	for (size_t i = 0; i < size; i++)
		number |= (uint64_t)(uint8_t)reader->data[i] << (8 * i);
	reader->data += size;
	reader->length -= size;
	*ret_number = number;
	return 0;
}

static int read_bytes(struct protobuf_reader *reader, struct protobuf_field *field)
{
	uint64_t length;

	if (read_varint(reader, &length) < 0 || length > reader->length)
		return -EINVAL;
	field->bytes = reader->data;
	field->length = (size_t)length;
	reader->data += length;
	reader->length -= (size_t)length;
	return 0;
}

int protobuf_next(struct protobuf_reader *reader, struct protobuf_field *ret_field)
{
	struct protobuf_field field = { 0 };
	uint64_t tag;
	int error;

	if (reader->length == 0)
		return 0;
	if (read_varint(reader, &tag) < 0 || tag >> 3 == 0 || tag >> 3 > FIELD_MAX)
		return -EINVAL;
	field.number = (unsigned)(tag >> 3);
	field.wire = (enum protobuf_wire)(tag & 7);
	switch (field.wire) {
	case PROTOBUF_VARINT:
		error = read_varint(reader, &field.value);
		break;
	case PROTOBUF_64:
		error = read_fixed(reader, 8, &field.value);
		break;
	case PROTOBUF_BYTES:
		error = read_bytes(reader, &field);
		break;
	case PROTOBUF_32:
		error = read_fixed(reader, 4, &field.value);
		break;
	default: /* groups, long gone, and the two numbers that mean nothing */
		return -EINVAL;
	}
	if (error < 0)
		return error;
	*ret_field = field;
	return 1;
}
