/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What watching execs costs: against nothing, and against a floor program that only copies argv to
 * a ring. The three take turns, so that a busy moment of the machine falls on all of them.
 *
 * What is run is the smallest program there is, one page without a library, made here: with a
 * common one the dynamic linker's page faults take ten times the exec, and hide all else.
 */
#include <bpf/bpf.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exec_floor.skel.h"

#include "base/time.h"
#include "observe/watch.h"

#define EXECS  3000
#define ROUNDS 9

extern char **environ;

enum variant { NONE, FLOOR, WATCH, VARIANTS };

static const char *const NAMES[VARIANTS] = { "none", "floor", "watch" };

/* exit_group(0) */
#if defined(__x86_64__)
#define MACHINE EM_X86_64
static const unsigned char CODE[] = { 0x31, 0xff, 0xb8, 231, 0, 0, 0, 0x0f, 0x05 };
#elif defined(__aarch64__)
#define MACHINE EM_AARCH64
static const unsigned char CODE[] = { 0x00, 0x00, 0x80, 0xd2, 0xc8, 0x0b,
				      0x80, 0xd2, 0x01, 0x00, 0x00, 0xd4 };
#endif

/* A whole program. */
struct smallest {
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	unsigned char code[sizeof(CODE)];
};

struct bench {
	char program[32];
	struct host *host;
	struct watch *watch;
	struct exec_floor_bpf *floor;
	struct ring_buffer *floor_ring;
	uint64_t seen;
};

static int64_t cpu_ns(const struct rusage *usage)
{
	return (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * NS_PER_S +
	       (usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) * 1000;
}

static int make_program(char path[static 32])
{
	static const uint64_t BASE = 0x400000;
	struct smallest program = {
		.header = { .e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
					 ELFDATA2LSB, EV_CURRENT },
			    .e_type = ET_EXEC,
			    .e_machine = MACHINE,
			    .e_version = EV_CURRENT,
			    .e_entry = BASE + offsetof(struct smallest, code),
			    .e_phoff = offsetof(struct smallest, segment),
			    .e_ehsize = sizeof(Elf64_Ehdr),
			    .e_phentsize = sizeof(Elf64_Phdr),
			    .e_phnum = 1 },
		.segment = { .p_type = PT_LOAD,
			     .p_flags = PF_R | PF_X,
			     .p_vaddr = BASE,
			     .p_paddr = BASE,
			     .p_filesz = sizeof(program),
			     .p_memsz = sizeof(program),
			     .p_align = 4096 },
	};

	memcpy(program.code, CODE, sizeof(CODE));
	snprintf(path, 32, "/tmp/bench-exec-XXXXXX");
	int fd = mkostemp(path, O_CLOEXEC);
	bool is_made = fd >= 0 && fchmod(fd, 0755) == 0 &&
		       write(fd, &program, sizeof(program)) == sizeof(program);

	close(fd);
	return is_made ? 0 : 1;
}

static void run_one(const char *program)
{
	pid_t pid = vfork();

	if (pid == 0) {
		execve(program,
		       (char *const[]){ (char[]){ "true" }, (char[]){ "--some=argument" }, NULL },
		       environ);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
}

static void count_exec(void *context, const struct exec_record *record)
{
	struct bench *bench = context;

	(void)record;
	bench->seen++;
}

static int count_floor(void *context, void *data, size_t size)
{
	struct bench *bench = context;

	(void)data;
	(void)size;
	bench->seen++;
	return 0;
}

static bool attach(struct bench *bench, enum variant variant)
{
	struct watch_handlers handlers = { .context = bench, .exec = count_exec };

	bench->seen = 0;
	if (variant == WATCH)
		return watch_open(bench->host, &handlers, &bench->watch) == 0;
	if (variant == FLOOR) {
		bench->floor = exec_floor_bpf__open_and_load();
		if (!bench->floor || exec_floor_bpf__attach(bench->floor))
			return false;
		bench->floor_ring = ring_buffer__new(bpf_map__fd(bench->floor->maps.ring),
						     count_floor, bench, NULL);
		return bench->floor_ring != NULL;
	}
	return true;
}

static void detach(struct bench *bench)
{
	watch_close(bench->watch);
	ring_buffer__free(bench->floor_ring);
	exec_floor_bpf__destroy(bench->floor);
	bench->watch = NULL;
	bench->floor_ring = NULL;
	bench->floor = NULL;
}

/* Reads as the agent would, until the workload has ended. Waiting for it in any other way than by a
 * descriptor takes a lock that every exec wants, and would be measured here. */
static void read_until_end(struct bench *bench, pid_t pid)
{
	struct pollfd ready[] = {
		{ .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN },
		{ .fd = bench->watch ? watch_fd(bench->watch) : -1, .events = POLLIN },
	};

	while (!(ready[0].revents & POLLIN)) {
		if (poll(ready, ARRAY_SIZE(ready), bench->floor_ring ? 5 : -1) < 0)
			break;
		if (ready[1].revents & POLLIN)
			watch_read(bench->watch);
		if (bench->floor_ring)
			ring_buffer__consume(bench->floor_ring);
	}
	if (bench->watch)
		watch_read(bench->watch);
	close(ready[0].fd);
}

/* What the kernel counted for the newest program of that name. */
static struct bpf_prog_info program_info(const char *name)
{
	struct bpf_prog_info found = { 0 };

	for (uint32_t id = 0; bpf_prog_get_next_id(id, &id) == 0;) {
		struct bpf_prog_info info = { 0 };
		uint32_t size = sizeof(info);
		int fd = bpf_prog_get_fd_by_id(id);

		if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &size) == 0 &&
		    strcmp(info.name, name) == 0)
			found = info;
		close(fd);
	}
	return found;
}

static void say_program(enum variant variant)
{
	struct bpf_prog_info info = program_info(variant == WATCH ? "watch_exec" : "exec_floor");

	if (info.run_cnt)
		printf("sample: exec program, %s: %.0f ns\n", NAMES[variant],
		       (double)info.run_time_ns / (double)info.run_cnt);
}

static uint64_t lost(struct bench *bench)
{
	const struct watch_status *status;
	size_t count = bench->watch ? watch_status(bench->watch, &status) : 0;
	uint64_t sum = 0;

	while (count--)
		sum += status[count].lost;
	return sum;
}

/* One variant once: a child runs the workload, this process reads. */
static int run(struct bench *bench, enum variant variant)
{
	struct rusage before, after, workload;
	int status;

	if (!attach(bench, variant))
		return 1;
	getrusage(RUSAGE_SELF, &before);
	pid_t pid = fork();

	if (pid == 0) {
		for (int i = 0; i < EXECS; i++)
			run_one(bench->program);
		_exit(0);
	}
	read_until_end(bench, pid);
	getrusage(RUSAGE_SELF, &after);
	wait4(pid, &status, 0, &workload);
	printf("sample: workload CPU an exec, %s: %.2f us\n", NAMES[variant],
	       (double)cpu_ns(&workload) / EXECS / 1e3);
	if (bench->seen)
		printf("sample: reader CPU a record, %s: %.2f us\n", NAMES[variant],
		       (double)(cpu_ns(&after) - cpu_ns(&before)) / (double)bench->seen / 1e3);
	if (variant != NONE)
		say_program(variant);
	if (variant == WATCH)
		printf("sample: records lost, %s: %llu\n", NAMES[variant],
		       (unsigned long long)lost(bench));
	detach(bench);
	return bench->seen >= EXECS || variant == NONE ? 0 : 1;
}

static void say_start(struct bench *bench)
{
	int64_t start = time_monotonic_ns();

	if (attach(bench, WATCH))
		printf("sample: opening the watch: %.1f ms\n",
		       (double)(time_monotonic_ns() - start) / 1e6);
	detach(bench);
}

int main(void)
{
	struct bench bench = { 0 };
	int stats = bpf_enable_stats(BPF_STATS_RUN_TIME);

	libbpf_set_print(NULL);
	if (stats < 0 || host_open(NULL, &bench.host) < 0 || make_program(bench.program)) {
		printf("skip: bench_exec: %s\n", strerror(errno));
		return 0;
	}
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < VARIANTS; i++)
			if (run(&bench, (enum variant)((round + i) % VARIANTS)))
				return 1;
		say_start(&bench);
	}
	printf("ratio: workload, watch to none: workload CPU an exec, watch / "
	       "workload CPU an exec, none\n");
	printf("ratio: workload, watch to floor: workload CPU an exec, watch / "
	       "workload CPU an exec, floor\n");
	printf("ratio: program, watch to floor: exec program, watch / exec program, floor\n");
	printf("aim: exec program, watch: 1000\naim: reader CPU a record, watch: 1\n"
	       "aim: records lost, watch: 0\naim: opening the watch: 80\n");
	unlink(bench.program);
	host_free(bench.host);
	close(stats);
	return 0;
}
