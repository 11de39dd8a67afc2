/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading files that somebody else controls: bounded, never blocking, never outside the given root.
 * A root is an O_PATH descriptor of a directory that stands for "/": the host's, a node tree's, or
 * a process's own.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>
#include <sys/stat.h>

#include "base/arena.h"

struct file_content {
	char *data; /* in the arena; NUL-terminated, and may hold NULs */
	size_t length;
	struct stat status; /* of the open file; for files of /proc the size is 0 */
};

/* Opens a directory as a root, symlinks of the path itself followed. Returns 0 or -errno. */
int file_root_open(const char *path, int *ret_root);
/* The same for a path inside another root: absolute links and ".." stay inside it. */
int file_root_open_in(int root, const char *path, int *ret_root);

/*
 * Opens a path inside the root with openat2(RESOLVE_IN_ROOT), O_CLOEXEC and O_NONBLOCK added; magic
 * links are refused. An absolute path counts from the root. Returns 0 or -errno.
 */
int file_open_in(int root, const char *path, int flags, int *ret_fd);

/*
 * Reads a whole regular file. Returns 0, or -errno: -EFBIG when it is longer than max, -EINVAL when
 * it is not a regular file (a FIFO, a device, a directory), -ELOOP for a loop of links, -ENOMEM
 * when the arena is full.
 */
int file_read_in(int root, const char *path, size_t max, struct arena *arena,
		 struct file_content *ret_content);

/* One sentence for an error of the functions above: "is a FIFO, device or directory, not a regular
 * file". */
const char *file_error_text(int error);

/* The target of a symlink that is the last part of the path. Returns 0 or -errno. */
int file_link_in(int root, const char *path, struct arena *arena, char **ret_target);
/* What stat says of the target of links, inside the root. Returns 0 or -errno. */
int file_status_in(int root, const char *path, struct stat *ret_status);
/* Replaces a file by a new one with these bytes: written beside it, renamed. It is not synced, as a
 * loop that waits for a disk is blind meanwhile: for what is written anew anyway. Returns 0 or
 * -errno. */
int file_replace(const char *path, const char *data, size_t length, mode_t mode);

/* The later of mtime and ctime, nanoseconds since 1970. */
long long file_changed_at_ns(const struct stat *status);

#endif
