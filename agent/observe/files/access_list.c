/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/files/access_list.h"

#include <errno.h>
#include <stdint.h>

#include "base/limits.h"

enum {
	VERSION = 2,
	HEADER_BYTES = 4,
	ENTRY_BYTES = 8,
};

enum tag { TAG_USER = 0x02, TAG_GROUP = 0x08, TAG_MASK = 0x10 };

struct list_entry {
	unsigned tag, permissions;
	uint32_t id;
};

static uint32_t number(const unsigned char *bytes, size_t count)
{
	uint32_t value = 0;

	while (count--)
		value = value << 8 | bytes[count];
	return value;
}

static struct list_entry entry_at(const unsigned char *bytes, size_t index)
{
	const unsigned char *entry = bytes + HEADER_BYTES + index * ENTRY_BYTES;

	return (struct list_entry){ number(entry, 2), number(entry + 2, 2) & 07,
				    number(entry + 4, 4) };
}

static int add_name(struct access_list *list, const struct list_entry *entry, struct arena *arena)
{
	unsigned allowed = entry->permissions;

	list->permissions |= allowed;
	list->names = arena_printf(arena, "%s%s%s %u %c%c%c", list->names, *list->names ? ", " : "",
				   entry->tag == TAG_USER ? "user" : "group", entry->id,
				   allowed & 4 ? 'r' : '-', allowed & 2 ? 'w' : '-',
				   allowed & 1 ? 'x' : '-');
	return list->names ? 0 : -ENOMEM;
}

int access_list_parse(const void *bytes, size_t length, struct arena *arena,
		      struct access_list *ret_list)
{
	struct access_list list = { .names = "" };
	unsigned mask = 07, named = 0;

	if (length < HEADER_BYTES || (length - HEADER_BYTES) % ENTRY_BYTES ||
	    number(bytes, HEADER_BYTES) != VERSION)
		return -EINVAL;
	size_t count = (length - HEADER_BYTES) / ENTRY_BYTES;

	for (size_t i = 0; i < count; i++) {
		struct list_entry entry = entry_at(bytes, i);

		mask = entry.tag == TAG_MASK ? entry.permissions : mask;
	}
	for (size_t i = 0; i < count; i++) {
		struct list_entry entry = entry_at(bytes, i);

		entry.permissions &= mask;
		if ((entry.tag != TAG_USER && entry.tag != TAG_GROUP) || !entry.permissions)
			continue;
		list.permissions |= entry.permissions;
		if (named++ < ACCESS_NAMES_MAX && add_name(&list, &entry, arena) < 0)
			return -ENOMEM;
	}
	if (named > ACCESS_NAMES_MAX)
		list.names =
			arena_printf(arena, "%s and %u more", list.names, named - ACCESS_NAMES_MAX);
	if (!list.names)
		return -ENOMEM;
	*ret_list = list;
	return 0;
}
