/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A finding as JSON: one element of `results` in nodelatch.report/1. Text that is not UTF-8 gets
 * U+FFFD for its bad bytes.
 */
#ifndef MODEL_FINDING_JSON_H
#define MODEL_FINDING_JSON_H

#include <jansson.h>

#include "base/arena.h"
#include "nodelatch/finding.h"

/* New reference; NULL: no memory. */
json_t *finding_to_json(const struct finding *finding);

/* The parts that a change has in common with a finding. New references; NULL: no memory. */
json_t *subject_to_json(const struct subject *subject);
json_t *evidence_to_json(const struct evidence *evidence, size_t count);
json_t *texts_to_json(const char *const *texts, size_t count);
json_t *cis_to_json(const struct cis_number *cis, size_t count);
json_t *waiver_to_json(const struct waiver_use *waived); /* JSON null when not waived */

/*
 * From an object that may say anything: every key of a change's finding part is read into the
 * arena, lists are bounded by FINDING_LIST_MAX. Returns 0, -EINVAL when it is not a finding, or
 * -ENOMEM.
 */
int finding_from_json(const json_t *object, struct arena *arena, struct finding *ret_finding);
/* An array of texts; -EINVAL when it is anything else. A missing one (NULL) is empty. */
int texts_from_json(const json_t *array, struct arena *arena, const char *const **ret_texts,
		    size_t *ret_count);

#endif
