/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/host.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "observe/cgroup.h"

struct host {
	int root;
	bool is_tree;
	int64_t boot_time;
	uint64_t netns;
};

/* "net:[4026531992]" */
static uint64_t namespace_inode(const struct host *host, pid_t pid, const char *kind,
				struct arena *arena)
{
	char *target;
	uint64_t inode = 0;

	if (file_link_in(host->root, arena_printf(arena, "/proc/%d/ns/%s", pid, kind), arena,
			 &target) < 0)
		return 0;
	char *open = strchr(target, '['), *close = strchr(target, ']');

	if (!open || !close)
		return 0;
	*close = '\0';
	return text_to_unsigned(open + 1, UINT64_MAX, &inode) < 0 ? 0 : inode;
}

static int64_t read_boot_time(const struct host *host, struct arena *arena)
{
	struct file_content content;
	uint64_t seconds = 0;

	if (file_read_in(host->root, "/proc/stat", CONFIG_BYTES_MAX, arena, &content) < 0)
		return 0;
	char *line = strstr(content.data, "btime ");

	if (!line)
		return 0;
	line += strlen("btime ");
	line[strspn(line, "0123456789")] = '\0';
	return text_to_unsigned(line, INT64_MAX / NS_PER_S, &seconds) < 0 ? 0 : (int64_t)seconds;
}

int host_open(const char *root_path, struct host **ret_host)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP(cleanup_host) struct host *host = calloc(1, sizeof(*host));

	if (!arena || !host)
		return -ENOMEM;
	host->root = -1;
	host->is_tree = root_path != NULL;
	int error = file_root_open(root_path ? root_path : "/", &host->root);

	if (error < 0)
		return error;
	host->boot_time = read_boot_time(host, arena);
	host->netns = namespace_inode(host, 1, "net", arena);
	if (!host->netns && !host->is_tree)
		host->netns = namespace_inode(host, getpid(), "net", arena);
	*ret_host = take_ptr(host);
	return 0;
}

void host_free(struct host *host)
{
	if (!host)
		return;
	cleanup_close(&host->root);
	free(host);
}

bool host_is_tree(const struct host *host)
{
	return host->is_tree;
}

int host_root(const struct host *host)
{
	return host->root;
}

int64_t host_boot_time(const struct host *host)
{
	return host->boot_time;
}

void host_set_netns(struct host *host, uint64_t inode)
{
	host->netns = inode;
}

uint64_t host_netns(const struct host *host)
{
	return host->netns;
}

bool process_is_in_host_netns(const struct host *host, const struct process *process)
{
	return !host->netns || !process->netns || host->netns == process->netns;
}

static int compare_pids(const void *one, const void *other)
{
	pid_t a = *(const pid_t *)one, b = *(const pid_t *)other;

	return (a > b) - (a < b);
}

static void cleanup_closedir(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

int host_list_pids(const struct host *host, struct arena *arena, pid_t **ret_pids,
		   size_t *ret_count)
{
	CLEANUP(cleanup_closedir) DIR *directory = NULL;
	size_t count = 0, capacity = 0;
	pid_t *pids = NULL;
	int fd, error = file_open_in(host->root, "/proc", O_RDONLY | O_DIRECTORY, &fd);

	if (error < 0)
		return error;
	directory = fdopendir(fd);
	if (!directory) {
		cleanup_close(&fd);
		return -errno;
	}
	for (struct dirent *entry; (entry = readdir(directory)) && count < PROCESSES_MAX;) {
		uint64_t pid;

		if (text_to_unsigned(entry->d_name, INT32_MAX, &pid) < 0)
			continue;
		pid_t *place = arena_push(arena, &pids, &count, &capacity, sizeof(*pids));

		if (!place)
			return -ENOMEM;
		*place = (pid_t)pid;
	}
	if (count)
		qsort(pids, count, sizeof(*pids), compare_pids);
	*ret_pids = pids;
	*ret_count = count;
	return 0;
}

int process_root_open(const struct host *host, pid_t pid, int *ret_root)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	char *target;

	if (!arena)
		return -ENOMEM;
	char *link = arena_printf(arena, "/proc/%d/root", pid);

	/* On the live host the link is the kernel's own way into the process's mount namespace. */
	if (!host->is_tree)
		return file_root_open(link, ret_root);
	int error = file_link_in(host->root, link, arena, &target);

	if (error == -ENOENT)
		return file_root_open_in(host->root, "/", ret_root);
	return error < 0 ? error : file_root_open_in(host->root, target, ret_root);
}

int process_exe_open(const struct host *host, const struct process *process, int *ret_fd)
{
	CLEANUP_CLOSE int root = -1;
	char link[32];

	/* On the live host the link is the kernel's own way to the very file that runs. */
	if (!host->is_tree) {
		snprintf(link, sizeof(link), "/proc/%d/exe", process->pid);
		int fd = open(link, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

		if (fd < 0)
			return -errno;
		*ret_fd = fd;
		return 0;
	}
	if (!process->exe)
		return -ENOENT;
	int error = process_root_open(host, process->pid, &root);

	return error < 0 ? error : file_open_in(root, process->exe, O_RDONLY, ret_fd);
}

int process_exe_status(const struct host *host, const struct process *process,
		       struct stat *ret_status)
{
	CLEANUP_CLOSE int root = -1;
	char link[32];

	if (!host->is_tree) {
		snprintf(link, sizeof(link), "/proc/%d/exe", process->pid);
		return stat(link, ret_status) < 0 ? -errno : 0;
	}
	if (!process->exe)
		return -ENOENT;
	int error = process_root_open(host, process->pid, &root);

	return error < 0 ? error : file_status_in(root, process->exe, ret_status);
}

/*
 * The kernel shows links of a process that is merely chrooted with the root's path in front.
 */
static const char *below_root(const struct host *host, pid_t pid, const char *path,
			      struct arena *arena)
{
	char *root;

	if (host->is_tree ||
	    file_link_in(host->root, arena_printf(arena, "/proc/%d/root", pid), arena, &root) < 0)
		return path;
	size_t length = strlen(root);

	if (length > 1 && strncmp(path, root, length) == 0 && path[length] == '/')
		return path + length;
	return path;
}

int process_working_directory(const struct host *host, pid_t pid, struct arena *arena,
			      char **ret_path)
{
	char *target;
	int error =
		file_link_in(host->root, arena_printf(arena, "/proc/%d/cwd", pid), arena, &target);

	if (error < 0)
		return error;
	*ret_path = arena_text(arena, below_root(host, pid, target, arena));
	return *ret_path ? 0 : -ENOMEM;
}

int process_environment(const struct host *host, pid_t pid, struct arena *arena,
			struct file_content *ret_content)
{
	return file_read_in(host->root, arena_printf(arena, "/proc/%d/environ", pid),
			    CMDLINE_BYTES_MAX, arena, ret_content);
}

const char *process_variable(const struct host *host, pid_t pid, const char *name,
			     struct arena *arena)
{
	struct file_content content;
	size_t length = strlen(name);

	if (process_environment(host, pid, arena, &content) < 0)
		return NULL;
	for (const char *entry = content.data; entry < content.data + content.length;
	     entry += strlen(entry) + 1)
		if (strncmp(entry, name, length) == 0 && entry[length] == '=')
			return entry + length + 1;
	return NULL;
}

const char *process_host_path(const struct host *host, pid_t pid, const char *path,
			      struct arena *arena)
{
	return host->is_tree ? NULL : arena_printf(arena, "/proc/%d/root%s", pid, path);
}

static int read_arguments(const struct host *host, size_t max, struct arena *arena,
			  struct process *process)
{
	struct file_content content;
	size_t count = 0, capacity = 0;
	const char **arguments = NULL;
	int error = file_read_in(host->root, arena_printf(arena, "/proc/%d/cmdline", process->pid),
				 max, arena, &content);

	if (error == -ENOMEM)
		return error;
	if (error < 0) {
		process->arguments_truncated = error == -EFBIG;
		return 0;
	}
	for (size_t at = 0; at < content.length; at += strlen(content.data + at) + 1) {
		if (count == PROCESS_ARGUMENTS_MAX) {
			process->arguments_truncated = true;
			break;
		}
		const char **place =
			arena_push(arena, &arguments, &count, &capacity, sizeof(*arguments));

		if (!place)
			return -ENOMEM;
		*place = content.data + at;
	}
	process->arguments = arguments;
	process->argument_count = count;
	return 0;
}

/* The n-th space-separated field after the closing parenthesis of the name; the state is the third
 * of the file. */
static uint64_t field_of_stat(const char *after_name, unsigned field)
{
	char digits[24];
	uint64_t number;

	for (unsigned at = 3; at < field && after_name; at++) {
		after_name = strchr(after_name, ' ');
		after_name = after_name ? after_name + 1 : NULL;
	}
	if (!after_name)
		return 0;
	size_t length = strspn(after_name, "0123456789");

	if (!length || length >= sizeof(digits))
		return 0;
	memcpy(digits, after_name, length);
	digits[length] = '\0';
	return text_to_unsigned(digits, UINT64_MAX, &number) < 0 ? 0 : number;
}

/* 0 where the sum is no time at all: unknown. */
static int64_t started_at(int64_t booted_at_ns, uint64_t ticks)
{
	int64_t since_boot_ns, started_at_ns;

	if (__builtin_mul_overflow(ticks, NS_PER_S / 100, &since_boot_ns) ||
	    __builtin_add_overflow(booted_at_ns, since_boot_ns, &started_at_ns))
		return 0;
	return started_at_ns;
}

/* The name may hold anything, parentheses and newlines too: it ends at the last ')'. */
static int read_stat(const struct host *host, struct arena *arena, struct process *process)
{
	struct file_content content;
	int error = file_read_in(host->root, arena_printf(arena, "/proc/%d/stat", process->pid),
				 SMALL_FILE_BYTES_MAX, arena, &content);

	if (error < 0)
		return error;
	char *open = strchr(content.data, '('), *close = strrchr(content.data, ')');

	if (!open || !close || close < open || close[1] != ' ')
		return 0;
	process->name = arena_copy(arena, open + 1, (size_t)(close - open - 1));
	process->parent_pid = (pid_t)field_of_stat(close + 2, 4);
	process->start_ticks = field_of_stat(close + 2, 22);
	if (process->start_ticks && !host->is_tree)
		process->started_at_ns = started_at(time_boot_offset_ns(), process->start_ticks);
	else if (process->start_ticks && host->boot_time)
		process->started_at_ns =
			started_at(host->boot_time * NS_PER_S, process->start_ticks);
	return 0;
}

static void read_effective_uid(const struct host *host, struct arena *arena,
			       struct process *process)
{
	struct file_content content;
	uint64_t uid;

	process->uid = (uid_t)-1;
	if (file_read_in(host->root, arena_printf(arena, "/proc/%d/status", process->pid),
			 SMALL_FILE_BYTES_MAX, arena, &content) < 0)
		return;
	char *line = strstr(content.data, "\nUid:");

	if (!line)
		return;
	line += strlen("\nUid:");
	line += strspn(line, " \t");
	line += strspn(line, "0123456789");
	line += strspn(line, " \t");
	line[strspn(line, "0123456789")] = '\0';
	if (text_to_unsigned(line, UINT32_MAX, &uid) == 0)
		process->uid = (uid_t)uid;
}

static void read_exe(const struct host *host, struct arena *arena, struct process *process)
{
	static const char deleted[] = " (deleted)";
	char *target;

	if (file_link_in(host->root, arena_printf(arena, "/proc/%d/exe", process->pid), arena,
			 &target) < 0)
		return;
	/* The program was replaced on disk, by an upgrade say; it still is that program. */
	if (!host->is_tree && text_ends_with(target, deleted))
		target[strlen(target) - strlen(deleted)] = '\0';
	process->exe = below_root(host, process->pid, target, arena);
}

static int read_cgroup(const struct host *host, struct arena *arena, struct process *process)
{
	struct file_content content;

	if (file_read_in(host->root, arena_printf(arena, "/proc/%d/cgroup", process->pid),
			 SMALL_FILE_BYTES_MAX, arena, &content) < 0)
		return 0;
	return cgroup_describe(content.data, content.length, arena, process);
}

static int read_process(const struct host *host, pid_t pid, size_t argument_bytes_max,
			struct arena *arena, struct process **ret_process)
{
	struct process *process = arena_alloc(arena, sizeof(*process));

	if (!process)
		return -ENOMEM;
	process->pid = pid;
	process->name = "";
	int error = read_stat(host, arena, process);

	/* A captured tree may lack stat; a live process without it is gone. */
	if (error < 0 && (!host->is_tree || error == -ENOMEM))
		return error == -ENOMEM ? error : -ESRCH;
	error = read_arguments(host, argument_bytes_max, arena, process);
	if (error < 0)
		return error;
	read_effective_uid(host, arena, process);
	read_exe(host, arena, process);
	process->netns = namespace_inode(host, pid, "net", arena);
	process->mntns = namespace_inode(host, pid, "mnt", arena);
	process->pidns = namespace_inode(host, pid, "pid", arena);
	error = read_cgroup(host, arena, process);
	if (error < 0)
		return error;
	*ret_process = process;
	return 0;
}

int process_read(const struct host *host, pid_t pid, struct arena *arena,
		 struct process **ret_process)
{
	return read_process(host, pid, CMDLINE_BYTES_MAX, arena, ret_process);
}

int process_read_owner(const struct host *host, pid_t pid, struct arena *arena,
		       struct process **ret_process)
{
	return read_process(host, pid, OWNER_ARGUMENT_BYTES_MAX, arena, ret_process);
}
