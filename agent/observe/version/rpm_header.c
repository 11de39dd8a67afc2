/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/version/rpm_header.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

#define COUNTS_BYTES 8
#define ENTRY_BYTES  16

enum rpm_type { TYPE_CHAR = 1, TYPE_INT32 = 4, TYPE_STRING = 6, TYPE_STRING_ARRAY = 8 };

#define FILE_GHOST 64U /* a flag */

/* An entry's elements, and the bytes from its first one to the end of all data. */
struct list {
	const unsigned char *bytes;
	size_t length;
	uint32_t count;
};

static uint32_t number_of(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

int rpm_header_open(const void *bytes, size_t length, struct rpm_header *ret_header)
{
	struct rpm_header header = { .entries = (const unsigned char *)bytes + COUNTS_BYTES };

	if (length < COUNTS_BYTES)
		return -EINVAL;
	header.entry_count = number_of(bytes);
	header.data_bytes = number_of((const unsigned char *)bytes + 4);
	length -= COUNTS_BYTES;
	if (header.entry_count > length / ENTRY_BYTES ||
	    header.data_bytes != length - header.entry_count * ENTRY_BYTES)
		return -EINVAL;
	header.data = header.entries + header.entry_count * ENTRY_BYTES;
	*ret_header = header;
	return 0;
}

static bool find(const struct rpm_header *header, enum rpm_tag tag, enum rpm_type type,
		 struct list *ret_list)
{
	for (size_t i = 0; i < header->entry_count; i++) {
		const unsigned char *entry = header->entries + i * ENTRY_BYTES;
		uint32_t offset = number_of(entry + 8);

		if (number_of(entry) != tag)
			continue;
		if (number_of(entry + 4) != type || offset > header->data_bytes)
			return false;
		ret_list->bytes = header->data + offset;
		ret_list->length = header->data_bytes - offset;
		ret_list->count = number_of(entry + 12);
		return true;
	}
	return false;
}

/* The same where each element has so many bytes: all of them are there. */
static bool find_sized(const struct rpm_header *header, enum rpm_tag tag, enum rpm_type type,
		       struct list *ret_list)
{
	size_t size = type == TYPE_INT32 ? 4 : 1;

	return find(header, tag, type, ret_list) && ret_list->count <= ret_list->length / size;
}

/* Takes the first text of a list off it; NULL: there is no further one. */
static const char *next_text(struct list *list)
{
	const unsigned char *text = list->bytes;
	const unsigned char *end = list->count ? memchr(text, '\0', list->length) : NULL;

	if (!end)
		return NULL;
	list->count--;
	list->length -= (size_t)(end - text) + 1;
	list->bytes = end + 1;
	return (const char *)text;
}

const char *rpm_header_text(const struct rpm_header *header, enum rpm_tag tag)
{
	struct list list;

	return find(header, tag, TYPE_STRING, &list) ? next_text(&list) : NULL;
}

bool rpm_header_number(const struct rpm_header *header, enum rpm_tag tag, uint32_t *ret_number)
{
	struct list list;

	if (!find_sized(header, tag, TYPE_INT32, &list) || !list.count)
		return false;
	*ret_number = number_of(list.bytes);
	return true;
}

/* The files of a package, each known by its number. */
struct files {
	struct list names, directories, indexes, states, flags;
};

static bool find_files(const struct rpm_header *header, struct files *ret_files)
{
	struct files files = { 0 };

	if (!find(header, RPM_BASE_NAMES, TYPE_STRING_ARRAY, &files.names) ||
	    !find(header, RPM_DIRECTORY_NAMES, TYPE_STRING_ARRAY, &files.directories) ||
	    !find_sized(header, RPM_DIRECTORY_INDEXES, TYPE_INT32, &files.indexes) ||
	    !find_sized(header, RPM_FILE_STATES, TYPE_CHAR, &files.states) ||
	    !find_sized(header, RPM_FILE_FLAGS, TYPE_INT32, &files.flags))
		return false;
	*ret_files = files;
	return true;
}

static bool find_directory(struct list directories, const char *path, size_t length,
			   uint32_t *ret_index)
{
	const char *directory;

	for (uint32_t i = 0; (directory = next_text(&directories)); i++) {
		if (strncmp(directory, path, length) != 0 || directory[length])
			continue;
		*ret_index = i;
		return true;
	}
	return false;
}

/* State 0 is a file that was put there and is the package's. */
static bool is_in_place(const struct files *files, uint32_t file)
{
	return file < files->states.count && files->states.bytes[file] == 0 &&
	       file < files->flags.count &&
	       !(number_of(files->flags.bytes + 4UL * file) & FILE_GHOST);
}

bool rpm_header_installed(const struct rpm_header *header, const char *path)
{
	const char *base = text_base_name(path), *name;
	struct files files;
	uint32_t directory;

	if (!find_files(header, &files) ||
	    !find_directory(files.directories, path, (size_t)(base - path), &directory))
		return false;
	for (uint32_t i = 0; i < files.indexes.count && (name = next_text(&files.names)); i++)
		if (number_of(files.indexes.bytes + 4UL * i) == directory &&
		    text_equal(name, base) && is_in_place(&files, i))
			return true;
	return false;
}
