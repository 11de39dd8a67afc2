/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/kubelet/dropins.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file_entry.h"
#include "base/limits.h"
#include "base/text.h"
#include "observe/kubelet/fields.h"
#include "observe/reading/decode.h"
#include "observe/reading/document.h"

struct walk {
	struct reading *reading;
	struct document *merged;
	unsigned files, depth;
};

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

	if (!patch || !document_is(reading, patch, path, KUBELET_API_VERSION, KUBELET_KIND))
		return;
	decode_report_unknown_keys(reading, patch, path, DECODE_MERGED);
	walk->merged = document_merge(reading->arena, walk->merged, patch);
	if (!walk->merged)
		reading->error = -ENOMEM;
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
	struct file_names names = { 0 };
	int error = walk->depth > DROPIN_DEPTH_MAX
			    ? -ELOOP
			    : file_names_in(reading->root, path, SETTING_ITEMS_MAX, reading->arena,
					    &names);

	if (error < 0) {
		refuse(reading, path, error);
		return;
	}
	for (size_t i = 0; i < names.count && !reading->files_problem && !reading->error; i++) {
		const char *below = reading_printf(
			reading, "%s/%s", strcmp(path, "/") == 0 ? "" : path, names.items[i]);
		struct file_entry entry;

		error = file_entry_in(reading->root, below, reading->arena, &entry);
		if (error < 0)
			refuse(reading, below, error);
		else
			walk_path(walk, below, entry.mode);
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
	struct file_entry entry = { 0 };

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
	/* A slash at the end makes it follow a link. */
	error = file_entry_in(reading->root,
			      text_ends_with(flag, "/") ? reading_printf(reading, "%s/", path)
							: path,
			      reading->arena, &entry);
	if (error < 0) {
		refuse(reading, path, error);
		return;
	}
	walk.merged = decode_base(reading);
	if (!walk.merged) {
		reading->error = -ENOMEM;
		return;
	}
	walk_path(&walk, path, entry.mode);
	if (reading->files_problem || reading->error)
		return;
	if (!S_ISDIR(entry.mode) && !walk.files)
		reading_problem(reading, PROBLEM_UNKNOWN_KEY, path, 0,
				S_ISLNK(entry.mode)
					? "is a link, which the kubelet does not follow: no "
					  "drop-in counts until --config-dir ends in a slash"
					: "is no directory: no drop-in counts");
	decode_document(reading, walk.merged, DECODE_MERGED);
}
