/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of kernel programs share. Linked to each of them. */
#ifndef TESTS_BPF_WATCH_SUPPORT_H
#define TESTS_BPF_WATCH_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "observe/host.h"
#include "observe/watch.h"

/* A live watch, and what it handed over. */
struct recorder {
	struct host *host;
	struct watch *watch;
	pid_t only_pid;			/* keep the record of this process; 0: of none */
	bool was_seen;			/* that record came */
	size_t execs;			/* of children of this process */
	size_t moves;			/* listeners_moved calls */
	uint64_t gap_lost;		/* in all gaps of the exec stream */
	int64_t gap_from_ns, gap_to_ns; /* of the last one */
	struct exec_record record;	/* its texts are copies */
	char text[64 << 10];
	const char *arguments[16 << 10];
};

/* Opens it. Returns whether that watcher is on; prints why it is not. Off is expected only without
 * privilege or kernel types; for another reason the test fails. */
bool recorder_open(struct recorder *recorder, const char *watcher);
void recorder_close(struct recorder *recorder);
/* Waits for events and handles them, until `is_done` says so or the time is over. Returns whether
 * it did. */
bool recorder_wait(struct recorder *recorder, bool (*is_done)(const struct recorder *recorder),
		   int timeout_ms);
/* Handles what comes in that time. */
void recorder_run(struct recorder *recorder, int time_ms);

/* Starts a program and returns its pid without waiting; -errno. */
pid_t start_program(const char *path, char *const arguments[]);
/* Waits for its end. Returns its exit status, or -errno. */
int end_of(pid_t pid);

/* A TCP listener (AF_INET or AF_INET6, wildcard) on a port that the kernel picks, unless given.
 * Returns its descriptor or -errno. */
int listen_on(int family, bool reuses_port, uint16_t port, uint16_t *ret_port);
/* The inode of a network namespace: "/proc/self/ns/net". */
uint64_t namespace_of(const char *path);

#endif
