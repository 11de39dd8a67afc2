/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/files/walk.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"

/* One walk on its way. */
struct way {
	struct walk *walk;
	char at[PATH_MAX]; /* where it is: "" is the root, else "/etc/kubernetes" */
	size_t length;
	const char *rest; /* still to go */
	unsigned links;
	bool follows_last;	 /* what the whole path names is a link */
	struct file_entry entry; /* of where it is */
	const char *name;	 /* of the directory it is in, as it is kept */
	struct path_step steps[PATH_STEPS_MAX];
	size_t step_count;
};

static const char *here(const struct way *way)
{
	return way->length ? way->at : "/";
}

static int remember(struct walk *walk, const char *path, const struct file_entry *entry,
		    const char **ret_name)
{
	struct walk_place *place = arena_push(walk->arena, &walk->seen, &walk->seen_count,
					      &walk->seen_capacity, sizeof(*place));

	if (!place)
		return -ENOMEM;
	*place = (struct walk_place){ arena_text(walk->arena, path), strlen(path), *entry };
	*ret_name = place->path;
	return place->path ? 0 : -ENOMEM;
}

/* Looks at where it is. Files are asked for once, so only what others pass through is kept. */
static int look(struct way *way)
{
	struct walk *walk = way->walk;
	const char *path = here(way);
	size_t length = strlen(path);

	for (size_t i = 0; i < walk->seen_count; i++) {
		const struct walk_place *place = &walk->seen[i];

		if (place->length != length || memcmp(place->path, path, length) != 0)
			continue;
		way->entry = place->entry;
		way->name = place->path;
		return 0;
	}
	int error = file_entry_in(walk->root, path, walk->arena, &way->entry);

	if (error == 0 && (S_ISDIR(way->entry.mode) || S_ISLNK(way->entry.mode)))
		error = remember(walk, path, &way->entry, &way->name);
	return error;
}

static int add_step(struct way *way)
{
	for (size_t i = 0; i < way->step_count; i++)
		if (way->steps[i].path == way->name)
			return 0;
	if (way->step_count == PATH_STEPS_MAX)
		return -ENAMETOOLONG;
	way->steps[way->step_count++] =
		(struct path_step){ way->name, way->entry.mode, way->entry.uid, way->entry.gid };
	return 0;
}

static void leave(struct way *way)
{
	while (way->length && way->at[--way->length] != '/')
		;
	way->at[way->length] = '\0';
}

/* Goes where the link leads; what is left of the path comes after. */
static int follow(struct way *way)
{
	const char *target = way->entry.target;

	if (++way->links > PATH_LINKS_MAX)
		return -ELOOP;
	way->follows_last |= !way->rest[strspn(way->rest, "/")];
	if (!*target)
		return -ENOENT;
	if (*target == '/')
		way->length = 0;
	else
		leave(way);
	way->at[way->length] = '\0';
	way->rest = arena_printf(way->walk->arena, "%s/%s", target, way->rest);
	return way->rest ? look(way) : -ENOMEM;
}

static int enter(struct way *way, const char *name, size_t length)
{
	if (!S_ISDIR(way->entry.mode))
		return -ENOTDIR;
	int error = add_step(way);

	if (error < 0)
		return error;
	if (way->length + 1 + length >= sizeof(way->at))
		return -ENAMETOOLONG;
	way->at[way->length++] = '/';
	memcpy(way->at + way->length, name, length);
	way->length += length;
	way->at[way->length] = '\0';
	error = look(way);
	return error == 0 && S_ISLNK(way->entry.mode) ? follow(way) : error;
}

/* One part of the path. */
static int go_on(struct way *way)
{
	const char *part = way->rest;
	size_t length = strcspn(part, "/");

	way->rest += length;
	if (length == 1 && part[0] == '.')
		return 0;
	if (length != 2 || part[0] != '.' || part[1] != '.')
		return enter(way, part, length);
	leave(way);
	return look(way);
}

static int arrive(const struct way *way, int error, struct walked *walked)
{
	struct arena *arena = way->walk->arena;
	struct path_step *steps = arena_array(arena, way->step_count + 1, sizeof(*steps));

	walked->error = error;
	walked->has_links = way->links > 0;
	walked->is_dangling = error == -ENOENT && way->follows_last;
	walked->path = arena_text(arena, here(way));
	walked->entry = way->entry;
	if (!steps || !walked->path)
		return -ENOMEM;
	memcpy(steps, way->steps, way->step_count * sizeof(*steps));
	walked->steps = steps;
	walked->step_count = way->step_count;
	return 0;
}

int walk_to(struct walk *walk, const char *path, struct walked *ret_walked)
{
	struct way way = { .walk = walk, .rest = path };
	int error = look(&way);

	while (error == 0 && *(way.rest += strspn(way.rest, "/")))
		error = go_on(&way);
	return error == -ENOMEM ? error : arrive(&way, error, ret_walked);
}
