/* SPDX-License-Identifier: Apache-2.0 */
/* How the readers of this folder say what is wrong. */
#ifndef SETTINGS_PROBLEMS_H
#define SETTINGS_PROBLEMS_H

#include "base/yaml.h"
#include "settings/policy.h"

/* Adds one. The node tells the place; NULL: the file as a whole. Where there is no memory for the
 * message it is still counted, as left out. */
void problem_error(struct policy_error *error, const struct yaml_node *node, const char *format,
		   ...) __attribute__((format(printf, 3, 4)));
void problem_warning(struct policy_error *error, const struct yaml_node *node, const char *format,
		     ...) __attribute__((format(printf, 3, 4)));
/* Anything but warnings. */
bool problems_are_errors(const struct policy_error *error);
/* Into the order of the file; those without a place first. */
void problems_sort(struct policy_error *error);

#endif
