/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The subcommands: one file each, one row in the table of commands.c.
 */
#ifndef COMMANDS_COMMANDS_H
#define COMMANDS_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>

/* Exit status, as documented: scripts rely on it. */
enum exit_status {
	EXIT_STATUS_CLEAN = 0,	 /* nothing failed at or above the threshold */
	EXIT_STATUS_FAILED = 1,	 /* something did */
	EXIT_STATUS_USAGE = 2,	 /* usage, policy or environment error: nothing was judged */
	EXIT_STATUS_UNKNOWN = 3, /* nothing failed, but something at or above it is unknown */
};

struct command {
	const char *name;
	const char *purpose; /* one line */
	/* argv[0] is the command's name. Returns an exit status. */
	int (*run)(int argc, char **argv);
};

const struct command *command_find(const char *name);
/* All of them, in the order of the help. */
const struct command *command_list(size_t *ret_count);

int command_run(int argc, char **argv);
int command_check(int argc, char **argv);
int command_tail(int argc, char **argv);
int command_status(int argc, char **argv);
int command_listeners(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_config(int argc, char **argv);

#endif
