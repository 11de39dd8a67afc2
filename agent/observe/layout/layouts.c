/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/layout/layout.h"

#include "base/cleanup.h"
#include "base/text.h"

#define PATHS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define SIGNS(...) ((const struct layout_sign[]){ __VA_ARGS__, { 0 } })

/* Those that are told by a surer sign come first. */
static const struct layout LAYOUTS[] = {
	/* k3s-io/k3s pkg/daemons */
	{
		.name = "k3s",
		.signs = SIGNS({ .embedder = "k3s" }),
		.kubelet_certificates = "/var/lib/rancher/k3s/agent",
		.kubelet_kubeconfig = "/var/lib/rancher/k3s/agent/kubelet.kubeconfig",
		.kubelet_client_ca = "/var/lib/rancher/k3s/agent/client-ca.crt",
		.manifests = "/var/lib/rancher/k3s/agent/pod-manifests",
		.pki = "/var/lib/rancher/k3s/server/tls",
		.admin_kubeconfigs = PATHS("/etc/rancher/k3s/k3s.yaml",
					   "/var/lib/rancher/k3s/server/cred/admin.kubeconfig"),
		.controller_manager_kubeconfig =
			"/var/lib/rancher/k3s/server/cred/controller.kubeconfig",
		.scheduler_kubeconfig = "/var/lib/rancher/k3s/server/cred/scheduler.kubeconfig",
		.kube_proxy_kubeconfig = "/var/lib/rancher/k3s/agent/kubeproxy.kubeconfig",
		.cni_config = "/var/lib/rancher/k3s/agent/etc/cni/net.d",
		.etcd_data = "/var/lib/rancher/k3s/server/db/etcd",
		.distro_config = "/etc/rancher/k3s/config.yaml",
	},
	/* canonical/microk8s microk8s-resources */
	{
		.name = "microk8s",
		.signs = SIGNS({ .embedder = "microk8s" }, { .exe = "/snap/microk8s/*" }),
		.kubelet_environment = PATHS("/var/snap/microk8s/current/args/kubelet"),
		.kubelet_certificates = "/var/snap/microk8s/current/certs",
		.pki = "/var/snap/microk8s/current/certs",
		.admin_kubeconfigs = PATHS("/var/snap/microk8s/current/credentials/client.config"),
		.controller_manager_kubeconfig =
			"/var/snap/microk8s/current/credentials/controller.config",
		.scheduler_kubeconfig = "/var/snap/microk8s/current/credentials/scheduler.config",
		.kube_proxy_kubeconfig = "/var/snap/microk8s/current/credentials/proxy.config",
		.cni_config = "/var/snap/microk8s/current/args/cni-network",
		.etcd_data = "/var/snap/microk8s/current/var/kubernetes/backend",
	},
	/* openshift/microshift pkg/node, pkg/controllers */
	{
		.name = "microshift",
		.signs = SIGNS({ .embedder = "microshift" }, { .exe = "*/microshift-etcd" }),
		.pki = "/var/lib/microshift/certs",
		.admin_kubeconfigs = PATHS("/var/lib/microshift/resources/kubeadmin/kubeconfig"),
		.controller_manager_kubeconfig =
			"/var/lib/microshift/resources/kube-controller-manager/kubeconfig",
		.scheduler_kubeconfig = "/var/lib/microshift/resources/kube-scheduler/kubeconfig",
		.cni_config = "/etc/cni/net.d",
		.etcd_data = "/var/lib/microshift/etcd",
		.distro_config = "/etc/microshift/config.yaml",
	},
	/* rancher/rke2 pkg/executor/staticpod */
	{
		.name = "rke2",
		.signs = SIGNS(
			{ .exe = "*/rke2/data/*/bin/*" },
			{ .setting = "--kubeconfig", .value = "*/rancher/rke2/*" },
			{ .setting = "--client-ca-file", .value = "*/rancher/rke2/*" },
			{ .setting = "--config-file", .value = "*/rancher/rke2/*" },
			{ .setting = "clientConnection.kubeconfig", .value = "*/rancher/rke2/*" }),
		.kubelet_certificates = "/var/lib/rancher/rke2/agent",
		.manifests = "/var/lib/rancher/rke2/agent/pod-manifests",
		.pki = "/var/lib/rancher/rke2/server/tls",
		.admin_kubeconfigs = PATHS("/etc/rancher/rke2/rke2.yaml",
					   "/var/lib/rancher/rke2/server/cred/admin.kubeconfig"),
		.controller_manager_kubeconfig =
			"/var/lib/rancher/rke2/server/cred/controller.kubeconfig",
		.scheduler_kubeconfig = "/var/lib/rancher/rke2/server/cred/scheduler.kubeconfig",
		.kube_proxy_kubeconfig = "/var/lib/rancher/rke2/agent/kubeproxy.kubeconfig",
		.cni_config = "/etc/cni/net.d",
		.etcd_data = "/var/lib/rancher/rke2/server/db/etcd",
		.distro_config = "/etc/rancher/rke2/config.yaml",
	},
	/* k0sproject/k0s pkg/component, pkg/constant */
	{
		.name = "k0s",
		.signs = SIGNS({ .exe = "/var/lib/k0s/bin/*" },
			       { .setting = "--kubeconfig", .value = "/var/lib/k0s/*" },
			       { .setting = "--client-ca-file", .value = "/var/lib/k0s/*" }),
		.kubelet_certificates = "/var/lib/k0s/kubelet/pki",
		.bootstrap_kubeconfig = "/var/lib/k0s/kubelet-bootstrap.conf",
		.pki = "/var/lib/k0s/pki",
		.admin_kubeconfigs = PATHS("/var/lib/k0s/pki/admin.conf"),
		.controller_manager_kubeconfig = "/var/lib/k0s/pki/ccm.conf",
		.scheduler_kubeconfig = "/var/lib/k0s/pki/scheduler.conf",
		.cni_config = "/etc/cni/net.d",
		.etcd_data = "/var/lib/k0s/etcd",
		.distro_config = "/etc/k0s/k0s.yaml",
	},
	/* awslabs/amazon-eks-ami nodeadm/internal/kubelet: Amazon Linux 2023 */
	{
		.name = "eks",
		.signs = SIGNS(
			{ .setting = "--config", .value = "/etc/kubernetes/kubelet/config.json" }),
		.kubelet_environment = PATHS("/etc/eks/kubelet/environment"),
		.kubelet_certificates = "/var/lib/kubelet/pki",
		.pki = "/etc/kubernetes/pki",
		.cni_config = "/etc/cni/net.d",
		.distro_config = "/etc/kubernetes/kubelet/config.json",
	},
	/* The same repository's history: Amazon Linux 2, up to 2026 */
	{
		.name = "eks",
		.signs = SIGNS({ .setting = "--config",
				 .value = "/etc/kubernetes/kubelet/kubelet-config.json" }),
		.kubelet_certificates = "/var/lib/kubelet/pki",
		.pki = "/etc/kubernetes/pki",
		.cni_config = "/etc/cni/net.d",
		.distro_config = "/etc/kubernetes/kubelet/kubelet-config.json",
	},
	/* bottlerocket-os/bottlerocket-core-kit packages/kubernetes-* */
	{
		.name = "bottlerocket",
		.signs =
			SIGNS({ .setting = "--config", .value = "/etc/kubernetes/kubelet/config" }),
		.kubelet_environment = PATHS("/etc/kubernetes/kubelet/env"),
		.kubelet_certificates = "/var/lib/kubelet/pki",
		.bootstrap_kubeconfig = "/etc/kubernetes/kubelet/bootstrap-kubeconfig",
		.manifests = "/etc/kubernetes/static-pods",
		.pki = "/etc/kubernetes/pki",
		.cni_config = "/etc/cni/net.d",
	},
	/* As aquasecurity/kube-bench#852 shows it: Container-Optimized OS */
	{
		.name = "gke",
		.signs = SIGNS(
			{ .exe = "/home/kubernetes/bin/*" },
			{ .setting = "--config", .value = "/home/kubernetes/kubelet-config.yaml" }),
		.kubelet_environment = PATHS("/etc/default/kubelet"),
		.kubelet_certificates = "/var/lib/kubelet/pki",
		.bootstrap_kubeconfig = "/var/lib/kubelet/bootstrap-kubeconfig",
		.manifests = "/etc/kubernetes/manifests",
		.pki = "/etc/srv/kubernetes/pki",
		.kube_proxy_kubeconfig = "/var/lib/kube-proxy/kubeconfig",
		.cni_config = "/etc/cni/net.d",
		.distro_config = "/home/kubernetes/kubelet-config.yaml",
	},
	/* Azure/AgentBaker parts/linux/cloud-init */
	{
		.name = "aks",
		.signs =
			SIGNS({ .setting = "--config", .value = "/etc/default/kubeletconfig.json" },
			      { .setting = "authentication.x509.clientCAFile",
				.value = "/etc/kubernetes/certs/ca.crt" }),
		.kubelet_environment = PATHS("/etc/default/kubelet"),
		.kubelet_certificates = "/var/lib/kubelet/pki",
		.bootstrap_kubeconfig = "/var/lib/kubelet/bootstrap-kubeconfig",
		.manifests = "/etc/kubernetes/manifests",
		.pki = "/etc/kubernetes/certs",
		.cni_config = "/etc/cni/net.d",
	},
	/* openshift/machine-config-operator templates */
	{
		.name = "openshift",
		.signs = SIGNS({ .setting = "--config", .value = "/etc/kubernetes/kubelet.conf" },
			       { .setting = "--client-ca-file",
				 .value = "/etc/kubernetes/certificates/*" },
			       { .setting = "--kubeconfig",
				 .value = "/etc/kubernetes/static-pod-resources/*" }),
		.kubelet_environment =
			PATHS("/etc/kubernetes/kubelet-env", "/etc/kubernetes/kubelet-workaround"),
		.kubelet_certificates = "/var/lib/kubelet/pki",
		.bootstrap_kubeconfig = "/etc/kubernetes/kubeconfig",
		.manifests = "/etc/kubernetes/manifests",
		.pki = "/etc/kubernetes/static-pod-resources",
		.cni_config = "/etc/kubernetes/cni/net.d",
		.etcd_data = "/var/lib/etcd",
	},
	/* siderolabs/talos internal/app/machined/pkg/system/services */
	{
		.name = "talos",
		.signs = SIGNS(
			{ .setting = "--config", .value = "/etc/kubernetes/kubelet.yaml" },
			{ .setting = "--client-ca-file", .value = "/system/secrets/kubernetes/*" }),
		.kubelet_certificates = "/var/lib/kubelet/pki",
		.bootstrap_kubeconfig = "/etc/kubernetes/bootstrap-kubeconfig",
		.manifests = "/etc/kubernetes/manifests",
		.pki = "/system/secrets/kubernetes",
		.cni_config = "/etc/cni/net.d",
		.etcd_data = "/var/lib/etcd",
	},
	/* kubernetes-sigs/kubespray roles/kubernetes */
	{
		.name = "kubespray",
		.signs = SIGNS(
			{ .setting = "--config", .value = "/etc/kubernetes/kubelet-config.yaml" },
			{ .setting = "--client-ca-file", .value = "/etc/kubernetes/ssl/ca.crt" }),
		.kubelet_environment = PATHS("/etc/kubernetes/kubelet.env"),
		.kubelet_certificates = "/var/lib/kubelet/pki",
		.bootstrap_kubeconfig = "/etc/kubernetes/bootstrap-kubelet.conf",
		.manifests = "/etc/kubernetes/manifests",
		.pki = "/etc/kubernetes/ssl",
		.admin_kubeconfigs =
			PATHS("/etc/kubernetes/admin.conf", "/etc/kubernetes/super-admin.conf"),
		.controller_manager_kubeconfig = "/etc/kubernetes/controller-manager.conf",
		.scheduler_kubeconfig = "/etc/kubernetes/scheduler.conf",
		.cni_config = "/etc/cni/net.d",
		.etcd_data = "/var/lib/etcd",
	},
#define AS_KUBEADM                                                                                 \
	.kubelet_environment = PATHS("/var/lib/kubelet/kubeadm-flags.env", "/etc/default/kubelet", \
				     "/etc/sysconfig/kubelet"),                                    \
	.kubelet_certificates = "/var/lib/kubelet/pki",                                            \
	.bootstrap_kubeconfig = "/etc/kubernetes/bootstrap-kubelet.conf",                          \
	.manifests = "/etc/kubernetes/manifests", .pki = "/etc/kubernetes/pki",                    \
	.admin_kubeconfigs =                                                                       \
		PATHS("/etc/kubernetes/admin.conf", "/etc/kubernetes/super-admin.conf"),           \
	.controller_manager_kubeconfig = "/etc/kubernetes/controller-manager.conf",                \
	.scheduler_kubeconfig = "/etc/kubernetes/scheduler.conf", .cni_config = "/etc/cni/net.d",  \
	.etcd_data = "/var/lib/etcd"
	/* kubernetes-sigs/kind pkg/cluster/internal/kubeadm: kubeadm in a container */
	{
		.name = "kind",
		.signs = SIGNS({ .setting = "providerID", .value = "kind://*" }),
		AS_KUBEADM,
	},
	/* kubernetes/kubernetes cmd/kubeadm */
	{
		.name = "kubeadm",
		.signs = SIGNS(
			{ .setting = "--config", .value = "/var/lib/kubelet/config.yaml" },
			{ .setting = "--client-ca-file", .value = "/etc/kubernetes/pki/ca.crt" },
			{ .setting = "--trusted-ca-file",
			  .value = "/etc/kubernetes/pki/etcd/ca.crt" }),
		AS_KUBEADM,
	},
};

const struct layout *layout_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(LAYOUTS); i++)
		if (text_equal(LAYOUTS[i].name, name))
			return &LAYOUTS[i];
	return NULL;
}

static bool is_shown_by(const struct layout_sign *sign, const struct component *component)
{
	if (sign->embedder)
		return text_equal(sign->embedder, component->embedder);
	if (sign->exe)
		return text_matches_glob(component->process->exe, sign->exe);
	const struct setting *setting = component_setting(component, sign->setting);

	return setting && setting->value.kind == VALUE_TEXT &&
	       text_matches_glob(setting->value.text, sign->value);
}

const struct layout *layout_of(const struct component *component)
{
	for (size_t i = 0; i < ARRAY_SIZE(LAYOUTS); i++)
		for (const struct layout_sign *sign = LAYOUTS[i].signs;
		     sign->embedder || sign->exe || sign->setting; sign++)
			if (is_shown_by(sign, component))
				return &LAYOUTS[i];
	return NULL;
}
