/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a unit on a disk that does not run: of those below /run there are none. */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/file_entry.h"
#include "base/limits.h"
#include "base/text.h"
#include "observe/rest/unit_command.h"

/* Those that come first win. */
static const char *const DIRECTORIES[] = {
	"/etc/systemd/system.control", "/etc/systemd/system", "/usr/local/lib/systemd/system",
	"/usr/lib/systemd/system",     "/lib/systemd/system",
};

static int add_file(struct unit_text *unit, const char *path)
{
	struct file_content content;
	int error =
		path ? file_read_in(unit->root, path, SMALL_FILE_BYTES_MAX, unit->arena, &content)
		     : -ENOMEM;

	if (error == 0)
		unit_text_add(unit, content.data);
	return error;
}

struct dropin {
	const char *name, *path;
};

static int compare_dropins(const void *one, const void *other)
{
	return strcmp(((const struct dropin *)one)->name, ((const struct dropin *)other)->name);
}

static bool is_hidden(const struct dropin *dropins, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(dropins[i].name, name))
			return true;
	return false;
}

/* By name, over all directories. */
static int add_dropins(struct unit_text *unit, const char *name)
{
	struct dropin *dropins = NULL;
	size_t count = 0, capacity = 0;
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(DIRECTORIES); i++) {
		const char *directory = arena_printf(unit->arena, "%s/%s.d", DIRECTORIES[i], name);
		struct file_names names = { 0 };

		error = file_names_in(unit->root, directory, FILE_DIRECTORY_MAX, unit->arena,
				      &names);
		if (error < 0 && error != -ENOENT)
			return error;
		for (size_t j = 0; j < names.count; j++) {
			if (!text_ends_with(names.items[j], ".conf") ||
			    is_hidden(dropins, count, names.items[j]))
				continue;
			struct dropin *place = arena_push(unit->arena, &dropins, &count, &capacity,
							  sizeof(*place));

			if (!place)
				return -ENOMEM;
			place->name = names.items[j];
			place->path = arena_printf(unit->arena, "%s/%s", directory, names.items[j]);
		}
	}
	if (count)
		qsort(dropins, count, sizeof(*dropins), compare_dropins);
	error = 0;
	for (size_t i = 0; i < count && error == 0; i++)
		error = add_file(unit, dropins[i].path);
	return error;
}

/* A link to /dev/null, or a file without a word, says that there is no such unit. */
static bool is_masked(struct unit_text *unit, const char *path)
{
	char *target;
	struct stat status;

	if (file_link_in(unit->root, path, unit->arena, &target) == 0 &&
	    text_equal(target, "/dev/null"))
		return true;
	return file_status_in(unit->root, path, &status) == 0 && S_ISREG(status.st_mode) &&
	       status.st_size == 0;
}

static int add_fragment(struct unit_text *unit, const char *name)
{
	int error = -ENOENT;

	for (size_t i = 0; i < ARRAY_SIZE(DIRECTORIES) && error == -ENOENT; i++) {
		const char *path = arena_printf(unit->arena, "%s/%s", DIRECTORIES[i], name);

		if (!path)
			return -ENOMEM;
		if (is_masked(unit, path))
			return -ENOENT;
		error = add_file(unit, path);
	}
	return error;
}

static const char *problem_words(const struct unit_text *unit, int error)
{
	if (!unit->error && !unit->start && error == -ENOENT)
		return "has no ExecStart=";
	if (error == -ENOENT)
		return "needs a file that is not there, and does not start without it";
	if (error == -EINVAL)
		return "has words that this agent does not understand";
	return arena_printf(unit->arena, "cannot be read: %s", file_error_text(error));
}

int unit_command_read(int root, const char *name, struct arena *arena,
		      struct unit_command *ret_command)
{
	struct unit_text unit = { .arena = arena, .root = root };
	struct unit_command command = { 0 };
	int error = add_fragment(&unit, name);

	if (error == -ENOENT)
		return error;
	if (error == 0)
		error = add_dropins(&unit, name);
	if (error == 0)
		error = unit_text_command(&unit, &command);
	if (error == -ENOMEM)
		return error;
	if (error < 0) {
		command = (struct unit_command){ .problem = problem_words(&unit, error) };
		if (!command.problem)
			return -ENOMEM;
	}
	*ret_command = command;
	return 0;
}
