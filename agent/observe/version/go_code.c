/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the functions that read gitVersion by the table of functions that every Go program carries
 * for its own tracebacks, stripped or not, and the variables by their loads. Sources: the Go
 * project's debug/gosym and cmd/link; kubernetes/kubernetes
 * staging/src/k8s.io/component-base/version.
 */
#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "observe/version/go_build.h"

/* How the table begins, since Go 1.16, 1.18 and 1.20. */
#define MAGIC_16 0xfffffffaU
#define MAGIC_18 0xfffffff0U
#define MAGIC_20 0xfffffff1U

#define WINDOW_BYTES (64U << 10)

/* Up to 1.25 Get() reads the variable; later what SetDynamicVersion() stored, at first by init. */
static const char *const READERS[] = {
	"k8s.io/component-base/version.Get",
	"k8s.io/component-base/version.init.0",
	"k8s.io/component-base/version.ValidateDynamicVersion",
	"k8s.io/component-base/version.SetDynamicVersion",
};

struct function_table {
	const struct elf *elf;
	struct elf_part part;
	uint64_t count;			      /* of functions */
	uint64_t text_start;		      /* what 32-bit addresses count from */
	uint64_t names, functions, names_end; /* offsets in the part */
	bool is_wide;			      /* addresses and offsets of 64 bits */
};

/* A window over the part, so that small reads in order cost few calls. */
struct window {
	const struct function_table *table;
	char *bytes;
	uint64_t start, length;
};

static const char *look(struct window *window, uint64_t offset, size_t size)
{
	uint64_t total = window->table->part.size;

	if (offset > total || size > total - offset || size > WINDOW_BYTES)
		return NULL;
	if (offset < window->start || offset + size > window->start + window->length) {
		uint64_t length = total - offset < WINDOW_BYTES ? total - offset : WINDOW_BYTES;

		window->length = 0;
		if (elf_read(window->table->elf, window->table->part.offset + offset, window->bytes,
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

static int table_open(const struct elf *elf, struct function_table *table)
{
	struct {
		uint32_t magic;
		uint8_t zero[2], quantum, pointer_size;
		uint64_t words[8];
	} header;
	int error = elf_section(elf, ".gopclntab", &table->part);

	if (error == 0)
		error = elf_read(elf, table->part.offset, &header, sizeof(header));
	if (error < 0)
		return error;
	bool is_wide = header.magic == MAGIC_16;
	const uint64_t *names = &header.words[is_wide ? 2 : 3];

	if ((!is_wide && header.magic != MAGIC_18 && header.magic != MAGIC_20) ||
	    header.pointer_size != sizeof(uint64_t) || header.words[0] > GO_FUNCTIONS_MAX)
		return -EINVAL;
	table->elf = elf;
	table->is_wide = is_wide;
	table->count = header.words[0];
	table->text_start = is_wide ? 0 : header.words[2];
	table->names = names[0];
	table->names_end = names[1];
	table->functions = names[4];
	/* 0: a program that is loaded anywhere, or a table of a later Go. */
	return (is_wide || table->text_start) && table->names <= table->part.size &&
			       table->functions <= table->part.size
		       ? 0
		       : -EINVAL;
}

struct function {
	uint64_t start, end, name; /* the name as an offset in the part */
};

static bool function_at(struct window *index, struct window *records, uint64_t n,
			struct function *ret_function)
{
	const struct function_table *table = index->table;
	size_t size = table->is_wide ? sizeof(uint64_t) : sizeof(uint32_t);
	/* The entry's address, where its record is, and the next one's address. */
	const char *entry = look(index, table->functions + n * 2 * size, 3 * size);

	if (!entry)
		return false;
	ret_function->start = table->text_start + number_at(entry, size);
	ret_function->end = table->text_start + number_at(entry + 2 * size, size);
	uint64_t record = number_at(entry + size, size);

	if (record > table->part.size)
		return false;
	const char *name = look(records, table->functions + record + size, sizeof(uint32_t));

	if (!name)
		return false;
	ret_function->name = table->names + number_at(name, sizeof(uint32_t));
	return true;
}

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

/* Where the names of the readers are: offsets in the part. */
struct names {
	uint64_t offsets[8];
	size_t count;
};

/* The names stand one after another, each with its NUL. */
static void find_names(struct window *window, struct names *names)
{
	const struct function_table *table = window->table;
	uint64_t at = table->names;

	while (at < table->names_end && names->count < ARRAY_SIZE(names->offsets)) {
		uint64_t left = table->names_end - at;
		size_t size = left < GO_NAME_BYTES_MAX ? (size_t)left : GO_NAME_BYTES_MAX;
		const char *name = look(window, at, size);

		if (!name)
			return;
		size_t length = strnlen(name, size);

		if (ends_as_reader(name, length))
			names->offsets[names->count++] = at;
		at += length + 1;
	}
}

static bool is_one_of(const struct names *names, uint64_t name)
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

static void scan_function(struct search *search, const struct function *function)
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

const char *go_code_version(const struct elf *elf, struct arena *arena)
{
	struct function_table table;
	struct search search = { .elf = elf, .arena = arena };
	struct names names = { 0 };

	if (table_open(elf, &table) < 0)
		return NULL;
	struct window index = { .table = &table, .bytes = arena_alloc(arena, WINDOW_BYTES) };
	struct window records = { .table = &table, .bytes = arena_alloc(arena, WINDOW_BYTES) };

	if (!index.bytes || !records.bytes)
		return NULL;
	find_names(&records, &names);
	for (uint64_t n = 0; names.count && n < table.count; n++) {
		struct function function;

		if (!function_at(&index, &records, n, &function))
			break;
		if (is_one_of(&names, function.name))
			scan_function(&search, &function);
	}
	return search.is_ambiguous ? NULL : search.found;
}
