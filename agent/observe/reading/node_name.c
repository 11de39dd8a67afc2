/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/reading/node_name.h"

#include <ctype.h>
#include <string.h>

#include "base/limits.h"

/* The first line of a small file; NULL when it cannot be read or is empty. */
static const char *first_line(struct reading *reading, int root, const char *path)
{
	struct file_content content;

	if (file_read_in(root, path, SMALL_FILE_BYTES_MAX, reading->arena, &content) < 0)
		return NULL;
	content.data[strcspn(content.data, "\r\n")] = '\0';
	return *content.data ? content.data : NULL;
}

/* The same directory is the same device and inode, through whatever mount namespace. */
static bool shares_host_root(const struct reading *reading)
{
	struct stat own, hosts;

	return fstat(reading->root, &own) == 0 && fstat(host_root(reading->host), &hosts) == 0 &&
	       own.st_dev == hosts.st_dev && own.st_ino == hosts.st_ino;
}

static const char *host_name(struct reading *reading)
{
	int root = host_root(reading->host);
	const char *name;

	if (reading->root_error < 0)
		return NULL;
	if (!shares_host_root(reading))
		return first_line(reading, reading->root, "/etc/hostname");
	name = first_line(reading, root, "/proc/sys/kernel/hostname");
	return name ? name : first_line(reading, root, "/etc/hostname");
}

const char *node_name_read(struct reading *reading, const struct field_state *override,
			   struct arena *arena)
{
	const char *name = override->value.kind == VALUE_TEXT ? override->value.text : NULL;

	if (override->origin == ORIGIN_UNKNOWN)
		return NULL;
	if (!name)
		name = host_name(reading);
	if (!name)
		return NULL;
	name += strspn(name, " \t");
	char *lower = arena_copy(arena, name, strcspn(name, " \t\r\n"));

	for (char *letter = lower; letter && *letter; letter++)
		*letter = (char)tolower((unsigned char)*letter);
	if (!lower)
		reading->error = -ENOMEM;
	return lower;
}
