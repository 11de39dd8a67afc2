/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options of the subcommands: one row each, from which parsing, errors and --help come.
 */
#ifndef COMMANDS_OPTIONS_H
#define COMMANDS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "nodelatch/sink.h"

/* An option that may be given several times keeps the order. */
#define OPTION_VALUES_MAX 32

struct option_values {
	const char *items[OPTION_VALUES_MAX];
	size_t count;
};

struct option_row {
	const char *name;     /* long name without dashes */
	char letter;	      /* 0: none */
	const char *argument; /* "FILE"; NULL: a switch */
	const char *help;
	/* Where it goes; exactly one is set. */
	const char **text;
	bool *is_set;
	struct option_values *values;
};

struct command_line {
	const char *name;     /* "check" */
	const char *operands; /* "[CHECK-ID...]"; "" for none */
	const char *purpose;  /* a sentence or two */
	const char *examples; /* lines, indented by two */
	const struct option_row *options;
	size_t option_count;
};

/*
 * Parses argv (argv[0] is the command's name). Returns whether the command goes on, its operands
 * being left from argv[*ret_first] on. If not, --help was printed to stdout, or an error with the
 * way out to stderr, and *ret_status is the exit status.
 */
bool command_line_begin(const struct command_line *line, int argc, char **argv, int *ret_first,
			int *ret_status);

/* Prints "nodelatch COMMAND: message" to stderr and returns EXIT_STATUS_USAGE. */
int command_fail(const char *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* How to write to a descriptor: colour only on a terminal without NO_COLOR, its width. */
struct sink_style terminal_style(int fd);

#endif
