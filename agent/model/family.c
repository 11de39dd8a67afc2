/* SPDX-License-Identifier: Apache-2.0 */
#include "model/family.h"

#include <string.h>

#include "base/cleanup.h"

static const struct {
	const char *word, *title;
} FAMILIES[] = {
	{ "kubelet", "Kubelet" },
	{ "file", "Files" },
	{ "kube-proxy", "kube-proxy" },
	{ "apiserver", "API server" },
	{ "controller-manager", "Controller manager" },
	{ "scheduler", "Scheduler" },
	{ "etcd", "etcd" },
	{ "identity", "Identities and certificates" },
	{ "port", "Listening ports" },
	{ "workload", "Workloads" },
	{ "cluster", "Cluster" },
	{ "policy", "Requirements of the policy" },
	{ "agent", "The agent itself" },
	{ "guard", "Guards" },
};

size_t family_length(const char *check_id)
{
	return strcspn(check_id, ".");
}

bool family_is_same(const char *check_id, const char *other_id)
{
	size_t length = family_length(check_id);

	return length == family_length(other_id) && memcmp(check_id, other_id, length) == 0;
}

const char *family_title(const char *check_id)
{
	for (size_t i = 0; i < ARRAY_SIZE(FAMILIES); i++)
		if (family_is_same(FAMILIES[i].word, check_id))
			return FAMILIES[i].title;
	return "Other checks";
}
