/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a node is there for, as the components on it show. Dashboards and tillers are guests.
 */
#ifndef OBSERVE_ROLES_H
#define OBSERVE_ROLES_H

#include "observe/components.h"

#define ROLES_MAX 3

/* "worker", "control-plane" and "etcd", in that order; returns how many. The texts are constants.
 */
size_t roles_of(const struct component_list *components, const char *ret_roles[static ROLES_MAX]);

#endif
