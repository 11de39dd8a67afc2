/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/version/go_table.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"

/* How the table begins, since Go 1.16, 1.18 and 1.20. */
#define MAGIC_16 0xfffffffaU
#define MAGIC_18 0xfffffff0U
#define MAGIC_20 0xfffffff1U

/* What is read at once: of what is read from end to end, and of what is looked up here and there.
 */
#define LONG_WINDOW_BYTES  (64UL << 10)
#define SHORT_WINDOW_BYTES (4UL << 10)

/* Functions whose names are looked at together: one alone may have a name that stood before. */
#define NEIGHBOURS 32

static const char *look(const struct go_table *table, struct go_window *window, uint64_t offset,
			size_t size)
{
	uint64_t total = table->part.size;

	if (offset > total || size > total - offset || size > window->size)
		return NULL;
	if (offset < window->start || offset + size > window->start + window->length) {
		uint64_t length = total - offset < window->size ? total - offset : window->size;

		window->length = 0;
		if (elf_read(table->elf, table->part.offset + offset, window->bytes,
			     (size_t)length) < 0)
			return NULL;
		window->start = offset;
		window->length = length;
	}
	return window->bytes + (offset - window->start);
}

static uint64_t number_at(const char *bytes, size_t size)
{
	uint64_t number = 0;

	memcpy(&number, bytes, size);
	return number;
}

static bool open_window(struct arena *arena, size_t size, struct go_window *window)
{
	window->bytes = arena_alloc(arena, size);
	window->size = size;
	return window->bytes != NULL;
}

int go_table_open(const struct elf *elf, struct arena *arena, struct go_table *ret_table)
{
	struct go_table table = { .elf = elf };
	struct {
		uint32_t magic;
		uint8_t zero[2], quantum, pointer_size;
		uint64_t words[8];
	} header;
	int error = elf_section(elf, ".gopclntab", &table.part);

	if (error == 0)
		error = elf_read(elf, table.part.offset, &header, sizeof(header));
	if (error < 0)
		return error;
	bool is_wide = header.magic == MAGIC_16;
	const uint64_t *names = &header.words[is_wide ? 2 : 3];

	if ((!is_wide && header.magic != MAGIC_18 && header.magic != MAGIC_20) ||
	    header.pointer_size != sizeof(uint64_t) || header.words[0] > GO_FUNCTIONS_MAX)
		return -EINVAL;
	table.is_wide = is_wide;
	table.count = header.words[0];
	table.text_start = is_wide ? 0 : header.words[2];
	table.names = names[0];
	table.names_end = names[1];
	table.functions = names[4];
	/* 0: a program that is loaded anywhere, or a table of a later Go. */
	if ((!is_wide && !table.text_start) || table.names > table.part.size ||
	    table.functions > table.part.size)
		return -EINVAL;
	if (!open_window(arena, LONG_WINDOW_BYTES, &table.text) ||
	    !open_window(arena, SHORT_WINDOW_BYTES, &table.index) ||
	    !open_window(arena, SHORT_WINDOW_BYTES, &table.records))
		return -ENOMEM;
	*ret_table = table;
	return 0;
}

bool go_table_function(struct go_table *table, uint64_t n, struct go_function *ret_function)
{
	size_t size = table->is_wide ? sizeof(uint64_t) : sizeof(uint32_t);

	if (n >= table->count)
		return false;
	/* The entry's address, where its record is, and the next one's address. */
	const char *entry = look(table, &table->index, table->functions + n * 2 * size, 3 * size);

	if (!entry)
		return false;
	ret_function->start = table->text_start + number_at(entry, size);
	ret_function->end = table->text_start + number_at(entry + 2 * size, size);
	uint64_t record = number_at(entry + size, size);

	if (record > table->part.size)
		return false;
	const char *name =
		look(table, &table->records, table->functions + record + size, sizeof(uint32_t));

	if (!name)
		return false;
	ret_function->name = table->names + number_at(name, sizeof(uint32_t));
	return true;
}

/* What is looked for, and what was found of it. */
struct name_search {
	const char *part;
	bool (*is_wanted)(const char *name, size_t length);
	struct go_names *names;
};

/* Of a piece that ends with a name's end. */
static void find_in(const struct name_search *search, const char *piece, size_t size, uint64_t at)
{
	struct go_names *names = search->names;
	const char *found, *end = piece + size;

	for (const char *from = piece; from < end; from = found + strlen(found)) {
		found = memmem(from, (size_t)(end - from), search->part, strlen(search->part));
		if (!found)
			return;
		const char *before = memrchr(piece, '\0', (size_t)(found - piece));
		const char *start = before ? before + 1 : piece;

		if (names->count < ARRAY_SIZE(names->offsets) &&
		    search->is_wanted(start, strlen(start)))
			names->offsets[names->count++] = at + (uint64_t)(start - piece);
	}
}

/* The names stand one after another, each with its NUL: what one piece cuts, the next one holds. */
void go_table_find_names(struct go_table *table, const char *part,
			 bool (*is_wanted)(const char *name, size_t length),
			 struct go_names *ret_names)
{
	const struct name_search search = { part, is_wanted, ret_names };
	uint64_t at = table->names;

	*ret_names = (struct go_names){ 0 };
	while (at < table->names_end) {
		uint64_t left = table->names_end - at;
		size_t size = left < table->text.size ? (size_t)left : table->text.size;
		const char *piece = look(table, &table->text, at, size);
		const char *last = piece ? memrchr(piece, '\0', size) : NULL;

		/* One longer than a whole piece is none that is looked for. */
		if (!piece || (!last && size == left))
			return;
		size = last ? (size_t)(last + 1 - piece) : size;
		if (last)
			find_in(&search, piece, size, at);
		at += size;
	}
}

/* The last of the names of some functions. */
static uint64_t last_name(struct go_table *table, uint64_t from)
{
	uint64_t last = 0;
	struct go_function function;

	for (uint64_t n = from; n < from + NEIGHBOURS; n++)
		if (go_table_function(table, n, &function) && function.name > last)
			last = function.name;
	return last;
}

uint64_t go_table_guess(struct go_table *table, uint64_t name)
{
	uint64_t low = 0, high = table->count / NEIGHBOURS;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (last_name(table, middle * NEIGHBOURS) < name)
			low = middle + 1;
		else
			high = middle;
	}
	return low * NEIGHBOURS;
}
