/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables of rows, one file each. A check is added as a row of one of them, with its cases under
 * tests/cases/.
 */
#ifndef CHECK_FAMILIES_H
#define CHECK_FAMILIES_H

#include <stddef.h>

#include "nodelatch/check.h"

struct check_family {
	const struct check *rows;
	size_t count;
};

extern const struct check_family KUBELET_ACCESS_CHECKS;
extern const struct check_family KUBELET_SERVER_CHECKS;
extern const struct check_family KUBELET_TLS_CHECKS;
extern const struct check_family KUBELET_POD_CHECKS;
extern const struct check_family KUBELET_CLUSTER_CHECKS;
extern const struct check_family KUBELET_INPUT_CHECKS;
extern const struct check_family KUBE_PROXY_CHECKS;
extern const struct check_family APISERVER_ACCESS_CHECKS;
extern const struct check_family APISERVER_ADMISSION_CHECKS;
extern const struct check_family APISERVER_DATA_CHECKS;
extern const struct check_family CONTROLLER_MANAGER_CHECKS;
extern const struct check_family SCHEDULER_CHECKS;
extern const struct check_family ETCD_CHECKS;
extern const struct check_family FILE_KUBELET_CHECKS;
extern const struct check_family FILE_PATH_CHECKS;
extern const struct check_family FILE_LEFT_CHECKS;
extern const struct check_family FILE_CONTROL_PLANE_CHECKS;
extern const struct check_family PORT_CHECKS;
extern const struct check_family PORT_PROBE_CHECKS;
extern const struct check_family WORKLOAD_CHECKS;
extern const struct check_family CLUSTER_CHECKS;
extern const struct check_family IDENTITY_CHECKS;
extern const struct check_family IDENTITY_SERVING_CHECKS;
extern const struct check_family IDENTITY_KUBECONFIG_CHECKS;
extern const struct check_family REQUIRE_CHECKS;
extern const struct check_family AGENT_CHECKS;

#endif
