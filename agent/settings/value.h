/* SPDX-License-Identifier: Apache-2.0 */
/* A row's value as it is in force, for printing. */
#ifndef SETTINGS_VALUE_H
#define SETTINGS_VALUE_H

#include "base/json.h"
#include "settings/rows.h"

/* The value of a row that is neither a group nor records, from the struct at base, in the words of
 * the policy file; JSON null when it is not set. NULL: no memory. */
json_t *value_to_json(const struct policy_row *row, const void *base);
/* Such a value as YAML in one line; it reads back as the same value. */
void value_write_yaml(json_t *value, struct text_buffer *buffer);
/* The items of records, and how many. */
const char *value_records(const struct policy_row *row, const void *base, size_t *ret_count);

#endif
