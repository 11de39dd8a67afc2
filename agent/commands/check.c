/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nodelatch check: one pass over the node or a node tree, a report, an exit status.
 */
#include <fcntl.h>

#include "base/text.h"
#include "base/time.h"
#include "check/checks.h"
#include "commands/check_names.h"
#include "commands/commands.h"
#include "commands/load.h"
#include "commands/options.h"
#include "model/words.h"
#include "report/results.h"

struct check_options {
	const char *policy, *root, *now, *format, *output, *fail_on, *kubelet_version;
	struct option_values versions;
	bool is_verbose;
};

typedef int (*write_function)(const struct report *report, struct text_buffer *buffer);

struct check_run {
	int64_t now_ns;	    /* 0: the clock */
	int64_t started_ns; /* on the monotonic clock */
	enum severity fail_on;
	write_function write; /* NULL: text */
};

static const struct {
	const char *word;
	write_function write;
} FORMATS[] = {
	{ "text", NULL },
	{ "json", results_write_json },
	{ "junit", results_write_junit },
	{ "sarif", results_write_sarif },
};

static int read_format(const char *word, write_function *ret_write)
{
	for (size_t i = 0; i < ARRAY_SIZE(FORMATS); i++) {
		if (!text_equal(FORMATS[i].word, word))
			continue;
		*ret_write = FORMATS[i].write;
		return 0;
	}
	return command_fail("check", "--format %s: want text, json, junit or sarif", word);
}

static int read_options(const struct check_options *options, struct check_run *run)
{
	if (options->now && time_parse(options->now, &run->now_ns) < 0)
		return command_fail("check", "--now %s: want RFC 3339, 2026-11-22T05:48:26Z",
				    options->now);
	if (severity_from_word(options->fail_on, &run->fail_on) < 0)
		return command_fail("check",
				    "--fail-on %s: want info, low, medium, high or critical",
				    options->fail_on);
	if (read_format(options->format, &run->write) != 0)
		return EXIT_STATUS_USAGE;
	for (size_t i = 0; i < options->versions.count; i++)
		if (!strchr(options->versions.items[i], '='))
			return command_fail("check",
					    "--component-version %s: want NAME=VERSION, such as "
					    "kubelet=1.31.9",
					    options->versions.items[i]);
	return 0;
}

static int set_versions(const struct check_options *options, struct observer *observer)
{
	int error = options->kubelet_version
			    ? observer_set_version(observer, "kubelet", options->kubelet_version)
			    : 0;

	for (size_t i = 0; i < options->versions.count && error == 0; i++) {
		CLEANUP_FREE char *name = strdup(options->versions.items[i]);

		if (!name)
			return -ENOMEM;
		char *equals = strchr(name, '=');

		*equals = '\0';
		error = observer_set_version(observer, name, equals + 1);
		if (error == -EINVAL)
			return command_fail("check",
					    "--component-version %s: want the name of a component, "
					    "such as kubelet, and a version, such as 1.31.9",
					    options->versions.items[i]);
	}
	if (error == -EINVAL)
		return command_fail("check", "--kubelet-version %s: want a version, such as 1.31.9",
				    options->kubelet_version);
	return error;
}

static int write_report(const struct check_options *options, const struct check_run *run,
			const struct report *report)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };
	CLEANUP_CLOSE int file = -1;
	int to = STDOUT_FILENO;

	if (options->output) {
		to = file = open(options->output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
		if (file < 0)
			return command_fail("check", "--output %s: %s", options->output,
					    strerror(errno));
	}
	struct sink_style style = terminal_style(to);
	int error = run->write ? run->write(report, &text)
			       : results_write_text(report, &style, options->is_verbose, &text);

	if (error == 0)
		error = buffer_write(&text, to);
	return error == 0 ? 0 : command_fail("check", "writing the report: %s", strerror(-error));
}

/* The rows that were judged, in the arena. */
static int list_checks(const struct check_selection *selection, const struct settings *settings,
		       struct arena *arena, struct report *report)
{
	const struct check **checks = NULL;
	size_t capacity = 0;

	for (const struct check *check = check_first(); check; check = check_next(check)) {
		if (!check_is_wanted(check, settings, selection))
			continue;
		const struct check **place =
			arena_push(arena, &checks, &report->check_count, &capacity, sizeof(*place));

		if (!place)
			return -ENOMEM;
		*place = check;
	}
	report->checks = checks;
	return 0;
}

static void describe_node(const struct node *node, struct report *report)
{
	report->node = (struct node_identity){ node->name, node->machine_id, node->boot_id };
	report->kernel = node->kernel;
	report->roles = node->roles;
	report->role_count = node->role_count;
	report->distro = node->distro;
	report->has_components = node->component_count > 0;
	report->now_ns = node->now_ns;
}

static int judge_and_report(const struct check_options *options, const struct check_run *run,
			    const struct check_selection *selection, struct observer *observer,
			    const struct settings *settings)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct report report = { .policy_sha256 = settings->sha256, .mode = settings->mode };
	struct findings findings;
	struct node node;

	observer_node(observer, &node);
	if (!arena || checks_judge(&node, settings, selection, arena, &findings) < 0 ||
	    list_checks(selection, settings, arena, &report) < 0)
		return command_fail("check", "out of memory");
	if (!report.check_count)
		return command_fail("check", "the policy disables all of these checks: nothing was "
					     "judged");
	describe_node(&node, &report);
	report.elapsed_ns = time_monotonic_ns() - run->started_ns;
	report.findings = findings.items;
	report.finding_count = findings.count;
	int status = write_report(options, run, &report);

	return status ? status : results_exit_status(&report, run->fail_on);
}

/* Every operand must name at least one check. Returns 0 or an exit status. */
static int validate_selection(const struct check_selection *selection)
{
	for (size_t i = 0; i < selection->count; i++)
		if (!check_pattern_matches_any(selection->patterns[i]))
			return fail_unknown_check("check", selection->patterns[i]);
	return 0;
}

static int check_node(const struct check_options *options, const struct check_selection *selection)
{
	CLEANUP_POLICY struct policy *policy = NULL;
	CLEANUP(cleanup_observer) struct observer *observer = NULL;
	CLEANUP(cleanup_host) struct host *host = NULL;
	struct check_run run = { .started_ns = time_monotonic_ns() };
	int status = read_options(options, &run);

	if (status == 0)
		status = validate_selection(selection);
	if (status == 0)
		status = load_policy("check", options->policy, &policy);
	if (status == 0)
		status = load_host("check", options->root, NULL, &host);
	if (status != 0)
		return status;
	int error = observer_new(host, &observer);

	if (error == 0)
		error = set_versions(options, observer);
	if (error > 0)
		return error;
	if (error == 0)
		error = observer_refresh(observer, OBSERVE_ALL,
					 run.now_ns ? run.now_ns : time_now_ns());
	if (error == 0 && !options->root)
		error = load_probes(observer, policy_settings(policy));
	if (error < 0)
		return command_fail("check", "observing %s: %s",
				    options->root ? options->root : "this node", strerror(-error));
	return judge_and_report(options, &run, selection, observer, policy_settings(policy));
}

int command_check(int argc, char **argv)
{
	struct check_options options = { .format = "text", .fail_on = "medium" };
	const struct option_row rows[] = {
		{ "policy", 0, "FILE",
		  "the policy (default: /etc/nodelatch/policy.yaml, else the built-in one)",
		  &options.policy, NULL, NULL },
		{ "root", 0, "DIR", "judge a node tree instead of the live host", &options.root,
		  NULL, NULL },
		{ "component-version", 0, "NAME=V",
		  "a version that cannot be found: kubelet=1.31.9, etcd=3.5.15", NULL, NULL,
		  &options.versions },
		{ "kubelet-version", 0, "V", "short for --component-version kubelet=V",
		  &options.kubelet_version, NULL, NULL },
		{ "now", 0, "RFC3339", "judge as of this time", &options.now, NULL, NULL },
		{ "format", 0, "FORMAT", "text, json, junit or sarif", &options.format, NULL,
		  NULL },
		{ "output", 0, "FILE", "write the report there instead of to stdout",
		  &options.output, NULL, NULL },
		{ "fail-on", 0, "SEVERITY", "exit 1 from this severity on (default medium)",
		  &options.fail_on, NULL, NULL },
		{ "verbose", 'v', NULL, "list what passed too", NULL, &options.is_verbose, NULL },
	};
	const struct command_line line = {
		.name = "check",
		.operands = "[CHECK-ID...]",
		.purpose =
			"Judges this node, or a node tree, once. Nothing is changed. Where a\n"
			"component runs, nodelatch-prober asks its own servers what they answer\n"
			"without credentials (policy: probes.kubelet), and the API server where\n"
			"the policy has a credential for it (cluster.kubeconfig); a node tree is\n"
			"not asked, and may hold answers in nodelatch/probes.json and\n"
			"nodelatch/cluster.json.\n"
			"Exit status: 0 nothing failed at or above the threshold; 1 something\n"
			"did; 2 usage, policy or environment error; 3 nothing failed, but\n"
			"something is unknown.",
		.examples = "  nodelatch check\n"
			    "  nodelatch check 'kubelet.*' --format json | jq .\n"
			    "  nodelatch check --format sarif --output nodelatch.sarif\n"
			    "  nodelatch check --root /mnt/disk --kubelet-version 1.31.9",
		.options = rows,
		.option_count = ARRAY_SIZE(rows),
	};
	int first, status;

	if (!command_line_begin(&line, argc, argv, &first, &status))
		return status;
	const struct check_selection selection = { (const char *const *)argv + first,
						   (size_t)(argc - first) };

	return check_node(&options, &selection);
}
