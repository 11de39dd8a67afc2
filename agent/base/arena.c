/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "base/limits.h"

#define FIRST_BLOCK_BYTES (64UL << 10)

struct block {
	struct block *previous;
	size_t size, used;
	alignas(max_align_t) char data[];
};

struct arena {
	struct block *last;
	size_t total, used;
};

static int add_block(struct arena *arena, size_t at_least)
{
	size_t size = arena->last ? arena->last->size * 2 : FIRST_BLOCK_BYTES;

	if (size < at_least)
		size = at_least;
	if (arena->total + size > ARENA_BYTES_MAX)
		size = at_least;
	if (arena->total + size > ARENA_BYTES_MAX)
		return -ENOMEM;
	struct block *block = malloc(sizeof(*block) + size);

	if (!block)
		return -ENOMEM;
	*block = (struct block){ .previous = arena->last, .size = size };
	arena->last = block;
	arena->total += size;
	return 0;
}

struct arena *arena_new(void)
{
	struct arena *arena = calloc(1, sizeof(*arena));

	if (arena && add_block(arena, FIRST_BLOCK_BYTES) < 0) {
		free(arena);
		return NULL;
	}
	return arena;
}

static void drop_blocks(struct arena *arena, struct block *keep)
{
	while (arena->last != keep && arena->last) {
		struct block *previous = arena->last->previous;

		if (!previous && keep == NULL) {
			free(arena->last);
			arena->last = NULL;
			break;
		}
		arena->total -= arena->last->size;
		free(arena->last);
		arena->last = previous;
	}
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	drop_blocks(arena, NULL);
	free(arena);
}

void arena_reset(struct arena *arena)
{
	struct block *first = arena->last;

	while (first->previous)
		first = first->previous;
	drop_blocks(arena, first);
	first->used = 0;
	arena->used = 0;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	if (size > ARENA_BYTES_MAX)
		return NULL;
	size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	if (size > arena->last->size - arena->last->used && add_block(arena, size) < 0)
		return NULL;
	void *start = arena->last->data + arena->last->used;

	arena->last->used += size;
	arena->used += size;
	return memset(start, 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t bytes;

	return __builtin_mul_overflow(count, size, &bytes) ? NULL : arena_alloc(arena, bytes);
}

char *arena_copy(struct arena *arena, const char *text, size_t length)
{
	char *copy = length < SIZE_MAX ? arena_alloc(arena, length + 1) : NULL;

	if (copy && length)
		memcpy(copy, text, length);
	return copy;
}

char *arena_text(struct arena *arena, const char *text)
{
	return text ? arena_copy(arena, text, strlen(text)) : NULL;
}

char *arena_vprintf(struct arena *arena, const char *format, va_list arguments)
{
	va_list again;

	va_copy(again, arguments);
	int length = vsnprintf(NULL, 0, format, again);

	va_end(again);
	char *text = length < 0 ? NULL : arena_alloc(arena, (size_t)length + 1);

	if (text)
		vsnprintf(text, (size_t)length + 1, format, arguments);
	return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	char *text = arena_vprintf(arena, format, arguments);

	va_end(arguments);
	return text;
}

size_t arena_used(const struct arena *arena)
{
	return arena->used;
}

void *arena_push(struct arena *arena, void *items, size_t *count, size_t *capacity, size_t size)
{
	void **array = items;

	if (*count == *capacity) {
		size_t room = *capacity ? *capacity * 2 : 8;
		void *larger = arena_array(arena, room, size);

		if (!larger)
			return NULL;
		if (*count)
			memcpy(larger, *array, *count * size);
		*array = larger;
		*capacity = room;
	}
	return (char *)*array + size * (*count)++;
}
