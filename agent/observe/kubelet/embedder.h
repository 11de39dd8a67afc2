/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs that run a kubelet inside themselves, and where each of them leaves what its kubelet was
 * started with: the process's own argv says nothing of it.
 */
#ifndef OBSERVE_KUBELET_EMBEDDER_H
#define OBSERVE_KUBELET_EMBEDDER_H

#include "nodelatch/process.h"

#include "observe/reading/reading.h"

struct embedder;

/* NULL when the process is none. */
const struct embedder *embedder_of(const struct process *process);
const char *embedder_name(const struct embedder *embedder);
/*
 * The argv of the kubelet inside, as far as the program's files tell; sets arguments_of. Returns
 * false after telling the reading why nothing is known.
 */
bool embedder_arguments(const struct embedder *embedder, struct reading *reading,
			const char *const **ret_arguments, size_t *ret_count);
/* Makes unknown what the program may have set by flags that cannot be seen. */
void embedder_forget_defaults(const struct embedder *embedder, struct reading *reading);

#endif
