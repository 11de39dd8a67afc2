/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The versions that components told of themselves when they were asked, where nothing on the disk
 * tells them. Bounded; what is forgotten is unknown until it is asked again.
 */
#ifndef OBSERVE_LIVE_VERSIONS_H
#define OBSERVE_LIVE_VERSIONS_H

#include "nodelatch/component.h"
#include "nodelatch/probe.h"

#include "base/arena.h"
#include "observe/version/version.h"

struct live_versions;

/* NULL: no memory. */
struct live_versions *live_versions_new(void);
void live_versions_free(struct live_versions *memory);
/*
 * Remembers what the component's server told, where nothing else knows its version. Returns whether
 * that is news: then the component reads otherwise from now on.
 */
bool live_versions_note(struct live_versions *memory, const struct component *component,
			const struct probe *probe);
/* The process runs another program from now on. */
void live_versions_forget(struct live_versions *memory, pid_t pid);
/* Any process may. */
void live_versions_forget_all(struct live_versions *memory);
/* Leaves ret_found alone where none is remembered. Returns 0 or -ENOMEM. */
int live_versions_find(const struct live_versions *memory, const struct process *process,
		       enum component_kind kind, struct arena *arena,
		       struct found_version *ret_found);

#endif
