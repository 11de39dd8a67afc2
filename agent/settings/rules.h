/* SPDX-License-Identifier: Apache-2.0 */
/* What no single key can say: rules that contradict each other, and the one that locks you out. */
#ifndef SETTINGS_RULES_H
#define SETTINGS_RULES_H

#include "settings/problems.h"

/* Finishes the requirements, whose list in the policy is `items`: what each expects. Returns 0 or
 * -ENOMEM. */
int requirements_finish(struct settings *settings, const struct yaml_node *items,
			struct arena *arena, struct policy_error *error);

/* Root is the policy's map; NULL: everything is at its default. Finishes the waivers too. Returns 0
 * or -ENOMEM. */
int rules_check(struct settings *settings, const struct yaml_node *root, struct arena *arena,
		struct policy_error *error);

#endif
