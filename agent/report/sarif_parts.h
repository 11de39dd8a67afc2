/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of a SARIF 2.1.0 document. All give new references; NULL: no memory. */
#ifndef REPORT_SARIF_PARTS_H
#define REPORT_SARIF_PARTS_H

#include <jansson.h>

#include "nodelatch/check.h"

/* The base of every file's URI: the root directory of the judged node. */
#define SARIF_NODE_ROOT "NODEROOT"

/* "error", "warning" or "note": what a fail of that severity is. */
const char *sarif_level(enum severity severity);
/* {"text": TEXT} */
json_t *sarif_message(const char *text);
/* One reportingDescriptor. */
json_t *sarif_rule(const struct check *check);
/* The locations of a result: a file where one is named, and the subject. */
json_t *sarif_locations(const struct finding *finding, const char *node_name);

#endif
