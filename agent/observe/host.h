/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host as files: the live one, or a node tree (--root). Everything that observe/ reads goes
 * through here, so that both are read by the same code and nothing outside the root is ever
 * touched.
 */
#ifndef OBSERVE_HOST_H
#define OBSERVE_HOST_H

#include <stdbool.h>

#include "nodelatch/process.h"

#include "base/arena.h"
#include "base/file.h"

struct host;

/* root_path NULL: the live host. Returns 0 or -errno. */
int host_open(const char *root_path, struct host **ret_host);
void host_free(struct host *host);
bool host_is_tree(const struct host *host);
/* Descriptor of "/", for the functions of base/file.h; borrowed. */
int host_root(const struct host *host);
/* Boot time as seconds since 1970 from /proc/stat; 0 unknown. */
int64_t host_boot_time(const struct host *host);

/* Every pid in /proc, at most PROCESSES_MAX, ascending. Returns 0 or -errno. */
int host_list_pids(const struct host *host, struct arena *arena, pid_t **ret_pids,
		   size_t *ret_count);

/* Everything of struct process that can be read; what cannot stays unknown. Returns 0; -ESRCH: no
 * such process; -ENOMEM. */
int process_read(const struct host *host, pid_t pid, struct arena *arena,
		 struct process **ret_process);
/* The same of one of many that hold a socket: without its arguments where they are long. */
int process_read_owner(const struct host *host, pid_t pid, struct arena *arena,
		       struct process **ret_process);
/* The process's own root directory, for the functions of base/file.h. Returns 0 or -errno. */
int process_root_open(const struct host *host, pid_t pid, int *ret_root);
/* The file that it runs, also where that was removed since. Returns 0 or -errno. */
int process_exe_open(const struct host *host, const struct process *process, int *ret_fd);
/* That of the file, which is not opened for it. Returns 0 or -errno. */
int process_exe_status(const struct host *host, const struct process *process,
		       struct stat *ret_status);
/* Its working directory as it sees it. Returns 0 or -errno. */
int process_working_directory(const struct host *host, pid_t pid, struct arena *arena,
			      char **ret_path);
/* /proc/PID/environ: NUL-separated "NAME=value". Returns 0 or -errno. */
int process_environment(const struct host *host, pid_t pid, struct arena *arena,
			struct file_content *ret_content);
/* The value of one environment variable, NULL when it is not set or cannot be read. */
const char *process_variable(const struct host *host, pid_t pid, const char *name,
			     struct arena *arena);
/* Where this agent reaches a file that the process sees at `path`: "/proc/PID/root/..."; NULL in a
 * tree. */
const char *process_host_path(const struct host *host, pid_t pid, const char *path,
			      struct arena *arena);

/* Whether the process is in the network namespace judged as the host's: PID 1's, unless
 * host_set_netns() named another.
 */
bool process_is_in_host_netns(const struct host *host, const struct process *process);
void host_set_netns(struct host *host, uint64_t inode);
uint64_t host_netns(const struct host *host);

DEFINE_CLEANUP(host, struct host, host_free);

/*
 * Processes of one pass, read once each and kept in the arena.
 */
struct process_table;

struct process_table *process_table_new(const struct host *host, struct arena *arena);
/* NULL when there is no such process (any more). The table's memory is the arena's. */
const struct process *process_table_get(struct process_table *table, pid_t pid);

#endif
