/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nodelatch listeners: every listening socket in every network namespace, who holds it, who can
 * reach it, and what the policy says of it.
 */
#include "base/text.h"
#include "base/time.h"
#include "commands/commands.h"
#include "commands/load.h"
#include "commands/options.h"
#include "report/listeners.h"

struct listeners_options {
	const char *policy, *netns, *format;
	bool shows_all;
};

static int show(const struct listeners_options *options)
{
	CLEANUP_POLICY struct policy *policy = NULL;
	CLEANUP(cleanup_observer) struct observer *observer = NULL;
	CLEANUP(cleanup_host) struct host *host = NULL;
	CLEANUP_BUFFER struct text_buffer text = { 0 };
	enum listener_choice choice = options->shows_all ? LISTENERS_ALL : LISTENERS_SERVERS;
	struct sink_style style = terminal_style(STDOUT_FILENO);
	bool is_json = text_equal(options->format, "json");
	struct node node;

	if (!is_json && !text_equal(options->format, "text"))
		return command_fail("listeners", "--format %s: want text or json", options->format);
	int status = load_policy("listeners", options->policy, &policy);

	if (status == 0)
		status = load_host("listeners", NULL, options->netns, &host);
	if (status != 0)
		return status;
	int error = observer_new(host, &observer);

	if (error == 0)
		error = observer_refresh(observer, OBSERVE_LISTENERS, time_now_ns());
	if (error < 0)
		return command_fail("listeners", "%s", strerror(-error));
	observer_node(observer, &node);
	if (!node.listeners_known)
		return command_fail("listeners", "%s", node.listeners_problem);
	error = is_json ? listeners_write_json(&node, policy_settings(policy), choice, &text)
			: listeners_write_text(&node, policy_settings(policy), choice, &style,
					       &text);
	if (error == 0)
		error = buffer_write(&text, STDOUT_FILENO);
	return error == 0 ? EXIT_STATUS_CLEAN : command_fail("listeners", "%s", strerror(-error));
}

int command_listeners(int argc, char **argv)
{
	struct listeners_options options = { .format = "text" };
	const struct option_row rows[] = {
		{ "all", 0, NULL, "UDP sockets of clients too", NULL, &options.shows_all, NULL },
		{ "format", 0, "FORMAT", "text or json", &options.format, NULL, NULL },
		{ "policy", 0, "FILE", "the policy to judge them by", &options.policy, NULL, NULL },
		{ "netns", 0, "PATH", "the network namespace to judge as the host's",
		  &options.netns, NULL, NULL },
	};
	const struct command_line line = {
		.name = "listeners",
		.operands = "",
		.purpose = "Shows every listening socket in every network namespace: who holds\n"
			   "it, who can reach it, and what the policy says of it.",
		.examples = "  nodelatch listeners\n"
			    "  nodelatch listeners --format json | jq '.listeners[] | "
			    "select(.exposure == \"any\")'",
		.options = rows,
		.option_count = ARRAY_SIZE(rows),
	};
	int first, status;

	if (!command_line_begin(&line, argc, argv, &first, &status))
		return status;
	return show(&options);
}
