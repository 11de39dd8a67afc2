/* SPDX-License-Identifier: Apache-2.0 */
/* Names of checks that people type. */
#ifndef COMMANDS_CHECK_NAMES_H
#define COMMANDS_CHECK_NAMES_H

/* Says that there is no such check, and which may be meant. Returns EXIT_STATUS_USAGE. */
int fail_unknown_check(const char *command, const char *wrong);

#endif
