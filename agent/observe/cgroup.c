/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/cgroup.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

#define CONTAINER_ID_LENGTH 64
#define POD_UID_LENGTH	    36

static bool is_hex(const char *text, size_t length)
{
	return strspn(text, "0123456789abcdef") >= length;
}

/* "…kubepods-burstable-pod<uid with _>.slice…" or "…/pod<uid with ->/…"; static pods have 32 hex
 * digits without dashes. */
static int find_pod(const char *path, struct arena *arena, const char **ret_uid)
{
	const char *kubepods = strstr(path, "kubepods");

	for (const char *at = kubepods; at && (at = strstr(at + 1, "pod"));) {
		const char *uid = at + strlen("pod");
		size_t length = strspn(uid, "0123456789abcdef-_");

		if (length != POD_UID_LENGTH && length != 32)
			continue;
		char *copy = arena_copy(arena, uid, length);

		if (!copy)
			return -ENOMEM;
		for (char *c = copy; *c; c++)
			*c = *c == '_' ? '-' : *c;
		*ret_uid = copy;
		return 0;
	}
	return 0;
}

/* 64 hex digits that end a path element, after any runtime's prefix: "cri-containerd-…", "crio-…",
 * "docker-…", "libpod-…". */
static int find_container(const char *path, struct arena *arena, const char **ret_id)
{
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		const char *element = slash + 1;
		size_t length = strcspn(element, "/");

		if (length > strlen(".scope") &&
		    strncmp(element + length - strlen(".scope"), ".scope", strlen(".scope")) == 0)
			length -= strlen(".scope");
		if (length < CONTAINER_ID_LENGTH ||
		    !is_hex(element + length - CONTAINER_ID_LENGTH, CONTAINER_ID_LENGTH))
			continue;
		*ret_id = arena_copy(arena, element + length - CONTAINER_ID_LENGTH,
				     CONTAINER_ID_LENGTH);
		return *ret_id ? 0 : -ENOMEM;
	}
	return 0;
}

/* The innermost element that systemd made for a service, scope, socket or mount; slices only group.
 */
static int find_unit(const char *path, struct arena *arena, const char **ret_unit)
{
	static const char *const suffixes[] = { ".service", ".scope", ".socket", ".mount" };

	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		const char *element = slash + 1;
		char *copy = arena_copy(arena, element, strcspn(element, "/"));

		if (!copy)
			return -ENOMEM;
		for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
			if (text_ends_with(copy, suffixes[i]))
				*ret_unit = copy;
	}
	return 0;
}

/* How much a line "ID:CONTROLLERS:PATH" is worth: hosts with both hierarchies keep processes in the
 * old ones. */
static int rank(const char *controllers, const char *path)
{
	if (strcmp(path, "/") == 0)
		return 0;
	if (*controllers == '\0')
		return 4;
	if (strcmp(controllers, "name=systemd") == 0)
		return 3;
	return strstr(controllers, "pids") ? 2 : strstr(controllers, "memory") ? 1 : 0;
}

static const char *best_path(char *text)
{
	const char *best = NULL;
	int best_rank = -1;

	for (char *line = text, *next; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		char *controllers = strchr(line, ':');
		char *path = controllers ? strchr(controllers + 1, ':') : NULL;

		if (!path)
			continue;
		*path++ = '\0';
		int worth = rank(controllers + 1, path);

		if (worth > best_rank) {
			best = path;
			best_rank = worth;
		}
	}
	return best;
}

int cgroup_describe(const char *text, size_t length, struct arena *arena, struct process *process)
{
	char *copy = arena_copy(arena, text, length);

	if (!copy)
		return -ENOMEM;
	process->cgroup = best_path(copy);
	if (!process->cgroup)
		return 0;
	int error = find_pod(process->cgroup, arena, &process->pod_uid);

	if (error == 0)
		error = find_container(process->cgroup, arena, &process->container_id);
	if (error == 0 && !process->container_id)
		error = find_unit(process->cgroup, arena, &process->unit);
	return error;
}
