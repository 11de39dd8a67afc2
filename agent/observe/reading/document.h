/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A configuration file as the kubelet sees it before it knows any type: YAML 1.1 or JSON, made into
 * the tree that JSON can express. Values keep the file and line they came from through merging.
 */
#ifndef OBSERVE_READING_DOCUMENT_H
#define OBSERVE_READING_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nodelatch/component.h"

#include "base/arena.h"
#include "observe/reading/reading.h"

enum document_kind {
	DOCUMENT_NULL,
	DOCUMENT_BOOLEAN,
	DOCUMENT_INTEGER,
	DOCUMENT_NUMBER, /* any other number */
	DOCUMENT_TEXT,
	DOCUMENT_LIST,
	DOCUMENT_MAPPING,
	DOCUMENT_STATE, /* a value that is decoded already: the base that drop-ins are merged into
			 */
};

struct document_entry {
	const char *key;
	unsigned line;
	struct document *value;
};

struct document {
	enum document_kind kind;
	unsigned line;
	struct source source;
	union {
		bool boolean;
		int64_t integer;
		double number;
		const char *text;
		struct {
			struct document **items;
			size_t item_count;
		};
		struct {
			struct document_entry *entries;
			size_t count, capacity;
		};
		const struct field_state *state;
	};
};

enum duplicate_rule {
	DUPLICATES_WARN, /* --config: the kubelet falls back to reading leniently */
	DUPLICATES_STOP, /* a drop-in: it exits */
};

/*
 * Reads and parses a file. Returns NULL after telling the reading what is wrong. In YAML the last
 * of two equal keys stays; in JSON both stay, since Go decodes one over the other.
 */
struct document *document_read(struct reading *reading, const char *path, struct source source,
			       enum duplicate_rule duplicates);
/* The same for bytes that are read already; the path is the source's. */
struct document *document_parse(struct reading *reading, const struct file_content *content,
				struct source source, enum duplicate_rule duplicates);

/* A new empty mapping; NULL: the arena is full. */
struct document *document_mapping(struct arena *arena, struct source source);
/* The entry's value, NULL when there is none. */
struct document *document_get(const struct document *mapping, const char *key);
/* The value below keys joined by dots, each of at most 63 bytes; NULL when there is none. */
struct document *document_at(const struct document *root, const char *path);
/* Of entries with the same key only the last counts. */
bool document_entry_counts(const struct document *mapping, size_t entry);
/* Adds or replaces. Returns 0 or -ENOMEM. */
int document_set(struct arena *arena, struct document *mapping, const char *key,
		 struct document *value);

/*
 * RFC 7386: the patch over the target, which is changed in place where it is a mapping. What the
 * patch deletes stays as DOCUMENT_NULL, so that it is known who did. NULL: the arena is full.
 */
struct document *document_merge(struct arena *arena, struct document *target,
				struct document *patch);

/* Whether the file says that it is of this kind; if not, the reading is told. */
bool document_is(struct reading *reading, const struct document *root, const char *path,
		 const char *api_version, const char *kind);

#endif
