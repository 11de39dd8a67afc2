/* SPDX-License-Identifier: Apache-2.0 */
/* Families of checks: what stands before the first dot of an id, and its title for people. */
#ifndef MODEL_FAMILY_H
#define MODEL_FAMILY_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the family's word at the start of a check's id: 7 of "kubelet.read-only-port". */
size_t family_length(const char *check_id);
bool family_is_same(const char *check_id, const char *other_id);
/* "Kubelet"; the word itself is no title, so that a family without one says "Other checks". */
const char *family_title(const char *check_id);

#endif
