/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nodelatch status: what the agent answers on its control socket, for people or as it is.
 */
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "commands/commands.h"
#include "commands/options.h"
#include "control/client.h"
#include "control/server.h"

static const char *text_at(const json_t *object, const char *key)
{
	return json_get_text(object, key, "");
}

static void line(struct text_buffer *out, const char *label, const char *text)
{
	buffer_printf(out, "%-11s ", label);
	buffer_escaped(out, text);
	buffer_text(out, "\n");
}

static void problem_line(struct text_buffer *out, const json_t *object)
{
	if (*text_at(object, "problem"))
		line(out, "", text_at(object, "problem"));
	if (*text_at(object, "remedy"))
		line(out, "", text_at(object, "remedy"));
}

static void write_watchers(struct text_buffer *out, const json_t *watchers)
{
	const json_t *watcher;
	size_t i;

	json_array_foreach (watchers, i, watcher) {
		buffer_printf(out, "%-11s %s: %s, %lld seen, %lld lost\n", i ? "" : "watching",
			      text_at(watcher, "name"),
			      json_is_true(json_object_get(watcher, "on")) ? "on" : "OFF",
			      (long long)json_get_integer(watcher, "seen", 0),
			      (long long)json_get_integer(watcher, "lost", 0));
		problem_line(out, watcher);
		if (*text_at(watcher, "problem"))
			line(out, "", text_at(watcher, "cost"));
	}
}

static void write_guard(struct text_buffer *out, const json_t *guard)
{
	const json_t *rule;
	size_t i;

	json_array_foreach (json_object_get(guard, "rules"), i, rule) {
		const char *wished = text_at(rule, "wished"),
			   *effective = text_at(rule, "effective");

		buffer_printf(out, "%-11s %s %lld ", i ? "" : "guarding", text_at(rule, "protocol"),
			      (long long)json_get_integer(rule, "port", 0));
		buffer_escaped(out, text_at(rule, "rule"));
		buffer_printf(out, ": %s", effective);
		if (!text_equal(wished, effective))
			buffer_printf(out, " (wished: %s)", wished);
		buffer_printf(out, ", refused %lld, would refuse %lld, proved %.19sZ\n",
			      (long long)json_get_integer(rule, "refused", 0),
			      (long long)json_get_integer(rule, "would_refuse", 0),
			      text_at(rule, "proved"));
		problem_line(out, rule);
	}
	if (*text_at(guard, "pinned_at"))
		line(out, "", text_at(guard, "pinned_at"));
	if (*text_at(guard, "unpinned_reason"))
		line(out, "", text_at(guard, "unpinned_reason"));
	if (*text_at(guard, "foreign"))
		line(out, "", text_at(guard, "foreign"));
	if (*text_at(guard, "not_covered"))
		line(out, "", text_at(guard, "not_covered"));
	problem_line(out, guard);
}

static void write_findings(struct text_buffer *out, const json_t *findings)
{
	const char *severity, *separator = " (";
	json_t *count;

	buffer_printf(out, "%-11s %lld open", "findings",
		      (long long)json_get_integer(findings, "open", 0));
	json_object_foreach (json_object_get(findings, "by_severity"), severity, count) {
		if (!json_integer_value(count))
			continue;
		buffer_printf(out, "%s%lld %s", separator, (long long)json_integer_value(count),
			      severity);
		separator = ", ";
	}
	buffer_text(out, *separator == ',' ? ")\n" : "\n");
}

static void write_collector(struct text_buffer *out, const json_t *collector)
{
	const json_t *courier = json_object_get(collector, "courier");

	if (!*text_at(collector, "endpoint") && !*text_at(collector, "problem")) {
		line(out, "collector", "none in the policy");
		return;
	}
	line(out, "collector", text_at(collector, "endpoint"));
	buffer_printf(out, "%-11s %lld changes not yet acknowledged, %lld rejected\n", "",
		      (long long)json_get_integer(collector, "unacknowledged", 0),
		      (long long)json_get_integer(courier, "rejected", 0));
	if (*text_at(courier, "last_error"))
		line(out, "", text_at(courier, "last_error"));
	problem_line(out, collector);
}

static void write_status(struct text_buffer *out, const json_t *status)
{
	const json_t *policy = json_object_get(status, "policy");
	const json_t *journal = json_object_get(status, "journal");

	buffer_printf(out, "%-11s %s, pid %lld, since %.19sZ, on ", "nodelatch",
		      text_at(status, "version"), (long long)json_get_integer(status, "pid", 0),
		      text_at(status, "started"));
	buffer_escaped(out, text_at(json_object_get(status, "node"), "name"));
	buffer_printf(out, "\n%-11s ", "policy");
	buffer_escaped(out, json_get_text(policy, "path", "built-in default"));
	buffer_printf(out, ", %s\n", text_at(policy, "mode"));
	problem_line(out, policy);
	write_watchers(out, json_object_get(status, "watch"));
	write_guard(out, json_object_get(status, "guard"));
	write_findings(out, json_object_get(status, "findings"));
	buffer_printf(out, "%-11s ", "journal");
	buffer_escaped(out, text_at(journal, "path"));
	buffer_printf(out, ", %lld changes, %lld lost\n",
		      (long long)json_get_integer(journal, "changes", 0),
		      (long long)json_get_integer(journal, "lost", 0));
	problem_line(out, journal);
	write_collector(out, json_object_get(status, "collector"));
}

static int ask(const char *path, json_t **ret_status)
{
	CLEANUP_JSON json_t *request = json_pack("{s:s}", "command", "status");
	CLEANUP_FCLOSE FILE *stream = NULL;
	int fd, error = request ? control_connect(path, &fd) : -ENOMEM;

	if (error < 0)
		return error;
	stream = fdopen(fd, "r");
	if (!stream) {
		close(fd);
		return -ENOMEM;
	}
	error = control_send(fd, request);
	return error < 0 ? error : control_receive(stream, ret_status);
}

static int show(const char *path, const char *format)
{
	CLEANUP_BUFFER struct text_buffer out = { 0 };
	CLEANUP_JSON json_t *status = NULL;
	bool is_json = text_equal(format, "json");

	if (!is_json && !text_equal(format, "text"))
		return command_fail("status", "--format %s: want text or json", format);
	int error = ask(path, &status);

	if (error == -ENOENT || error == -ECONNREFUSED)
		return command_fail("status",
				    "no agent answers at %s; nodelatch run starts one, and "
				    "nodelatch tail --no-follow reads what the last one wrote",
				    path);
	if (error < 0)
		return command_fail("status", "%s: %s", path, strerror(-error));
	if (is_json)
		json_write_pretty(status, &out);
	else
		write_status(&out, status);
	error = buffer_error(&out) ? buffer_error(&out) : buffer_write(&out, STDOUT_FILENO);
	return error == 0 ? EXIT_STATUS_CLEAN : command_fail("status", "%s", strerror(-error));
}

int command_status(int argc, char **argv)
{
	const char *format = "text", *control = CONTROL_SOCKET_DEFAULT;
	const struct option_row rows[] = {
		{ "format", 0, "FORMAT", "text or json", &format, NULL, NULL },
		{ "control", 0, "PATH", "the agent's control socket", &control, NULL, NULL },
	};
	const struct command_line usage = {
		.name = "status",
		.operands = "",
		.purpose = "Asks the running agent what is watched, what is guarded and\n"
			   "whether that was proved, what was lost, what is open, and whether\n"
			   "the collector has it all.",
		.examples = "  nodelatch status\n"
			    "  nodelatch status --format json | jq .guard",
		.options = rows,
		.option_count = ARRAY_SIZE(rows),
	};
	int first, status;

	if (!command_line_begin(&usage, argc, argv, &first, &status))
		return status;
	return show(control, format);
}
