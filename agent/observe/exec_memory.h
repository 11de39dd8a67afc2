/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What components were started with, as the kernel saw it: some rewrite their argv, and /proc then
 * shows what they want to be seen. Bounded; what is forgotten is unknown again.
 */
#ifndef OBSERVE_EXEC_MEMORY_H
#define OBSERVE_EXEC_MEMORY_H

#include "nodelatch/observation.h"

#include "base/arena.h"

struct exec_memory;

/* NULL: no memory. */
struct exec_memory *exec_memory_new(void);
void exec_memory_free(struct exec_memory *memory);
/* Remembers an exec; the last one of a process counts. Returns 0 or -ENOMEM. */
int exec_memory_note(struct exec_memory *memory, const struct exec_record *record);
/* The process runs another program from now on; with its pid and start time it keeps them. */
void exec_memory_forget(struct exec_memory *memory, pid_t pid);
/* Execs went unseen: any process may run another program than the one remembered. */
void exec_memory_forget_all(struct exec_memory *memory);
/*
 * Where the process shows another argv than it was started with, gives it back the one it had.
 * One that was too long to be captured whole makes the process's arguments truncated instead.
 * Returns 0 or -ENOMEM.
 */
int exec_memory_apply(const struct exec_memory *memory, struct arena *arena,
		      struct process *process);

#endif
