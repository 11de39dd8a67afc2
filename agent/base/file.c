/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/limits.h"

int file_root_open(const char *path, int *ret_root)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	*ret_root = fd;
	return 0;
}

int file_open_in(int root, const char *path, int flags, int *ret_fd)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC |
					      ((flags & O_PATH) ? 0 : O_NONBLOCK | O_NOCTTY)),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	long fd;

	/* EAGAIN: a rename or mount raced with a ".." of the walk; the kernel asks to try again. */
	for (int tries = 0; tries < 16; tries++) {
		fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	if (fd < 0)
		return -errno;
	*ret_fd = (int)fd;
	return 0;
}

int file_root_open_in(int root, const char *path, int *ret_root)
{
	return file_open_in(root, path, O_PATH | O_DIRECTORY, ret_root);
}

/* Files of /proc say size 0, so the size is only a first guess. */
static int read_all(int fd, size_t max, struct arena *arena, struct file_content *content)
{
	size_t room = content->status.st_size > 0 ? (size_t)content->status.st_size + 1 : 4096;
	CLEANUP_FREE char *data = NULL;
	size_t length = 0;

	for (;;) {
		char *larger = realloc(data, room);

		if (!larger)
			return -ENOMEM;
		data = larger;
		ssize_t got = read(fd, data + length, room - length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		length += (size_t)got;
		if (length > max)
			return -EFBIG;
		if (length == room)
			room *= 2;
	}
	content->data = arena_copy(arena, data, length);
	content->length = length;
	return content->data ? 0 : -ENOMEM;
}

int file_read_in(int root, const char *path, size_t max, struct arena *arena,
		 struct file_content *ret_content)
{
	struct file_content content = { 0 };
	CLEANUP_CLOSE int fd = -1;
	int error = file_open_in(root, path, O_RDONLY, &fd);

	if (error < 0)
		return error;
	if (fstat(fd, &content.status) < 0)
		return -errno;
	if (!S_ISREG(content.status.st_mode))
		return -EINVAL;
	if (content.status.st_size > 0 && (uint64_t)content.status.st_size > max)
		return -EFBIG;
	error = read_all(fd, max, arena, &content);
	if (error < 0)
		return error;
	*ret_content = content;
	return 0;
}

const char *file_error_text(int error)
{
	switch (-error) {
	case EFBIG:
		return "is larger than this agent reads";
	case EINVAL:
		return "is a FIFO, device or directory, not a regular file";
	case ENXIO:
		return "is a socket or a device without a driver, not a regular file";
	case ELOOP:
		return "is a loop of symlinks, or leads through a magic link";
	case ENOENT:
		return "does not exist";
	case ENOTDIR:
		return "has a part of its path that is not a directory";
	case EACCES:
	case EPERM:
		return "may not be read by this agent";
	case EBADMSG:
		return "is damaged: it does not hold what the kernel writes there";
	case EXDEV:
		return "leads out of its root";
	default:
		return strerror(-error);
	}
}

int file_link_in(int root, const char *path, struct arena *arena, char **ret_target)
{
	char target[PATH_MAX];
	CLEANUP_CLOSE int fd = -1;
	int error = file_open_in(root, path, O_PATH | O_NOFOLLOW, &fd);

	if (error < 0)
		return error;
	ssize_t length = readlinkat(fd, "", target, sizeof(target));

	if (length < 0)
		return -errno;
	if ((size_t)length == sizeof(target))
		return -ENAMETOOLONG;
	char *copy = arena_copy(arena, target, (size_t)length);

	if (!copy)
		return -ENOMEM;
	*ret_target = copy;
	return 0;
}

int file_status_in(int root, const char *path, struct stat *ret_status)
{
	CLEANUP_CLOSE int fd = -1;
	int error = file_open_in(root, path, O_PATH, &fd);

	if (error < 0)
		return error;
	return fstat(fd, ret_status) < 0 ? -errno : 0;
}

static int write_all(int fd, const char *data, size_t length)
{
	while (length) {
		ssize_t wrote = write(fd, data, length);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return -errno;
		data += wrote;
		length -= (size_t)wrote;
	}
	return 0;
}

int file_replace(const char *path, const char *data, size_t length, mode_t mode)
{
	char beside[PATH_MAX];
	CLEANUP_CLOSE int fd = -1;

	if (snprintf(beside, sizeof(beside), "%s.XXXXXX", path) >= (int)sizeof(beside))
		return -ENAMETOOLONG;
	fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	int error = write_all(fd, data, length);

	if (error == 0 && (fchmod(fd, mode) < 0 || rename(beside, path) < 0))
		error = -errno;
	if (error < 0)
		unlink(beside);
	return error;
}

long long file_changed_at_ns(const struct stat *status)
{
	long long modified = status->st_mtim.tv_sec * 1000000000LL + status->st_mtim.tv_nsec;
	long long changed = status->st_ctim.tv_sec * 1000000000LL + status->st_ctim.tv_nsec;

	return modified > changed ? modified : changed;
}
