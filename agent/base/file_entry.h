/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Directories and what is in them, inside a root (base/file.h): what the kernel says of an entry,
 * its links not followed. Nothing here opens a file for reading.
 */
#ifndef BASE_FILE_ENTRY_H
#define BASE_FILE_ENTRY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"

struct file_entry {
	mode_t mode; /* as in struct stat; of the link itself where it is one */
	uid_t uid;
	gid_t gid;
	uint64_t device, inode; /* the file's identity */
	bool is_immutable;	/* chattr +i; false also where the file system does not say */
	const char *target;	/* of a symlink, in the arena; else NULL */
};

/* Returns 0 or -errno; -ELOOP for a link of /proc that leads where its text does not say. */
int file_entry_in(int root, const char *path, struct arena *arena, struct file_entry *ret_entry);
/*
 * The bytes of the file's POSIX access list (system.posix_acl_access), links followed. Returns 0
 * with a length of 0 where there is none, or -errno: -ERANGE when it is longer than the room.
 */
int file_access_list_in(int root, const char *path, void *room, size_t size, size_t *ret_length);

struct file_names {
	const char **items; /* in byte order, without "." and ".."; in the arena */
	size_t count;
};

/* The names in a directory. Returns 0 or -errno: -EFBIG when there are more than max. */
int file_names_in(int root, const char *path, size_t max, struct arena *arena,
		  struct file_names *ret_names);

#endif
