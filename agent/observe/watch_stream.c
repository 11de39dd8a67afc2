/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/watch_stream.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/time.h"
#include "observe/kernel_problem.h"
#include "observe/kernel_types.h"

/* Opens the skeleton so that it is loaded with the types that will be written to types_fd. */
static int open_program(struct watch_stream *stream, const struct watch_context *context,
			const struct kernel_types *types)
{
	char path[32];
	struct bpf_object_open_opts options = { .sz = sizeof(options), .btf_custom_path = path };

	if (!types)
		return -ESRCH; /* what libbpf says */
	stream->types_fd = memfd_create("kernel types", MFD_CLOEXEC);
	if (stream->types_fd < 0)
		return -errno;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", stream->types_fd);
	int error = stream->watcher->open(context, &options, &stream->program);

	return error < 0 ? error
			 : kernel_types_write(types, stream->program.object, stream->types_fd);
}

void watch_stream_open(struct watch_stream *stream, const struct watcher *watcher,
		       const struct watch_context *context, const struct kernel_types *types)
{
	*stream = (struct watch_stream){ .watcher = watcher, .types_fd = -1 };
	int error = open_program(stream, context, types);

	if (error < 0)
		watch_stream_stop(stream, "cannot be loaded", -error);
}

static int handle(void *context, void *data, size_t size);

static int prepare(struct watch_stream *stream)
{
	struct bpf_object *object = stream->program.object;
	const struct bpf_program *program =
		bpf_object__find_program_by_name(object, stream->watcher->program);
	int cpus = libbpf_num_possible_cpus();

	if (!program || cpus < 1)
		return -EINVAL;
	stream->ring_fd = bpf_object__find_map_fd_by_name(object, "ring");
	stream->counters_fd = bpf_object__find_map_fd_by_name(object, "counters");
	stream->program_fd = bpf_program__fd(program);
	stream->cpu_count = (size_t)cpus;
	stream->cpus = calloc(stream->cpu_count, sizeof(*stream->cpus));
	stream->counters = calloc(stream->cpu_count, sizeof(*stream->counters));
	if (!stream->cpus || !stream->counters)
		return -ENOMEM;
	stream->ring = ring_buffer__new(stream->ring_fd, handle, stream, NULL);
	return stream->ring ? 0 : -errno;
}

static int start(struct watch_stream *stream)
{
	int error = bpf_object__load_skeleton(stream->program.parts);

	if (!error)
		error = prepare(stream);
	if (error)
		return error;
	stream->complete_until_ns = time_now_ns();
	*stream->program.reader_sleeps = 1;
	return bpf_object__attach_skeleton(stream->program.parts);
}

void watch_stream_start(struct watch_stream *stream, const struct watch_context *context)
{
	if (!stream->program.skeleton)
		return;
	int error = start(stream);

	cleanup_close(&stream->types_fd);
	stream->types_fd = -1;
	stream->is_on = !error;
	if (error)
		watch_stream_stop(stream, "cannot be loaded", -error);
	else if (!context->may_copy_memory && stream->watcher->cost_of_lockdown)
		snprintf(stream->problem, sizeof(stream->problem), "%s",
			 "the kernel is locked down for confidentiality and lets no program read "
			 "memory");
}

void watch_stream_stop(struct watch_stream *stream, const char *what, int error)
{
	watch_stream_close(stream);
	kernel_problem_text(what, error, stream->problem, sizeof(stream->problem));
}

void watch_stream_close(struct watch_stream *stream)
{
	ring_buffer__free(take_ptr(stream->ring));
	if (stream->program.parts)
		bpf_object__destroy_skeleton(stream->program.parts);
	free(stream->program.skeleton);
	stream->program = (struct watch_program){ 0 };
	free(take_ptr(stream->cpus));
	free(take_ptr(stream->counters));
	if (stream->watcher) /* else it was never opened */
		cleanup_close(&stream->types_fd);
	stream->types_fd = -1;
	stream->is_on = false;
}

/* A hole in one CPU's count is a record lost between its last one and this one. */
static void note_sequence(struct watch_stream *stream, const struct event_header *header,
			  int64_t boot_offset_ns)
{
	int64_t now = (int64_t)(header->time_ns + (uint64_t)boot_offset_ns);

	if (header->cpu >= stream->cpu_count)
		return;
	struct watch_cpu *cpu = &stream->cpus[header->cpu];

	if (header->sequence > cpu->sequence + 1) {
		int64_t from = cpu->time_ns ? cpu->time_ns : stream->complete_until_ns;

		if (!stream->gap_from_ns || from < stream->gap_from_ns)
			stream->gap_from_ns = from;
		if (now > stream->gap_to_ns)
			stream->gap_to_ns = now;
	}
	*cpu = (struct watch_cpu){ .sequence = header->sequence, .time_ns = now };
}

/* One record. A negative answer ends the read; the record is done with all the same. */
static int handle(void *argument, void *data, size_t size)
{
	struct watch_stream *stream = argument;
	struct event_header header;

	stream->read_now++;
	if (size >= sizeof(header)) {
		memcpy(&header, data, sizeof(header));
		note_sequence(stream, &header, stream->context->boot_offset_ns);
		if (header.version == EVENT_VERSION && header.kind == stream->watcher->kind &&
		    stream->watcher->record(stream->context, data, size) == 0)
			stream->seen++;
	}
	return stream->read_now < WATCH_RECORDS_MAX ? 0 : -ECANCELED;
}

bool watch_stream_read(struct watch_stream *stream, struct watch_context *context)
{
	if (!stream->is_on)
		return false;
	stream->context = context;
	stream->read_now = 0;
	ring_buffer__consume(stream->ring);
	stream->context = NULL;
	return stream->read_now > 0;
}

uint64_t watch_stream_lost(const struct watch_stream *stream)
{
	struct bpf_prog_info program = { 0 };
	uint32_t first = 0, size = sizeof(program);
	uint64_t lost = 0;

	if (!stream->is_on ||
	    bpf_map_lookup_elem(stream->counters_fd, &first, stream->counters) < 0)
		return stream->lost;
	for (size_t cpu = 0; cpu < stream->cpu_count; cpu++)
		for (int reason = 0; reason < EVENT_LOSSES; reason++)
			lost += stream->counters[cpu].lost[reason];
	if (stream->watcher->counts_skipped_runs &&
	    bpf_obj_get_info_by_fd(stream->program_fd, &program, &size) == 0)
		lost += program.recursion_misses;
	return lost;
}

bool watch_stream_find_gap(struct watch_stream *stream, struct gap_record *ret_gap)
{
	uint64_t before = stream->lost;
	int64_t now = time_now_ns();

	if (!stream->is_on)
		return false;
	stream->lost = watch_stream_lost(stream);
	if (stream->lost != before)
		*ret_gap = (struct gap_record){
			.stream = stream->watcher->name,
			.lost = stream->lost - before,
			.from_ns = stream->gap_from_ns ? stream->gap_from_ns
						       : stream->complete_until_ns,
			.to_ns = now,
		};
	stream->complete_until_ns = now;
	stream->gap_from_ns = stream->gap_to_ns = 0;
	return stream->lost != before;
}

/* The agent's own pid namespace: processes are reported by their number in it. */
static uint32_t own_pid_namespace(void)
{
	struct stat status;

	return stat("/proc/self/ns/pid", &status) < 0 ? 0 : (uint32_t)status.st_ino;
}

/* "none integrity [confidentiality]": the one in brackets holds. */
static bool is_locked_down_for_confidentiality(void)
{
	char text[128] = "";
	CLEANUP_CLOSE int fd = open("/sys/kernel/security/lockdown", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		return false;
	return strstr(text, "[confidentiality]") != NULL;
}

int watch_context_init(struct watch_context *context, const struct watch_handlers *handlers)
{
	*context = (struct watch_context){
		.handlers = handlers,
		.pid_namespace = own_pid_namespace(),
		.may_copy_memory = !is_locked_down_for_confidentiality(),
		.boot_offset_ns = time_boot_offset_ns(),
		.arena = arena_new(),
		.text = calloc(1, sizeof(*context->text)),
		.cgroups = cgroup_paths_new(),
	};
	/* a failure is released by watch_context_done() */
	return context->arena && context->text && context->cgroups ? 0 : -ENOMEM;
}

void watch_context_done(struct watch_context *context)
{
	arena_free(context->arena);
	free(context->text);
	cgroup_paths_free(context->cgroups);
}
