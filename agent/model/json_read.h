/* SPDX-License-Identifier: Apache-2.0 */
/* Reading typed keys of a JSON object into an arena. All return 0, -EINVAL for a wrong type, or
 * -ENOMEM. */
#ifndef MODEL_JSON_READ_H
#define MODEL_JSON_READ_H

#include <stdint.h>

#include <jansson.h>

#include "base/arena.h"

/* A text; "" when the key is missing. */
int read_text(const json_t *object, const char *key, struct arena *arena, const char **ret_text);
/* A text; NULL when the key is missing or null. */
int read_optional(const json_t *object, const char *key, struct arena *arena,
		  const char **ret_text);
/* An integer of 0..max; left alone when the key is missing. */
int read_number(const json_t *object, const char *key, int64_t max, int64_t *ret_number);
/* A time in RFC 3339, as nanoseconds since 1970; required. */
int read_time(const json_t *object, const char *key, int64_t *ret_ns);

#endif
