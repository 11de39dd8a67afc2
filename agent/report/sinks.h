/* SPDX-License-Identifier: Apache-2.0 */
/* The sinks that write one change as one line, by name. */
#ifndef REPORT_SINKS_H
#define REPORT_SINKS_H

#include "nodelatch/sink.h"

extern const struct sink TEXT_SINK; /* for people: time, severity, check, subject, what -> remedy */
extern const struct sink JSON_SINK; /* nodelatch.change/1 */
extern const struct sink OCSF_SINK; /* OCSF 1.8 */

/* "text", "json" or "ocsf"; NULL for any other name. */
const struct sink *sink_find(const char *name);

#endif
