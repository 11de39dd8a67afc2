/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What several commands begin with: the policy, and the node as observed now.
 */
#ifndef COMMANDS_LOAD_H
#define COMMANDS_LOAD_H

#include "observe/observer.h"
#include "settings/policy.h"

/* Read when --policy is not given, if it exists; else the built-in default is in force. */
#define POLICY_PATH_DEFAULT "/etc/nodelatch/policy.yaml"

/* The path that --policy means: itself, POLICY_PATH_DEFAULT where that exists, or NULL. */
const char *policy_path(const char *option);

/* Prints every error to stderr. Returns 0 or EXIT_STATUS_USAGE. */
int load_policy(const char *command, const char *option, struct policy **ret_policy);

/*
 * Opens the host (root NULL: the live one) and, where netns is given, judges that network namespace
 * as the host's; ret_netns_fd is -1 where it cannot be opened. Prints errors. Returns 0 or
 * EXIT_STATUS_USAGE.
 */
int load_host(const char *command, const char *root, const char *netns, struct host **ret_host);

/*
 * Asks the components' own servers what the policy lets ask, and waits for it (PROBE_SESSION_MS at
 * most). No process is started where there is nothing to ask. Returns 0 or -errno.
 */
int load_probes(struct observer *observer, const struct settings *settings);

#endif
