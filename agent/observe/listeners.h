/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every listening socket of the node, in every network namespace, with all its owners: TCP in
 * LISTEN, UDP bound and not connected. Sockets that no process holds are there too, without owners.
 *
 * Two ways to the same answer: the kernel's iterators, and /proc (or a node tree), where whether an
 * IPv6 wildcard takes IPv4 is not told and is taken to be so.
 */
#ifndef OBSERVE_LISTENERS_H
#define OBSERVE_LISTENERS_H

#include <stddef.h>

#include "nodelatch/listener.h"

#include "base/arena.h"
#include "observe/host.h"

struct listener_list {
	struct listener *items;
	size_t count;
	const char *method; /* how it was read: "BPF iterators", "/proc", "the node tree" */
};

/*
 * Reads once. Everything lives in the arena, sorted by namespace, protocol, address and port.
 *
 * One reading of /proc is cheaper than loading programs to the kernel for it, so this one always
 * goes there. Returns 0; -ENOENT: no socket table could be read; -E2BIG: more than LISTENERS_MAX
 * sockets; or -errno.
 */
int listeners_read(const struct host *host, struct process_table *processes, struct arena *arena,
		   struct listener_list *ret_list);

/*
 * Reads again and again, by iterators that stay loaded: sees every owner in every namespace each
 * time. Listeners without an owner can only be seen from inside their namespace, so each reading
 * visits the host's namespace, those where there were some before, and one of the others in turn;
 * the first visits all.
 */
struct listener_reader;

/* Returns 0, or -errno where the kernel refuses: listener_reader_problem() then says why in words,
 * and listeners_read() is the way to go on. */
int listener_reader_open(const struct host *host, struct listener_reader **ret_reader);
/* One sentence for an error of the function above. */
const char *listener_reader_problem(int error, struct arena *arena);
void listener_reader_close(struct listener_reader *reader);
/* As listeners_read(). */
int listener_reader_read(struct listener_reader *reader, struct process_table *processes,
			 struct arena *arena, struct listener_list *ret_list);

DEFINE_CLEANUP(listener_reader, struct listener_reader, listener_reader_close);

#endif
