/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nodelatch config: the policy in four forms: to start from, as it is in force, as it is wrong, and
 * for an editor.
 */
#include "base/text.h"
#include "check/checks.h"
#include "commands/commands.h"
#include "commands/load.h"
#include "commands/options.h"
#include "model/words.h"

struct config_options {
	const char *policy, *format;
};

static int print(int error, const struct text_buffer *text)
{
	if (error == 0)
		error = buffer_write(text, STDOUT_FILENO);
	return error < 0 ? command_fail("config", "%s", strerror(-error)) : EXIT_STATUS_CLEAN;
}

static int config_default(const struct config_options *options, char **files)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };

	(void)options;
	(void)files;
	return print(policy_write_default(&text), &text);
}

static int config_schema(const struct config_options *options, char **files)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };

	(void)options;
	(void)files;
	return print(policy_write_schema(&text), &text);
}

static int config_effective(const struct config_options *options, char **files)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };
	CLEANUP_POLICY struct policy *policy = NULL;
	bool is_json = text_equal(options->format, "json");
	int status;

	(void)files;
	if (!is_json && !text_equal(options->format, "text"))
		return command_fail("config", "--format %s: want text or json", options->format);
	status = load_policy("config", options->policy, &policy);
	if (status != 0)
		return status;
	return print(is_json ? policy_write_effective_json(policy, &text)
			     : policy_write_effective(policy, &text),
		     &text);
}

/* "FILE: valid (audit, 2 port rules, ...)". */
static void print_summary(const char *file, const struct settings *settings)
{
	CLEANUP_BUFFER struct text_buffer name = { 0 };

	buffer_escaped(&name, file);
	printf("%s: valid (mode %s, %zu port rules, %zu exec rules, %zu waivers, %s)\n",
	       name.data ? name.data : "", mode_word(settings->mode), settings->port_count,
	       settings->exec_rule_count, settings->waiver_count,
	       settings->collector.endpoint_count ? "with a collector" : "no collector");
}

static int validate(const char *file)
{
	CLEANUP_POLICY_ERROR struct policy_error error = { 0 };
	CLEANUP_POLICY struct policy *policy = NULL;
	int failure = policy_load(file, &policy, &error);

	if (failure == 0)
		failure = policy_warn_of_checks(policy, check_pattern_matches_any, &error);
	policy_error_print(&error, stderr);
	if (failure == -ENOMEM)
		return command_fail("config", "out of memory");
	if (failure < 0)
		return EXIT_STATUS_USAGE;
	print_summary(file, policy_settings(policy));
	return EXIT_STATUS_CLEAN;
}

static int config_validate(const struct config_options *options, char **files)
{
	int worst = EXIT_STATUS_CLEAN;

	(void)options;
	for (; *files; files++) {
		int status = validate(*files);

		if (status > worst)
			worst = status;
	}
	return worst;
}

static const struct form {
	const char *name;
	bool takes_files;
	int (*run)(const struct config_options *options, char **files);
} forms[] = {
	{ "default", false, config_default },
	{ "effective", false, config_effective },
	{ "validate", true, config_validate },
	{ "schema", false, config_schema },
};

static const struct form *find_form(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (text_equal(forms[i].name, name))
			return &forms[i];
	return NULL;
}

/* The first operand names the form, the others are its files. argv ends with NULL. */
static int run_form(const struct config_options *options, char **operands)
{
	const struct form *form = find_form(operands[0]);

	if (!form)
		return command_fail("config",
				    "%s%swant default, effective, validate FILE or schema",
				    operands[0] ? operands[0] : "", operands[0] ? ": " : "");
	if (form->takes_files && !operands[1])
		return command_fail("config", "%s: which file?", form->name);
	if (!form->takes_files && operands[1])
		return command_fail("config", "%s takes no file, and was given %s", form->name,
				    operands[1]);
	if (options->policy && form->run != config_effective)
		return command_fail("config", "%s takes no --policy; effective does", form->name);
	return form->run(options, operands + 1);
}

int command_config(int argc, char **argv)
{
	struct config_options options = { .format = "text" };
	const struct option_row rows[] = {
		{ "policy", 0, "FILE",
		  "effective: the policy (default: " POLICY_PATH_DEFAULT ", else the built-in one)",
		  &options.policy, NULL, NULL },
		{ "format", 0, "text|json",
		  "effective: how to print (default: text, which is YAML)", &options.format, NULL,
		  NULL },
	};
	const struct command_line line = {
		.name = "config",
		.operands = "(default|effective|validate FILE...|schema)",
		.purpose =
			"The policy: its commented default, what is in force and where each value "
			"came from,\nwhat is wrong with a file by line and column, and its JSON "
			"Schema.",
		.examples = "  nodelatch config default > /etc/nodelatch/policy.yaml\n"
			    "  nodelatch config validate /etc/nodelatch/policy.yaml\n"
			    "  nodelatch config effective --format json | jq '.settings[]'\n"
			    "  nodelatch config schema > policy.schema.json",
		.options = rows,
		.option_count = ARRAY_SIZE(rows),
	};
	int first, status;

	if (!command_line_begin(&line, argc, argv, &first, &status))
		return status;
	return run_form(&options, argv + first);
}
