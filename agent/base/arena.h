/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An arena: memory with one lifetime, given back all at once. Pointers from it are valid until
 * arena_reset() or arena_free(). Bounded by ARENA_BYTES_MAX; past it, or when the system has no
 * memory, allocations return NULL.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/cleanup.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena);
/* Forgets everything in it and keeps its first block, so that a steady state allocates nothing. */
void arena_reset(struct arena *arena);

/* Zeroed, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t size);
/* Zeroed array; NULL on overflow too. */
void *arena_array(struct arena *arena, size_t count, size_t size);
/* The same as a NUL-terminated copy; text may hold NULs, which stay. */
char *arena_copy(struct arena *arena, const char *text, size_t length);
char *arena_text(struct arena *arena, const char *text);
char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));
/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *arena);

/*
 * Makes room for one more element of a growing array in the arena: returns the place to write it
 * and counts it, or NULL. `items` is the address of the array's pointer, `capacity` its present
 * room. Doubles by copying; old copies stay until the reset.
 */
void *arena_push(struct arena *arena, void *items, size_t *count, size_t *capacity, size_t size);

DEFINE_CLEANUP(arena, struct arena, arena_free);
#define CLEANUP_ARENA CLEANUP(cleanup_arena)

#endif
