/* SPDX-License-Identifier: Apache-2.0 */
/* What a policy holds, for the files of this folder. */
#ifndef SETTINGS_POLICY_PRIVATE_H
#define SETTINGS_POLICY_PRIVATE_H

#include "base/yaml.h"
#include "settings/policy.h"

struct policy {
	struct arena *arena; /* of everything below */
	struct settings settings;
	const struct yaml_node *root; /* where each value stands; NULL: the built-in default */
};

#endif
