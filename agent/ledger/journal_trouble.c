/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/journal_file.h"

#include <string.h>

static const struct {
	int error;
	const char *what, *remedy;
} TROUBLES[] = {
	{ -ENOSPC, "cannot be written: its file system is full", "free space there" },
	{ -EROFS, "cannot be written: it or its file system is read-only",
	  "make its directory writable, or set journal.path" },
	{ -EACCES, "may not be opened", "make it accessible to this user, or set journal.path" },
	{ -EPERM, "may not be opened", "make it accessible to this user, or set journal.path" },
	{ -ENOENT, "does not exist, or its directory does not",
	  "start the agent, or set journal.path to where its journal is" },
	{ -ENOTDIR, "has a part of its path that is not a directory", "set journal.path" },
	{ -EINVAL, "is a directory, FIFO, socket or device, not a regular file",
	  "remove it, or set journal.path" },
	{ -EMEDIUMTYPE, "is a file of another program and is left as it is",
	  "remove it, or set journal.path" },
	{ -EPROTO, "was written by another version of nodelatch and is left as it is",
	  "run that version, move the file away, or set journal.path" },
	{ -EALREADY, "is being written by another nodelatch",
	  "stop that one, or set journal.path" },
	{ -EBUSY, "is locked by another program", "end that program's transaction" },
	{ -ENODATA, "has nothing in it yet", "start the agent" },
	{ -EUCLEAN, "is damaged",
	  "restart the agent: it moves the file aside and starts a new one" },
	{ -ENAMETOOLONG, "has too long a path", "set journal.path" },
};

void journal_trouble(const char *path, int error, struct text_buffer *text)
{
	const char *what = NULL, *remedy = "look for faults of its disk, or set journal.path";

	for (size_t i = 0; i < ARRAY_SIZE(TROUBLES) && !what; i++) {
		if (TROUBLES[i].error != error)
			continue;
		what = TROUBLES[i].what;
		remedy = TROUBLES[i].remedy;
	}
	buffer_printf(text, "the journal %s ", path);
	if (what)
		buffer_text(text, what);
	else
		buffer_printf(text, "cannot be used (%s)", strerror(-error));
	buffer_printf(text, "; %s", remedy);
}
