/* SPDX-License-Identifier: Apache-2.0 */
#include "go_program.h"

#include <elf.h>
#include <string.h>

#include "base/cleanup.h"

/* Where things are: offsets in the file, which is mapped whole at BASE. */
#define BASE	   0x400000UL
#define AT_CODE	   0x100
#define AT_STRING  0x200
#define AT_TEXT	   0x240
#define AT_BUILD   0x300
#define AT_TABLE   0x1000
#define AT_NAMES   0x1200
#define AT_SECTION 0x1400

#define TABLE_NAMES	0x60
#define TABLE_FUNCTIONS 0x100

static void put(unsigned char *image, size_t at, const void *data, size_t size)
{
	memcpy(image + at, data, size);
}

static void put_number(unsigned char *image, size_t at, uint64_t number, size_t size)
{
	put(image, at, &number, size);
}

/* MOV RDX, [RIP + offset]; RET. */
static void put_code(unsigned char *image, const char *variable)
{
	int32_t offset = AT_STRING - (AT_CODE + 7);

	put(image, AT_CODE, "\x48\x8b\x15", 3);
	put(image, AT_CODE + 3, &offset, sizeof(offset));
	image[AT_CODE + 7] = 0xc3;
	put_number(image, AT_STRING, BASE + AT_TEXT, 8);
	put_number(image, AT_STRING + 8, strlen(variable), 8);
	put(image, AT_TEXT, variable, strlen(variable));
}

static void put_build(unsigned char *image, const char *modules)
{
	size_t length = strlen(modules) + 32, at = AT_BUILD + 32;

	put(image, AT_BUILD, "\xff Go buildinf:\x08\x02", 16);
	image[at++] = 6;
	put(image, at, "go1.23", 6);
	at += 6;
	image[at++] = (unsigned char)(0x80 | (length & 0x7f));
	image[at++] = (unsigned char)(length >> 7);
	put(image, at + 16, modules, strlen(modules));
}

static void put_table(unsigned char *image, const struct go_program *program)
{
	const uint64_t words[] = {
		1,
		0,
		program->text_start ? 0 : BASE + AT_CODE,
		TABLE_NAMES,
		TABLE_NAMES + 0x90,
		0,
		0,
		TABLE_FUNCTIONS,
	};

	put_number(image, AT_TABLE, program->table_magic ? program->table_magic : 0xfffffff1U, 4);
	image[AT_TABLE + 6] = 1;
	image[AT_TABLE + 7] = 8;
	put(image, AT_TABLE + 8, words, sizeof(words));
	put(image, AT_TABLE + TABLE_NAMES + 5, program->function, strlen(program->function));
	/* One function from 0 to 8, its record 16 bytes on, its name 5 bytes into the names. */
	put_number(image, AT_TABLE + TABLE_FUNCTIONS + 4, 16, 4);
	put_number(image, AT_TABLE + TABLE_FUNCTIONS + 8, 8, 4);
	put_number(image, AT_TABLE + TABLE_FUNCTIONS + 16 + 4, 5, 4);
}

static void put_sections(unsigned char *image, const struct go_program *program)
{
	static const char NAMES[] = "\0.go.buildinfo\0.gopclntab\0.shstrtab";
	const Elf64_Shdr sections[] = {
		{ 0 },
		{ .sh_name = program->modules ? 1 : 0,
		  .sh_type = SHT_PROGBITS,
		  .sh_addr = BASE + AT_BUILD,
		  .sh_offset = AT_BUILD,
		  .sh_size = AT_TABLE - AT_BUILD },
		{ .sh_name = program->function ? 15 : 0,
		  .sh_type = SHT_PROGBITS,
		  .sh_addr = BASE + AT_TABLE,
		  .sh_offset = AT_TABLE,
		  .sh_size = AT_NAMES - AT_TABLE },
		{ .sh_name = 26,
		  .sh_type = SHT_STRTAB,
		  .sh_offset = AT_NAMES,
		  .sh_size = sizeof(NAMES) },
	};
	const Elf64_Ehdr header = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_EXEC,
		.e_machine = EM_X86_64,
		.e_phoff = sizeof(header),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 1,
		.e_shoff = AT_SECTION,
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = ARRAY_SIZE(sections),
		.e_shstrndx = 3,
	};
	const Elf64_Phdr segment = { .p_type = PT_LOAD,
				     .p_vaddr = BASE,
				     .p_filesz = GO_PROGRAM_BYTES };

	put(image, 0, &header, sizeof(header));
	put(image, sizeof(header), &segment, sizeof(segment));
	put(image, AT_NAMES, NAMES, sizeof(NAMES));
	put(image, AT_SECTION, sections, sizeof(sections));
}

void go_program_make(const struct go_program *program, unsigned char *image)
{
	memset(image, 0, GO_PROGRAM_BYTES);
	put_sections(image, program);
	if (program->modules)
		put_build(image, program->modules);
	if (program->function) {
		put_code(image, program->variable);
		put_table(image, program);
	}
}
