/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/pins.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <bpf/bpf.h>

#include "base/cleanup.h"
#include "base/text.h"

static void close_folder(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}

static int format_path(char *path, const char *folder, const char *name, const char *suffix)
{
	int length = snprintf(path, PIN_PATH_BYTES, "%s/%s%s", folder, name, suffix);

	return length < 0 || length >= PIN_PATH_BYTES ? -ENAMETOOLONG : 0;
}

int pins_init(struct pins *pins, const char *directory, uint64_t netns)
{
	char name[32];

	snprintf(name, sizeof(name), "netns-%llu", (unsigned long long)netns);
	if (strlen(directory) >= sizeof(pins->directory))
		return -ENAMETOOLONG;
	memcpy(pins->directory, directory, strlen(directory) + 1);
	return format_path(pins->folder, directory, name, "");
}

int kernel_object_id(int fd, uint32_t *ret_id)
{
	/* how bpf_map_info, bpf_prog_info and bpf_link_info all begin */
	struct {
		uint32_t type, id;
	} info = { 0 };
	uint32_t length = sizeof(info);
	int error = bpf_obj_get_info_by_fd(fd, &info, &length);

	if (error < 0)
		return error;
	*ret_id = info.id;
	return 0;
}

int pins_get(const struct pins *pins, const char *name, int *ret_fd)
{
	char path[PIN_PATH_BYTES];
	int error = format_path(path, pins->folder, name, "");
	int fd = error < 0 ? error : bpf_obj_get(path);

	if (fd < 0)
		return fd;
	*ret_fd = fd;
	return 0;
}

int pins_check(const struct pins *pins, const struct pin *pin)
{
	CLEANUP_CLOSE int pinned = -1;
	uint32_t pinned_id = 0, id = 0;
	int error = pins_get(pins, pin->name, &pinned);

	if (!error)
		error = kernel_object_id(pinned, &pinned_id);
	if (!error)
		error = kernel_object_id(pin->fd, &id);
	if (error < 0)
		return error;
	return pinned_id == id ? 0 : -ESTALE;
}

static bool is_bpf_file_system(const char *path)
{
	struct statfs status;

	return !statfs(path, &status) && (unsigned long)status.f_type == BPF_FS_MAGIC;
}

/* Only root may look into the folders: who can open a pin can change what it pins. */
static int make_folder(const char *path)
{
	return mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

static int make_folders(const struct pins *pins)
{
	char parent[PIN_PATH_BYTES];
	const char *name = text_base_name(pins->directory);
	int error;

	snprintf(parent, sizeof(parent), "%.*s/.", (int)(name - pins->directory), pins->directory);
	if (!is_bpf_file_system(pins->directory) && !is_bpf_file_system(parent))
		return -EMEDIUMTYPE;
	error = make_folder(pins->directory);
	return error < 0 ? error : make_folder(pins->folder);
}

static int set_one(const struct pins *pins, const struct pin *pin)
{
	char path[PIN_PATH_BYTES], fresh[PIN_PATH_BYTES];
	int error = format_path(path, pins->folder, pin->name, "");

	if (!error)
		error = format_path(fresh, pins->folder, pin->name, "-new");
	if (error < 0 || !pins_check(pins, pin))
		return error;
	unlink(fresh); /* of an agent that died between the next two steps */
	error = bpf_obj_pin(pin->fd, fresh);
	if (error < 0)
		return error;
	return rename(fresh, path) < 0 ? -errno : 0;
}

static bool is_wanted(const char *name, const struct pin *wanted, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(name, wanted[i].name))
			return true;
	return text_equal(name, ".") || text_equal(name, "..");
}

/* Removes what is not wanted: pins of another layout, or all of them. */
static int sweep(const struct pins *pins, const struct pin *wanted, size_t count)
{
	CLEANUP(close_folder) DIR *folder = opendir(pins->folder);
	const struct dirent *entry;
	int error = 0;

	if (!folder)
		return errno == ENOENT ? 0 : -errno;
	while ((entry = readdir(folder)))
		if (!is_wanted(entry->d_name, wanted, count) &&
		    unlinkat(dirfd(folder), entry->d_name, 0) < 0 && errno != ENOENT)
			error = -errno;
	return error;
}

int pins_set(const struct pins *pins, const struct pin *pins_wanted, size_t count)
{
	int error = make_folders(pins);

	for (size_t i = 0; !error && i < count; i++)
		error = set_one(pins, &pins_wanted[i]);
	return error < 0 ? error : sweep(pins, pins_wanted, count);
}

int pins_remove(const struct pins *pins)
{
	int error = sweep(pins, NULL, 0);

	if (error < 0)
		return error;
	if (rmdir(pins->folder) == 0)
		rmdir(pins->directory); /* not while another namespace's or watcher's pins are in it
					 */
	return 0;
}
