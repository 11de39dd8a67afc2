/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/control_plane/programs.h"

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const struct control_plane_program PROGRAMS[COMPONENT_KIND_COUNT] = {
	[COMPONENT_KUBE_PROXY] = { .program = { .names = WORDS("kube-proxy"),
						.hyperkube_words = WORDS("kube-proxy", "proxy"),
						.schema = &KUBE_PROXY_SCHEMA },
				   .read = read_kube_proxy },
	[COMPONENT_APISERVER] = { .program = { .names = WORDS("kube-apiserver"),
					       .hyperkube_words =
						       WORDS("kube-apiserver", "apiserver"),
					       .schema = &APISERVER_SCHEMA },
				  .read = read_apiserver },
	[COMPONENT_CONTROLLER_MANAGER] = { .program = { .names = WORDS("kube-controller-manager"),
							.hyperkube_words =
								WORDS("kube-controller-manager",
								      "controller-manager"),
							.schema = &CONTROLLER_MANAGER_SCHEMA },
					   .read = read_flags },
	[COMPONENT_SCHEDULER] = { .program = { .names = WORDS("kube-scheduler"),
					       .hyperkube_words =
						       WORDS("kube-scheduler", "scheduler"),
					       .schema = &SCHEDULER_SCHEMA },
				  .read = read_scheduler },
	[COMPONENT_ETCD] = { .program = { .names = WORDS("etcd"), .schema = &ETCD_SCHEMA },
			     .read = read_etcd },
	/* From version 7 on the part that talks to the API server is a program of its own. */
	[COMPONENT_DASHBOARD] = { .program = { .names = WORDS("dashboard", "dashboard-api"),
					       .schema = &DASHBOARD_SCHEMA },
				  .read = read_flags,
				  .is_in_any_pod = true },
	[COMPONENT_TILLER] = { .program = { .names = WORDS("tiller"), .schema = &TILLER_SCHEMA },
			       .read = read_tiller,
			       .is_in_any_pod = true },
};

const struct control_plane_program *control_plane_program(enum component_kind kind)
{
	return PROGRAMS[kind].program.schema ? &PROGRAMS[kind] : NULL;
}
