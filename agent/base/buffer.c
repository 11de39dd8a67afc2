/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"

#include <stdarg.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"

static int make_room(struct text_buffer *buffer, size_t more)
{
	if (buffer->error)
		return buffer->error;
	if (more > BUFFER_BYTES_MAX || buffer->length + more + 1 > BUFFER_BYTES_MAX)
		return buffer->error = -E2BIG;
	size_t needed = buffer->length + more + 1;

	if (needed <= buffer->capacity)
		return 0;
	size_t capacity = buffer->capacity ? buffer->capacity : 256;

	while (capacity < needed)
		capacity *= 2;
	char *data = realloc(buffer->data, capacity);

	if (!data)
		return buffer->error = -ENOMEM;
	buffer->data = data;
	buffer->capacity = capacity;
	return 0;
}

void buffer_append(struct text_buffer *buffer, const char *text, size_t length)
{
	if (make_room(buffer, length) < 0)
		return;
	if (length)
		memcpy(buffer->data + buffer->length, text, length);
	buffer->length += length;
	buffer->data[buffer->length] = '\0';
}

void buffer_text(struct text_buffer *buffer, const char *text)
{
	buffer_append(buffer, text, strlen(text));
}

void buffer_printf(struct text_buffer *buffer, const char *format, ...)
{
	va_list arguments, again;

	va_start(arguments, format);
	va_copy(again, arguments);
	int length = vsnprintf(NULL, 0, format, again);

	va_end(again);
	if (length < 0 && !buffer->error)
		buffer->error = -EINVAL;
	if (length >= 0 && make_room(buffer, (size_t)length) == 0) {
		vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, arguments);
		buffer->length += (size_t)length;
	}
	va_end(arguments);
}

void buffer_escaped(struct text_buffer *buffer, const char *text)
{
	size_t left = strlen(text);

	while (left) {
		char escaped[TEXT_ESCAPE_BYTES];
		size_t taken = text_escape_one(text, left, escaped);

		buffer_text(buffer, escaped);
		text += taken;
		left -= taken;
	}
}

void buffer_reset(struct text_buffer *buffer)
{
	buffer->length = 0;
	buffer->error = 0;
	if (buffer->data)
		buffer->data[0] = '\0';
}

void buffer_done(struct text_buffer *buffer)
{
	free(buffer->data);
	*buffer = (struct text_buffer){ 0 };
}

int buffer_write(const struct text_buffer *buffer, int fd)
{
	size_t done = 0;

	while (done < buffer->length) {
		ssize_t wrote = write(fd, buffer->data + done, buffer->length - done);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return -errno;
		done += (size_t)wrote;
	}
	return 0;
}
