/* SPDX-License-Identifier: Apache-2.0 */
/* What is said about files: whose they are, who gets at them, and by which command that ends. */
#ifndef CHECK_FILE_WORDS_H
#define CHECK_FILE_WORDS_H

#include "check/judge.h"

/* Permission bits, as in struct stat; judging includes nothing by which files could be reached. */
#define MODE_TYPE	0170000u
#define MODE_DIRECTORY	0040000u
#define MODE_CHARACTERS 0020000u
#define MODE_STICKY	01000u
#define MODE_WRITABLE	022u /* by others than its owner */

bool file_is_directory(const struct file_fact *file);
/* The mode, with what an access list gives others added to its group's. */
unsigned file_permissions(const struct file_fact *file);
/* The component whose process uses the file; NULL: none, it is the node's own. */
const struct component *file_user(const struct judge *judge, const struct file_fact *file);

/* "its group may read it, everybody may read and write it": of those bits. */
const char *file_access_words(struct judge *judge, unsigned bits);
/* "/etc/x", or "/etc/x, which leads to /srv/x". */
const char *file_name_words(struct judge *judge, const struct file_fact *file);
/* The path as a shell takes it. */
const char *file_quoted(struct judge *judge, const char *path);
/* Access lists and immutable bits, as notes. */
void draft_file_notes(struct draft *draft, const struct file_fact *file);

#endif
