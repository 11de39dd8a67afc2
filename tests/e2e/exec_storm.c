/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts COUNT short programs one after the other, as fast as one process can: busybox's `true`
 * where it is there, since a static program starts ten times as fast. Their one argument is WORD,
 * which tells this storm's programs from all others of the machine.
 *
 * usage: exec_storm COUNT WORD
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	long count = argc == 3 ? strtol(argv[1], NULL, 10) : 0;

	if (count < 1) {
		fprintf(stderr, "usage: exec_storm COUNT WORD\n");
		return 2;
	}
	for (long i = 0; i < count; i++) {
		pid_t pid = vfork();
		int status = 0;

		if (pid == 0) {
			execl("/bin/busybox", "true", argv[2], NULL);
			execl("/bin/true", "true", argv[2], NULL);
			_exit(127);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
			fprintf(stderr, "exec_storm: start %ld failed\n", i);
			return 1;
		}
	}
	return 0;
}
