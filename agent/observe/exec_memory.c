/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/exec_memory.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"

struct remembered {
	pid_t pid; /* 0: a free place */
	uint64_t start_ticks;
	uint32_t bytes; /* of the whole argv */
	bool is_whole;	/* the words are all of it */
	char *words;	/* one after another, each with its NUL */
	size_t count;
};

struct exec_memory {
	struct remembered items[EXEC_MEMORY_MAX];
	size_t next; /* the place that is given away when all are taken: the oldest */
};

struct exec_memory *exec_memory_new(void)
{
	return calloc(1, sizeof(struct exec_memory));
}

void exec_memory_free(struct exec_memory *memory)
{
	for (size_t i = 0; memory && i < EXEC_MEMORY_MAX; i++)
		free(memory->items[i].words);
	free(memory);
}

static void forget(struct remembered *item)
{
	free(item->words);
	*item = (struct remembered){ 0 };
}

void exec_memory_forget(struct exec_memory *memory, pid_t pid)
{
	for (size_t i = 0; i < EXEC_MEMORY_MAX; i++)
		if (memory->items[i].pid == pid)
			forget(&memory->items[i]);
}

void exec_memory_forget_all(struct exec_memory *memory)
{
	for (size_t i = 0; i < EXEC_MEMORY_MAX; i++)
		forget(&memory->items[i]);
}

static struct remembered *place_for(struct exec_memory *memory, pid_t pid)
{
	for (size_t i = 0; i < EXEC_MEMORY_MAX; i++)
		if (memory->items[i].pid == pid)
			return &memory->items[i];
	struct remembered *oldest = &memory->items[memory->next];

	memory->next = (memory->next + 1) % EXEC_MEMORY_MAX;
	return oldest;
}

static size_t words_length(const struct process *process)
{
	size_t length = 0;

	for (size_t i = 0; i < process->argument_count; i++)
		length += strlen(process->arguments[i]) + 1;
	return length;
}

int exec_memory_note(struct exec_memory *memory, const struct exec_record *record)
{
	const struct process *process = &record->process;
	char *words = malloc(words_length(process) + 1), *at = words;

	if (!words)
		return -ENOMEM;
	for (size_t i = 0; i < process->argument_count; i++) {
		size_t length = strlen(process->arguments[i]) + 1;

		memcpy(at, process->arguments[i], length);
		at += length;
	}
	struct remembered *place = place_for(memory, process->pid);

	forget(place);
	*place = (struct remembered){
		.pid = process->pid,
		.start_ticks = process->start_ticks,
		.bytes = record->argument_bytes,
		.is_whole = !record->arguments_truncated && !record->arguments_unreadable,
		.words = words,
		.count = process->argument_count,
	};
	return 0;
}

static bool shows_the_same(const struct remembered *item, const struct process *process)
{
	const char *word = item->words;

	/* Of one that is not whole only the length is compared: rewriting seldom keeps it. */
	if (!item->is_whole)
		return item->bytes && item->bytes == words_length(process);
	for (size_t i = 0; i < item->count && i < process->argument_count; i++) {
		if (!text_equal(word, process->arguments[i]))
			return false;
		word += strlen(word) + 1;
	}
	return item->count == process->argument_count;
}

static int restore(const struct remembered *item, struct arena *arena, struct process *process)
{
	const char **arguments = arena_array(arena, item->count + 1, sizeof(*arguments));
	const char *word = item->words;

	for (size_t i = 0; arguments && i < item->count; i++) {
		arguments[i] = arena_text(arena, word);
		if (!arguments[i])
			return -ENOMEM;
		word += strlen(word) + 1;
	}
	if (!arguments)
		return -ENOMEM;
	process->arguments = arguments;
	process->argument_count = item->count;
	return 0;
}

int exec_memory_apply(const struct exec_memory *memory, struct arena *arena,
		      struct process *process)
{
	for (size_t i = 0; memory && i < EXEC_MEMORY_MAX; i++) {
		const struct remembered *item = &memory->items[i];

		if (item->pid != process->pid || item->start_ticks != process->start_ticks ||
		    shows_the_same(item, process))
			continue;
		process->arguments_rewritten = true;
		process->arguments_truncated |= !item->is_whole;

		return item->is_whole ? restore(item, arena, process) : 0;
	}
	return 0;
}
