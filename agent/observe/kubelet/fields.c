/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/kubelet/fields.h"

#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/text.h"

#define ZERO	FIELD_KEEPS_ZERO
#define DEPENDS FIELD_DEFAULT_DEPENDS

/* Sources: kubernetes/kubelet config/v1beta1/types.go of every release; kubernetes/kubernetes
 * cmd/kubelet/app/options and pkg/kubelet/apis/config/v1beta1/defaults.go. */
const struct field KUBELET_FIELDS[] = {
	{ "apiVersion", NULL, FIELD_OPAQUE, 0, NULL, NULL, 0 },
	{ "kind", NULL, FIELD_OPAQUE, 0, NULL, NULL, 0 },

	/* Servers */
	{ "enableServer", "enable-server", FIELD_BOOLEAN, ZERO, "true", NULL, 19 },
	{ "address", "address", FIELD_ADDRESS, 0, "0.0.0.0", NULL, 0 },
	{ "port", "port", FIELD_PORT, 0, "10250", NULL, 0 },
	{ "readOnlyPort", "read-only-port", FIELD_PORT, 0, "0", "10255", 0 },
	{ "healthzBindAddress", "healthz-bind-address", FIELD_ADDRESS, 0, "127.0.0.1", NULL, 0 },
	{ "healthzPort", "healthz-port", FIELD_PORT, ZERO, "10248", NULL, 0 },
	{ "enableDebuggingHandlers", "enable-debugging-handlers", FIELD_BOOLEAN, ZERO, "true", NULL,
	  0 },
	{ "enableContentionProfiling", "contention-profiling", FIELD_BOOLEAN, 0, NULL, NULL, 0 },
	{ "enableProfilingHandler", NULL, FIELD_BOOLEAN, ZERO, "true", NULL, 21 },
	{ "enableDebugFlagsHandler", NULL, FIELD_BOOLEAN, ZERO, "true", NULL, 21 },
	{ "enableSystemLogHandler", NULL, FIELD_BOOLEAN, ZERO, "true", NULL, 19 },
	{ "enableSystemLogQuery", NULL, FIELD_BOOLEAN, ZERO, NULL, NULL, 27 },
	{ "streamingConnectionIdleTimeout", "streaming-connection-idle-timeout", FIELD_DURATION, 0,
	  "4h", NULL, 0 },

	/* Who may ask */
	{ "authentication.anonymous.enabled", "anonymous-auth", FIELD_BOOLEAN, ZERO, "false",
	  "true", 0 },
	{ "authentication.webhook.enabled", "authentication-token-webhook", FIELD_BOOLEAN, ZERO,
	  "true", "false", 0 },
	{ "authentication.webhook.cacheTTL", "authentication-token-webhook-cache-ttl",
	  FIELD_DURATION, 0, "2m", NULL, 0 },
	{ "authentication.x509.clientCAFile", "client-ca-file", FIELD_PATH, 0, NULL, NULL, 0 },
	{ "authorization.mode", "authorization-mode", FIELD_TEXT, 0, "Webhook", "AlwaysAllow", 0 },
	{ "authorization.webhook.cacheAuthorizedTTL", "authorization-webhook-cache-authorized-ttl",
	  FIELD_DURATION, 0, "5m", NULL, 0 },
	{ "authorization.webhook.cacheUnauthorizedTTL",
	  "authorization-webhook-cache-unauthorized-ttl", FIELD_DURATION, 0, "30s", NULL, 0 },

	/* Certificates */
	{ "tlsCertFile", "tls-cert-file", FIELD_PATH, 0, NULL, NULL, 0 },
	{ "tlsPrivateKeyFile", "tls-private-key-file", FIELD_PATH, 0, NULL, NULL, 0 },
	{ "tlsCipherSuites", "tls-cipher-suites", FIELD_TEXT_LIST, 0, NULL, NULL, 0 },
	{ "tlsCurvePreferences", "tls-curve-preferences", FIELD_OPAQUE, 0, NULL, NULL, 36 },
	{ "tlsMinVersion", "tls-min-version", FIELD_TEXT, 0, NULL, NULL, 0 },
	{ "rotateCertificates", "rotate-certificates", FIELD_BOOLEAN, 0, "false", NULL, 0 },
	{ "serverTLSBootstrap", "rotate-server-certificates", FIELD_BOOLEAN, 0, "false", NULL, 0 },

	/* What pods may do */
	{ "seccompDefault", "seccomp-default", FIELD_BOOLEAN, ZERO | FIELD_FLAG_ADDS, "false", NULL,
	  22 },
	{ "protectKernelDefaults", "protect-kernel-defaults", FIELD_BOOLEAN, 0, "false", NULL, 0 },
	{ "makeIPTablesUtilChains", "make-iptables-util-chains", FIELD_BOOLEAN, ZERO, "true", NULL,
	  0 },
	{ "iptablesMasqueradeBit", "iptables-masquerade-bit", FIELD_INT32, ZERO, "14", NULL, 0 },
	{ "iptablesDropBit", "iptables-drop-bit", FIELD_INT32, ZERO, "15", NULL, 0 },
	{ "podPidsLimit", "pod-max-pids", FIELD_INT64, ZERO, "-1", NULL, 0 },
	{ "allowedUnsafeSysctls", "allowed-unsafe-sysctls", FIELD_TEXT_LIST, 0, NULL, NULL, 16 },
	{ "defaultPodSysctls", NULL, FIELD_TEXT_MAP, 0, NULL, NULL, 37 },
	{ "featureGates", "feature-gates", FIELD_BOOLEAN_MAP, 0, NULL, NULL, 0 },
	{ "userNamespaces.idsPerPod", NULL, FIELD_INT64, ZERO, "65536", NULL, 33 },
	{ "imagePullCredentialsVerificationPolicy", NULL, FIELD_TEXT, DEPENDS, NULL, NULL, 33 },
	{ "preloadedImagesVerificationAllowlist", NULL, FIELD_TEXT_LIST, 0, NULL, NULL, 33 },
	{ "singleProcessOOMKill", NULL, FIELD_BOOLEAN, ZERO | DEPENDS, NULL, NULL, 32 },

	/* Where pods come from */
	{ "staticPodPath", "pod-manifest-path", FIELD_PATH, 0, NULL, NULL, 0 },
	{ "staticPodURL", "manifest-url", FIELD_TEXT, 0, NULL, NULL, 0 },
	{ "staticPodURLHeader", "manifest-url-header", FIELD_OPAQUE, 0, NULL, NULL, 0 },
	{ "podLogsDir", NULL, FIELD_PATH, 0, "/var/log/pods", NULL, 30 },
	{ "syncFrequency", "sync-frequency", FIELD_DURATION, 0, "1m", NULL, 0 },
	{ "fileCheckFrequency", "file-check-frequency", FIELD_DURATION, 0, "20s", NULL, 0 },
	{ "httpCheckFrequency", "http-check-frequency", FIELD_DURATION, 0, "20s", NULL, 0 },
	{ "runOnce", "runonce", FIELD_BOOLEAN, 0, NULL, NULL, 19 },
	{ "volumePluginDir", "volume-plugin-dir", FIELD_PATH, 0,
	  "/usr/libexec/kubernetes/kubelet-plugins/volume/exec/", NULL, 19 },
	{ "containerRuntimeEndpoint", "container-runtime-endpoint", FIELD_TEXT, 0,
	  "unix:///run/containerd/containerd.sock", NULL, 27 },
	{ "imageServiceEndpoint", "image-service-endpoint", FIELD_TEXT, 0, NULL, NULL, 27 },

	/* The API server, events, the node's own object */
	{ "registerNode", "register-node", FIELD_BOOLEAN, ZERO, "true", NULL, 23 },
	{ "registerWithTaints", "register-with-taints", FIELD_OPAQUE, 0, NULL, NULL, 23 },
	{ "providerID", "provider-id", FIELD_TEXT, 0, NULL, NULL, 19 },
	{ "registryPullQPS", "registry-qps", FIELD_INT32, ZERO, "5", NULL, 0 },
	{ "registryBurst", "registry-burst", FIELD_INT32, 0, "10", NULL, 0 },
	{ "eventRecordQPS", "event-qps", FIELD_INT32, ZERO, "50", NULL, 0 },
	{ "eventBurst", "event-burst", FIELD_INT32, 0, "100", NULL, 0 },
	{ "kubeAPIQPS", "kube-api-qps", FIELD_INT32, ZERO, "50", NULL, 0 },
	{ "kubeAPIBurst", "kube-api-burst", FIELD_INT32, 0, "100", NULL, 0 },
	{ "contentType", "kube-api-content-type", FIELD_TEXT, 0,
	  "application/vnd.kubernetes.protobuf", NULL, 0 },
	{ "nodeStatusUpdateFrequency", "node-status-update-frequency", FIELD_DURATION, 0, "10s",
	  NULL, 0 },
	{ "nodeStatusReportFrequency", NULL, FIELD_DURATION, DEPENDS, NULL, NULL, 13 },
	{ "nodeStatusMaxImages", "node-status-max-images", FIELD_INT32, ZERO, "50", NULL, 19 },
	{ "nodeLeaseDurationSeconds", NULL, FIELD_INT32, 0, "40", NULL, 0 },

	/* Resources */
	{ "oomScoreAdj", "oom-score-adj", FIELD_INT32, ZERO, "-999", NULL, 0 },
	{ "maxPods", "max-pods", FIELD_INT32, 0, "110", NULL, 0 },
	{ "podsPerCore", "pods-per-core", FIELD_INT32, 0, NULL, NULL, 0 },
	{ "podCIDR", "pod-cidr", FIELD_TEXT, 0, NULL, NULL, 0 },
	{ "maxOpenFiles", "max-open-files", FIELD_INT64, 0, "1000000", NULL, 0 },
	{ "failSwapOn", "fail-swap-on", FIELD_BOOLEAN, ZERO, "true", NULL, 0 },
	{ "failCgroupV1", NULL, FIELD_BOOLEAN, ZERO | DEPENDS, NULL, NULL, 31 },
	{ "memorySwap.swapBehavior", NULL, FIELD_TEXT, 0, NULL, NULL, 22 },
	{ "memoryThrottlingFactor", NULL, FIELD_FLOAT, ZERO, NULL, NULL, 22 },
	{ "memoryReservationPolicy", NULL, FIELD_TEXT, DEPENDS, NULL, NULL, 36 },
	{ "memoryManagerPolicy", "memory-manager-policy", FIELD_TEXT, 0, "None", NULL, 21 },
	{ "reservedMemory", "reserved-memory", FIELD_OPAQUE, 0, NULL, NULL, 21 },
	{ "cpuManagerPolicy", "cpu-manager-policy", FIELD_TEXT, 0, "none", NULL, 0 },
	{ "cpuManagerPolicyOptions", "cpu-manager-policy-options", FIELD_TEXT_MAP, FIELD_ONE_PAIR,
	  NULL, NULL, 22 },
	{ "cpuManagerReconcilePeriod", "cpu-manager-reconcile-period", FIELD_DURATION, 0, "10s",
	  NULL, 0 },
	{ "cpuCFSQuota", "cpu-cfs-quota", FIELD_BOOLEAN, ZERO, "true", NULL, 0 },
	{ "cpuCFSQuotaPeriod", "cpu-cfs-quota-period", FIELD_DURATION, ZERO, "100ms", NULL, 0 },
	{ "topologyManagerPolicy", "topology-manager-policy", FIELD_TEXT, 0, "none", NULL, 16 },
	{ "topologyManagerScope", "topology-manager-scope", FIELD_TEXT, 0, "container", NULL, 20 },
	{ "topologyManagerPolicyOptions", "topology-manager-policy-options", FIELD_TEXT_MAP,
	  FIELD_ONE_PAIR, NULL, NULL, 26 },
	{ "qosReserved", "qos-reserved", FIELD_TEXT_MAP, 0, NULL, NULL, 0 },
	{ "systemReserved", "system-reserved", FIELD_TEXT_MAP, 0, NULL, NULL, 0 },
	{ "kubeReserved", "kube-reserved", FIELD_TEXT_MAP, 0, NULL, NULL, 0 },
	{ "reservedSystemCPUs", "reserved-cpus", FIELD_TEXT, 0, NULL, NULL, 17 },
	{ "systemReservedCgroup", "system-reserved-cgroup", FIELD_TEXT, 0, NULL, NULL, 0 },
	{ "kubeReservedCgroup", "kube-reserved-cgroup", FIELD_TEXT, 0, NULL, NULL, 0 },
	{ "enforceNodeAllocatable", "enforce-node-allocatable", FIELD_TEXT_LIST, ZERO, "pods", NULL,
	  0 },
	{ "kubeletCgroups", "kubelet-cgroups", FIELD_TEXT, 0, NULL, NULL, 0 },
	{ "systemCgroups", "system-cgroups", FIELD_TEXT, 0, NULL, NULL, 0 },
	{ "cgroupRoot", "cgroup-root", FIELD_TEXT, 0, NULL, NULL, 0 },
	{ "cgroupsPerQOS", "cgroups-per-qos", FIELD_BOOLEAN, ZERO, "true", NULL, 0 },
	{ "cgroupDriver", "cgroup-driver", FIELD_TEXT, 0, "cgroupfs", NULL, 0 },
	{ "localStorageCapacityIsolation", "local-storage-capacity-isolation", FIELD_BOOLEAN, ZERO,
	  "true", NULL, 25 },
	{ "volumeStatsAggPeriod", "volume-stats-agg-period", FIELD_DURATION, 0, "1m", NULL, 0 },
	{ "kernelMemcgNotification", "kernel-memcg-notification", FIELD_BOOLEAN, 0, NULL, NULL,
	  19 },
	{ "evictionHard", "eviction-hard", FIELD_TEXT_MAP, FIELD_PAIR_BY_LESS | DEPENDS, NULL, NULL,
	  0 },
	{ "evictionSoft", "eviction-soft", FIELD_TEXT_MAP, FIELD_PAIR_BY_LESS, NULL, NULL, 0 },
	{ "evictionSoftGracePeriod", "eviction-soft-grace-period", FIELD_TEXT_MAP, 0, NULL, NULL,
	  0 },
	{ "evictionPressureTransitionPeriod", "eviction-pressure-transition-period", FIELD_DURATION,
	  0, "5m", NULL, 0 },
	{ "evictionMaxPodGracePeriod", "eviction-max-pod-grace-period", FIELD_INT32, 0, NULL, NULL,
	  0 },
	{ "evictionMinimumReclaim", "eviction-minimum-reclaim", FIELD_TEXT_MAP, 0, NULL, NULL, 0 },
	{ "mergeDefaultEvictionSettings", NULL, FIELD_BOOLEAN, ZERO, "false", NULL, 33 },

	/* Images, logs, the runtime, the rest */
	{ "imageMinimumGCAge", "minimum-image-ttl-duration", FIELD_DURATION, 0, "2m", NULL, 0 },
	{ "imageMaximumGCAge", NULL, FIELD_DURATION, 0, NULL, NULL, 29 },
	{ "imageGCHighThresholdPercent", "image-gc-high-threshold", FIELD_INT32, ZERO, "85", NULL,
	  0 },
	{ "imageGCLowThresholdPercent", "image-gc-low-threshold", FIELD_INT32, ZERO, "80", NULL,
	  0 },
	{ "serializeImagePulls", "serialize-image-pulls", FIELD_BOOLEAN, ZERO | DEPENDS, NULL, NULL,
	  0 },
	{ "maxParallelImagePulls", NULL, FIELD_INT32, ZERO | DEPENDS, NULL, NULL, 27 },
	{ "containerLogMaxSize", "container-log-max-size", FIELD_TEXT, 0, "10Mi", NULL, 0 },
	{ "containerLogMaxFiles", "container-log-max-files", FIELD_INT32, ZERO, "5", NULL, 0 },
	{ "containerLogMaxWorkers", NULL, FIELD_INT32, ZERO, "1", NULL, 30 },
	{ "containerLogMonitorInterval", NULL, FIELD_DURATION, ZERO, "10s", NULL, 30 },
	{ "runtimeRequestTimeout", "runtime-request-timeout", FIELD_DURATION, 0, "2m", NULL, 0 },
	{ "hairpinMode", "hairpin-mode", FIELD_TEXT, 0, "promiscuous-bridge", NULL, 0 },
	{ "clusterDomain", "cluster-domain", FIELD_TEXT, 0, NULL, NULL, 0 },
	{ "clusterDNS", "cluster-dns", FIELD_TEXT_LIST, 0, NULL, NULL, 0 },
	{ "resolvConf", "resolv-conf", FIELD_PATH, ZERO, "/etc/resolv.conf", NULL, 0 },
	{ "enableControllerAttachDetach", "enable-controller-attach-detach", FIELD_BOOLEAN, ZERO,
	  "true", NULL, 0 },
	{ "configMapAndSecretChangeDetectionStrategy", NULL, FIELD_TEXT, 0, "Watch", NULL, 0 },
	{ "showHiddenMetricsForVersion", "show-hidden-metrics-for-version", FIELD_TEXT, 0, NULL,
	  NULL, 18 },
	{ "shutdownGracePeriod", NULL, FIELD_DURATION, 0, NULL, NULL, 20 },
	{ "shutdownGracePeriodCriticalPods", NULL, FIELD_DURATION, 0, NULL, NULL, 20 },
	{ "shutdownGracePeriodByPodPriority", NULL, FIELD_OPAQUE, 0, NULL, NULL, 23 },
	{ "crashLoopBackOff.maxContainerRestartPeriod", NULL, FIELD_DURATION, ZERO | DEPENDS, NULL,
	  NULL, 32 },
	{ "podHousekeepingPeriod", NULL, FIELD_DURATION, ZERO, "2s", NULL, 37 },
	{ "tracing.endpoint", NULL, FIELD_TEXT, ZERO, NULL, NULL, 25 },
	{ "tracing.samplingRatePerMillion", NULL, FIELD_INT32, ZERO, NULL, NULL, 25 },
	{ "logging.format", "logging-format", FIELD_TEXT, 0, "text", NULL, 19 },
	{ "logging.flushFrequency", "log-flush-frequency", FIELD_OPAQUE, 0, NULL, NULL, 22 },
	{ "logging.verbosity", "v", FIELD_INT64, 0, NULL, NULL, 22 },
	{ "logging.vmodule", "vmodule", FIELD_OPAQUE, 0, NULL, NULL, 22 },
	{ "logging.sanitization", "experimental-logging-sanitization", FIELD_BOOLEAN, 0, NULL, NULL,
	  20 },
	{ "logging.options.text.splitStream", "log-text-split-stream", FIELD_BOOLEAN, 0, NULL, NULL,
	  29 },
	{ "logging.options.text.infoBufferSize", "log-text-info-buffer-size", FIELD_OPAQUE, 0, NULL,
	  NULL, 29 },
	{ "logging.options.json.splitStream", "log-json-split-stream", FIELD_BOOLEAN, 0, NULL, NULL,
	  23 },
	{ "logging.options.json.infoBufferSize", "log-json-info-buffer-size", FIELD_OPAQUE, 0, NULL,
	  NULL, 23 },

	/* Only flags make these */
	{ "--config", "config", FIELD_PATH, 0, NULL, NULL, 0 },
	{ "--config-dir", "config-dir", FIELD_PATH, 0, NULL, NULL, 28 },
	{ "--kubeconfig", "kubeconfig", FIELD_PATH, 0, NULL, NULL, 0 },
	{ "--bootstrap-kubeconfig", "bootstrap-kubeconfig", FIELD_PATH, 0, NULL, NULL, 0 },
	{ "--hostname-override", "hostname-override", FIELD_TEXT, 0, NULL, NULL, 0 },
	{ "--node-ip", "node-ip", FIELD_TEXT, 0, NULL, NULL, 0 },
	{ "--node-labels", "node-labels", FIELD_TEXT, 0, NULL, NULL, 0 },
	{ "--cert-dir", "cert-dir", FIELD_PATH, 0, "/var/lib/kubelet/pki", NULL, 0 },
	{ "--root-dir", "root-dir", FIELD_PATH, 0, "/var/lib/kubelet", NULL, 0 },
	{ "--cloud-provider", "cloud-provider", FIELD_TEXT, 0, NULL, NULL, 0 },
	{ "--cadvisor-port", "cadvisor-port", FIELD_PORT, DEPENDS, NULL, NULL, 0 },
	{ "--allow-privileged", "allow-privileged", FIELD_BOOLEAN, DEPENDS, NULL, NULL, 0 },
	{ "--container-runtime", "container-runtime", FIELD_TEXT, DEPENDS, NULL, NULL, 0 },
	{ "--image-credential-provider-config", "image-credential-provider-config", FIELD_PATH, 0,
	  NULL, NULL, 20 },
	{ "--image-credential-provider-bin-dir", "image-credential-provider-bin-dir", FIELD_PATH, 0,
	  NULL, NULL, 20 },
};
const size_t KUBELET_FIELD_COUNT = ARRAY_SIZE(KUBELET_FIELDS);

/* Defaults that changed: the one before 1.`until`. */
static const struct {
	const char *name;
	int until;
	const char *value;
} EARLIER_DEFAULTS[] = {
	{ "eventRecordQPS", 27, "5" }, { "eventBurst", 27, "10" },	  { "kubeAPIQPS", 27, "5" },
	{ "kubeAPIBurst", 27, "10" },  { "--cadvisor-port", 11, "4194" },
};

const char *field_default(const struct field *field, bool is_legacy, int minor)
{
	for (size_t i = 0; minor >= 0 && i < ARRAY_SIZE(EARLIER_DEFAULTS); i++)
		if (minor < EARLIER_DEFAULTS[i].until &&
		    text_equal(field->name, EARLIER_DEFAULTS[i].name))
			return EARLIER_DEFAULTS[i].value;
	return is_legacy && field->legacy_default ? field->legacy_default : field->usual_default;
}

/* Other names that flags had. */
static const struct {
	const char *alias, *flag;
} ALIASES[] = {
	{ "experimental-allowed-unsafe-sysctls", "allowed-unsafe-sysctls" },
	{ "experimental-bootstrap-kubeconfig", "bootstrap-kubeconfig" },
	{ "experimental-fail-swap-on", "fail-swap-on" },
	{ "experimental-kernel-memcg-notification", "kernel-memcg-notification" },
	{ "experimental-qos-reserved", "qos-reserved" },
	{ "resource-container", "kubelet-cgroups" },
	{ "system-container", "system-cgroups" },
};

int field_of_flag(const char *flag)
{
	for (size_t i = 0; i < ARRAY_SIZE(ALIASES); i++)
		if (strcmp(ALIASES[i].alias, flag) == 0)
			flag = ALIASES[i].flag;
	for (size_t i = 0; i < KUBELET_FIELD_COUNT; i++)
		if (KUBELET_FIELDS[i].flag && strcmp(KUBELET_FIELDS[i].flag, flag) == 0)
			return (int)i;
	return -1;
}

/* Flags are no keys of a file. */
static bool is_key(const struct field *field)
{
	return field->name[0] != '-';
}

int field_of_path(const char *path, bool is_folded)
{
	int folded = -1;

	for (size_t i = 0; i < KUBELET_FIELD_COUNT; i++) {
		if (!is_key(&KUBELET_FIELDS[i]))
			continue;
		if (strcmp(KUBELET_FIELDS[i].name, path) == 0)
			return (int)i;
		if (is_folded && strcasecmp(KUBELET_FIELDS[i].name, path) == 0)
			folded = (int)i;
	}
	return folded;
}

bool field_is_struct(const char *path, bool is_folded)
{
	size_t length = strlen(path);

	for (size_t i = 0; i < KUBELET_FIELD_COUNT; i++) {
		const char *name = KUBELET_FIELDS[i].name;

		if (is_key(&KUBELET_FIELDS[i]) && strlen(name) > length && name[length] == '.' &&
		    (is_folded ? strncasecmp(name, path, length) : strncmp(name, path, length)) ==
			    0)
			return true;
	}
	return false;
}
