/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/layout/layout.h"

#include "base/cleanup.h"
#include "base/text.h"

#define PATHS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* Sources: kubernetes/kubernetes cmd/kubeadm. */
static const struct layout LAYOUTS[] = {
	{
		.name = "kubeadm",
		.kubelet_environment = PATHS("/var/lib/kubelet/kubeadm-flags.env",
					     "/etc/default/kubelet", "/etc/sysconfig/kubelet"),
		.kubelet_certificates = "/var/lib/kubelet/pki",
		.bootstrap_kubeconfig = "/etc/kubernetes/bootstrap-kubelet.conf",
		.manifests = "/etc/kubernetes/manifests",
		.pki = "/etc/kubernetes/pki",
		.admin_kubeconfigs =
			PATHS("/etc/kubernetes/admin.conf", "/etc/kubernetes/super-admin.conf"),
		.controller_manager_kubeconfig = "/etc/kubernetes/controller-manager.conf",
		.scheduler_kubeconfig = "/etc/kubernetes/scheduler.conf",
		.cni_config = "/etc/cni/net.d",
		.etcd_data = "/var/lib/etcd",
	},
};

const struct layout *layout_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(LAYOUTS); i++)
		if (text_equal(LAYOUTS[i].name, name))
			return &LAYOUTS[i];
	return NULL;
}

const struct layout *layout_of(const struct host *host, const struct component *component)
{
	const struct setting *config = component_setting(component, "--config");

	(void)host;
	if (config && config->value.kind == VALUE_TEXT &&
	    text_equal(config->value.text, "/var/lib/kubelet/config.yaml"))
		return layout_find("kubeadm");
	return NULL;
}
