/* SPDX-License-Identifier: Apache-2.0 */
/* A Go program's file, made by hand: as much of it as tells a version. */
#ifndef TESTS_UNIT_GO_PROGRAM_H
#define TESTS_UNIT_GO_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#define GO_PROGRAM_BYTES 8192

struct go_program {
	const char *modules;  /* the text of its modules; NULL: none */
	const char *function; /* the name of the one function that reads the variable */
	const char *variable; /* the variable's text */
	uint32_t table_magic; /* 0xfffffff1 where it is 0 */
	uint64_t text_start;  /* 0: as it is; 1: the table says 0, as of what is loaded anywhere */
};

/* The whole file, of GO_PROGRAM_BYTES. */
void go_program_make(const struct go_program *program, unsigned char *image);

#endif
