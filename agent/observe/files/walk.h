/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way to a file inside a process's root: every directory that is passed, links followed by hand
 * so that those on the way to a link are seen too. Directories are looked at once a root.
 */
#ifndef OBSERVE_FILES_WALK_H
#define OBSERVE_FILES_WALK_H

#include "nodelatch/file.h"

#include "base/file_entry.h"

/* The caller fills in root and arena, and zeroes the rest; everything lives as long as the arena.
 */
struct walk {
	int root;
	struct arena *arena;
	struct walk_place *seen; /* directories and links, by their path without links */
	size_t seen_count, seen_capacity;
};

struct walk_place {
	const char *path;
	size_t length;
	struct file_entry entry;
};

struct walked {
	int error;	  /* 0, or -errno of where the way ended: then only the steps are known */
	bool has_links;	  /* the path, or a part of it, is a link */
	bool is_dangling; /* it is a link, and nothing is where it leads */
	const char *path; /* without links; where it ended, on an error */
	struct file_entry entry;
	const struct path_step *steps; /* directories, each once, the file itself not */
	size_t step_count;
};

/* Returns 0 or -ENOMEM. The path counts from the root whether it starts with '/' or not. */
int walk_to(struct walk *walk, const char *path, struct walked *ret_walked);

#endif
