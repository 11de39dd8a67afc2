/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The prober's two documents: the plan that comes, {"targets":[{"pid","address","port","path",
 * "tls","version_path"}]}, and the results that go, observe/probes/result.h.
 */
#ifndef PROBER_DOCUMENT_H
#define PROBER_DOCUMENT_H

#include "base/json.h"
#include "prober/visit.h"

/* Reads at most PROBES_MAX targets into visits, whose texts are the plan's. Returns their number,
 * or -EINVAL. */
int plan_read(const json_t *plan, struct visit visits[static PROBES_MAX]);
/* Returns 0 or -ENOMEM. */
int results_write(struct visit *visits, size_t count, struct text_buffer *text);

#endif
