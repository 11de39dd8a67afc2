/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of functions that every Go program carries for its own tracebacks, stripped or not.
 * Source: the Go project's debug/gosym and cmd/link.
 */
#ifndef OBSERVE_VERSION_GO_TABLE_H
#define OBSERVE_VERSION_GO_TABLE_H

#include "observe/version/elf.h"

/* A window over the table, so that small reads in order cost few calls. */
struct go_window {
	char *bytes;
	uint64_t start, length, size;
};

struct go_table {
	const struct elf *elf;
	struct elf_part part;
	uint64_t count;			      /* of functions */
	uint64_t text_start;		      /* what 32-bit addresses count from */
	uint64_t names, functions, names_end; /* offsets in the part */
	bool is_wide;			      /* addresses and offsets of 64 bits */
	struct go_window text, index, records;
};

struct go_function {
	uint64_t start, end, name; /* the name as an offset in the part */
};

/* Names of functions: offsets in the part. */
struct go_names {
	uint64_t offsets[8];
	size_t count;
};

/* Returns 0; -EINVAL: it is not understood; -ENOENT: there is none; -ENOMEM. */
int go_table_open(const struct elf *elf, struct arena *arena, struct go_table *ret_table);
/* The names that hold `part` and of which `is_wanted` says so. */
void go_table_find_names(struct go_table *table, const char *part,
			 bool (*is_wanted)(const char *name, size_t length),
			 struct go_names *ret_names);
/* The n-th function; false: the table has it not. */
bool go_table_function(struct go_table *table, uint64_t n, struct go_function *ret_function);
/*
 * Where the function of this name should be: the linker writes a name where it first needs it, so
 * names are nearly in the order of their functions. It is at this place or some after it.
 */
uint64_t go_table_guess(struct go_table *table, uint64_t name);

#endif
