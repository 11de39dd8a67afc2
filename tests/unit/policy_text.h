/* SPDX-License-Identifier: Apache-2.0 */
/* Policies given as text. */
#ifndef UNIT_POLICY_TEXT_H
#define UNIT_POLICY_TEXT_H

#include "settings/policy.h"

/* The errors of this policy, a line each; "" when it was taken. */
void errors_of(const char *policy_text, struct text_buffer *ret_errors);
/* It has that one error: "2:3: error: ...". */
void assert_error(const char *policy_text, const char *line);
/* It has none. */
struct policy *taken(const char *policy_text);

#endif
