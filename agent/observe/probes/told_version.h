/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The version that a server tells of itself: Kubernetes components in their metrics and in JSON,
 * etcd in the same ways. Pure. What is not strictly a version is none.
 */
#ifndef OBSERVE_PROBES_TOLD_VERSION_H
#define OBSERVE_PROBES_TOLD_VERSION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/limits.h"

/* With its NUL. */
#define TOLD_VERSION_BYTES (PROBE_WORD_BYTES_MAX + 1)

/* "1.31.9", "1.31.4+k3s1" of Kubernetes, "3.5.15" of etcd. */
bool told_version_is_sound(const char *version);
/*
 * Metrics as Prometheus reads them. Only lines after a newline count, and what is not there yet may
 * come. False: they tell no version.
 */
bool told_version_by_metrics(const char *text, size_t length, char ret_version[TOLD_VERSION_BYTES]);
/* The answer to GET /version. */
bool told_version_by_json(const char *text, size_t length, char ret_version[TOLD_VERSION_BYTES]);

#endif
