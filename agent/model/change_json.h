/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A change as JSON, nodelatch.change/1, both ways. Times have microseconds; a change whose times
 * are whole microseconds and whose texts are UTF-8 comes back exactly as it went.
 */
#ifndef MODEL_CHANGE_JSON_H
#define MODEL_CHANGE_JSON_H

#include <jansson.h>

#include "base/arena.h"
#include "nodelatch/change.h"

/*
 * New reference; NULL: no memory. Beside the finding's keys: `client` {address, rule, port,
 * protocol} and `window` {from, to} for refused and would-refuse, `gap` {stream, lost} and `window`
 * for gap, `exec` {argv, rule, parent, uid} for exec.
 */
json_t *change_to_json(const struct change *change);

/*
 * From an object that may say anything; all text goes into the arena. Returns 0, -EINVAL when it is
 * not a change of this version, or -ENOMEM when the arena is full.
 */
int change_from_json(const json_t *object, struct arena *arena, struct change *ret_change);
/* The same from the text of one line, newline or not. */
int change_from_line(const char *line, size_t length, struct arena *arena,
		     struct change *ret_change);

#endif
