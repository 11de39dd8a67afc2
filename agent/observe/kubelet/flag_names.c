/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flags of kubelets 1.4 to 1.37 that make none of our settings. Only one thing of them matters:
 * whether they swallow the next argument. Sources: kubernetes/kubernetes cmd/kubelet/app/options of
 * those releases, cAdvisor's, glog's and klog's flags that leaked into it.
 */
#include <string.h>

#include "base/cleanup.h"
#include "observe/kubelet/fields.h"

static const char *const BARE[] = {
	"add-dir-header",
	"alsologtostderr",
	"babysit-daemons",
	"configure-cbr0",
	"containerized",
	"docker-disable-shared-pid",
	"docker-only",
	"docker-tls",
	"enable-cadvisor-json-endpoints",
	"enable-cri",
	"enable-custom-metrics",
	"enable-load-reader",
	"exit-on-lock-contention",
	"experimental-allocatable-ignore-eviction",
	"experimental-cgroups-per-qos",
	"experimental-check-node-capabilities-before-mount",
	"experimental-dockershim",
	"experimental-flannel-overlay",
	"help",
	"keep-terminated-pod-volumes",
	"log-cadvisor-usage",
	"logtostderr",
	"one-output",
	"really-crash-for-testing",
	"reconcile-cidr",
	"redirect-container-streaming",
	"register-schedulable",
	"require-kubeconfig",
	"skip-headers",
	"skip-log-headers",
	"storage-driver-secure",
	"version",
};

static const char *const WITH_VALUE[] = {
	"api-servers",
	"application-metrics-count-limit",
	"auth-path",
	"azure-container-registry-config",
	"boot-id-file",
	"bootstrap-checkpoint-path",
	"chaos-chance",
	"cloud-config",
	"cni-bin-dir",
	"cni-cache-dir",
	"cni-conf-dir",
	"container-hints",
	"containerd",
	"containerd-env-metadata-whitelist",
	"containerd-namespace",
	"docker",
	"docker-endpoint",
	"docker-env-metadata-whitelist",
	"docker-exec-handler",
	"docker-root",
	"docker-tls-ca",
	"docker-tls-cert",
	"docker-tls-key",
	"dynamic-config-dir",
	"event-storage-age-limit",
	"event-storage-event-limit",
	"experimental-dockershim-root-directory",
	"experimental-mounter-path",
	"experimental-mounter-rootfs-path",
	"experimental-nvidia-gpus",
	"global-housekeeping-interval",
	"google-json-key",
	"host-ipc-sources",
	"host-network-sources",
	"host-pid-sources",
	"housekeeping-interval",
	"image-pull-progress-deadline",
	"init-config-dir",
	"lock-file",
	"log-backtrace-at",
	"log-dir",
	"log-file",
	"log-file-max-size",
	"low-diskspace-threshold-mb",
	"machine-id-file",
	"master-service-namespace",
	"maximum-dead-containers",
	"maximum-dead-containers-per-container",
	"minimum-container-ttl-duration",
	"network-plugin",
	"network-plugin-dir",
	"network-plugin-mtu",
	"non-masquerade-cidr",
	"outofdisk-transition-frequency",
	"pod-infra-container-image",
	"rkt-api-endpoint",
	"rkt-path",
	"rkt-stage1-image",
	"runtime-cgroups",
	"seccomp-profile-root",
	"stderrthreshold",
	"storage-driver-buffer-duration",
	"storage-driver-db",
	"storage-driver-host",
	"storage-driver-password",
	"storage-driver-table",
	"storage-driver-user",
};

static bool is_in(const char *const *names, size_t count, const char *flag)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], flag) == 0)
			return true;
	return false;
}

enum flag_kind flag_kind(const char *flag)
{
	int field = field_of_flag(flag);

	if (field >= 0)
		return KUBELET_FIELDS[field].type == FIELD_BOOLEAN ? FLAG_BARE : FLAG_WITH_VALUE;
	if (is_in(BARE, ARRAY_SIZE(BARE), flag))
		return FLAG_BARE;
	return is_in(WITH_VALUE, ARRAY_SIZE(WITH_VALUE), flag) ? FLAG_WITH_VALUE : FLAG_UNKNOWN;
}
