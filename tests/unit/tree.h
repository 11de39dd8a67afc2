/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A node tree on disk, made for one test and removed after it. Paths are those inside the tree;
 * parents are made as needed. Every function fails the running test when it cannot do its work.
 */
#ifndef TESTS_UNIT_TREE_H
#define TESTS_UNIT_TREE_H

#include <stddef.h>
#include <sys/types.h>

struct tree {
	char path[64]; /* of the tree itself, for host_open() */
};

void tree_make(struct tree *tree);
void tree_remove(struct tree *tree);

void tree_write(const struct tree *tree, const char *path, const char *text);
void tree_write_bytes(const struct tree *tree, const char *path, const void *data, size_t length);
void tree_directory(const struct tree *tree, const char *path);
void tree_link(const struct tree *tree, const char *path, const char *target);
void tree_fifo(const struct tree *tree, const char *path);
void tree_set_mode(const struct tree *tree, const char *path, mode_t mode);
void tree_set_owner(const struct tree *tree, const char *path, uid_t uid, gid_t gid);
/* Seconds since 1970, of a link itself. */
void tree_set_time(const struct tree *tree, const char *path, long long seconds);

/*
 * /proc/PID of a process that was started by PID 1: stat, cmdline (the arguments up to NULL), and
 * links exe, root ("/") and cwd ("/").
 */
void tree_process(const struct tree *tree, pid_t pid, const char *exe,
		  const char *const *arguments);

#endif
