/* SPDX-License-Identifier: Apache-2.0 */
/* Field numbers are those of opentelemetry-proto 1.5 and later; google.rpc.Status has its own. */
#include "report/otlp_encoding.h"

#include <errno.h>

#include "report/protobuf.h"

enum { KEY_VALUE_KEY = 1, KEY_VALUE_VALUE = 2 };
enum { ANY_STRING = 1, ANY_INT = 3, ANY_ARRAY = 5 };
enum { ARRAY_VALUES = 1 };
enum {
	RECORD_TIME = 1,
	RECORD_SEVERITY = 2,
	RECORD_SEVERITY_TEXT = 3,
	RECORD_BODY = 5,
	RECORD_ATTRIBUTES = 6,
	RECORD_OBSERVED_TIME = 11,
	RECORD_EVENT_NAME = 12,
};
enum { SCOPE_NAME = 1, SCOPE_VERSION = 2 };
enum { SCOPE_LOGS_SCOPE = 1, SCOPE_LOGS_RECORDS = 2 };
enum { RESOURCE_ATTRIBUTES = 1 };
enum { RESOURCE_LOGS_RESOURCE = 1, RESOURCE_LOGS_SCOPES = 2, RESOURCE_LOGS_SCHEMA = 3 };
enum { REQUEST_RESOURCE_LOGS = 1 };
enum { RESPONSE_PARTIAL = 1, PARTIAL_REJECTED = 1, PARTIAL_MESSAGE = 2 };
enum { STATUS_MESSAGE = 2 };

/* A finished part goes into its parent; its error goes along. */
static void embed(struct text_buffer *parent, unsigned field, const struct text_buffer *part)
{
	if (buffer_error(part) && !parent->error)
		parent->error = buffer_error(part);
	protobuf_bytes(parent, field, part->data, part->length);
}

static void write_any_text(struct text_buffer *parent, unsigned field, const char *text)
{
	CLEANUP_BUFFER struct text_buffer any = { 0 };

	protobuf_text(&any, ANY_STRING, text);
	embed(parent, field, &any);
}

static void write_any(struct text_buffer *parent, unsigned field,
		      const struct otlp_attribute *attribute)
{
	CLEANUP_BUFFER struct text_buffer any = { 0 }, array = { 0 };

	switch (attribute->kind) {
	case OTLP_TEXT:
		protobuf_text(&any, ANY_STRING, attribute->text);
		break;
	case OTLP_INTEGER:
		protobuf_number(&any, ANY_INT, (uint64_t)attribute->integer);
		break;
	case OTLP_LIST:
		for (size_t i = 0; i < attribute->count; i++)
			write_any_text(&array, ARRAY_VALUES, attribute->items[i]);
		embed(&any, ANY_ARRAY, &array);
		break;
	}
	embed(parent, field, &any);
}

static void write_attributes(struct text_buffer *parent, unsigned field,
			     const struct otlp_attributes *attributes)
{
	for (size_t i = 0; i < attributes->count; i++) {
		CLEANUP_BUFFER struct text_buffer pair = { 0 };

		protobuf_text(&pair, KEY_VALUE_KEY, attributes->items[i].key);
		write_any(&pair, KEY_VALUE_VALUE, &attributes->items[i]);
		embed(parent, field, &pair);
	}
}

static void write_record(const struct otlp_record *record, struct text_buffer *records)
{
	CLEANUP_BUFFER struct text_buffer message = { 0 };

	protobuf_fixed64(&message, RECORD_TIME, (uint64_t)record->time_ns);
	protobuf_number(&message, RECORD_SEVERITY, record->severity_number);
	protobuf_text(&message, RECORD_SEVERITY_TEXT, record->severity_text);
	write_any_text(&message, RECORD_BODY, record->body);
	write_attributes(&message, RECORD_ATTRIBUTES, &record->attributes);
	protobuf_fixed64(&message, RECORD_OBSERVED_TIME, (uint64_t)record->time_ns);
	protobuf_text(&message, RECORD_EVENT_NAME, record->event_name);
	embed(records, SCOPE_LOGS_RECORDS, &message);
}

static void write_envelope(const struct otlp_attributes *attributes,
			   const struct text_buffer *records, struct text_buffer *request)
{
	CLEANUP_BUFFER struct text_buffer resource = { 0 }, scope = { 0 }, scope_logs = { 0 };
	CLEANUP_BUFFER struct text_buffer resource_logs = { 0 };

	protobuf_text(&scope, SCOPE_NAME, OTLP_SCOPE_NAME);
	protobuf_text(&scope, SCOPE_VERSION, OTLP_SCOPE_VERSION);
	embed(&scope_logs, SCOPE_LOGS_SCOPE, &scope);
	buffer_append(&scope_logs, records->data, records->length);
	write_attributes(&resource, RESOURCE_ATTRIBUTES, attributes);
	embed(&resource_logs, RESOURCE_LOGS_RESOURCE, &resource);
	embed(&resource_logs, RESOURCE_LOGS_SCOPES, &scope_logs);
	protobuf_text(&resource_logs, RESOURCE_LOGS_SCHEMA, OTLP_SCHEMA_URL);
	if (buffer_error(records) && !request->error)
		request->error = buffer_error(records);
	embed(request, REQUEST_RESOURCE_LOGS, &resource_logs);
}

static int read_partial(const char *data, size_t length, struct otlp_response *response)
{
	struct protobuf_reader reader = { data, length };
	struct protobuf_field field;
	int found;

	while ((found = protobuf_next(&reader, &field)) > 0) {
		if (field.number == PARTIAL_REJECTED && field.wire == PROTOBUF_VARINT)
			response->rejected = (int64_t)field.value > 0 ? field.value : 0;
		if (field.number == PARTIAL_MESSAGE && field.wire == PROTOBUF_BYTES)
			otlp_response_say(response, field.bytes, field.length);
	}
	return found;
}

static int read_response(const char *body, size_t length, struct otlp_response *ret_response)
{
	struct protobuf_reader reader = { body, length };
	struct otlp_response response = { 0 };
	struct protobuf_field field;
	int found;

	while ((found = protobuf_next(&reader, &field)) > 0) {
		if (field.number != RESPONSE_PARTIAL || field.wire != PROTOBUF_BYTES)
			continue;
		if (read_partial(field.bytes, field.length, &response) < 0)
			return -EINVAL;
	}
	if (found < 0)
		return found;
	*ret_response = response;
	return 0;
}

static int read_error(const char *body, size_t length, struct otlp_response *ret_response)
{
	struct protobuf_reader reader = { body, length };
	struct otlp_response response = { 0 };
	struct protobuf_field field;
	int found;

	while ((found = protobuf_next(&reader, &field)) > 0) {
		if (field.number == STATUS_MESSAGE && field.wire == PROTOBUF_BYTES)
			otlp_response_say(&response, field.bytes, field.length);
	}
	if (found < 0)
		return found;
	*ret_response = response;
	return 0;
}

const struct otlp_encoding otlp_protobuf = {
	.content_type = "application/x-protobuf",
	.record = write_record,
	.envelope = write_envelope,
	.response = read_response,
	.error = read_error,
};
