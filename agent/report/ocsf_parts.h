/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of an OCSF object. All return a new reference, NULL for "no memory". */
#ifndef REPORT_OCSF_PARTS_H
#define REPORT_OCSF_PARTS_H

#include <stdint.h>

#include <jansson.h>

#include "nodelatch/change.h"

/* severity_id: 1 Informational to 5 Critical, and its caption. */
int ocsf_severity(enum severity severity);
const char *ocsf_severity_word(enum severity severity);
/* Milliseconds since 1970. */
json_int_t ocsf_time(int64_t time_ns);
json_t *ocsf_count(uint64_t count);

json_t *ocsf_metadata(const struct change *change, bool is_security_control);
/* One sentence. */
json_t *ocsf_message(const struct change *change);
json_t *ocsf_finding_info(const struct change *change);
json_t *ocsf_compliance(const struct finding *finding);
json_t *ocsf_evidences(const struct change *change);
json_t *ocsf_resources(const struct node_identity *node);
json_t *ocsf_device(const struct node_identity *node);
/* The process that an exec change is about, and the actor: its parent. */
json_t *ocsf_process(const struct change *change);
json_t *ocsf_parent(const struct change *change);
/* What OCSF has no place for. */
json_t *ocsf_unmapped(const struct change *change);

#endif
