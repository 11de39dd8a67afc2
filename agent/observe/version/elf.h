/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An ELF file read in pieces: its sections, and what it maps at an address. Only 64-bit little
 * endian files. Nothing is believed of it that was not checked against the file's size.
 */
#ifndef OBSERVE_VERSION_ELF_H
#define OBSERVE_VERSION_ELF_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct elf {
	int fd;	       /* borrowed */
	uint64_t size; /* of the file */
	uint16_t machine;
	const Elf64_Phdr *segments;
	size_t segment_count;
	const Elf64_Shdr *sections;
	size_t section_count;
	size_t name_section; /* the section that holds the sections' names */
};

/* A part of the file. */
struct elf_part {
	uint64_t offset, size, address;
};

/* Returns 0; -EINVAL: it is no such file, or damaged; -ENOMEM; or what reading it gave. */
int elf_open(int fd, struct arena *arena, struct elf *ret_elf);
/* The section of that name. Returns 0 or -ENOENT. */
int elf_section(const struct elf *elf, const char *name, struct elf_part *ret_part);
/* All of these bytes, or -EINVAL when the file has them not. */
int elf_read(const struct elf *elf, uint64_t offset, void *data, size_t size);
/* What the file maps at this address before anything is relocated. */
int elf_read_at(const struct elf *elf, uint64_t address, void *data, size_t size);

#endif
