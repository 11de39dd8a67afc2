/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Modes, owners and paths of the files that Kubernetes lives by: those that the settings of this
 * node's components name, each in the root of its process, and those that their distribution keeps.
 * Contents are looked at only for whether there is a secret in them, and never kept.
 */
#ifndef OBSERVE_FILES_FILES_H
#define OBSERVE_FILES_FILES_H

#include "nodelatch/component.h"
#include "nodelatch/file.h"

#include "base/arena.h"
#include "observe/host.h"

struct file_list {
	struct file_fact *items; /* in the arena; each process's together, kubelets' first */
	size_t count;
};

/* Returns 0 or -ENOMEM. What cannot be looked at is a fact with its problem. */
int files_observe(const struct host *host, const struct component *components, size_t count,
		  struct arena *arena, struct file_list *ret_files);

#endif
