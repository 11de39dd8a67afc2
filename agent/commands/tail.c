/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nodelatch tail: history from the journal, which needs no running agent; then the agent's control
 * socket, from the number where the history ended.
 */
#include <poll.h>
#include <signal.h>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "commands/commands.h"
#include "commands/load.h"
#include "commands/options.h"
#include "control/client.h"
#include "control/server.h"
#include "ledger/journal.h"
#include "model/change_json.h"
#include "model/words.h"
#include "report/sinks.h"
#include "settings/policy.h"

#define DEFAULT_COUNT "50"
/* While the agent is away, look for it this often. */
#define RETRY_MS 1000

struct tail {
	struct change_query query;
	const struct sink *sink;
	struct sink_style style;
	int64_t last_seq;
	int error; /* of writing to stdout */
};

static int print_change(struct tail *tail, const struct change *change)
{
	CLEANUP_BUFFER struct text_buffer line = { 0 };
	int error = tail->sink->write(&tail->style, change, &line);

	return error < 0 ? error : buffer_write(&line, STDOUT_FILENO);
}

static bool visit(void *context, const struct change *change, const char *line)
{
	struct tail *tail = context;

	(void)line;
	tail->last_seq = change->seq;
	tail->error = print_change(tail, change);
	return tail->error == 0;
}

static bool is_wanted(const struct tail *tail, const struct change *change)
{
	return change->seq > tail->last_seq && change->finding.severity >= tail->query.at_least &&
	       text_matches_glob(change->finding.check, tail->query.check);
}

/* One line of the agent's. Returns 0, or -errno when stdout is gone. */
static int take_line(struct tail *tail, const json_t *line)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct change change;

	if (!arena)
		return -ENOMEM;
	if (change_from_json(line, arena, &change) < 0)
		return 0;
	int error = is_wanted(tail, &change) ? print_change(tail, &change) : 0;

	if (change.seq > tail->last_seq)
		tail->last_seq = change.seq;
	return error;
}

/* Returns 0 when the agent went away, or -errno when stdout did. */
static int follow_connection(struct tail *tail, int fd)
{
	CLEANUP_FCLOSE FILE *stream = fdopen(fd, "r");
	CLEANUP_JSON json_t *request =
		json_pack("{s:s, s:I}", "command", "tail", "after", (json_int_t)tail->last_seq);

	if (!stream) {
		close(fd);
		return -ENOMEM;
	}
	if (!request || control_send(fd, request) < 0)
		return 0;
	for (;;) {
		CLEANUP_JSON json_t *line = NULL;
		int error = control_receive(stream, &line);

		if (error == 0)
			error = take_line(tail, line);
		else
			return 0;
		if (error < 0)
			return error;
	}
}

static int follow(struct tail *tail, const char *socket_path)
{
	bool is_waiting = false;

	for (;;) {
		int fd, error = control_connect(socket_path, &fd);

		if (error == 0) {
			is_waiting = false;
			error = follow_connection(tail, fd);
			if (error < 0)
				return error;
			continue;
		}
		if (!is_waiting)
			fprintf(stderr,
				"nodelatch tail: no agent answers at %s (%s); waiting for it\n",
				socket_path, strerror(-error));
		is_waiting = true;
		poll(NULL, 0, RETRY_MS);
	}
}

struct tail_options {
	const char *count, *since, *severity, *check, *format, *policy, *control;
	bool no_follow;
};

static int read_options(const struct tail_options *options, struct tail *tail)
{
	int64_t since_ns;
	uint64_t count;

	if (options->since) {
		if (time_parse_duration(options->since, &since_ns) < 0 || since_ns <= 0)
			return command_fail("tail", "--since %s: want a duration such as 15m or 2h",
					    options->since);
		tail->query.since_ns = time_now_ns() - since_ns;
	}
	if (options->count || !options->since) {
		if (text_to_unsigned(options->count ? options->count : DEFAULT_COUNT, 1000000,
				     &count) < 0)
			return command_fail("tail", "-n %s: want a number up to 1000000",
					    options->count);
		tail->query.last = count;
		/* Of nothing, the newest nothing. */
		if (!count)
			tail->query.since_ns = INT64_MAX;
	}
	if (options->severity && severity_from_word(options->severity, &tail->query.at_least) < 0)
		return command_fail("tail",
				    "--severity %s: want info, low, medium, high or critical",
				    options->severity);
	tail->query.check = options->check;
	tail->style = terminal_style(STDOUT_FILENO);
	tail->sink = sink_find(options->format);
	if (!tail->sink)
		return command_fail("tail", "--format %s: want text, json or ocsf",
				    options->format);
	return 0;
}

/* Prints what the journal holds. Returns 0 or an exit status. */
static int print_history(struct tail *tail, const char *path, bool is_following)
{
	CLEANUP_JOURNAL struct journal *journal = NULL;
	CLEANUP_FREE char *problem = NULL;
	struct change_visitor visitor = { visit, tail };
	struct ledger_counts counts;
	int error = journal_open_reader(path, &journal, &problem);

	if (error < 0 && is_following) {
		fprintf(stderr, "nodelatch tail: no history: %s\n",
			problem ? problem : strerror(-error));
		return 0;
	}
	if (error < 0)
		return command_fail("tail", "%s", problem ? problem : strerror(-error));
	/* Counted before reading: what comes between is in the history or comes from the agent. */
	error = journal_counts(journal, &counts);
	if (error == 0)
		error = journal_read(journal, &tail->query, &visitor);
	if (error < 0)
		return command_fail("tail", "%s: %s", path, strerror(-error));
	if (counts.last_seq > tail->last_seq)
		tail->last_seq = counts.last_seq;
	return 0;
}

int command_tail(int argc, char **argv)
{
	struct tail_options options = { .format = "text", .control = CONTROL_SOCKET_DEFAULT };
	const struct option_row rows[] = {
		{ "lines", 'n', "N", "begin with the last N changes (default 50)", &options.count,
		  NULL, NULL },
		{ "since", 0, "DUR", "begin with the changes of the last DUR: 15m, 2h, 3d",
		  &options.since, NULL, NULL },
		{ "no-follow", 0, NULL, "stop after the history", NULL, &options.no_follow, NULL },
		{ "severity", 0, "S", "only changes of this severity or worse", &options.severity,
		  NULL, NULL },
		{ "check", 0, "GLOB", "only changes of these checks", &options.check, NULL, NULL },
		{ "format", 0, "FORMAT", "text, json or ocsf", &options.format, NULL, NULL },
		{ "policy", 0, "FILE", "the policy, which names the journal", &options.policy, NULL,
		  NULL },
		{ "control", 0, "PATH", "the agent's control socket", &options.control, NULL,
		  NULL },
	};
	const struct command_line line = {
		.name = "tail",
		.operands = "",
		.purpose = "Shows the node's changes, newest last, and then as they come. The\n"
			   "history comes from the journal and needs no running agent.",
		.examples = "  nodelatch tail\n"
			    "  nodelatch tail --since 1h --severity high --no-follow\n"
			    "  nodelatch tail --check 'port.*' --format json | jq .",
		.options = rows,
		.option_count = ARRAY_SIZE(rows),
	};
	CLEANUP_POLICY struct policy *policy = NULL;
	struct tail tail = { 0 };
	int first, status;

	if (!command_line_begin(&line, argc, argv, &first, &status))
		return status;
	status = read_options(&options, &tail);

	if (status == 0)
		status = load_policy("tail", options.policy, &policy);
	if (status == 0)
		status = print_history(&tail, policy_settings(policy)->journal_path,
				       !options.no_follow);
	if (status != 0 || options.no_follow)
		return status;
	signal(SIGPIPE, SIG_DFL);
	int error = tail.error < 0 ? tail.error : follow(&tail, options.control);

	return command_fail("tail", "writing to stdout: %s", strerror(-error));
}
