/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/control_plane/manifest.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"

struct words {
	const char **items;
	size_t count;
};

/* Adds a list of texts. false: it is something else, or too long. */
static bool add_texts(const struct document *list, struct words *words)
{
	if (!list || list->kind == DOCUMENT_NULL)
		return true;
	if (list->kind != DOCUMENT_LIST || words->count + list->item_count > ARGUMENTS_MAX)
		return false;
	for (size_t i = 0; i < list->item_count; i++) {
		if (list->items[i]->kind != DOCUMENT_TEXT)
			return false;
		words->items[words->count++] = list->items[i]->text;
	}
	return true;
}

static size_t count_of(const struct document *list)
{
	return list && list->kind == DOCUMENT_LIST ? list->item_count : 0;
}

/* command and args of a container, one after the other. */
static bool read_words(struct arena *arena, const struct document *container, struct words *words)
{
	const struct document *command, *arguments;

	if (container->kind != DOCUMENT_MAPPING)
		return false;
	command = document_get(container, "command");
	arguments = document_get(container, "args");
	words->items = arena_array(arena, count_of(command) + count_of(arguments) + 1,
				   sizeof(*words->items));
	return words->items && add_texts(command, words) && add_texts(arguments, words);
}

static bool names(const struct program *program, const char *word)
{
	for (const char *const *name = program->names; *name; name++)
		if (text_equal(text_base_name(word), *name))
			return true;
	return false;
}

/* Where the program's name stands: first, after a wrapper, or in `hyperkube NAME`. */
static bool find_program(const struct program *program, const struct words *words, size_t *ret_at)
{
	for (size_t i = 0; i < words->count; i++) {
		struct process process = { .arguments = words->items + i,
					   .argument_count = words->count - i };

		/* A wrapper's own flags may have the name as a value: only a word of its own
		 * counts. */
		if (!names(program, words->items[i]) && program_start(program, &process) != 2)
			continue;
		*ret_at = i;
		return true;
	}
	return false;
}

/* A shell's text names it as one word among others. */
static bool mentions(const struct program *program, const struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		for (const char *const *name = program->names; *name; name++) {
			const char *at = strstr(words->items[i], *name);

			if (at && strchr(words->items[i], ' ') &&
			    strchr(" \t\n/", at[strlen(*name)]))
				return true;
		}
	return false;
}

/* $(NAME) stands for a variable of the container. */
static bool has_variables(const struct words *words, size_t from)
{
	for (size_t i = from; i < words->count; i++)
		if (strstr(words->items[i], "$("))
			return true;
	return false;
}

enum manifest_words manifest_words_of(struct arena *arena, const struct document *pod,
				      const struct program *program,
				      struct manifest_start *ret_start)
{
	const struct document *containers = document_at(pod, "spec.containers");

	for (size_t i = 0; i < count_of(containers); i++) {
		struct words words = { 0 };
		size_t at;

		if (!read_words(arena, containers->items[i], &words))
			continue;
		*ret_start = (struct manifest_start){ .container = containers->items[i] };
		if (find_program(program, &words, &at)) {
			ret_start->words = words.items + at;
			ret_start->count = words.count - at;
			return has_variables(&words, at) ? MANIFEST_WRAPPED : MANIFEST_FOUND;
		}
		if (mentions(program, &words))
			return MANIFEST_WRAPPED;
	}
	return MANIFEST_NONE;
}
