/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/cgroup_path.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

#include "base/cleanup.h"
#include "observe/cgroup.h"

#define SLOTS	      128  /* cgroups of a node that exec at the same time; a power of two */
#define PATH_BYTES    512  /* a pod's with the systemd driver: 190 */
#define KERNFS_HANDLE 0xfe /* include/linux/exportfs.h: FILEID_KERNFS */

struct slot {
	uint64_t id; /* 0: free */
	char path[PATH_BYTES];
};

/* One mounted hierarchy. */
struct hierarchy {
	int fd; /* of its mount; -1: not mounted */
	char mount[64];
	struct slot slots[SLOTS];
};

struct cgroup_paths {
	struct hierarchy unified, pids;
};

static void hierarchy_open(struct hierarchy *hierarchy, const char *mount, uint64_t magic)
{
	CLEANUP_CLOSE int fd = open(mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct statfs status;

	if (hierarchy->fd >= 0 || fd < 0 || fstatfs(fd, &status) < 0 ||
	    (uint64_t)status.f_type != magic)
		return;
	hierarchy->fd = take_fd(&fd);
	snprintf(hierarchy->mount, sizeof(hierarchy->mount), "%s", mount);
}

struct cgroup_paths *cgroup_paths_new(void)
{
	struct cgroup_paths *paths = calloc(1, sizeof(*paths));

	if (!paths)
		return NULL;
	paths->unified.fd = paths->pids.fd = -1;
	hierarchy_open(&paths->unified, "/sys/fs/cgroup", CGROUP2_SUPER_MAGIC);
	hierarchy_open(&paths->unified, "/sys/fs/cgroup/unified", CGROUP2_SUPER_MAGIC);
	hierarchy_open(&paths->pids, "/sys/fs/cgroup/pids", CGROUP_SUPER_MAGIC);
	return paths;
}

void cgroup_paths_free(struct cgroup_paths *paths)
{
	if (!paths)
		return;
	cleanup_close(&paths->unified.fd);
	cleanup_close(&paths->pids.fd);
	free(paths);
}

/* Where the cgroup is, below its mount; asks the kernel. Returns 0 or -errno. */
static int read_path(const struct hierarchy *hierarchy, uint64_t id, char ret_path[PATH_BYTES])
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + sizeof(id)];
	} name = { .handle = { .handle_bytes = sizeof(id), .handle_type = KERNFS_HANDLE } };
	char link[32], path[PATH_BYTES + sizeof(hierarchy->mount)];
	size_t mount = strlen(hierarchy->mount);

	memcpy(name.handle.f_handle, &id, sizeof(id));
	CLEANUP_CLOSE int fd =
		open_by_handle_at(hierarchy->fd, &name.handle, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, path, sizeof(path) - 1);

	if (length < 0)
		return -errno;
	path[length] = '\0';
	if ((size_t)length >= PATH_BYTES || strncmp(path, hierarchy->mount, mount) != 0)
		return -ENAMETOOLONG;
	snprintf(ret_path, PATH_BYTES, "%s", path[mount] ? path + mount : "/");
	return 0;
}

/* NULL when there is no such cgroup. */
static const char *find_path(struct hierarchy *hierarchy, uint64_t id)
{
	struct slot *slot = &hierarchy->slots[(id ^ id >> 7) & (SLOTS - 1)];

	if (hierarchy->fd < 0 || !id)
		return NULL;
	if (slot->id == id)
		return slot->path;
	slot->id = 0;
	if (read_path(hierarchy, id, slot->path) < 0)
		return NULL;
	slot->id = id;
	return slot->path;
}

int cgroup_paths_describe(struct cgroup_paths *paths, uint64_t unified_id, uint64_t pids_id,
			  struct arena *arena, struct process *process)
{
	const char *unified = find_path(&paths->unified, unified_id);
	const char *pids = find_path(&paths->pids, pids_id);
	char text[2 * PATH_BYTES + 16] = "";
	int length = 0;

	if (pids)
		length = snprintf(text, sizeof(text), "1:pids:%s\n", pids);
	if (unified)
		length +=
			snprintf(text + length, sizeof(text) - (size_t)length, "0::%s\n", unified);
	return cgroup_describe(text, (size_t)length, arena, process);
}
