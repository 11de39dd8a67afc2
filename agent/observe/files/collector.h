/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Collects what stat says of files, process by process. Failures to allocate stick and end the
 * look, so that the callers need not ask after each file.
 */
#ifndef OBSERVE_FILES_COLLECTOR_H
#define OBSERVE_FILES_COLLECTOR_H

#include "nodelatch/file.h"

#include "observe/files/walk.h"
#include "observe/host.h"

struct collector {
	const struct host *host;
	struct arena *arena;
	struct file_fact *facts;
	struct file_identity *identities; /* of each fact */
	size_t count, capacity, identity_count, identity_capacity;
	int error; /* 0 or -ENOMEM */
	pid_t pid; /* whose files are looked at; 0: the node's own */
	bool is_kubelet;
	bool has_etcd; /* it names its data itself */
	struct walk walk;
};

/* What of a file is looked at besides stat. */
enum file_content_kind {
	CONTENT_PLAIN,
	CONTENT_SECRET, /* whether it holds one */
};

/* A directory, and which files of it are which object. */
struct tree_rule {
	const char *directory; /* object of the directory, and of those below it */
	/* Object of a file; NULL: it is none. */
	const char *(*object_of)(const char *path);
	const char *secret; /* the object whose files may hold a secret; NULL: none */
	unsigned depth;	    /* of directories below it */
};

/* Begins with the files of another process, in its root (0: the host's). Returns whether its root
 * can be opened; where not, that is a fact. Ends with collector_end(). */
bool collector_begin(struct collector *collector, pid_t pid);
void collector_end(struct collector *collector);
/* Adds a file, be it there or not. Returns its fact, valid until the next is added; NULL on
 * failure. */
struct file_fact *collector_add(struct collector *collector, const char *object, const char *path,
				enum file_content_kind content);
/* The same, only where something is there. */
struct file_fact *collector_add_existing(struct collector *collector, const char *object,
					 const char *path, enum file_content_kind content);
/* Adds a directory with what is in it. */
void collector_add_tree(struct collector *collector, const struct tree_rule *rule,
			const char *path);
/* Text in the arena; "" on failure. */
const char *collector_printf(struct collector *collector, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
