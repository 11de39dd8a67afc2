/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the functions that read gitVersion by their names, and the variables by their loads.
 * Source: kubernetes/kubernetes staging/src/k8s.io/component-base/version.
 */
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "observe/version/go_build.h"
#include "observe/version/go_table.h"

/* How far from where its name leads a function is looked for: what the linker put between are
 * functions that were named before, by those that they were inlined into. */
#define FUNCTIONS_NEAR 1024

/* Up to 1.25 Get() reads the variable; later what SetDynamicVersion() stored, at first by init. */
#define PACKAGE "k8s.io/component-base/version."

static const char *const READERS[] = {
	PACKAGE "Get",
	PACKAGE "init.0",
	PACKAGE "ValidateDynamicVersion",
	PACKAGE "SetDynamicVersion",
};

static bool ends_as_reader(const char *name, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(READERS); i++) {
		size_t size = strlen(READERS[i]);

		if (length >= size && memcmp(name + length - size, READERS[i], size) == 0 &&
		    (length == size || name[length - size - 1] == '/'))
			return true;
	}
	return false;
}

static bool is_one_of(const struct go_names *names, uint64_t name)
{
	for (size_t i = 0; i < names->count; i++)
		if (names->offsets[i] == name)
			return true;
	return false;
}

struct search {
	const struct elf *elf;
	struct arena *arena;
	const char *found;
	bool is_ambiguous;
};

/* A string variable at this address: where its bytes are and how many. */
static void try_variable(struct search *search, uint64_t address)
{
	uint64_t string[2];
	char text[GO_VERSION_BYTES_MAX];

	if (elf_read_at(search->elf, address, string, sizeof(string)) < 0 || string[1] == 0 ||
	    string[1] > sizeof(text) ||
	    elf_read_at(search->elf, string[0], text, (size_t)string[1]) < 0 ||
	    !go_is_release(text, (size_t)string[1]))
		return;
	const char *version = arena_copy(search->arena, text, (size_t)string[1]);

	if (search->found && !text_equal(search->found, version))
		search->is_ambiguous = true;
	search->found = version;
}

/* MOV r64, [RIP + offset]. What merely looks like one leads to no version. */
static void scan_x86(struct search *search, const unsigned char *code, size_t size,
		     uint64_t address)
{
	for (size_t i = 0; i + 7 <= size; i++) {
		int32_t offset;

		if ((code[i] & 0xf8) != 0x48 || code[i + 1] != 0x8b || (code[i + 2] & 0xc7) != 0x05)
			continue;
		memcpy(&offset, code + i + 3, sizeof(offset));
		try_variable(search, address + i + 7 + (uint64_t)(int64_t)offset);
	}
}

/* ADRP xN, page, followed by LDR xM, [xN, #offset] or ADD xN, xN, #offset. */
static void scan_arm(struct search *search, const unsigned char *code, size_t size,
		     uint64_t address)
{
	for (size_t i = 0; i + 8 <= size; i += 4) {
		uint32_t page, next;

		memcpy(&page, code + i, sizeof(page));
		memcpy(&next, code + i + 4, sizeof(next));
		if ((page & 0x9f000000U) != 0x90000000U || (page & 31) != (next >> 5 & 31))
			continue;
		uint64_t pages = (page >> 5 & 0x7ffffU) << 2 | (page >> 29 & 3);
		uint64_t base = (address + i) & ~0xfffULL;

		if (pages & 1U << 20)
			pages |= ~0x1fffffULL;
		base += pages << 12;
		if ((next & 0xffc00000U) == 0xf9400000U)
			try_variable(search, base + (next >> 10 & 0xfff) * 8);
		else if ((next & 0xffc00000U) == 0x91000000U)
			try_variable(search, base + (next >> 10 & 0xfff));
	}
}

static void scan_function(struct search *search, const struct go_function *function)
{
	uint64_t size = function->end - function->start;
	unsigned char *code;

	if (function->end <= function->start || size > GO_FUNCTION_BYTES_MAX)
		return;
	code = arena_alloc(search->arena, (size_t)size);
	if (!code || elf_read_at(search->elf, function->start, code, (size_t)size) < 0)
		return;
	if (search->elf->machine == EM_X86_64)
		scan_x86(search, code, (size_t)size, function->start);
	else if (search->elf->machine == EM_AARCH64)
		scan_arm(search, code, (size_t)size, function->start);
}

/* Scans what has one of these names, of `count` functions. */
static void scan_functions(struct search *search, struct go_table *table,
			   const struct go_names *names, uint64_t from, uint64_t count)
{
	struct go_function function;

	for (uint64_t n = from; n - from < count; n++) {
		if (!go_table_function(table, n, &function))
			return;
		if (is_one_of(names, function.name))
			scan_function(search, &function);
	}
}

const char *go_code_version(const struct elf *elf, struct arena *arena)
{
	struct go_table table;
	struct search search = { .elf = elf, .arena = arena };
	struct go_names names;

	if (go_table_open(elf, arena, &table) < 0)
		return NULL;
	go_table_find_names(&table, PACKAGE, ends_as_reader, &names);
	for (size_t i = 0; i < names.count; i++)
		scan_functions(&search, &table, &names, go_table_guess(&table, names.offsets[i]),
			       FUNCTIONS_NEAR);
	if (names.count && !search.found)
		scan_functions(&search, &table, &names, 0, table.count);
	return search.is_ambiguous ? NULL : search.found;
}
