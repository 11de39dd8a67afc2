/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file_entry.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

#include "base/cleanup.h"
#include "base/file.h"

/* Where links of /proc lead is the kernel's business: their text means something else elsewhere. */
static bool is_on_proc(int fd)
{
	struct statfs status;

	return fstatfs(fd, &status) == 0 && status.f_type == PROC_SUPER_MAGIC;
}

static int read_target(int fd, struct arena *arena, struct file_entry *entry)
{
	char target[PATH_MAX];

	if (is_on_proc(fd))
		return -ELOOP;
	ssize_t length = readlinkat(fd, "", target, sizeof(target));

	if (length < 0)
		return -errno;
	if ((size_t)length == sizeof(target))
		return -ENAMETOOLONG;
	entry->target = arena_copy(arena, target, (size_t)length);
	return entry->target ? 0 : -ENOMEM;
}

int file_entry_in(int root, const char *path, struct arena *arena, struct file_entry *ret_entry)
{
	CLEANUP_CLOSE int fd = -1;
	struct statx status;
	int error = file_open_in(root, path, O_PATH | O_NOFOLLOW, &fd);

	if (error < 0)
		return error;
	if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &status) < 0)
		return -errno;
	struct file_entry entry = {
		.mode = status.stx_mode,
		.uid = status.stx_uid,
		.gid = status.stx_gid,
		.device = (uint64_t)status.stx_dev_major << 32 | status.stx_dev_minor,
		.inode = status.stx_ino,
		.is_immutable = status.stx_attributes & STATX_ATTR_IMMUTABLE,
	};

	if (S_ISLNK(entry.mode))
		error = read_target(fd, arena, &entry);
	if (error == 0)
		*ret_entry = entry;
	return error;
}

int file_access_list_in(int root, const char *path, void *room, size_t size, size_t *ret_length)
{
	CLEANUP_CLOSE int fd = -1;
	char reopened[32];
	int error = file_open_in(root, path, O_PATH, &fd);

	if (error < 0)
		return error;
	/* No extended attribute is read of an O_PATH descriptor itself. */
	snprintf(reopened, sizeof(reopened), "/proc/self/fd/%d", fd);
	ssize_t length = getxattr(reopened, "system.posix_acl_access", room, size);

	if (length < 0 && errno != ENODATA && errno != EOPNOTSUPP)
		return -errno;
	*ret_length = length < 0 ? 0 : (size_t)length;
	return 0;
}

static void cleanup_closedir(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

static int compare_names(const void *one, const void *other)
{
	return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static bool is_self_or_parent(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int read_names(DIR *directory, size_t max, struct arena *arena, struct file_names *names)
{
	size_t capacity = 0;

	for (struct dirent *entry; (entry = readdir(directory));) {
		if (is_self_or_parent(entry->d_name))
			continue;
		if (names->count == max)
			return -EFBIG;
		const char **place =
			arena_push(arena, &names->items, &names->count, &capacity, sizeof(*place));

		if (!place)
			return -ENOMEM;
		*place = arena_text(arena, entry->d_name);
		if (!*place)
			return -ENOMEM;
	}
	return 0;
}

int file_names_in(int root, const char *path, size_t max, struct arena *arena,
		  struct file_names *ret_names)
{
	CLEANUP(cleanup_closedir) DIR *directory = NULL;
	struct file_names names = { 0 };
	CLEANUP_CLOSE int fd = -1;
	int error = file_open_in(root, path, O_RDONLY | O_DIRECTORY, &fd);

	if (error < 0)
		return error;
	directory = fdopendir(fd);
	if (!directory)
		return -errno;
	fd = -1;
	error = read_names(directory, max, arena, &names);
	if (error < 0)
		return error;
	if (names.count)
		qsort(names.items, names.count, sizeof(*names.items), compare_names);
	*ret_names = names;
	return 0;
}
