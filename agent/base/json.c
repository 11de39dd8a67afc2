/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include <string.h>

#include "base/text.h"

#define REPLACEMENT "\xef\xbf\xbd"

static json_t *from_invalid(const char *text, size_t length)
{
	CLEANUP_BUFFER struct text_buffer clean = { 0 };

	while (length) {
		size_t taken = text_utf8_length(text, length);

		if (taken)
			buffer_append(&clean, text, taken);
		else
			buffer_text(&clean, REPLACEMENT);
		text += taken ? taken : 1;
		length -= taken ? taken : 1;
	}
	return buffer_error(&clean) ? NULL
				    : json_stringn(clean.data ? clean.data : "", clean.length);
}

json_t *json_from_text(const char *text)
{
	if (!text)
		return json_null();
	size_t length = strlen(text);

	return text_is_utf8(text, length) ? json_stringn(text, length) : from_invalid(text, length);
}

int json_set(json_t *object, const char *key, json_t *value)
{
	return json_object_set_new(object, key, value) < 0 ? -ENOMEM : 0;
}

int json_add(json_t *array, json_t *value)
{
	return json_array_append_new(array, value) < 0 ? -ENOMEM : 0;
}

int json_set_text(json_t *object, const char *key, const char *text)
{
	return json_set(object, key, json_from_text(text));
}

const char *json_get_text(const json_t *object, const char *key, const char *otherwise)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : otherwise;
}

int64_t json_get_integer(const json_t *object, const char *key, int64_t otherwise)
{
	const json_t *value = json_object_get(object, key);

	return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

static int append(const char *text, size_t length, void *buffer)
{
	buffer_append(buffer, text, length);
	return buffer_error(buffer) ? -1 : 0;
}

void json_write(const json_t *document, struct text_buffer *buffer)
{
	if (json_dump_callback(document, append, buffer,
			       JSON_COMPACT | JSON_ENCODE_ANY | JSON_ENSURE_ASCII) < 0 &&
	    !buffer->error)
		buffer->error = -ENOMEM;
}

void json_write_pretty(const json_t *document, struct text_buffer *buffer)
{
	if (json_dump_callback(document, append, buffer,
			       JSON_INDENT(2) | JSON_ENCODE_ANY | JSON_ENSURE_ASCII) < 0 &&
	    !buffer->error)
		buffer->error = -ENOMEM;
	buffer_text(buffer, "\n");
}
