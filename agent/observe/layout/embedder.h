/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs that run components inside themselves, and where each of them leaves what those were
 * started with: the process's own argv says nothing of it, or little.
 */
#ifndef OBSERVE_LAYOUT_EMBEDDER_H
#define OBSERVE_LAYOUT_EMBEDDER_H

#include "nodelatch/component.h"

#include "observe/reading/reading.h"

/* How much of a component's flags the program's files tell. */
enum hidden_flags {
	HIDES_NOTHING,
	HIDES_FLAG_ONLY, /* configuration comes whole from a file, the other flags are unknown */
	HIDES_DEFAULTS,	 /* what no file sets may be set by a flag */
};

/* One component inside a program. */
struct embedded {
	bool is_inside;
	enum hidden_flags hidden;
	const char *off;   /* the program's switch that leaves it out, "disable-kube-proxy" */
	const char *needs; /* a file without which it does not run */
	const char *arguments_flag; /* the program's flag that names a file of flags */
	const char *arguments_file; /* its default */
	const char *flag;	    /* the component's flag that `path` is given to */
	const char *path;
	const char *list; /* flags for it, in the program's argv and configuration: "kubelet-arg" */
};

struct embedder {
	const char *name;
	const char *programs[4]; /* base names of exe or argv[0] */
	/* The subcommands, and which components run under them, one bit each; none: any. */
	struct {
		const char *word;
		unsigned kinds;
	} commands[3];
	const char *config;	 /* its configuration; the directory PATH.d beside it counts too */
	const char *config_flag; /* its flag and variable that name another */
	const char *config_variable;
	struct embedded components[COMPONENT_KIND_COUNT];
};

/* NULL when the process does not run a component of this kind inside itself. */
const struct embedder *embedder_of(const struct host *host, const struct process *process,
				   enum component_kind kind);
/* Whether the program shows no argv but a few words that it wrote there itself. */
bool embedder_hides_argv(const struct process *process);
/*
 * The argv of the component inside, as far as the program's files tell; sets argument_sources.
 * Returns false after telling the reading why nothing is known.
 */
bool embedder_arguments(const struct embedder *embedder, enum component_kind kind,
			struct reading *reading, struct arguments *ret_arguments);
/* Makes unknown what the program may have set by flags that cannot be seen. */
void embedder_forget_defaults(const struct embedder *embedder, enum component_kind kind,
			      struct reading *reading);

#endif
