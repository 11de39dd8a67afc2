/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/kubelet/dropins.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "observe/kubelet/decode.h"
#include "observe/kubelet/document.h"

struct walk {
	struct reading *reading;
	struct document *merged;
	unsigned files, depth;
};

static void cleanup_closedir(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

static bool is_dropin(const char *path)
{
	return text_ends_with(text_base_name(path), ".conf");
}

static void merge_file(struct walk *walk, const char *path)
{
	struct reading *reading = walk->reading;
	struct source source = { SOURCE_DROPIN, path };

	if (walk->files++ == DROPINS_MAX) {
		reading_files_unknown(reading, PROBLEM_UNREADABLE, path, 0,
				      "is one drop-in more than this agent reads");
		return;
	}
	struct document *patch = document_read(reading, path, source, DUPLICATES_STOP);

	if (!patch || !document_is_kubelet_configuration(reading, patch, path))
		return;
	decode_report_unknown_keys(reading, patch, path, DECODE_MERGED);
	walk->merged = document_merge(reading->arena, walk->merged, patch);
	if (!walk->merged)
		reading->error = -ENOMEM;
}

static int compare_names(const void *one, const void *other)
{
	return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static int list_names(struct walk *walk, int fd, const char ***ret_names, size_t *ret_count)
{
	CLEANUP(cleanup_closedir) DIR *directory = fdopendir(fd);
	size_t count = 0, capacity = 0;
	const char **names = NULL;

	if (!directory) {
		cleanup_close(&fd);
		return -errno;
	}
	for (struct dirent *entry; (entry = readdir(directory));) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (count == SETTING_ITEMS_MAX)
			return -EFBIG;
		const char **place =
			arena_push(walk->reading->arena, &names, &count, &capacity, sizeof(*names));

		if (!place)
			return -ENOMEM;
		*place = arena_text(walk->reading->arena, entry->d_name);
		if (!*place)
			return -ENOMEM;
	}
	if (count)
		qsort(names, count, sizeof(*names), compare_names);
	*ret_names = names;
	*ret_count = count;
	return 0;
}

/* What lstat says: links are not followed, unless the path ends in a slash. */
static int kind_of(struct reading *reading, const char *path, mode_t *ret_mode)
{
	CLEANUP_CLOSE int fd = -1;
	struct stat status;
	int error = file_open_in(reading->root, path, O_PATH | O_NOFOLLOW, &fd);

	if (error < 0)
		return error;
	if (fstat(fd, &status) < 0)
		return -errno;
	*ret_mode = status.st_mode;
	return 0;
}

static void refuse(struct reading *reading, const char *path, int error)
{
	bool is_missing = error == -ENOENT || error == -ENOTDIR;

	if (error == -ENOMEM)
		reading->error = error;
	reading_files_unknown(reading, is_missing ? PROBLEM_FATAL : PROBLEM_UNREADABLE, path, 0,
			      error == -EFBIG ? "holds more files than this agent reads"
					      : file_error_text(error));
}

static void walk_path(struct walk *walk, const char *path, mode_t mode);

/* Stops at the first thing that is wrong, as the kubelet does. */
static void walk_directory(struct walk *walk, const char *path)
{
	struct reading *reading = walk->reading;
	const char **names = NULL;
	size_t count = 0;
	int fd, error = walk->depth > DROPIN_DEPTH_MAX ? -ELOOP : 0;

	if (error == 0)
		error = file_open_in(reading->root, path, O_RDONLY | O_DIRECTORY, &fd);
	if (error == 0)
		error = list_names(walk, fd, &names, &count);
	if (error < 0) {
		refuse(reading, path, error);
		return;
	}
	for (size_t i = 0; i < count && !reading->files_problem && !reading->error; i++) {
		const char *below = reading_printf(reading, "%s/%s",
						   strcmp(path, "/") == 0 ? "" : path, names[i]);
		mode_t mode;

		error = kind_of(reading, below, &mode);
		if (error < 0)
			refuse(reading, below, error);
		else
			walk_path(walk, below, mode);
	}
}

static void walk_path(struct walk *walk, const char *path, mode_t mode)
{
	if (S_ISDIR(mode)) {
		if (walk->depth)
			reading_input(walk->reading, path);
		walk->depth++;
		walk_directory(walk, path);
		walk->depth--;
	} else if (is_dropin(path)) {
		merge_file(walk, path);
	}
}

void dropins_apply(struct reading *reading, const char *flag)
{
	const char *path = reading_path(reading, flag);
	struct walk walk = { .reading = reading };
	mode_t mode = 0;

	if (!path) {
		reading_files_unknown(reading, PROBLEM_UNREADABLE, flag, 0,
				      "is relative to a working directory that cannot be read");
		return;
	}
	int error = reading_input(reading, path);

	if (reading->root_error < 0) {
		refuse(reading, path, error);
		return;
	}
	error = kind_of(reading,
			text_ends_with(flag, "/") ? reading_printf(reading, "%s/", path) : path,
			&mode);

	if (error < 0) {
		refuse(reading, path, error);
		return;
	}
	walk.merged = decode_base(reading);
	if (!walk.merged) {
		reading->error = -ENOMEM;
		return;
	}
	walk_path(&walk, path, mode);
	if (reading->files_problem || reading->error)
		return;
	if (!S_ISDIR(mode) && !walk.files)
		reading_problem(reading, PROBLEM_UNKNOWN_KEY, path, 0,
				S_ISLNK(mode) ? "is a link, which the kubelet does not follow: no "
						"drop-in counts until --config-dir ends in a slash"
					      : "is no directory: no drop-in counts");
	decode_document(reading, walk.merged, DECODE_MERGED);
}
