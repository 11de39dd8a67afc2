/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judging: observations and the policy in, findings out. Pure: no I/O, no clock, no state; the same
 * observations give the same findings in the same order (that of the rows, then of the subjects).
 */
#ifndef CHECK_CHECKS_H
#define CHECK_CHECKS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "nodelatch/check.h"
#include "nodelatch/settings.h"

/* Which checks to judge: ids or globs; none at all means every check. */
struct check_selection {
	const char *const *patterns;
	size_t count;
};

struct findings {
	const struct finding *items;
	size_t count;
};

/*
 * Judges the node by every selected check that the policy does not disable. The findings and what
 * they point to live in the arena, or in the node and the settings, which must outlive them.
 * Returns 0, or -ENOMEM when the arena is full: then nothing was judged.
 */
int checks_judge(const struct node *node, const struct settings *settings,
		 const struct check_selection *selection, struct arena *arena,
		 struct findings *ret_findings);

/* Whether the row is among the selected ones, and not disabled. */
bool check_is_wanted(const struct check *check, const struct settings *settings,
		     const struct check_selection *selection);
/* The row of that id, or NULL. */
const struct check *check_find(const char *id);
/* The first row, and the one after a row; NULL after the last. In the order they are judged. */
const struct check *check_first(void);
const struct check *check_next(const struct check *check);
/* Whether an id or glob names any check: what names none is a mistake of whoever wrote it. */
bool check_pattern_matches_any(const char *pattern);

#endif
