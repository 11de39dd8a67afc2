/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/version/memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

struct remembered {
	struct stat file;
	enum component_kind kind;
	char *version;	 /* NULL: it says none */
	const char *how; /* NULL with the version */
};

struct version_memory {
	struct remembered items[VERSION_MEMORY_MAX];
	size_t count;
	size_t next; /* the place that is given away when all are taken: the oldest */
};

struct version_memory *version_memory_new(void)
{
	return calloc(1, sizeof(struct version_memory));
}

void version_memory_free(struct version_memory *memory)
{
	for (size_t i = 0; memory && i < memory->count; i++)
		free(memory->items[i].version);
	free(memory);
}

static bool same_time(const struct timespec *one, const struct timespec *other)
{
	return one->tv_sec == other->tv_sec && one->tv_nsec == other->tv_nsec;
}

static bool same_file(const struct stat *one, const struct stat *other)
{
	return one->st_dev == other->st_dev && one->st_ino == other->st_ino &&
	       one->st_size == other->st_size && same_time(&one->st_mtim, &other->st_mtim) &&
	       same_time(&one->st_ctim, &other->st_ctim);
}

bool version_memory_get(const struct version_memory *memory, const struct stat *file,
			enum component_kind kind, struct program_version *ret_version)
{
	for (size_t i = 0; memory && i < memory->count; i++) {
		const struct remembered *item = &memory->items[i];

		if (item->kind != kind || !same_file(&item->file, file))
			continue;
		*ret_version = (struct program_version){ item->version, item->how };
		return true;
	}
	return false;
}

void version_memory_note(struct version_memory *memory, const struct stat *file,
			 enum component_kind kind, const struct program_version *version)
{
	char *copy = memory && version->version ? strdup(version->version) : NULL;

	if (!memory || (version->version && !copy))
		return;
	struct remembered *place = &memory->items[memory->next];

	memory->next = (memory->next + 1) % VERSION_MEMORY_MAX;
	if (memory->count < VERSION_MEMORY_MAX)
		memory->count++;
	free(place->version);
	*place = (struct remembered){ *file, kind, copy, version->how };
}
