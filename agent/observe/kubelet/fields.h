/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every setting of a kubelet: KubeletConfiguration (kubelet.config.k8s.io/v1beta1, versions 1.12 to
 * 1.37) and its flags.
 */
#ifndef OBSERVE_KUBELET_FIELDS_H
#define OBSERVE_KUBELET_FIELDS_H

#include "observe/reading/program.h"

#define KUBELET_API_VERSION "kubelet.config.k8s.io/v1beta1"
#define KUBELET_KIND	    "KubeletConfiguration"

extern const struct schema KUBELET_SCHEMA;
extern const struct program KUBELET_PROGRAM;

/* Flags of kubelets 1.4 to 1.37 that make none of our settings; end with NULL. */
extern const char *const KUBELET_BARE_FLAGS[], *const KUBELET_VALUE_FLAGS[];

#endif
