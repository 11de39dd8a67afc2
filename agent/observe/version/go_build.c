/* SPDX-License-Identifier: Apache-2.0 */
/* Source: the Go project's debug/buildinfo and cmd/go. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "observe/version/go_build.h"

/* The text stands between two marks of so many bytes. */
#define MARK_BYTES 16

struct header {
	unsigned char magic[14];
	unsigned char pointer_size;
	unsigned char flags;
	uint64_t version_pointer, text_pointer; /* before Go 1.18 */
};

enum header_flags { BIG_ENDIAN_POINTERS = 1, TEXTS_FOLLOW = 2 };

struct go_string {
	uint64_t address, length;
};

/* A length as Go's varint, then the bytes. Moves *at past them. */
static int skip_text(const struct elf *elf, uint64_t *at, uint64_t *ret_length)
{
	uint64_t length = 0;
	unsigned char byte = 0x80;

	for (unsigned shift = 0; byte & 0x80; shift += 7) {
		int error = shift > 28 ? -EINVAL : elf_read(elf, (*at)++, &byte, 1);

		if (error < 0)
			return error;
		length |= (uint64_t)(byte & 0x7f) << shift;
	}
	*at += length;
	*ret_length = length;
	return 0;
}

static int take_text(char *bytes, uint64_t length, const char **ret_text)
{
	if (length <= 2 * MARK_BYTES)
		return -ENOENT;
	bytes[length - MARK_BYTES] = '\0';
	*ret_text = bytes + MARK_BYTES;
	return 0;
}

static int read_following(const struct elf *elf, uint64_t at, struct arena *arena,
			  const char **ret_text)
{
	uint64_t length;
	int error = skip_text(elf, &at, &length);

	if (error == 0)
		error = skip_text(elf, &at, &length);
	if (error < 0)
		return error;
	if (length > GO_MODULES_BYTES_MAX)
		return -EFBIG;
	char *bytes = arena_alloc(arena, length + 1);

	if (!bytes)
		return -ENOMEM;
	error = elf_read(elf, at - length, bytes, length);
	return error < 0 ? error : take_text(bytes, length, ret_text);
}

static int read_pointed(const struct elf *elf, uint64_t pointer, struct arena *arena,
			const char **ret_text)
{
	struct go_string string;
	int error = elf_read_at(elf, pointer, &string, sizeof(string));

	if (error < 0)
		return error;
	if (string.length > GO_MODULES_BYTES_MAX)
		return -EFBIG;
	char *bytes = arena_alloc(arena, string.length + 1);

	if (!bytes)
		return -ENOMEM;
	error = elf_read_at(elf, string.address, bytes, string.length);
	return error < 0 ? error : take_text(bytes, string.length, ret_text);
}

int go_build_text(const struct elf *elf, struct arena *arena, const char **ret_text)
{
	static const char MAGIC[] = "\xff Go buildinf:";
	struct elf_part part;
	struct header header;
	int error = elf_section(elf, ".go.buildinfo", &part);

	if (error == 0)
		error = elf_read(elf, part.offset, &header, sizeof(header));
	if (error < 0)
		return error;
	if (memcmp(header.magic, MAGIC, sizeof(header.magic)) != 0)
		return -EINVAL;
	if (header.flags & TEXTS_FOLLOW)
		return read_following(elf, part.offset + sizeof(header), arena, ret_text);
	if (header.flags & BIG_ENDIAN_POINTERS || header.pointer_size != sizeof(uint64_t))
		return -EINVAL;
	return read_pointed(elf, header.text_pointer, arena, ret_text);
}

/* The n-th word of a line; its length is 0 where there is none. */
static const char *word_of(const char *line, unsigned n, size_t *ret_length)
{
	for (; n; n--) {
		line += strcspn(line, "\t\n");
		line += *line == '\t';
	}
	*ret_length = strcspn(line, "\t\n");
	return line;
}

static bool word_is(const char *line, unsigned n, const char *word)
{
	size_t length;
	const char *found = word_of(line, n, &length);

	return length == strlen(word) && memcmp(found, word, length) == 0;
}

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return *line ? line + 1 : line;
}

/* "v1.30.1-0.20240514...": made of a commit after v1.30.0, so only 1.30 is certain. */
static size_t certain_length(const char *version, size_t length)
{
	const char *dash = memchr(version, '-', length);
	size_t tail = dash ? (size_t)(version + length - dash) : 0;

	if (tail < 17 || !text_starts_with(dash, "-0.") || !isdigit((unsigned char)dash[3]))
		return length;
	while (dash > version && *--dash != '.')
		;
	return (size_t)(dash - version);
}

static const char *version_in(const char *line, unsigned n, struct arena *arena)
{
	size_t length;
	const char *version = word_of(line, n, &length);

	if (length < 2 || *version != 'v' || !isdigit((unsigned char)version[1]) ||
	    text_starts_with(version, "v0.0.0"))
		return NULL;
	return arena_copy(arena, version, certain_length(version, length));
}

const char *go_build_module(const char *text, const char *module, struct arena *arena)
{
	for (const char *line = text; *line; line = next_line(line)) {
		const char *next = next_line(line);

		if ((!word_is(line, 0, "mod") && !word_is(line, 0, "dep")) ||
		    !word_is(line, 1, module))
			continue;
		const char *replaced = word_is(next, 0, "=>") ? version_in(next, 2, arena) : NULL;

		return replaced ? replaced : version_in(line, 2, arena);
	}
	return NULL;
}

const char *go_build_variable(const char *text, const char *variable, struct arena *arena)
{
	const char *line = text;
	size_t length = strlen(variable);

	while (*line && (!word_is(line, 0, "build") || !text_starts_with(line + 6, "-ldflags=")))
		line = next_line(line);
	const char *end = line + strcspn(line, "\n");

	for (const char *at = strstr(line, variable); at && at < end;
	     at = strstr(at + 1, variable)) {
		const char *value = at + length + 1;

		if (at == line || !strchr("/ '\"=", at[-1]) || at[length] != '=')
			continue;
		return arena_copy(arena, value, strcspn(value, " '\"\\\n"));
	}
	return NULL;
}

bool go_is_release(const char *text, size_t length)
{
	size_t at = 3, digits = 0;

	if (length < 6 || memcmp(text, "v1.", 3) != 0)
		return false;
	for (; at < length && isdigit((unsigned char)text[at]); at++)
		digits++;
	if (!digits || digits > 3 || at + 1 >= length || text[at] != '.' ||
	    !isdigit((unsigned char)text[at + 1]))
		return false;
	for (; at < length; at++)
		if (!isalnum((unsigned char)text[at]) && !strchr(".+-", text[at]))
			return false;
	return true;
}
