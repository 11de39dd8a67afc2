/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts as Go's strconv, time and encoding/csv read them: what a flag of the kubelet takes. No more
 * and no less than they accept, since what they refuse keeps the kubelet from starting.
 */
#ifndef OBSERVE_READING_GO_VALUE_H
#define OBSERVE_READING_GO_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* strconv.ParseBool. Returns 0 or -EINVAL. */
int go_boolean(const char *text, bool *ret_value);
/* strconv.ParseInt(text, 0, bits): 0x2a, 0o52, 052, 0b1, 1_000. Returns 0, -EINVAL or -ERANGE. */
int go_integer(const char *text, unsigned bits, int64_t *ret_value);
/* time.ParseDuration: "1h30m", "-1.5s", "0". Returns 0, -EINVAL or -ERANGE. */
int go_duration(const char *text, int64_t *ret_ns);
/* The first record of a comma-separated text, double quotes as in CSV; "" is an empty list. Returns
 * 0, -EINVAL, -E2BIG past SETTING_ITEMS_MAX, or -ENOMEM. */
int go_list(const char *text, struct arena *arena, const char *const **ret_items,
	    size_t *ret_count);

#endif
