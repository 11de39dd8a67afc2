/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/commands.h"

#include "base/cleanup.h"
#include "base/text.h"

static const struct command COMMANDS[] = {
	{ "run", "watch, judge, guard and report, until SIGTERM", command_run },
	{ "check", "judge the node, or a node tree, once", command_check },
	{ "tail", "the node's changes, and then as they come", command_tail },
	{ "status", "what is watched, guarded, lost and open", command_status },
	{ "listeners", "every listening socket, its owners, and what the policy says of it",
	  command_listeners },
	{ "explain", "what a check reads, why it matters, how to fix it", command_explain },
	{ "doctor", "what this kernel and these privileges allow, found by doing it",
	  command_doctor },
	{ "config", "the policy: default, effective, validate, schema", command_config },
};

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(COMMANDS); i++)
		if (text_equal(COMMANDS[i].name, name))
			return &COMMANDS[i];
	return NULL;
}

const struct command *command_list(size_t *ret_count)
{
	*ret_count = ARRAY_SIZE(COMMANDS);
	return COMMANDS;
}
