/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/text.h"
#include "observe/control_plane/encryption.h"
#include "observe/control_plane/readers.h"
#include "observe/reading/document.h"
#include "observe/reading/explain.h"
#include "observe/reading/whole.h"

#define GROUP "apiserver.config.k8s.io/"

/* The file that a flag names, where its content decides some of the settings. */
struct decider {
	const char *flag;
	const char *path;   /* NULL: the flag is not given */
	const char *reason; /* why what it decides is not known; NULL: it is */
	struct document *root;
};

static bool is_of_kind(const struct document *root, const char *kind)
{
	const struct document *version = document_get(root, "apiVersion");
	const struct document *found = document_get(root, "kind");

	return version && version->kind == DOCUMENT_TEXT &&
	       text_starts_with(version->text, GROUP) && found && found->kind == DOCUMENT_TEXT &&
	       text_equal(found->text, kind);
}

static void refuse(struct reading *reading, struct decider *decider, const char *message)
{
	reading_problem(reading, PROBLEM_FATAL, decider->path, 0, message);
	decider->reason = reading_printf(reading, "%s %s", decider->path, message);
	decider->root = NULL;
}

static struct decider read_decider(struct reading *reading, const char *flag, const char *kind)
{
	const struct field_state *state = state_named(reading, flag);
	struct decider decider = { .flag = flag, .path = state_path(reading, flag) };
	const char *before = reading->files_problem;

	if (state->origin == ORIGIN_UNKNOWN)
		decider.reason = reading_printf(reading, "%s is not known", flag);
	if (!decider.path)
		return decider;
	/* Each file decides settings of its own. */
	reading->files_problem = NULL;
	decider.root =
		document_read(reading, decider.path, (struct source){ SOURCE_CONFIG, decider.path },
			      DUPLICATES_STOP);
	decider.reason = reading->files_problem;
	reading->files_problem = before;
	if (decider.root && !is_of_kind(decider.root, kind))
		refuse(reading, &decider,
		       reading_printf(reading, "is no " GROUP " %s: kube-apiserver exits on that",
				      kind));
	return decider;
}

static struct field_state from_file(const struct decider *decider)
{
	return (struct field_state){ .origin = ORIGIN_SET,
				     .source = { SOURCE_CONFIG, decider->path } };
}

/* The texts under `key` in each mapping of the list. false: it is not such a list. */
static bool collect(struct reading *reading, const struct document *list, const char *key,
		    struct value *ret_value)
{
	size_t count = list && list->kind == DOCUMENT_LIST ? list->item_count : 0;
	const char **items = arena_array(reading->arena, count + 1, sizeof(*items));

	if (!items) {
		reading->error = -ENOMEM;
		return false;
	}
	if (list && list->kind != DOCUMENT_LIST)
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct document *text = list->items[i]->kind == DOCUMENT_MAPPING
						      ? document_get(list->items[i], key)
						      : NULL;

		if (!text || text->kind != DOCUMENT_TEXT)
			return false;
		items[i] = text->text;
	}
	*ret_value = (struct value){ .kind = count ? VALUE_LIST : VALUE_UNSET,
				     .list = { items, count } };
	return true;
}

static void read_authorization(struct reading *reading)
{
	struct field_state *modes = state_named(reading, "authorization.modes");
	struct decider file =
		read_decider(reading, "--authorization-config", "AuthorizationConfiguration");
	struct field_state state = from_file(&file);

	if (!file.path && !file.reason) {
		*modes = *state_named(reading, "--authorization-mode");
		modes->sentence = explain_named(reading, "--authorization-mode");
		return;
	}
	const struct document *list = file.root ? document_get(file.root, "authorizers") : NULL;

	if (file.root && (!list || !collect(reading, list, "type", &state.value)))
		refuse(reading, &file, "has no list of authorizers with a type each");
	if (file.reason) {
		reading_set_unknown(modes, file.reason);
		return;
	}
	*modes = state;
	modes->sentence =
		reading_printf(reading, "%s, of --authorization-config, lists the authorizers %s",
			       file.path, explain_value(reading, &state.value));
}

static bool allows_everything(struct reading *reading)
{
	const struct value *modes = &state_named(reading, "authorization.modes")->value;

	for (size_t i = 0; modes->kind == VALUE_LIST && i < modes->list.count; i++)
		if (text_equal(modes->list.items[i], "AlwaysAllow"))
			return true;
	return false;
}

static void set_enabled(struct reading *reading, const struct decider *file,
			const struct document *enabled, const struct value *paths)
{
	struct field_state *state = state_named(reading, "anonymous.enabled");

	*state = from_file(file);
	state->value = (struct value){ .kind = VALUE_BOOLEAN, .boolean = enabled->boolean };
	state->sentence = reading_printf(
		reading, "%s, line %u sets anonymous.enabled: %s%s", file->path, enabled->line,
		enabled->boolean ? "true" : "false",
		!enabled->boolean ? ""
		: paths->kind == VALUE_LIST
			? reading_printf(reading, ", for %s alone", explain_value(reading, paths))
			: ", for every path");
	state = state_named(reading, "anonymous.paths");
	*state = from_file(file);
	state->value = *paths;
	state->sentence =
		paths->kind == VALUE_LIST
			? reading_printf(reading, "%s limits anonymous requests to %s", file->path,
					 explain_value(reading, paths))
			: reading_printf(reading, "%s has no anonymous.conditions", file->path);
}

/* What the file says of anonymous requests; false: nothing. */
static bool read_anonymous(struct reading *reading, struct decider *file)
{
	const struct document *anonymous = document_get(file->root, "anonymous");
	const struct document *enabled;
	struct value paths;

	if (!anonymous || anonymous->kind == DOCUMENT_NULL)
		return false;
	enabled = anonymous->kind == DOCUMENT_MAPPING ? document_get(anonymous, "enabled") : NULL;
	if (!enabled || enabled->kind != DOCUMENT_BOOLEAN ||
	    !collect(reading, document_get(anonymous, "conditions"), "path", &paths))
		refuse(reading, file, "has an entry \"anonymous\" that cannot be understood");
	else
		set_enabled(reading, file, enabled, &paths);
	return true;
}

static void read_authentication(struct reading *reading)
{
	struct field_state *enabled = state_named(reading, "anonymous.enabled");
	struct field_state *paths = state_named(reading, "anonymous.paths");
	struct decider file =
		read_decider(reading, "--authentication-config", "AuthenticationConfiguration");

	bool is_decided = file.root && read_anonymous(reading, &file);

	if (!is_decided) {
		*enabled = *state_named(reading, "--anonymous-auth");
		enabled->sentence = explain_named(reading, "--anonymous-auth");
		*paths = *enabled;
		paths->value = (struct value){ .kind = VALUE_UNSET };
		paths->sentence = "no --authentication-config limits anonymous requests to paths";
	}
	if (file.reason) {
		reading_set_unknown(enabled, file.reason);
		reading_set_unknown(paths, file.reason);
	}
	if (!is_decided && allows_everything(reading) && enabled->value.kind == VALUE_BOOLEAN &&
	    enabled->value.boolean) {
		enabled->value.boolean = false;
		enabled->sentence =
			"with the authorizer AlwaysAllow kube-apiserver takes no anonymous "
			"requests, whatever --anonymous-auth says";
	}
}

static void set_providers(struct reading *reading, const char *name, const char *const *items,
			  size_t count)
{
	const char *path = state_path(reading, "--encryption-provider-config");
	struct field_state *state = state_named(reading, name);

	*state = (struct field_state){ .origin = ORIGIN_SET, .source = { SOURCE_CONFIG, path } };
	state->value = (struct value){ .kind = count ? VALUE_LIST : VALUE_UNSET,
				       .list = { items, count } };
	state->sentence = reading_printf(reading, "%s %s %s", path,
					 text_equal(name, "encryption.providers") ? "reads with"
										  : "writes with",
					 explain_value(reading, &state->value));
}

static void forget_providers(struct reading *reading, const char *reason)
{
	reading_set_unknown(state_named(reading, "encryption.first-providers"), reason);
	reading_set_unknown(state_named(reading, "encryption.providers"), reason);
}

static void read_encryption(struct reading *reading)
{
	const struct field_state *flag = state_named(reading, "--encryption-provider-config");
	const char *path = state_path(reading, "--encryption-provider-config");
	struct encryption found = { 0 };
	const char *problem = NULL;

	if (flag->origin == ORIGIN_UNKNOWN)
		forget_providers(reading, "--encryption-provider-config is not known");
	if (!path)
		return;
	int error = reading_input(reading, path);

	if (error == 0)
		error = encryption_read(reading->root, path, reading->arena, &found, &problem);
	else
		problem = file_error_text(error);
	if (error == -ENOMEM)
		reading->error = error;
	if (error < 0) {
		reading_problem(reading, error == -EINVAL ? PROBLEM_FATAL : PROBLEM_UNREADABLE,
				path, 0, problem);
		forget_providers(reading, reading_printf(reading, "%s %s", path, problem));
		return;
	}
	set_providers(reading, "encryption.first-providers", found.first, found.first_count);
	set_providers(reading, "encryption.providers", found.all, found.all_count);
}

void read_apiserver(struct reading *reading, const struct arguments *arguments)
{
	read_flags(reading, arguments);
	read_authorization(reading);
	read_authentication(reading);
	read_encryption(reading);
	const char *admission = state_path(reading, "--admission-control-config-file");

	if (admission)
		reading_input(reading, admission);
}
