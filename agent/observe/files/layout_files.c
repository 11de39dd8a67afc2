/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "observe/files/parts.h"

/* kubeadm's "kube-apiserver.yaml", OpenShift's "kube-apiserver-pod.yaml", kOps'
 * "kube-apiserver.manifest". */
static const struct {
	const char *name, *object;
} MANIFESTS[] = {
	{ "kube-apiserver", "apiserver-manifest" },
	{ "kube-controller-manager", "controller-manager-manifest" },
	{ "kube-scheduler", "scheduler-manifest" },
	{ "etcd", "etcd-manifest" },
};

/* The kubelet takes every file whose name does not begin with a dot. */
static const char *manifest_object(const char *path)
{
	const char *name = text_base_name(path);

	for (size_t i = 0; i < ARRAY_SIZE(MANIFESTS); i++) {
		size_t length = strlen(MANIFESTS[i].name);

		if (text_starts_with(name, MANIFESTS[i].name) &&
		    (name[length] == '.' || name[length] == '-'))
			return MANIFESTS[i].object;
	}
	return *name == '.' ? NULL : "static-pod";
}

static const char *network_object(const char *path)
{
	return *text_base_name(path) == '.' ? NULL : "cni-config";
}

/* By name, as people and CIS go by it; where that does not tell, it is taken for the key. */
static const char *pki_object(const char *path)
{
	const char *name = text_base_name(path);
	bool is_certificate = text_ends_with(name, ".crt") || text_ends_with(name, ".pub") ||
			      text_ends_with(name, ".cert") ||
			      (text_ends_with(name, ".pem") && !text_ends_with(name, "key.pem"));

	if (is_certificate)
		return "pki-certificate";
	return text_ends_with(name, ".key") || text_ends_with(name, ".pem") ? "pki-key" : NULL;
}

static const struct tree_rule STATIC_PODS = { "static-pods", manifest_object, NULL, 0 };
static const struct tree_rule NETWORK = { "cni-directory", network_object, NULL, 0 };
static const struct tree_rule PKI = { "pki-directory", pki_object, "pki-key", FILE_DEPTH_MAX };

static void collect_one(struct collector *collector, const char *object, const char *path)
{
	if (path)
		collector_add(collector, object, path, CONTENT_SECRET);
}

static void collect_credentials(struct collector *collector, const struct layout *layout)
{
	for (size_t i = 0; layout->admin_kubeconfigs && layout->admin_kubeconfigs[i]; i++)
		collect_one(collector, "admin-kubeconfig", layout->admin_kubeconfigs[i]);
	collect_one(collector, "controller-manager-kubeconfig",
		    layout->controller_manager_kubeconfig);
	collect_one(collector, "scheduler-kubeconfig", layout->scheduler_kubeconfig);
	collect_one(collector, "kube-proxy-kubeconfig", layout->kube_proxy_kubeconfig);
}

void collect_layout(struct collector *collector, const struct component *kubelet,
		    const struct layout *layout)
{
	const char *manifests = kubelet ? named_path(kubelet, "staticPodPath") : NULL;

	if (!manifests)
		manifests = layout->manifests;
	if (manifests)
		collector_add_tree(collector, &STATIC_PODS, manifests);
	collect_credentials(collector, layout);
	if (layout->cni_config)
		collector_add_tree(collector, &NETWORK, layout->cni_config);
	if (layout->etcd_data && !collector->has_etcd)
		collector_add(collector, "etcd-data", layout->etcd_data, CONTENT_PLAIN);
	if (layout->pki)
		collector_add_tree(collector, &PKI, layout->pki);
}
