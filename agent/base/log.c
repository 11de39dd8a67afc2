/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <stdarg.h>

#include "base/buffer.h"
#include "base/time.h"

static enum log_level threshold = LOG_LEVEL_INFO;

void log_set_level(enum log_level level)
{
	threshold = level;
}

void log_line(enum log_level level, const char *format, ...)
{
	static const char *const names[] = { "error", "warning", "info", "debug" };
	CLEANUP_BUFFER struct text_buffer message = { 0 }, line = { 0 };
	char when[TIME_TEXT_BYTES];
	int saved = errno;
	va_list arguments;
	char text[1024];

	if (level > threshold)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	time_format(time_now_ns(), when);
	buffer_escaped(&message, text);
	buffer_printf(&line, "time=%s level=%s msg=\"", when, names[level]);
	for (const char *c = message.data ? message.data : ""; *c; c++)
		buffer_printf(&line, *c == '"' ? "\\%c" : "%c", *c);
	buffer_text(&line, "\"\n");
	buffer_write(&line, STDERR_FILENO);
	errno = saved;
}
