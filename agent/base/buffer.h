/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing text, always NUL-terminated, bounded by BUFFER_BYTES_MAX. The first failure sticks:
 * appending goes on doing nothing, and buffer_error() tells once at the end.
 */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stddef.h>

#include "base/cleanup.h"

struct text_buffer {
	char *data; /* NULL while empty */
	size_t length, capacity;
	int error; /* 0 or -errno of the first failure */
};

void buffer_append(struct text_buffer *buffer, const char *text, size_t length);
void buffer_text(struct text_buffer *buffer, const char *text);
void buffer_printf(struct text_buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The text with everything that a terminal or a line-reading program could take for more than text
 * made visible: control bytes, invalid UTF-8, and the backslash that starts our own escapes become
 * \xNN, \n, \t, \\ . */
void buffer_escaped(struct text_buffer *buffer, const char *text);
/* Forgets the text and the error, keeps the memory. */
void buffer_reset(struct text_buffer *buffer);
void buffer_done(struct text_buffer *buffer);
/* Writes all of it; returns 0 or -errno. */
int buffer_write(const struct text_buffer *buffer, int fd);

static inline int buffer_error(const struct text_buffer *buffer)
{
	return buffer->error;
}

#define CLEANUP_BUFFER CLEANUP(buffer_done)

#endif
