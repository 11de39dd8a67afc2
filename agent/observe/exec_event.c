/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/exec_event.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/time.h"

#define TICKS_PER_S 100 /* USER_HZ, as in /proc/PID/stat */

static_assert(EXEC_ARGUMENTS_MAX == EVENT_ARGUMENTS_MAX, "one limit, known to kernel and agent");

/* Prepends a part; returns where the text starts now. */
static char *prepend(char *start, const char *part, size_t length)
{
	return memcpy(start - length, part, length);
}

/*
 * From components, last first, each with its NUL, to a path. Room is enough by construction: every
 * component brings a NUL, whose place its slash takes.
 */
static const char *decode_path(const struct event_exec *event, const char *parts,
			       struct exec_text *text)
{
	static const char DELETED[] = " (deleted)",
			  CUT[] = "[...]"; /* the first as /proc says it */
	char *at = text->path + sizeof(text->path) - 1;

	if (!event->exe_bytes || event->flags & EVENT_EXEC_PATH_UNREADABLE)
		return NULL;
	*at = '\0';
	if (event->flags & EVENT_EXEC_FILE_DELETED)
		at = prepend(at, DELETED, strlen(DELETED));
	for (size_t used = 0; used < event->exe_bytes;) {
		size_t length = strnlen(parts + used, event->exe_bytes - used);

		at = prepend(at, parts + used, length);
		*--at = '/';
		used += length + 1;
	}
	if (event->flags & EVENT_EXEC_PATH_TRUNCATED)
		at = prepend(at, CUT, strlen(CUT));
	return at;
}

/* Splits by length: an empty argument is an argument, wherever it stands. */
static size_t split(char *area, size_t length, const char **items)
{
	size_t count = 0;

	for (size_t used = 0; used < length; used += strlen(area + used) + 1)
		items[count++] = area + used;
	return count;
}

static size_t decode_arguments(const struct event_exec *event, const char *bytes,
			       struct exec_text *text)
{
	size_t captured = event->argument_captured;
	size_t head = captured < EVENT_ARGUMENTS_HEAD ? captured : EVENT_ARGUMENTS_HEAD;

	if (!(event->flags & EVENT_EXEC_ARGUMENTS_TRUNCATED))
		head = captured;
	memcpy(text->arguments, bytes, head);
	text->arguments[head] = '\0';
	size_t count = split(text->arguments, head, text->items);

	if (!(event->flags & EVENT_EXEC_ARGUMENTS_TRUNCATED))
		return count;
	char *tail = text->arguments + head + 1;

	memcpy(tail, bytes + head, captured - head);
	tail[captured - head] = '\0';
	snprintf(text->gap, sizeof(text->gap), "[%zu bytes not captured]",
		 event->argument_bytes - captured);
	text->items[count++] = text->gap;
	return count + split(tail, captured - head, text->items + count);
}

/* Whether the lengths are those of one record of this size. */
static bool fits(const struct event_exec *event, size_t size)
{
	return event->header.version == EVENT_VERSION && event->header.kind == EVENT_EXEC &&
	       event->exe_bytes <= EVENT_PATH_MAX &&
	       event->argument_captured <= EVENT_ARGUMENTS_MAX &&
	       event->argument_captured <= event->argument_bytes &&
	       size == sizeof(*event) + event->exe_bytes + event->argument_captured;
}

int exec_event_decode(const void *data, size_t size, int64_t boot_offset_ns, struct exec_text *text,
		      struct exec_record *ret_record)
{
	const char *bytes = data;
	struct event_exec event;

	if (size < sizeof(event))
		return -EBADMSG;
	memcpy(&event, data, sizeof(event));
	if (!fits(&event, size))
		return -EBADMSG;
	bytes += sizeof(event);
	memcpy(text->name, event.comm, sizeof(event.comm));
	text->name[sizeof(event.comm)] = '\0';
	*ret_record = (struct exec_record){
		.time_ns = (int64_t)(event.header.time_ns + (uint64_t)boot_offset_ns),
		.argument_bytes = event.argument_bytes,
		.arguments_truncated = event.flags & EVENT_EXEC_ARGUMENTS_TRUNCATED,
		.arguments_unreadable = event.flags & EVENT_EXEC_ARGUMENTS_UNREADABLE,
		.process = {
			.pid = (pid_t)event.pid,
			.parent_pid = (pid_t)event.parent_pid,
			.start_ticks = event.started_ns / (NS_PER_S / TICKS_PER_S),
			.started_at_ns = (int64_t)(event.started_ns + (uint64_t)boot_offset_ns),
			.uid = event.euid,
			.name = text->name,
			.exe = decode_path(&event, bytes, text),
			.arguments = text->items,
			.argument_count = decode_arguments(&event, bytes + event.exe_bytes, text),
			.arguments_truncated = event.flags & EVENT_EXEC_ARGUMENTS_TRUNCATED,
			.netns = event.netns,
			.mntns = event.mntns,
			.pidns = event.pidns,
		},
	};
	return 0;
}
