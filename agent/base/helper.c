/* SPDX-License-Identifier: Apache-2.0 */
#include "base/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIBEXEC "/usr/libexec/nodelatch/"

int helper_find(const char *name, char ret_path[static PATH_MAX])
{
	ssize_t length = readlink("/proc/self/exe", ret_path, PATH_MAX - 1);

	ret_path[length > 0 ? length : 0] = '\0';
	char *slash = strrchr(ret_path, '/');
	size_t room = slash ? (size_t)(ret_path + PATH_MAX - slash - 1) : 0;

	if (slash && snprintf(slash + 1, room, "%s", name) < (int)room &&
	    access(ret_path, X_OK) == 0)
		return 0;
	snprintf(ret_path, PATH_MAX, LIBEXEC "%s", name);
	return access(ret_path, X_OK) == 0 ? 0 : -errno;
}

/* In the child, at the place where it is to be. */
static int put(posix_spawn_file_actions_t *actions, int fd, int place)
{
	if (fd >= 0)
		return posix_spawn_file_actions_adddup2(actions, fd, place);
	return posix_spawn_file_actions_addopen(actions, place, "/dev/null",
						place ? O_WRONLY : O_RDONLY, 0);
}

/* The last place first: a descriptor of ours never stands in the way of one before it, since ours
 * are above 3 unless we were started without 0, 1 and 2. */
static int set_up_files(posix_spawn_file_actions_t *actions, const struct helper_start *start)
{
	int error = start->extra >= 0 ? put(actions, start->extra, 3) : 0;

	if (!error)
		error = put(actions, start->input, 0);
	if (!error)
		error = put(actions, start->output, 1);
	if (!error)
		error = put(actions, start->errors, 2);
	if (!error)
		error = posix_spawn_file_actions_addclosefrom_np(actions,
								 start->extra >= 0 ? 4 : 3);
	if (!error)
		error = posix_spawn_file_actions_addchdir_np(actions, "/");
	return -error;
}

/* A session of its own, so that Ctrl-C reaches the parent alone. */
static int set_up_process(posix_spawnattr_t *attributes)
{
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	int error = posix_spawnattr_setflags(
		attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

	if (!error)
		error = posix_spawnattr_setsigmask(attributes, &none);
	if (!error)
		error = posix_spawnattr_setsigdefault(attributes, &all);
	return -error;
}

int helper_start(const struct helper_start *start, pid_t *ret_pid)
{
	const char *const argv[] = { start->name, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int error = -posix_spawn_file_actions_init(&actions);

	if (error < 0)
		return error;
	error = -posix_spawnattr_init(&attributes);
	if (error == 0) {
		error = set_up_files(&actions, start);
		if (error == 0)
			error = set_up_process(&attributes);
		/* It does not write to argv; its declaration is older than const. */
		if (error == 0)
			error = -posix_spawn(ret_pid, start->path, &actions, &attributes,
					     (char *const *)(uintptr_t)argv, start->environment);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

/* The pid is ours until it is waited for. */
void helper_end(pid_t pid)
{
	if (pid > 0)
		waitpid(pid, NULL, kill(pid, SIGKILL) == 0 ? 0 : WNOHANG);
}
