/* SPDX-License-Identifier: Apache-2.0 */
#include "settings/policy.h"

#include <limits.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "settings/policy_private.h"
#include "settings/reader.h"
#include "settings/rules.h"

void policy_free(struct policy *policy)
{
	if (!policy)
		return;
	arena_free(policy->arena);
	free(policy);
}

static struct policy *policy_new(void)
{
	struct policy *policy = calloc(1, sizeof(*policy));

	if (policy)
		policy->arena = arena_new();
	if (policy && !policy->arena) {
		free(policy);
		return NULL;
	}
	return policy;
}

const struct settings *policy_settings(const struct policy *policy)
{
	return &policy->settings;
}

static int begin_error(struct policy_error *error, const char *name)
{
	policy_error_done(error);
	error->name = strdup(name);
	return error->name ? 0 : -ENOMEM;
}

/* Everything from the tree; NULL: everything at its default. */
static int read_tree(struct policy *policy, const struct yaml_node *root,
		     struct policy_error *error)
{
	struct reader reader = { .arena = policy->arena, .error = error };

	policy->root = root;
	read_map(&reader, "", root, &policy->settings);
	if (reader.is_out_of_memory ||
	    rules_check(&policy->settings, root, policy->arena, error) < 0)
		return -ENOMEM;
	problems_sort(error);
	return problems_are_errors(error) ? -EINVAL : 0;
}

static int refuse_text(struct policy_error *error, const struct yaml_error *wrong)
{
	struct yaml_node place = { .line = wrong->line, .column = wrong->column };

	problem_error(error, &place, "%s", wrong->message);
	return -EINVAL;
}

static int read_text(struct policy *policy, const char *text, size_t length,
		     struct policy_error *error)
{
	const struct yaml_node *root = NULL;
	struct yaml_error wrong;
	int failure =
		yaml_parse(&(struct yaml_text){ text, length, YAML_ALIASES | YAML_ONE_DOCUMENT },
			   policy->arena, &root, &wrong);

	if (failure == -EINVAL)
		return refuse_text(error, &wrong);
	if (failure < 0)
		return failure;
	if (root && root->kind == YAML_MAPPING)
		return read_tree(policy, root, error);
	problem_error(error, root,
		      root ? "a policy is a map of keys such as mode: audit"
			   : "the policy is empty; nodelatch config default prints one to start "
			     "from");
	return -EINVAL;
}

int policy_parse(const char *text, size_t length, const char *name, struct policy **ret_policy,
		 struct policy_error *ret_error)
{
	CLEANUP_POLICY struct policy *policy = policy_new();
	int error = policy ? begin_error(ret_error, name) : -ENOMEM;

	if (error < 0)
		return error;
	policy->settings.path = arena_text(policy->arena, name);
	if (!policy->settings.path)
		return -ENOMEM;
	digest_hex(text, length, policy->settings.sha256);
	error = read_text(policy, text, length, ret_error);
	if (error < 0)
		return error;
	*ret_policy = take_ptr(policy);
	return 0;
}

static int load_default(struct policy **ret_policy, struct policy_error *ret_error)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };
	CLEANUP_POLICY struct policy *policy = policy_new();
	int error = policy ? begin_error(ret_error, "the built-in policy") : -ENOMEM;

	if (error == 0)
		error = read_tree(policy, NULL, ret_error);
	if (error == 0)
		error = policy_write_default(&text);
	if (error < 0)
		return error;
	digest_hex(text.data, text.length, policy->settings.sha256);
	*ret_policy = take_ptr(policy);
	return 0;
}

/* The file is the operator's own: its path counts from here, and its links are followed. */
static int read_file(const char *path, struct arena *arena, struct file_content *ret_content)
{
	CLEANUP_FREE char *here = *path == '/' ? strdup("") : getcwd(NULL, 0);
	CLEANUP_CLOSE int root = -1;
	char *whole = here ? arena_printf(arena, "%s/%s", here, path) : NULL;
	int error = whole ? file_root_open("/", &root) : -ENOMEM;

	if (error < 0)
		return error;
	return file_read_in(root, whole, CONFIG_BYTES_MAX, arena, ret_content);
}

/* Who can write the policy commands the agent. */
static void warn_of_writers(const struct stat *status, struct policy_error *error)
{
	if (status->st_mode & (S_IWGRP | S_IWOTH))
		problem_warning(error, NULL,
				"mode %04o: others than its owner can change what this agent does: "
				"chmod go-w",
				status->st_mode & 07777);
	else if (status->st_uid != 0 && status->st_uid != geteuid())
		problem_warning(error, NULL, "user %u owns it and can change what this agent does",
				status->st_uid);
}

int policy_load(const char *path, struct policy **ret_policy, struct policy_error *ret_error)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct file_content content;
	int error = arena ? 0 : -ENOMEM;

	if (error == 0 && !path)
		return load_default(ret_policy, ret_error);
	if (error == 0)
		error = begin_error(ret_error, path);
	if (error == 0)
		error = read_file(path, arena, &content);
	if (error == -ENOMEM)
		return error;
	if (error < 0) {
		problem_error(ret_error, NULL, "it %s", file_error_text(error));
		return -EINVAL;
	}
	error = policy_parse(content.data, content.length, path, ret_policy, ret_error);
	if (error == 0)
		warn_of_writers(&content.status, ret_error);
	return error;
}

static void warn_of_check(const char *check, bool (*names_any)(const char *pattern),
			  const struct yaml_node *node, struct policy_error *error)
{
	if (!names_any(check))
		problem_warning(error, node,
				"there is no check \"%s\"; nodelatch explain lists them", check);
}

int policy_warn_of_checks(const struct policy *policy, bool (*names_any)(const char *pattern),
			  struct policy_error *ret_error)
{
	const struct settings *settings = &policy->settings;
	const struct yaml_node *checks = yaml_get(policy->root, "checks");
	const struct yaml_node *disable = yaml_get(checks, "disable");
	const struct yaml_node *severity = yaml_get(checks, "severity");
	const struct yaml_node *waivers = yaml_get(checks, "waivers");

	if (!ret_error->name && begin_error(ret_error, settings->path ? settings->path : "") < 0)
		return -ENOMEM;
	for (size_t i = 0; disable && i < settings->disabled_check_count; i++)
		warn_of_check(settings->disabled_checks[i], names_any, disable->items[i],
			      ret_error);
	for (size_t i = 0; severity && i < settings->severity_count; i++)
		warn_of_check(settings->severities[i].check, names_any, severity->keys[i],
			      ret_error);
	for (size_t i = 0; waivers && i < settings->waiver_count; i++)
		warn_of_check(settings->waivers[i].check, names_any,
			      yaml_get(waivers->items[i], "check"), ret_error);
	problems_sort(ret_error);
	return 0;
}
