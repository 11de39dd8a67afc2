/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/host.h"

/* A power of two; a node has a few thousand processes, of which a pass asks for those that listen.
 */
#define BUCKETS 1024

struct entry {
	struct entry *next;
	pid_t pid;
	const struct process *process; /* NULL: asked before, and gone */
};

struct process_table {
	const struct host *host;
	struct arena *arena;
	struct entry *buckets[BUCKETS];
};

struct process_table *process_table_new(const struct host *host, struct arena *arena)
{
	struct process_table *table = arena_alloc(arena, sizeof(*table));

	if (table) {
		table->host = host;
		table->arena = arena;
	}
	return table;
}

const struct process *process_table_get(struct process_table *table, pid_t pid)
{
	struct entry **bucket = &table->buckets[(unsigned)pid & (BUCKETS - 1)];
	struct process *process = NULL;

	for (struct entry *entry = *bucket; entry; entry = entry->next)
		if (entry->pid == pid)
			return entry->process;
	struct entry *entry = arena_alloc(table->arena, sizeof(*entry));

	if (!entry || process_read_owner(table->host, pid, table->arena, &process) == -ENOMEM)
		return NULL;
	*entry = (struct entry){ .next = *bucket, .pid = pid, .process = process };
	*bucket = entry;
	return process;
}
