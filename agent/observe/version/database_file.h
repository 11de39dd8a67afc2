/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An SQLite database that somebody else wrote, read through an open descriptor. SQLite opens files
 * by name, and follows the links of /proc/self/fd to names too, which would lead out of the root
 * that the descriptor was opened in; so the descriptor stands behind a file system of its own.
 *
 * Only tables are read: no views, triggers or virtual tables. Bytes read, memory, instructions and
 * the size of any value are bounded. A write-ahead log is not looked at.
 */
#ifndef OBSERVE_VERSION_DATABASE_FILE_H
#define OBSERVE_VERSION_DATABASE_FILE_H

#include <stdint.h>

#include <sqlite3.h>

#include "base/cleanup.h"

/* At one place while it is open: SQLite points at it. */
struct database_file {
	sqlite3 *database; /* NULL closed */
	int fd;		   /* borrowed */
	uint64_t bytes_left, steps_left;
	sqlite3_vfs files;
	sqlite3_int64 soft_heap, hard_heap; /* SQLite's limits before, for the whole program */
};

/* Begin with { 0 }, and close whatever it returns: 0, -ENOMEM, or -EIO: it is none. */
int database_file_open(struct database_file *file, int fd);
void database_file_close(struct database_file *file);

#define CLEANUP_DATABASE_FILE CLEANUP(database_file_close)

#endif
