/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/guard_private.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <bpf/bpf.h>

static int open_namespace(struct guard *guard, int netns_fd)
{
	struct stat status;

	guard->netns_fd = fcntl(netns_fd, F_DUPFD_CLOEXEC, 3);
	if (guard->netns_fd < 0 || fstat(guard->netns_fd, &status) < 0)
		return -errno;
	if (ioctl(guard->netns_fd, NS_GET_NSTYPE) != CLONE_NEWNET)
		return -EINVAL;
	guard->netns = status.st_ino;
	return 0;
}

static void drop_kept_maps(struct guard *guard)
{
	for (enum kept_map map = 0; map < KEPT_COUNT; map++) {
		cleanup_close(&guard->kept[map]);
		guard->kept[map] = -1;
	}
}

/* All of an earlier agent's maps, or none. */
static void adopt_kept_maps(struct guard *guard)
{
	bool found = true;

	for (enum kept_map map = 0; found && map < KEPT_COUNT; map++)
		found = !pins_get(&guard->pins, kept_map_pin(map), &guard->kept[map]);
	if (!found || !kept_maps_fit(guard->kept))
		drop_kept_maps(guard);
}

static struct guard *new_guard(void)
{
	struct guard *guard = calloc(1, sizeof(*guard));

	if (!guard)
		return NULL;
	guard->netns_fd = guard->link = -1;
	for (enum kept_map map = 0; map < KEPT_COUNT; map++)
		guard->kept[map] = -1;
	guard->scratch = arena_new();
	return guard;
}

static void free_guard(struct guard *guard)
{
	drop_kept_maps(guard);
	cleanup_close(&guard->link);
	cleanup_close(&guard->netns_fd);
	program_free(guard->program);
	if (guard->loaded != guard->wish)
		guard_table_free(guard->loaded);
	guard_table_free(guard->wish);
	arena_free(guard->scratch);
	free(guard);
}

DEFINE_CLEANUP(guard, struct guard, free_guard);

int guard_open(const struct guard_options *options, struct guard **ret_guard)
{
	CLEANUP(cleanup_guard) struct guard *guard = new_guard();
	const char *directory =
		options->pin_directory ? options->pin_directory : GUARD_PIN_DIRECTORY;
	int error;

	if (!guard || !guard->scratch)
		return -ENOMEM;
	error = open_namespace(guard, options->netns_fd);
	if (!error)
		error = pins_init(&guard->pins, directory, guard->netns);
	if (error < 0)
		return error;
	link_adopt(guard);
	adopt_kept_maps(guard);
	*ret_guard = take_ptr(guard);
	return 0;
}

static void unpin(struct guard *guard)
{
	int error = pins_remove(&guard->pins);

	if (error < 0)
		trouble_set(&guard->unpinned, error, "remove the pins by hand",
			    "the pins in %s could not be removed: %s", guard->pins.folder,
			    strerror(-error));
}

static void pin(struct guard *guard)
{
	struct pin wanted[KEPT_COUNT + 1];
	int error;

	for (enum kept_map map = 0; map < KEPT_COUNT; map++)
		wanted[map] = (struct pin){ kept_map_pin(map), guard->kept[map] };
	wanted[KEPT_COUNT] = (struct pin){ PIN_LINK, guard->link };
	error = pins_set(&guard->pins, wanted, KEPT_COUNT + 1);
	if (error == -EMEDIUMTYPE)
		trouble_set(&guard->unpinned, error,
			    "mount -t bpf bpf /sys/fs/bpf, and reload the agent",
			    "%s is not in a BPF file system: ports are refused only while this "
			    "agent runs",
			    guard->pins.directory);
	else if (error < 0)
		trouble_set(&guard->unpinned, error,
			    "see that the BPF file system is writable for root",
			    "the guard could not be pinned in %s (%s): ports are refused only "
			    "while this agent runs",
			    guard->pins.folder, strerror(-error));
}

static void set_loaded(struct guard *guard, struct guard_bpf *program, struct guard_table *table)
{
	program_free(guard->program);
	guard->program = program;
	if (guard->loaded != guard->wish)
		guard_table_free(guard->loaded);
	guard->loaded = table;
}

/* Nothing to guard: the kernel is left without us. */
static void withdraw(struct guard *guard)
{
	unpin(guard);
	cleanup_close(&guard->link);
	guard->link = -1;
	set_loaded(guard, NULL, NULL);
	drop_kept_maps(guard);
}

/* The old program stays attached until the new one, filled, takes its place. */
static int exchange_program(struct guard *guard)
{
	struct guard_bpf *program = NULL;
	int error = program_load(guard->wish, guard->wished_mode, guard->kept, &program);

	if (error < 0)
		return program_load_trouble(&guard->off, error);
	error = link_carry(guard, program);
	if (error < 0) {
		program_free(program);
		return error;
	}
	set_loaded(guard, program, guard->wish);
	return 0;
}

/* The rules are as they were: at most the mode moves, by one write. */
static int keep_program(struct guard *guard)
{
	int error = program_set_mode(guard->program, guard->wished_mode);

	if (error < 0)
		return trouble_set(&guard->off, error, "restart the agent",
				   "the guard's mode could not be set: %s", strerror(-error));
	error = link_carry(guard, guard->program);
	if (!error && guard->loaded != guard->wish) {
		guard_table_free(guard->loaded);
		guard->loaded = guard->wish;
	}
	return error;
}

static void replace_wish(struct guard *guard, struct guard_table *wish, enum policy_mode mode)
{
	if (guard->wish != guard->loaded)
		guard_table_free(guard->wish);
	guard->wish = wish;
	guard->wished_mode = mode == MODE_ENFORCE ? GUARD_ENFORCE : GUARD_AUDIT;
	guard->off = guard->unpinned = (struct trouble){ 0 };
}

int guard_apply(struct guard *guard, const struct settings *settings, int64_t now_ns)
{
	struct guard_table *wish;
	int error = guard_table_new(settings, now_ns, &wish);

	if (error < 0)
		return error;
	replace_wish(guard, wish, settings->mode);
	if (!wish->active_count) {
		withdraw(guard);
		return 0;
	}
	if (guard->program && guard_table_equal(wish, guard->loaded))
		error = keep_program(guard);
	else
		error = exchange_program(guard);
	if (error < 0)
		return error;
	if (guard->wished_mode == GUARD_ENFORCE)
		pin(guard);
	else
		unpin(guard);
	return 0;
}

void guard_release(struct guard *guard, bool keep)
{
	if (!guard)
		return;
	if (!keep)
		unpin(guard);
	free_guard(guard);
}
