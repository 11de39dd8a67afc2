/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How each component makes its settings of argv, environment and files. All of them set every state
 * of the reading; what goes wrong is told to it.
 */
#ifndef OBSERVE_CONTROL_PLANE_READERS_H
#define OBSERVE_CONTROL_PLANE_READERS_H

#include "observe/reading/reading.h"

typedef void control_plane_reader(struct reading *reading, const struct arguments *arguments);

/* Defaults, and the flags over them. */
control_plane_reader read_flags;
/* kube-apiserver: flags, and the files of authorization, authentication and encryption. */
control_plane_reader read_apiserver;
/* kube-proxy: with --config, its file and hardly any flag. */
control_plane_reader read_kube_proxy;
/* kube-scheduler: with --config, some flags count no more. */
control_plane_reader read_scheduler;
/* etcd: flags over environment, or else a file alone. */
control_plane_reader read_etcd;
/* The part of it that is etcd's file, which decides alone; NULL: it cannot be read, and
 * files_problem says why. config_path is set. */
void etcd_take_file(struct reading *reading, const struct document *root);
/* tiller: its environment makes the defaults of its flags. */
control_plane_reader read_tiller;

/* The state of the row with this name, "--bind-address" or "mode". It must be there. */
struct field_state *state_named(struct reading *reading, const char *name);
/* The path that a flag gave; NULL: none, or it is not known. */
const char *state_path(struct reading *reading, const char *name);

/* The sentence of evidence of the row with this name, as it would be exported. */
const char *explain_named(struct reading *reading, const char *name);

/* The environment of the process. */
struct environment {
	const char *data;
	size_t length;
	int error; /* why it cannot be read; 0: it can */
};

void environment_read(struct reading *reading, struct environment *ret_environment);
/* NULL: it is not set. What the Go programs here read is no different for one set to nothing. */
const char *environment_get(const struct environment *environment, const char *name);

#endif
