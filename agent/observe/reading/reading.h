/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One component while it is being read: where its files are, what was wrong with them, and what
 * each setting is so far. The first lack of memory sticks, so that readers need not ask at every
 * step.
 */
#ifndef OBSERVE_READING_READING_H
#define OBSERVE_READING_READING_H

#include "nodelatch/component.h"

#include "base/arena.h"
#include "base/file.h"
#include "observe/host.h"
#include "observe/reading/schema.h"

struct document;

/* How a row's value came to be, for its sentence of evidence. */
enum origin {
	ORIGIN_DEFAULT,	     /* nothing sets it */
	ORIGIN_SET,	     /* by a file or a flag, see the source */
	ORIGIN_ZERO_DEFAULT, /* `giver` has a zero, which stands for the default */
	ORIGIN_DELETED,	     /* `giver`, a drop-in, deletes it with null */
	ORIGIN_UNKNOWN,	     /* `reason` says why */
};

/* One row of a schema. */
struct field_state {
	enum origin origin;
	struct value value;
	struct document *map; /* the value of the map types, entry by entry */
	struct source source;
	unsigned line;	      /* in the file that set it; 0 unknown */
	struct source giver;  /* of ORIGIN_ZERO_DEFAULT and ORIGIN_DELETED */
	struct source beaten; /* the file whose value a flag overrides; SOURCE_NONE: none */
	const char *reason;
	const char *sentence; /* its evidence, where explain.h has no rule for it; NULL: it has */
};

/* The words after the program's name. */
struct arguments {
	const char *const *words;
	size_t count;
};

struct reading {
	const struct schema *schema;
	const struct host *host;
	const struct process *process;
	struct arena *arena;
	int root;		  /* the process's own root */
	int root_error;		  /* why it cannot be entered; 0: it can */
	const char *directory;	  /* its working directory; NULL unknown */
	const char *arguments_of; /* the file that argv was read from; NULL: it is the process's */
	/* Where each word of argv stands, where not all of them are the process's own. */
	const struct source *argument_sources;
	int minor;		 /* its version is MAJOR.N; -1 unknown */
	unsigned minor_at_least; /* what its flags and keys show */
	bool has_config, has_config_dir;
	const char *config_path;    /* absolute; NULL without --config */
	struct field_state *states; /* of each row of the schema */
	const char *files_problem;  /* why what files say is unknown; NULL: it is known */
	const char *flags_problem;  /* why what flags say is unknown */
	struct problem *problems;
	size_t problem_count, problem_capacity;
	struct input_file *inputs;
	size_t input_count, input_capacity;
	int error; /* 0 or -ENOMEM */
};

/* Text in the arena; "" and the sticky error when that is full. */
const char *reading_printf(struct reading *reading, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* A copy that fits into a sentence: at most 120 bytes, cut between characters. */
const char *reading_short(struct reading *reading, const char *text);
/* Past PROBLEMS_MAX one last entry says that there are more. A FATAL one is never left out. */
void reading_problem(struct reading *reading, enum problem_kind kind, const char *path,
		     unsigned line, const char *message);
/* Absolute and clean as filepath.Abs makes it; NULL for a relative path while the working directory
 * is unknown. */
const char *reading_path(struct reading *reading, const char *path);
/* Notes a file as an input, with its times. Returns what stat said: 0 or -errno. */
int reading_input(struct reading *reading, const char *path);
/* Reads a configuration file: notes it as an input and complains of what is wrong with it. Returns
 * 0 or -errno. */
int reading_file(struct reading *reading, const char *path, struct file_content *ret_content);
/* The file's content cannot be taken: what files decide is unknown from here on. */
void reading_files_unknown(struct reading *reading, enum problem_kind kind, const char *path,
			   unsigned line, const char *message);

#endif
