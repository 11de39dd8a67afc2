/* SPDX-License-Identifier: Apache-2.0 */
/* The flags of kubernetes-dashboard 1.5 to 2.7, and of its API program since 7.0. */
#include "observe/control_plane/programs.h"
#include "observe/control_plane/rows.h"

static const struct field FIELDS[] = {
	FLAG("insecure-port", PORT, "9090"),
	FLAG("port", PORT, "8443"),
	FLAG("insecure-bind-address", ADDRESS, "127.0.0.1"),
	FLAG("bind-address", ADDRESS, "0.0.0.0"),
	FLAG("default-cert-dir", PATH, "/certs"),
	FLAG("tls-cert-file", TEXT, NULL),
	FLAG("tls-key-file", TEXT, NULL),
	FLAG("auto-generate-certificates", BOOLEAN, NULL),
	FLAG("enable-insecure-login", BOOLEAN, NULL),
	FLAG("enable-skip-login", BOOLEAN, NULL),
	FLAG("disable-settings-authorizer", BOOLEAN, NULL),
	FLAG("disable-csrf-protection", BOOLEAN, NULL),
	FLAG("act-as-proxy", BOOLEAN, NULL),
	FLAG("apiserver-skip-tls-verify", BOOLEAN, NULL),
	FLAG("authentication-mode", TEXT_LIST, "token"),
	FLAG("token-ttl", INT32, "900"),
	FLAG("apiserver-host", TEXT, NULL),
	FLAG("kubeconfig", PATH, NULL),
	FLAG("namespace", TEXT, NULL),
};

static const char *const BARE_FLAGS[] = {
	"add-dir-header", "alsologtostderr",
	"cache-enabled",  "cluster-context-enabled",
	"help",		  "logtostderr",
	"one-output",	  "openapi-enabled",
	"profiler",	  "prometheus-enabled",
	"skip-headers",	  "skip-log-headers",
	"version",	  NULL,
};

static const char *const VALUE_FLAGS[] = {
	"api-log-level",
	"cache-refresh-debounce",
	"cache-size",
	"cache-ttl",
	"csrf-key",
	"heapster-host",
	"locale-config",
	"log-backtrace-at",
	"log-dir",
	"log-file",
	"log-file-max-size",
	"metric-client-check-period",
	"metrics-provider",
	"metrics-scraper-service-name",
	"sidecar-host",
	"stderrthreshold",
	"system-banner",
	"system-banner-severity",
	"token-exchange-endpoint",
	"v",
	"vmodule",
	NULL,
};

const struct schema DASHBOARD_SCHEMA = {
	.program = "the dashboard",
	.configuration = "a configuration of the dashboard",
	.word = "kubernetes-dashboard",
	.major = 2,
	.marks = SCHEMA_KEEPS_UNDERSCORES,
	SCHEMA_TABLES,
};
