/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small node tree, read and judged as a whole: the files of /proc/PID, the arguments file of a
 * program that runs a kubelet inside itself, configurations. The input is those files, each after a
 * line "=== PATH"; paths other than the ones below are passed over.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/time.h"
#include "check/checks.h"
#include "observe/observer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW_NS (1795000000LL * NS_PER_S)

static const char *const DIRECTORIES[] = { "proc",
					   "proc/7",
					   "proc/7/net",
					   "proc/7/ns",
					   "proc/7/fd",
					   "etc",
					   "var",
					   "var/snap",
					   "var/snap/microk8s",
					   "var/snap/microk8s/current",
					   "var/snap/microk8s/current/args" };
static const char *const FILES[] = { "proc/stat",      "proc/7/stat",
				     "proc/7/status",  "proc/7/cmdline",
				     "proc/7/environ", "proc/7/cgroup",
				     "proc/7/net/tcp", "etc/config.yaml",
				     "etc/kubeconfig", "var/snap/microk8s/current/args/kubelet" };
static const struct link {
	const char *path, *target;
} LINKS[] = { { "proc/7/root", "/" },
	      { "proc/7/cwd", "/etc" },
	      { "proc/7/ns/net", "net:[1]" },
	      { "proc/7/fd/3", "socket:[77]" } };

static char top[] = "/tmp/nodelatch-fuzz-XXXXXX";

static void remove_tree(void)
{
	if (chdir(top) < 0)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(FILES); i++)
		unlink(FILES[i]);
	for (size_t i = 0; i < ARRAY_SIZE(LINKS); i++)
		unlink(LINKS[i].path);
	for (size_t i = ARRAY_SIZE(DIRECTORIES); i-- > 0;)
		rmdir(DIRECTORIES[i]);
	rmdir(top);
}

/* Once; every input is written into the same tree. */
static void make_tree(void)
{
	static bool is_made;

	if (is_made)
		return;
	is_made = true;
	if (!mkdtemp(top) || atexit(remove_tree) != 0)
		abort();
	int directory = open(top, O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (size_t i = 0; i < ARRAY_SIZE(DIRECTORIES); i++)
		if (mkdirat(directory, DIRECTORIES[i], 0755) < 0)
			abort();
	for (size_t i = 0; i < ARRAY_SIZE(LINKS); i++)
		if (symlinkat(LINKS[i].target, directory, LINKS[i].path) < 0)
			abort();
	close(directory);
}

static void write_file(int directory, const char *path, const char *text, size_t length)
{
	int file = openat(directory, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (file < 0 || write(file, text, length) != (ssize_t)length)
		abort();
	close(file);
}

/* The text after the last heading of that path. */
static bool find_file(const char *text, size_t size, const char *path, const char **ret_start,
		      size_t *ret_length)
{
	static const char MARK[] = "=== ";
	const char *end = text + size, *found = NULL, *next;
	size_t length = strlen(path);

	for (const char *at = text; (at = memmem(at, (size_t)(end - at), MARK, 4)); at += 4)
		if ((size_t)(end - at) > 4 + length && memcmp(at + 4, path, length) == 0 &&
		    at[4 + length] == '\n')
			found = at + 4 + length + 1;
	if (!found)
		return false;
	next = memmem(found, (size_t)(end - found), MARK, 4);
	*ret_start = found;
	*ret_length = (size_t)((next ? next : end) - found);
	return true;
}

static void fill_tree(const char *text, size_t size)
{
	int directory = open(top, O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (size_t i = 0; i < ARRAY_SIZE(FILES); i++) {
		const char *start;
		size_t length;

		unlinkat(directory, FILES[i], 0);
		if (find_file(text, size, FILES[i], &start, &length))
			write_file(directory, FILES[i], start, length);
	}
	close(directory);
}

static void judge(struct host *host, struct arena *arena)
{
	CLEANUP(cleanup_observer) struct observer *observer = NULL;
	const struct settings settings = { .listeners_default = ACTION_FLAG };
	struct findings findings;
	struct node node;

	if (observer_new(host, &observer) < 0 ||
	    observer_refresh(observer, OBSERVE_ALL, NOW_NS) < 0)
		return;
	observer_node(observer, &node);
	if (checks_judge(&node, &settings, &(struct check_selection){ 0 }, arena, &findings) == 0 &&
	    !findings.count)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP(cleanup_host) struct host *host = NULL;

	make_tree();
	fill_tree((const char *)data, size);
	if (arena && host_open(top, &host) == 0)
		judge(host, arena);
	return 0;
}
