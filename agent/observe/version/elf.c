/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/version/elf.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"

int elf_read(const struct elf *elf, uint64_t offset, void *data, size_t size)
{
	size_t done = 0;

	if (offset > elf->size || size > elf->size - offset)
		return -EINVAL;
	while (done < size) {
		ssize_t got =
			pread(elf->fd, (char *)data + done, size - done, (off_t)(offset + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : -EINVAL;
		done += (size_t)got;
	}
	return 0;
}

/* Where a table is, and what it holds. */
struct table {
	uint64_t offset;
	size_t count, size; /* entries, and bytes of each */
};

static int read_table(const struct elf *elf, const struct table *table, struct arena *arena,
		      void **ret_entries)
{
	void *entries;

	if (table->count > ELF_TABLE_MAX)
		return -EINVAL;
	entries = arena_array(arena, table->count + 1, table->size);
	if (!entries)
		return -ENOMEM;
	int error = elf_read(elf, table->offset, entries, table->count * table->size);

	if (error == 0)
		*ret_entries = entries;
	return error;
}

int elf_open(int fd, struct arena *arena, struct elf *ret_elf)
{
	static const unsigned char IDENTITY[] = { ELFMAG0,    ELFMAG1,	   ELFMAG2,   ELFMAG3,
						  ELFCLASS64, ELFDATA2LSB, EV_CURRENT };
	struct elf elf = { .fd = fd };
	void *segments = NULL, *sections = NULL;
	struct stat status;
	Elf64_Ehdr header;

	if (fstat(fd, &status) < 0)
		return -errno;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	elf.size = (uint64_t)status.st_size;
	int error = elf_read(&elf, 0, &header, sizeof(header));

	if (error < 0)
		return error;
	if (memcmp(header.e_ident, IDENTITY, sizeof(IDENTITY)) != 0 ||
	    header.e_phentsize != sizeof(Elf64_Phdr) || header.e_shentsize != sizeof(Elf64_Shdr))
		return -EINVAL;
	const struct table of_segments = { header.e_phoff, header.e_phnum, sizeof(Elf64_Phdr) };
	const struct table of_sections = { header.e_shoff, header.e_shnum, sizeof(Elf64_Shdr) };

	error = read_table(&elf, &of_segments, arena, &segments);
	if (error == 0)
		error = read_table(&elf, &of_sections, arena, &sections);
	if (error < 0)
		return error;
	elf.machine = header.e_machine;
	elf.segments = segments;
	elf.segment_count = header.e_phnum;
	elf.sections = sections;
	elf.section_count = header.e_shnum;
	elf.name_section = header.e_shstrndx;
	*ret_elf = elf;
	return 0;
}

static bool is_named(const struct elf *elf, const Elf64_Shdr *section, const char *name)
{
	const Elf64_Shdr *names = &elf->sections[elf->name_section];
	size_t size = strlen(name) + 1;
	char found[ELF_NAME_BYTES];

	if (size > sizeof(found) || section->sh_name >= names->sh_size ||
	    size > names->sh_size - section->sh_name ||
	    names->sh_offset > elf->size - section->sh_name)
		return false;
	return elf_read(elf, names->sh_offset + section->sh_name, found, size) == 0 &&
	       memcmp(found, name, size) == 0;
}

int elf_section(const struct elf *elf, const char *name, struct elf_part *ret_part)
{
	for (size_t i = 0; elf->name_section < elf->section_count && i < elf->section_count; i++) {
		const Elf64_Shdr *section = &elf->sections[i];

		if (section->sh_type == SHT_NOBITS || section->sh_offset > elf->size ||
		    section->sh_size > elf->size - section->sh_offset ||
		    !is_named(elf, section, name))
			continue;
		*ret_part =
			(struct elf_part){ section->sh_offset, section->sh_size, section->sh_addr };
		return 0;
	}
	return -ENOENT;
}

int elf_read_at(const struct elf *elf, uint64_t address, void *data, size_t size)
{
	for (size_t i = 0; i < elf->segment_count; i++) {
		const Elf64_Phdr *segment = &elf->segments[i];

		if (segment->p_type != PT_LOAD || address < segment->p_vaddr ||
		    address - segment->p_vaddr > segment->p_filesz ||
		    size > segment->p_filesz - (address - segment->p_vaddr) ||
		    segment->p_offset > elf->size)
			continue;
		return elf_read(elf, segment->p_offset + (address - segment->p_vaddr), data, size);
	}
	return -EINVAL;
}
