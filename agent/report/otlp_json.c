/* SPDX-License-Identifier: Apache-2.0 */
/* Keys are lowerCamelCase, 64-bit integers are decimal strings, enums are numbers. */
#include "report/otlp_encoding.h"

#include <errno.h>
#include <string.h>

#include "base/json.h"

static void write_text(struct text_buffer *out, const char *text)
{
	CLEANUP_JSON json_t *string = json_from_text(text);

	if (string)
		json_write(string, out);
	else if (!out->error)
		out->error = -ENOMEM;
}

static void write_any_text(struct text_buffer *out, const char *text)
{
	buffer_text(out, "{\"stringValue\":");
	write_text(out, text);
	buffer_text(out, "}");
}

static void write_any(struct text_buffer *out, const struct otlp_attribute *attribute)
{
	switch (attribute->kind) {
	case OTLP_TEXT:
		write_any_text(out, attribute->text);
		break;
	case OTLP_INTEGER:
		buffer_printf(out, "{\"intValue\":\"%lld\"}", (long long)attribute->integer);
		break;
	case OTLP_LIST:
		buffer_text(out, "{\"arrayValue\":{\"values\":[");
		for (size_t i = 0; i < attribute->count; i++) {
			buffer_text(out, i ? "," : "");
			write_any_text(out, attribute->items[i]);
		}
		buffer_text(out, "]}}");
		break;
	}
}

static void write_attributes(struct text_buffer *out, const struct otlp_attributes *attributes)
{
	buffer_text(out, "\"attributes\":[");
	for (size_t i = 0; i < attributes->count; i++) {
		buffer_text(out, i ? ",{\"key\":" : "{\"key\":");
		write_text(out, attributes->items[i].key);
		buffer_text(out, ",\"value\":");
		write_any(out, &attributes->items[i]);
		buffer_text(out, "}");
	}
	buffer_text(out, "]");
}

static void write_record(const struct otlp_record *record, struct text_buffer *records)
{
	long long time_ns = record->time_ns;

	buffer_printf(records,
		      "%s{\"timeUnixNano\":\"%lld\",\"observedTimeUnixNano\":\"%lld\","
		      "\"severityNumber\":%u,\"severityText\":",
		      records->length ? "," : "", time_ns, time_ns, record->severity_number);
	write_text(records, record->severity_text);
	buffer_text(records, ",\"eventName\":");
	write_text(records, record->event_name);
	buffer_text(records, ",\"body\":");
	write_any_text(records, record->body);
	buffer_text(records, ",");
	write_attributes(records, &record->attributes);
	buffer_text(records, "}");
}

static void write_envelope(const struct otlp_attributes *attributes,
			   const struct text_buffer *records, struct text_buffer *request)
{
	buffer_text(request, "{\"resourceLogs\":[{\"resource\":{");
	write_attributes(request, attributes);
	buffer_text(request, "},\"schemaUrl\":\"" OTLP_SCHEMA_URL "\",\"scopeLogs\":[{\"scope\":{"
			     "\"name\":\"" OTLP_SCOPE_NAME "\",\"version\":\"" OTLP_SCOPE_VERSION
			     "\"},\"logRecords\":[");
	if (buffer_error(records) && !request->error)
		request->error = buffer_error(records);
	buffer_append(request, records->data, records->length);
	buffer_text(request, "]}]}]}");
}

/* An int64 in JSON is a decimal string; some write a number. */
static uint64_t rejected_count(const json_t *value)
{
	if (json_is_integer(value))
		return json_integer_value(value) > 0 ? (uint64_t)json_integer_value(value) : 0;
	const char *text = json_string_value(value);
	long long number = text ? strtoll(text, NULL, 10) : 0;

	return number > 0 ? (uint64_t)number : 0;
}

static int read_object(const char *body, size_t length, json_t **ret_object)
{
	CLEANUP_JSON json_t *object = json_loadb(body, length, 0, NULL);

	if (!json_is_object(object))
		return -EINVAL;
	*ret_object = take_ptr(object);
	return 0;
}

static int read_response(const char *body, size_t length, struct otlp_response *ret_response)
{
	CLEANUP_JSON json_t *object = NULL;
	struct otlp_response response = { 0 };

	if (length && read_object(body, length, &object) < 0)
		return -EINVAL;
	const json_t *partial = json_object_get(object, "partialSuccess");
	const char *words = json_get_text(partial, "errorMessage", "");

	response.rejected = rejected_count(json_object_get(partial, "rejectedLogRecords"));
	otlp_response_say(&response, words, strlen(words));
	*ret_response = response;
	return 0;
}

static int read_error(const char *body, size_t length, struct otlp_response *ret_response)
{
	CLEANUP_JSON json_t *object = NULL;
	struct otlp_response response = { 0 };

	if (read_object(body, length, &object) < 0)
		return -EINVAL;
	const char *words = json_get_text(object, "message", "");

	otlp_response_say(&response, words, strlen(words));
	*ret_response = response;
	return 0;
}

const struct otlp_encoding otlp_json = {
	.content_type = "application/json",
	.record = write_record,
	.envelope = write_envelope,
	.response = read_response,
	.error = read_error,
};
