/* SPDX-License-Identifier: Apache-2.0 */
/* Our own helper programs: where they are, their start and their end. */
#ifndef BASE_HELPER_H
#define BASE_HELPER_H

#include <limits.h>
#include <sys/types.h>

struct helper_start {
	const char *path;
	const char *name; /* argv[0]; there are no other arguments */
	int input;	  /* becomes descriptor 0; -1: /dev/null */
	int output;	  /* becomes descriptor 1; -1: /dev/null */
	int errors;	  /* becomes descriptor 2; -1: /dev/null */
	int extra;	  /* becomes descriptor 3; -1: there is none */
	char *const *environment;
};

/* Beside this program, or where packages put it. Returns 0 or -errno. */
int helper_find(const char *name, char ret_path[static PATH_MAX]);
/*
 * In a session of its own, in "/", with signals as a new program has them and no descriptor but
 * those named. Returns 0 or -errno.
 */
int helper_start(const struct helper_start *start, pid_t *ret_pid);
/*
 * Kills and reaps it; pid 0 is nobody. Without CAP_KILL a process of another user is left to end by
 * itself, which ours do when their input closes or their time is up.
 */
void helper_end(pid_t pid);

#endif
