/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the tables of flags are written, and the groups of flags that several components share.
 * Sources: the reference pages of every release in kubernetes/website, k8s.io/apiserver and
 * k8s.io/component-base.
 */
#ifndef OBSERVE_CONTROL_PLANE_ROWS_H
#define OBSERVE_CONTROL_PLANE_ROWS_H

#include "base/cleanup.h"
#include "observe/reading/schema.h"

/* A flag, the type of its value, and its default in the flag's spelling; NULL: false, 0, nothing.
 */
#define FLAG(flag, type, usual)                                                                    \
	{                                                                                          \
		"--" flag, flag, FIELD_##type, 0, usual, NULL, 0                                   \
	}
#define FLAG_SINCE(flag, type, usual, minor)                                                       \
	{                                                                                          \
		"--" flag, flag, FIELD_##type, 0, usual, NULL, minor                               \
	}
/* Its default follows from the version or from other settings. */
#define FLAG_DEPENDS(flag, type)                                                                   \
	{                                                                                          \
		"--" flag, flag, FIELD_##type, FIELD_DEFAULT_DEPENDS, NULL, NULL, 0                \
	}

/* No flag of its own. */
#define DERIVED(name, type)                                                                        \
	{                                                                                          \
		name, NULL, FIELD_##type, 0, NULL, NULL, 0                                         \
	}

/* What a file of this folder calls its tables. */
#define SCHEMA_TABLES                                                                              \
	.fields = FIELDS, .field_count = ARRAY_SIZE(FIELDS), .bare_flags = BARE_FLAGS,             \
	.value_flags = VALUE_FLAGS
#define SCHEMA_HISTORY                                                                             \
	.earlier = EARLIER_DEFAULTS, .earlier_count = ARRAY_SIZE(EARLIER_DEFAULTS),                \
	.aliases = ALIASES, .alias_count = ARRAY_SIZE(ALIASES)

/* The server that every component of the control plane has. */
#define SERVING_FLAGS(port)                                                                        \
	FLAG("bind-address", ADDRESS, "0.0.0.0"), FLAG("secure-port", PORT, port),                 \
		FLAG("tls-cert-file", PATH, NULL), FLAG("tls-private-key-file", PATH, NULL),       \
		FLAG("tls-cipher-suites", TEXT_LIST, NULL), FLAG("tls-min-version", TEXT, NULL),   \
		FLAG_SINCE("permit-port-sharing", BOOLEAN, NULL, 20),                              \
		FLAG_SINCE("permit-address-sharing", BOOLEAN, NULL, 22),                           \
		FLAG_SINCE("disable-http2-serving", BOOLEAN, NULL, 29),                            \
		FLAG("client-ca-file", PATH, NULL),                                                \
		FLAG("requestheader-client-ca-file", PATH, NULL),                                  \
		FLAG("requestheader-allowed-names", TEXT_LIST, NULL),                              \
		FLAG("profiling", BOOLEAN, "true"), FLAG("feature-gates", BOOLEAN_MAP, NULL)

/* Those that ask the API server who their clients are. */
#define DELEGATING_FLAGS                                                                           \
	FLAG("kubeconfig", PATH, NULL), FLAG("master", TEXT, NULL),                                \
		FLAG("authentication-kubeconfig", PATH, NULL),                                     \
		FLAG("authorization-kubeconfig", PATH, NULL),                                      \
		FLAG("authentication-skip-lookup", BOOLEAN, NULL),                                 \
		FLAG_DEPENDS("authorization-always-allow-paths", TEXT_LIST),                       \
		FLAG("leader-elect", BOOLEAN, "true")

/* Flags that make no setting: all components have them, or had them once. */
#define COMMON_BARE_FLAGS                                                                          \
	"add-dir-header", "alsologtostderr", "contention-profiling",                               \
		"emulation-forward-compatible", "help", "log-json-split-stream",                   \
		"log-text-split-stream", "logtostderr", "one-output",                              \
		"runtime-config-emulation-forward-compatible", "skip-headers", "skip-log-headers", \
		"version"

#define COMMON_VALUE_FLAGS                                                                         \
	"allow-metric-labels", "allow-metric-labels-manifest", "azure-container-registry-config",  \
		"cloud-provider-gce-l7lb-src-cidrs", "cloud-provider-gce-lb-src-cidrs",            \
		"debug-socket-path", "disabled-metrics", "emulated-version", "google-json-key",    \
		"http2-max-streams-per-connection", "log-backtrace-at", "log-dir", "log-file",     \
		"log-file-max-size", "log-flush-frequency", "log-json-info-buffer-size",           \
		"log-text-info-buffer-size", "logging-format", "min-compatibility-version",        \
		"requestheader-extra-headers-prefix", "requestheader-group-headers",               \
		"requestheader-uid-headers", "requestheader-username-headers",                     \
		"show-hidden-metrics-for-version", "stderrthreshold", "tls-sni-cert-key", "v",     \
		"vmodule"

#define DELEGATING_BARE_FLAGS "authentication-tolerate-lookup-failure"

#define DELEGATING_VALUE_FLAGS                                                                     \
	"authentication-token-webhook-cache-ttl", "authorization-webhook-cache-authorized-ttl",    \
		"authorization-webhook-cache-unauthorized-ttl", "kube-api-burst",                  \
		"kube-api-content-type", "kube-api-qps", "leader-elect-lease-duration",            \
		"leader-elect-renew-deadline", "leader-elect-resource-lock",                       \
		"leader-elect-resource-name", "leader-elect-resource-namespace",                   \
		"leader-elect-retry-period"

#endif
