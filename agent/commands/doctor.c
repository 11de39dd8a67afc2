/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nodelatch doctor: tries everything the agent wants from this kernel, once, and says what is
 * missing, why, and what it costs. Nothing is left behind.
 */
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/capability.h>
#include <sys/statfs.h>
#include <sys/utsname.h>

#include "base/helper.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "commands/commands.h"
#include "commands/options.h"
#include "enforce/guard.h"
#include "observe/observer.h"
#include "observe/probes/session.h"
#include "observe/watch.h"
#include "warden/delivery.h"

#define RUNGS_MAX 32

/* One thing that the agent wants. */
struct rung {
	const char *name;
	const char *problem; /* NULL: it works */
	const char *cost;    /* what is lost without it */
	const char *remedy;  /* NULL: none known */
};

struct doctor {
	struct rung rungs[RUNGS_MAX];
	size_t count;
	struct arena *arena;
};

static void add(struct doctor *doctor, struct rung rung)
{
	if (doctor->count < RUNGS_MAX)
		doctor->rungs[doctor->count++] = rung;
}

static const struct {
	cap_value_t capability;
	const char *name, *cost;
} CAPABILITIES[] = {
	{ CAP_BPF, "CAP_BPF", "no BPF program loads: no watching, no guard" },
	{ CAP_PERFMON, "CAP_PERFMON", "the watchers do not load" },
	{ CAP_NET_ADMIN, "CAP_NET_ADMIN", "the guard does not load" },
	{ CAP_SYS_PTRACE, "CAP_SYS_PTRACE",
	  "owners and settings of other users' processes are unknown" },
	{ CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH",
	  "files of the kubelet with mode 0600 are unknown" },
	{ CAP_SYS_RESOURCE, "CAP_SYS_RESOURCE",
	  "before Linux 5.11 BPF maps may not fit the memory limit" },
};

static void try_capabilities(struct doctor *doctor)
{
	cap_t held = cap_get_proc();

	for (size_t i = 0; i < ARRAY_SIZE(CAPABILITIES); i++) {
		cap_flag_value_t is_held = CAP_CLEAR;

		if (held)
			cap_get_flag(held, CAPABILITIES[i].capability, CAP_EFFECTIVE, &is_held);
		add(doctor,
		    (struct rung){
			    .name = CAPABILITIES[i].name,
			    .problem = is_held == CAP_SET ? NULL : "this process does not hold it",
			    .cost = CAPABILITIES[i].cost,
			    .remedy = "run as root, or add the capability to the unit or pod",
		    });
	}
	if (held)
		cap_free(held);
}

static void try_type_information(struct doctor *doctor)
{
	static const char path[] = "/sys/kernel/btf/vmlinux";

	add(doctor,
	    (struct rung){
		    .name = "type information (BTF)",
		    .problem = access(path, R_OK) == 0 ? NULL
						       : arena_printf(doctor->arena, "%s: %s", path,
								      strerror(errno)),
		    .cost = "the watchers do not load; the guard does not need it",
		    .remedy = "a kernel built with CONFIG_DEBUG_INFO_BTF=y",
	    });
}

static void try_host_namespace(struct doctor *doctor)
{
	CLEANUP_CLOSE int fd = open("/proc/1/ns/net", O_RDONLY | O_CLOEXEC);

	add(doctor, (struct rung){
			    .name = "the host's network namespace",
			    .problem = fd >= 0 ? NULL
					       : arena_printf(doctor->arena, "/proc/1/ns/net: %s",
							      strerror(errno)),
			    .cost = "this process's own is judged and guarded as the host's",
			    .remedy = "run with CAP_SYS_PTRACE in the host's pid namespace",
		    });
}

static void try_bpffs(struct doctor *doctor)
{
	struct statfs status;
	bool is_bpffs = statfs("/sys/fs/bpf", &status) == 0 && status.f_type == BPF_FS_MAGIC;

	add(doctor, (struct rung){
			    .name = "BPF file system",
			    .problem = is_bpffs ? NULL : "/sys/fs/bpf is not one",
			    .cost = "an enforced guard ends with the agent, also on kill -9",
			    .remedy = "mount -t bpf bpf /sys/fs/bpf",
		    });
}

static void try_watchers(struct doctor *doctor, struct watch *watch)
{
	const struct watch_status *watchers;
	size_t count = watch_status(watch, &watchers);

	for (size_t i = 0; i < count; i++)
		add(doctor, (struct rung){ .name = arena_printf(doctor->arena, "watching: %s",
								watchers[i].name),
					   .problem = watchers[i].problem,
					   .cost = watchers[i].cost });
}

static int try_socket_tables(struct doctor *doctor, struct host *host)
{
	CLEANUP(cleanup_observer) struct observer *observer = NULL;
	CLEANUP_FREE char *problem = NULL;
	struct node node;
	int error = observer_new(host, &observer);

	if (error == 0 && observer_load_iterators(observer, &problem) == -ENOMEM)
		error = -ENOMEM;
	if (error == 0)
		error = observer_refresh(observer, OBSERVE_LISTENERS, time_now_ns());
	if (error < 0)
		return error;
	observer_node(observer, &node);
	add(doctor,
	    (struct rung){ .name = "socket iterators",
			   .problem = arena_text(doctor->arena, problem),
			   .cost = "the socket tables are read from files, which is slower" });
	add(doctor, (struct rung){ .name = arena_printf(doctor->arena, "socket tables (%s)",
							node.listeners_known
								? observer_listener_method(observer)
								: "none"),
				   .problem = arena_text(doctor->arena, node.listeners_problem),
				   .cost = "no listener is seen: every port.* check is unknown" });
	return 0;
}

static void try_guard(struct doctor *doctor)
{
	struct rung rung = { .name = "refusing ports (sk_lookup)",
			     .cost = "no port is refused; findings are not affected" };

	if (guard_probe(doctor->arena, &rung.problem, &rung.remedy) == 0)
		rung.problem = rung.remedy = NULL;
	add(doctor, rung);
}

static void try_helper(struct doctor *doctor, const char *name, const char *cost)
{
	char path[PATH_MAX];
	int error = helper_find(name, path);

	add(doctor, (struct rung){
			    .name = name,
			    .problem = error ? arena_printf(doctor->arena,
							    "it is not beside this program: %s",
							    strerror(-error))
					     : NULL,
			    .cost = cost,
			    .remedy = "install nodelatch anew: its programs belong together",
		    });
}

static int write_json(const struct doctor *doctor, const char *kernel, struct text_buffer *out)
{
	CLEANUP_JSON json_t *document = json_object();
	json_t *rungs = json_array();
	int error = json_set_text(document, "schema", "nodelatch.doctor/1");

	error = error ? error : json_set_text(document, "kernel", kernel);
	error = error ? error : json_set(document, "rungs", rungs);
	for (size_t i = 0; i < doctor->count && error == 0; i++) {
		const struct rung *rung = &doctor->rungs[i];
		json_t *object = json_object();

		error = json_add(rungs, object);
		error = error ? error : json_set_text(object, "name", rung->name);
		error = error ? error : json_set(object, "works", json_boolean(!rung->problem));
		error = error ? error : json_set_text(object, "problem", rung->problem);
		error = error ? error : json_set_text(object, "cost", rung->cost);
		error = error ? error : json_set_text(object, "remedy", rung->remedy);
	}
	if (error == 0)
		json_write_pretty(document, out);
	return error ? error : buffer_error(out);
}

static int write_text(const struct doctor *doctor, const char *kernel, struct text_buffer *out)
{
	bool has_colour = terminal_style(STDOUT_FILENO).has_colour;
	size_t missing = 0;

	buffer_printf(out, "Linux %s\n", kernel);
	for (size_t i = 0; i < doctor->count; i++) {
		const struct rung *rung = &doctor->rungs[i];

		missing += rung->problem != NULL;
		buffer_printf(out, "%s%-8s%s ",
			      has_colour ? rung->problem ? "\033[33m" : "\033[32m" : "",
			      rung->problem ? "missing" : "works", has_colour ? "\033[0m" : "");
		buffer_escaped(out, rung->name);
		buffer_text(out, "\n");
		if (!rung->problem)
			continue;
		buffer_text(out, "         why   ");
		buffer_escaped(out, rung->problem);
		buffer_printf(out, "\n         costs %s\n",
			      rung->cost ? rung->cost : "nothing known");
		if (rung->remedy)
			buffer_printf(out, "         fix   %s\n", rung->remedy);
	}
	buffer_printf(out,
		      missing ? "%zu of %zu missing: the agent runs with what is there\n"
			      : "everything the agent wants is there\n",
		      missing, doctor->count);
	return buffer_error(out);
}

static int examine(struct doctor *doctor, struct host *host, struct watch **ret_watch)
{
	struct watch_handlers nobody = { 0 };

	try_capabilities(doctor);
	try_type_information(doctor);
	try_bpffs(doctor);
	try_host_namespace(doctor);
	try_helper(doctor, PROBER_NAME, "what the node's own servers answer is not known");
	try_helper(doctor, COURIER_NAME, "nothing is delivered to a collector");
	int error = watch_open(host, &nobody, ret_watch);

	if (error < 0)
		return error;
	try_watchers(doctor, *ret_watch);
	error = try_socket_tables(doctor, host);
	if (error == 0)
		try_guard(doctor);
	return error;
}

static int show(const char *format)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP(cleanup_host) struct host *host = NULL;
	CLEANUP(cleanup_watch) struct watch *watch = NULL;
	CLEANUP_BUFFER struct text_buffer out = { 0 };
	struct doctor doctor = { .arena = arena };
	bool is_json = text_equal(format, "json");
	struct utsname kernel;

	if (!is_json && !text_equal(format, "text"))
		return command_fail("doctor", "--format %s: want text or json", format);
	int error = arena ? host_open(NULL, &host) : -ENOMEM;

	if (error == 0)
		error = examine(&doctor, host, &watch);
	if (error == 0) {
		uname(&kernel);
		error = is_json ? write_json(&doctor, kernel.release, &out)
				: write_text(&doctor, kernel.release, &out);
	}
	if (error == 0)
		error = buffer_write(&out, STDOUT_FILENO);
	if (error < 0)
		return command_fail("doctor", "%s", strerror(-error));
	for (size_t i = 0; i < doctor.count; i++)
		if (doctor.rungs[i].problem)
			return EXIT_STATUS_FAILED;
	return EXIT_STATUS_CLEAN;
}

int command_doctor(int argc, char **argv)
{
	const char *format = "text";
	const struct option_row rows[] = {
		{ "format", 0, "FORMAT", "text or json", &format, NULL, NULL },
	};
	const struct command_line line = {
		.name = "doctor",
		.operands = "",
		.purpose = "Tries what the agent wants from this kernel and these privileges,\n"
			   "and says what is missing, why, and what it costs. Exit status 0:\n"
			   "nothing is missing; 1: something is.",
		.examples =
			"  nodelatch doctor\n"
			"  nodelatch doctor --format json | jq '.rungs[] | select(.works | not)'",
		.options = rows,
		.option_count = ARRAY_SIZE(rows),
	};
	int first, status;

	if (!command_line_begin(&line, argc, argv, &first, &status))
		return status;
	return show(format);
}
