/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nodelatch run: the agent.
 */
#include "base/cleanup.h"
#include "commands/commands.h"
#include "commands/load.h"
#include "commands/options.h"
#include "control/server.h"
#include "enforce/guard.h"
#include "warden/warden.h"

int command_run(int argc, char **argv)
{
	const char *policy = NULL;
	struct warden_options options = {
		.netns_path = HOST_NETNS_PATH,
		.control_path = CONTROL_SOCKET_DEFAULT,
		.pin_directory = GUARD_PIN_DIRECTORY,
	};
	const struct option_row rows[] = {
		{ "policy", 0, "FILE",
		  "the policy (default: /etc/nodelatch/policy.yaml, else the built-in one)",
		  &policy, NULL, NULL },
		{ "netns", 0, "PATH",
		  "the network namespace to guard and judge as the host's (default /proc/1/ns/net)",
		  &options.netns_path, NULL, NULL },
		{ "control", 0, "PATH", "the control socket", &options.control_path, NULL, NULL },
		{ "pins", 0, "DIR", "where an enforced guard is pinned, on a bpffs",
		  &options.pin_directory, NULL, NULL },
	};
	const struct command_line line = {
		.name = "run",
		.operands = "",
		.purpose = "The agent: watches, judges, guards and reports until SIGTERM or\n"
			   "Ctrl-C. SIGHUP or a changed policy file reloads the policy. In\n"
			   "audit mode nothing on this host is changed; an enforced guard\n"
			   "stays in force when the agent ends.",
		.examples = "  nodelatch run\n"
			    "  nodelatch run --policy /etc/nodelatch/policy.yaml",
		.options = rows,
		.option_count = ARRAY_SIZE(rows),
	};
	int first, status;

	if (!command_line_begin(&line, argc, argv, &first, &status))
		return status;
	options.policy_path = policy_path(policy);
	return warden_run(&options);
}
