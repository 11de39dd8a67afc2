/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where each Kubernetes distribution keeps what it runs with. The table says where to look when the
 * process itself does not: a path that argv or a configuration names always wins over it.
 */
#ifndef OBSERVE_LAYOUT_LAYOUT_H
#define OBSERVE_LAYOUT_LAYOUT_H

#include "nodelatch/component.h"

/* What shows that a component follows a layout: its embedder, else its program's path, else one of
 * its settings. */
struct layout_sign {
	const char *embedder; /* by name; NULL: not asked */
	const char *exe;      /* a glob; NULL: not asked */
	const char *setting;  /* whose value, a text, matches the glob `value` */
	const char *value;
};

/* Lists end with NULL; a member that is NULL: the distribution has no such thing. Paths are as the
 * component's process sees them. */
struct layout {
	const char *name; /* "kubeadm", "k3s", ...: the `distro` of components and reports */
	const struct layout_sign *signs;	/* any of them is enough; an empty one ends them */
	const char *const *kubelet_environment; /* files of variables that its unit reads */
	const char *kubelet_certificates;	/* --cert-dir where no flag says it */
	/* Where no argv shows what its own program starts the kubelet with. */
	const char *kubelet_kubeconfig, *kubelet_client_ca;
	const char *bootstrap_kubeconfig;
	const char *manifests; /* static pods */
	const char *pki;       /* tree of the control plane's certificates and keys */
	const char *const *admin_kubeconfigs;
	const char *controller_manager_kubeconfig, *scheduler_kubeconfig, *kube_proxy_kubeconfig;
	const char *cni_config;	   /* directory */
	const char *etcd_data;	   /* directory */
	const char *distro_config; /* the file that its users write: /etc/rancher/k3s/config.yaml */
};

/* The layout that a component follows, as its process and its settings show; NULL when nothing
 * does. */
const struct layout *layout_of(const struct component *component);
/* By name, the first where there are two of one name; NULL: none. */
const struct layout *layout_find(const char *name);

#endif
