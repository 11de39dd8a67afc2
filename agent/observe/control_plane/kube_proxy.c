/* SPDX-License-Identifier: Apache-2.0 */
/* KubeProxyConfiguration (kubeproxy.config.k8s.io/v1alpha1) and the flags of kube-proxy 1.12
 * to 1.36. */
#include "observe/control_plane/programs.h"
#include "observe/control_plane/rows.h"

/* A key of the file, its flag, and the default that both have. */
#define KEY(key, flag, type, usual)                                                                \
	{                                                                                          \
		key, flag, FIELD_##type, 0, usual, NULL, 0                                         \
	}

static const struct field FIELDS[] = {
	KEY("apiVersion", NULL, OPAQUE, NULL),
	KEY("kind", NULL, OPAQUE, NULL),
	KEY("featureGates", "feature-gates", BOOLEAN_MAP, NULL),
	KEY("clientConnection.kubeconfig", "kubeconfig", PATH, NULL),
	KEY("clientConnection.acceptContentTypes", NULL, TEXT, NULL),
	KEY("clientConnection.contentType", "kube-api-content-type", OPAQUE, NULL),
	KEY("clientConnection.qps", "kube-api-qps", OPAQUE, NULL),
	KEY("clientConnection.burst", "kube-api-burst", OPAQUE, NULL),
	KEY("logging", NULL, OPAQUE, NULL),
	KEY("hostnameOverride", "hostname-override", TEXT, NULL),
	KEY("bindAddress", "bind-address", ADDRESS, "0.0.0.0"),
	KEY("healthzBindAddress", "healthz-bind-address", TEXT, "0.0.0.0:10256"),
	KEY("metricsBindAddress", "metrics-bind-address", TEXT, "127.0.0.1:10249"),
	KEY("bindAddressHardFail", "bind-address-hard-fail", BOOLEAN, NULL),
	KEY("enableProfiling", "profiling", BOOLEAN, NULL),
	KEY("showHiddenMetricsForVersion", NULL, TEXT, NULL),
	KEY("mode", "proxy-mode", TEXT, NULL),
	KEY("clusterCIDR", "cluster-cidr", TEXT, NULL),
	KEY("configSyncPeriod", "config-sync-period", DURATION, "15m0s"),
	KEY("portRange", "proxy-port-range", TEXT, NULL),
	KEY("windowsRunAsService", "windows-service", BOOLEAN, NULL),
	KEY("nodePortAddresses", "nodeport-addresses", TEXT_LIST, NULL),
	KEY("oomScoreAdj", "oom-score-adj", INT32, "-999"),
	KEY("detectLocalMode", "detect-local-mode", TEXT, NULL),
	KEY("detectLocal", NULL, OPAQUE, NULL),
	KEY("iptables", NULL, OPAQUE, NULL),
	KEY("ipvs", NULL, OPAQUE, NULL),
	KEY("nftables", NULL, OPAQUE, NULL),
	KEY("winkernel", NULL, OPAQUE, NULL),
	KEY("conntrack", NULL, OPAQUE, NULL),
	KEY("resourceContainer", NULL, OPAQUE, NULL),
	KEY("udpIdleTimeout", "udp-timeout", OPAQUE, NULL),

	FLAG("config", PATH, NULL),
	FLAG("cleanup", BOOLEAN, NULL),
	FLAG("master", TEXT, NULL),
	FLAG("write-config-to", PATH, NULL),
	FLAG("healthz-port", PORT, "10256"),
	FLAG("metrics-port", PORT, "10249"),
};

static const char *const BARE_FLAGS[] = {
	COMMON_BARE_FLAGS,	    "cleanup-ipvs",
	"conntrack-tcp-be-liberal", "init-only",
	"ipvs-strict-arp",	    "iptables-localhost-nodeports",
	"masquerade-all",	    NULL,
};

static const char *const VALUE_FLAGS[] = {
	COMMON_VALUE_FLAGS,
	"boot-id-file",
	"conntrack-max-per-core",
	"conntrack-min",
	"conntrack-tcp-timeout-close-wait",
	"conntrack-tcp-timeout-established",
	"conntrack-udp-timeout",
	"conntrack-udp-timeout-stream",
	"iptables-masquerade-bit",
	"iptables-min-sync-period",
	"iptables-sync-period",
	"ipvs-exclude-cidrs",
	"ipvs-min-sync-period",
	"ipvs-scheduler",
	"ipvs-sync-period",
	"ipvs-tcp-timeout",
	"ipvs-tcpfin-timeout",
	"ipvs-udp-timeout",
	"machine-id-file",
	"pod-bridge-interface",
	"pod-interface-name-prefix",
	"resource-container",
	NULL,
};

const struct schema KUBE_PROXY_SCHEMA = {
	.program = "kube-proxy",
	.configuration = "a kube-proxy configuration",
	.word = "kube-proxy",
	.major = 1,
	SCHEMA_TABLES,
};
