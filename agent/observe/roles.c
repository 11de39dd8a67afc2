/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/roles.h"

static const struct {
	const char *role;
	unsigned kinds; /* one bit each */
} ROLES[ROLES_MAX] = {
	{ "worker", 1U << COMPONENT_KUBELET },
	{ "control-plane", 1U << COMPONENT_APISERVER | 1U << COMPONENT_CONTROLLER_MANAGER |
				   1U << COMPONENT_SCHEDULER },
	{ "etcd", 1U << COMPONENT_ETCD },
};

size_t roles_of(const struct component_list *components, const char *ret_roles[static ROLES_MAX])
{
	unsigned kinds = 0;
	size_t count = 0;

	for (size_t i = 0; i < components->count; i++)
		kinds |= 1U << components->items[i].kind;
	for (size_t i = 0; i < ROLES_MAX; i++)
		if (ROLES[i].kinds & kinds)
			ret_roles[count++] = ROLES[i].role;
	return count;
}
