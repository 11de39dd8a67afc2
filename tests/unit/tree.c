/* SPDX-License-Identifier: Apache-2.0 */
#include "tree.h"

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/cleanup.h"

void tree_make(struct tree *tree)
{
	snprintf(tree->path, sizeof(tree->path), "/tmp/nodelatch-tree.XXXXXX");
	assert_non_null(mkdtemp(tree->path));
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	return remove(path);
}

void tree_remove(struct tree *tree)
{
	assert_int_equal(nftw(tree->path, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

static void make_directories(char *path, size_t start)
{
	for (char *slash = path + start; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(path, 0755) < 0)
			assert_int_equal(errno, EEXIST);
		*slash = '/';
	}
}

/* The path on disk, with its parents made. */
static void place(const struct tree *tree, const char *path, char ret_place[static PATH_MAX])
{
	int length = snprintf(ret_place, PATH_MAX, "%s/%s", tree->path, path);

	assert_in_range(length, 1, PATH_MAX - 1);
	make_directories(ret_place, strlen(tree->path) + 1);
}

void tree_write_bytes(const struct tree *tree, const char *path, const void *data, size_t length)
{
	char where[PATH_MAX];
	CLEANUP_CLOSE int fd = -1;

	place(tree, path, where);
	fd = open(where, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, length), length);
}

void tree_write(const struct tree *tree, const char *path, const char *text)
{
	tree_write_bytes(tree, path, text, strlen(text));
}

void tree_directory(const struct tree *tree, const char *path)
{
	char where[PATH_MAX];

	place(tree, path, where);
	if (mkdir(where, 0755) < 0)
		assert_int_equal(errno, EEXIST);
}

void tree_link(const struct tree *tree, const char *path, const char *target)
{
	char where[PATH_MAX];

	place(tree, path, where);
	unlink(where);
	assert_int_equal(symlink(target, where), 0);
}

void tree_fifo(const struct tree *tree, const char *path)
{
	char where[PATH_MAX];

	place(tree, path, where);
	assert_int_equal(mkfifo(where, 0644), 0);
}

void tree_set_mode(const struct tree *tree, const char *path, mode_t mode)
{
	char where[PATH_MAX];

	place(tree, path, where);
	assert_int_equal(chmod(where, mode), 0);
}

void tree_set_owner(const struct tree *tree, const char *path, uid_t uid, gid_t gid)
{
	char where[PATH_MAX];

	place(tree, path, where);
	assert_int_equal(lchown(where, uid, gid), 0);
}

void tree_set_time(const struct tree *tree, const char *path, long long seconds)
{
	const struct timespec times[2] = { { .tv_sec = seconds }, { .tv_sec = seconds } };
	char where[PATH_MAX];

	place(tree, path, where);
	assert_int_equal(utimensat(AT_FDCWD, where, times, AT_SYMLINK_NOFOLLOW), 0);
}

static void write_file_of(const struct tree *tree, pid_t pid, const char *name,
			  const struct text_buffer *content)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	tree_write_bytes(tree, path, content->data ? content->data : "", content->length);
}

static void link_of(const struct tree *tree, pid_t pid, const char *name, const char *target)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	tree_link(tree, path, target);
}

void tree_process(const struct tree *tree, pid_t pid, const char *exe, const char *const *arguments)
{
	CLEANUP_BUFFER struct text_buffer cmdline = { 0 }, stat = { 0 };

	for (; *arguments; arguments++)
		buffer_append(&cmdline, *arguments, strlen(*arguments) + 1);
	write_file_of(tree, pid, "cmdline", &cmdline);
	buffer_printf(&stat, "%d (name) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 5000 0 0\n",
		      (int)pid);
	write_file_of(tree, pid, "stat", &stat);
	link_of(tree, pid, "exe", exe);
	link_of(tree, pid, "root", "/");
	link_of(tree, pid, "cwd", "/");
}
