/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/guard_private.h"

#include <fcntl.h>
#include <stdarg.h>

#include <bpf/bpf.h>
#include <guard.skel.h>

DEFINE_CLEANUP(program, struct guard_bpf, guard_bpf__destroy);

#define PIN_NAME_(layout, name) "v" #layout "-" name
#define PIN_NAME(layout, name)	PIN_NAME_(layout, name)

int trouble_set(struct trouble *trouble, int error, const char *remedy, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(trouble->problem, sizeof(trouble->problem), format, arguments);
	va_end(arguments);
	trouble->remedy = remedy;
	return error;
}

const char *kept_map_pin(enum kept_map map)
{
	static const char *const names[KEPT_COUNT] = {
		[KEPT_CLIENTS] = PIN_NAME(GUARD_LAYOUT, "clients"),
		[KEPT_TOTALS] = PIN_NAME(GUARD_LAYOUT, "totals"),
		[KEPT_REPORTED] = PIN_NAME(GUARD_LAYOUT, "reported"),
	};

	return names[map];
}

static struct bpf_map *kept_map(const struct guard_bpf *program, enum kept_map map)
{
	switch (map) {
	case KEPT_CLIENTS:
		return program->maps.clients;
	case KEPT_TOTALS:
		return program->maps.totals;
	case KEPT_REPORTED:
	default:
		return program->maps.reported;
	}
}

static bool map_fits(const struct bpf_map *ours, int fd)
{
	struct bpf_map_info info = { 0 };
	uint32_t length = sizeof(info);

	return !bpf_obj_get_info_by_fd(fd, &info, &length) && info.type == bpf_map__type(ours) &&
	       info.key_size == bpf_map__key_size(ours) &&
	       info.value_size == bpf_map__value_size(ours) &&
	       info.max_entries == bpf_map__max_entries(ours) &&
	       info.map_flags == bpf_map__map_flags(ours);
}

bool kept_maps_fit(const int kept[KEPT_COUNT])
{
	struct guard_bpf *program = guard_bpf__open();
	bool fit = program;

	for (enum kept_map map = 0; fit && map < KEPT_COUNT; map++)
		fit = map_fits(kept_map(program, map), kept[map]);
	guard_bpf__destroy(program);
	return fit;
}

static int fill_rules(const struct guard_table *table, const struct guard_bpf *program)
{
	int rules = bpf_map__fd(program->maps.rules);
	int totals = bpf_map__fd(program->maps.totals);
	CLEANUP_FREE struct guard_count *zero =
		calloc((size_t)libbpf_num_possible_cpus(), sizeof(*zero));

	if (!zero)
		return -ENOMEM;
	for (size_t i = 0; i < table->count; i++) {
		const struct guard_entry *entry = &table->entries[i];
		int error;

		if (entry->shadowed_by)
			continue;
		error = bpf_map_update_elem(totals, &entry->key, zero, BPF_NOEXIST);
		if (!error || error == -EEXIST)
			error = bpf_map_update_elem(rules, &entry->key, &entry->rule, BPF_NOEXIST);
		if (error < 0)
			return error;
	}
	return bpf_map_freeze(rules);
}

static int fill_allowed(const struct guard_table *table, const struct guard_bpf *program)
{
	int allowed = bpf_map__fd(program->maps.allowed);
	const uint8_t present = 1;

	for (size_t i = 0; i < table->allowed_count; i++) {
		int error = bpf_map_update_elem(allowed, &table->allowed[i], &present, BPF_ANY);

		if (error < 0)
			return error;
	}
	return bpf_map_freeze(allowed);
}

int program_set_mode(const struct guard_bpf *program, enum guard_mode mode)
{
	const uint32_t only = 0, word = mode;

	return bpf_map_update_elem(bpf_map__fd(program->maps.mode), &only, &word, BPF_ANY);
}

int program_mode(const struct guard_bpf *program, enum guard_mode *ret_mode)
{
	const uint32_t only = 0;
	uint32_t word = 0;
	int error = bpf_map_lookup_elem(bpf_map__fd(program->maps.mode), &only, &word);

	if (error < 0)
		return error;
	*ret_mode = word == GUARD_ENFORCE ? GUARD_ENFORCE
		    : word == GUARD_AUDIT ? GUARD_AUDIT
					  : GUARD_OFF;
	return 0;
}

static int set_up_maps(struct guard_bpf *program, const struct guard_table *table,
		       const int kept[KEPT_COUNT])
{
	uint32_t rules = table->active_count ? (uint32_t)table->active_count : 1;
	uint32_t allowed = table->allowed_count ? (uint32_t)table->allowed_count : 1;
	int error = bpf_map__set_max_entries(program->maps.rules, rules);

	if (!error)
		error = bpf_map__set_max_entries(program->maps.allowed, allowed);
	for (enum kept_map map = 0; !error && map < KEPT_COUNT; map++)
		if (kept[map] >= 0)
			error = bpf_map__reuse_fd(kept_map(program, map), kept[map]);
	return error;
}

static int keep_maps(const struct guard_bpf *program, int kept[KEPT_COUNT])
{
	for (enum kept_map map = 0; map < KEPT_COUNT; map++) {
		if (kept[map] < 0)
			kept[map] = fcntl(bpf_map__fd(kept_map(program, map)), F_DUPFD_CLOEXEC, 3);
		if (kept[map] < 0)
			return -errno;
	}
	return 0;
}

int program_load(const struct guard_table *table, enum guard_mode mode, int kept[KEPT_COUNT],
		 struct guard_bpf **ret_program)
{
	CLEANUP(cleanup_program) struct guard_bpf *program = guard_bpf__open();
	int error = program ? set_up_maps(program, table, kept) : -errno;

	if (!error)
		error = guard_bpf__load(program);
	if (!error)
		error = fill_rules(table, program);
	if (!error)
		error = fill_allowed(table, program);
	if (!error)
		error = program_set_mode(program, mode);
	if (!error)
		error = keep_maps(program, kept);
	if (error < 0)
		return error;
	*ret_program = take_ptr(program);
	return 0;
}

void program_free(struct guard_bpf *program)
{
	guard_bpf__destroy(program);
}

int program_fd(const struct guard_bpf *program)
{
	return bpf_program__fd(program->progs.guard);
}

int program_load_trouble(struct trouble *trouble, int error)
{
	if (error == -EPERM || error == -EACCES)
		return trouble_set(trouble, error,
				   "run the agent as root, or with CAP_BPF and CAP_NET_ADMIN; a "
				   "seccomp profile or kernel lockdown can forbid it too",
				   "the kernel did not let this agent load the guard's program: %s",
				   strerror(-error));
	if (error == -EINVAL || error == -ENOSYS)
		return trouble_set(
			trouble, error,
			"Linux 5.9 or later, built with CONFIG_BPF_SYSCALL and "
			"CONFIG_INET, has them",
			"this kernel does not take programs that guard ports (sk_lookup)");
	return trouble_set(trouble, error, "`nodelatch doctor` shows what this kernel allows",
			   "the guard's program could not be loaded: %s", strerror(-error));
}

int guard_probe(struct arena *arena, const char **ret_problem, const char **ret_remedy)
{
	const struct guard_table nothing = { 0 };
	struct guard_bpf *program = NULL;
	int kept[KEPT_COUNT] = { -1, -1, -1 };
	int error = program_load(&nothing, GUARD_OFF, kept, &program);
	struct trouble trouble;

	for (size_t i = 0; i < KEPT_COUNT; i++)
		cleanup_close(&kept[i]);
	guard_bpf__destroy(program);
	if (!error)
		return 0;
	program_load_trouble(&trouble, error);
	*ret_problem = arena_text(arena, trouble.problem);
	*ret_remedy = trouble.remedy;
	return *ret_problem ? error : -ENOMEM;
}
