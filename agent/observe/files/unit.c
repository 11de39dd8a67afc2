/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of a systemd unit: its fragment, its drop-ins, and the files of variables they name.
 * Source: systemd.unit(5), systemd.exec(5).
 */
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "observe/files/parts.h"
#include "observe/files/unit_file.h"

static const char UNIT[] = "kubelet-unit";

/* Those that come first win. */
static const char *const DIRECTORIES[] = {
	"/etc/systemd/system.control", "/run/systemd/system.control",
	"/run/systemd/transient",      "/run/systemd/generator.early",
	"/etc/systemd/system",	       "/etc/systemd/system.attached",
	"/run/systemd/system",	       "/run/systemd/system.attached",
	"/run/systemd/generator",      "/usr/local/lib/systemd/system",
	"/usr/lib/systemd/system",     "/lib/systemd/system",
	"/run/systemd/generator.late",
};

/* One unit while its files are found. */
struct unit {
	struct collector *collector;
	const char *name;
	const char **dropins; /* their names: one hides another of a later directory */
	size_t dropin_count, dropin_capacity;
	const char **environment;
	size_t environment_count, environment_capacity;
};

static void push(struct unit *unit, const char ***items, size_t *count, size_t *capacity,
		 const char *text)
{
	const char **place =
		arena_push(unit->collector->arena, items, count, capacity, sizeof(*place));

	if (place)
		*place = text;
	else
		unit->collector->error = -ENOMEM;
}

static void read_environment(struct unit *unit, const char *path)
{
	struct collector *collector = unit->collector;
	struct file_content content;
	const char *file;
	int found;

	if (file_read_in(collector->walk.root, path, SMALL_FILE_BYTES_MAX, collector->arena,
			 &content) < 0)
		return;
	struct unit_reader reader = { .rest = content.data, .arena = collector->arena };

	while ((found = unit_next_environment(&reader, &file)) > 0) {
		if (*file)
			push(unit, &unit->environment, &unit->environment_count,
			     &unit->environment_capacity, file);
		else
			unit->environment_count = 0;
	}
	if (found < 0)
		collector->error = found;
}

static bool add_unit_file(struct unit *unit, const char *path)
{
	const struct file_fact *fact =
		collector_add_existing(unit->collector, UNIT, path, CONTENT_PLAIN);

	if (fact && fact->status == FILE_READ)
		read_environment(unit, fact->path);
	return fact != NULL;
}

/* The first one there is in use. */
static void add_fragment(struct unit *unit, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(DIRECTORIES) && !unit->collector->error; i++)
		if (add_unit_file(unit,
				  collector_printf(unit->collector, "%s/%s", DIRECTORIES[i], name)))
			return;
}

static bool is_hidden(const struct unit *unit, const char *name)
{
	for (size_t i = 0; i < unit->dropin_count; i++)
		if (text_equal(unit->dropins[i], name))
			return true;
	return false;
}

static void add_dropins_of(struct unit *unit, const char *directory)
{
	struct collector *collector = unit->collector;
	struct file_names names = { 0 };
	int error = file_names_in(collector->walk.root, directory, FILE_DIRECTORY_MAX,
				  collector->arena, &names);

	if (error == -ENOMEM)
		collector->error = error;
	else if (error < 0 && error != -ENOENT)
		collector_add(collector, UNIT, directory, CONTENT_PLAIN);
	for (size_t i = 0; i < names.count && !collector->error; i++) {
		if (!text_ends_with(names.items[i], ".conf") || is_hidden(unit, names.items[i]))
			continue;
		push(unit, &unit->dropins, &unit->dropin_count, &unit->dropin_capacity,
		     names.items[i]);
		add_unit_file(unit,
			      collector_printf(collector, "%s/%s", directory, names.items[i]));
	}
}

static void add_dropins(struct unit *unit, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(DIRECTORIES) && !unit->collector->error; i++)
		add_dropins_of(unit,
			       collector_printf(unit->collector, "%s/%s.d", DIRECTORIES[i], name));
}

/* A glob in the last part of the path. */
static void add_matching(struct unit *unit, const char *path)
{
	struct collector *collector = unit->collector;
	const char *pattern = text_base_name(path);
	const char *directory =
		collector_printf(collector, "%.*s", (int)(pattern - path - 1), path);
	struct file_names names = { 0 };

	if (file_names_in(collector->walk.root, *directory ? directory : "/", FILE_DIRECTORY_MAX,
			  collector->arena, &names) == -ENOMEM)
		collector->error = -ENOMEM;
	for (size_t i = 0; i < names.count && !collector->error; i++)
		if (text_matches_glob(names.items[i], pattern))
			collector_add_existing(
				collector, UNIT,
				collector_printf(collector, "%s/%s", directory, names.items[i]),
				CONTENT_PLAIN);
}

static void add_environment(struct unit *unit)
{
	for (size_t i = 0; i < unit->environment_count && !unit->collector->error; i++) {
		const char *path = unit->environment[i];

		if (strpbrk(path, "*?["))
			add_matching(unit, path);
		else
			collector_add_existing(unit->collector, UNIT, path, CONTENT_PLAIN);
	}
}

void collect_unit(struct collector *collector, const char *name)
{
	struct unit unit = { .collector = collector, .name = name };
	const char *at = strchr(name, '@'), *dot = strrchr(name, '.');

	if (!text_ends_with(name, ".service") || strchr(name, '/'))
		return;
	add_fragment(&unit, name);
	/* An instance is made from its template. */
	const char *template =
		at ? collector_printf(collector, "%.*s@%s", (int)(at - name), name, dot) : NULL;

	if (template)
		add_fragment(&unit, template);
	add_dropins(&unit, name);
	if (template)
		add_dropins(&unit, template);
	add_dropins(&unit, "service");
	add_environment(&unit);
}
