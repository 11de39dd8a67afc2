/* SPDX-License-Identifier: Apache-2.0 */
/* The flags of kube-scheduler 1.12 to 1.36. */
#include "observe/control_plane/programs.h"
#include "observe/control_plane/rows.h"

static const struct field FIELDS[] = {
	SERVING_FLAGS("10259"),
	DELEGATING_FLAGS,
	FLAG("config", PATH, NULL),
	FLAG("cert-dir", PATH, NULL),
	FLAG("port", PORT, "0"),
	FLAG("address", ADDRESS, "0.0.0.0"),
	FLAG("policy-config-file", PATH, NULL),
	FLAG("write-config-to", PATH, NULL),
};

/* Without --port, 1.12 to 1.22 serve without TLS. */
static const struct earlier_default EARLIER_DEFAULTS[] = {
	{ "--port", 23, "10251" },
};

static const struct flag_alias ALIASES[] = {
	{ "insecure-port", "port" },
};

static const char *const BARE_FLAGS[] = {
	COMMON_BARE_FLAGS,
	DELEGATING_BARE_FLAGS,
	"use-legacy-policy-config",
	NULL,
};

static const char *const VALUE_FLAGS[] = {
	COMMON_VALUE_FLAGS,
	DELEGATING_VALUE_FLAGS,
	"algorithm-provider",
	"failure-domains",
	"hard-pod-affinity-symmetric-weight",
	"lock-object-name",
	"lock-object-namespace",
	"pod-max-in-unschedulable-pods-duration",
	"policy-configmap",
	"policy-configmap-namespace",
	"scheduler-name",
	NULL,
};

const struct schema SCHEDULER_SCHEMA = {
	.program = "kube-scheduler",
	.configuration = "a configuration of kube-scheduler",
	.word = "kube-scheduler",
	.major = 1,
	.marks = SCHEMA_ASKS_VERSION,
	SCHEMA_TABLES,
	SCHEMA_HISTORY,
};
