/* SPDX-License-Identifier: Apache-2.0 */
#include "check/file_rules.h"

#include <string.h>

#include "base/text.h"
#include "check/file_words.h"

/* Files named in a passing finding; of more there is only their number. */
#define NAMED_MAX 8

/* What a rule found so far. */
struct inspection {
	struct judge *judge;
	const struct component *component;
	const struct file_rule *rule;
	const struct file_fact *absent; /* the first that is not there */
	const struct file_fact *volume; /* the first that the kubelet writes into a pod */
	size_t good, bad;
};

/* Volumes of ConfigMaps and Secrets have their files behind a link to "..2026_11_22_...". */
static bool is_volume(const struct judge *judge, const struct file_fact *file)
{
	const struct component *user = file_user(judge, file);
	bool is_in_pod = user && user->process->pod_uid;

	return (file->target && strstr(file->target, "/..2")) ||
	       (is_in_pod && file->status == FILE_READ && !file->holds_secret);
}

static bool is_of_rule(const struct inspection *inspection, const struct file_fact *file)
{
	const struct component *component = inspection->component;

	return text_matches_glob(file->object, inspection->rule->object) &&
	       (!component || component->process->pid == file->pid);
}

static bool is_to_be_judged(const struct inspection *inspection, const struct file_fact *file)
{
	return is_of_rule(inspection, file) && file->status == FILE_READ && !file->is_again &&
	       (file->mode & MODE_TYPE) != MODE_CHARACTERS &&
	       !(inspection->rule->skips_volumes && is_volume(inspection->judge, file));
}

/* Bits that the rule does not allow. */
static unsigned excess_of(const struct file_rule *rule, const struct file_fact *file)
{
	unsigned most = file_is_directory(file) ? rule->directory_mode : rule->file_mode;

	return file_permissions(file) & ~most;
}

static bool is_wrong_owner(const struct file_rule *rule, const struct file_fact *file)
{
	return (rule->wants_root_user && file->uid) || (rule->wants_root_group && file->gid);
}

static const char *joined(struct judge *judge, const char *commands, const char *command)
{
	return *commands ? judge_text(judge, "%s && %s", commands, command) : command;
}

/* A file that only a pod has is reached from the node through its process. */
static const char *path_for_commands(struct judge *judge, const struct file_fact *file)
{
	const struct component *user = file_user(judge, file);
	const char *path = file_quoted(judge, file->path);

	if (!user || user->kind == COMPONENT_KUBELET || !user->process->pod_uid)
		return path;
	return judge_text(judge, "/proc/$(pidof -s %s)/root%s",
			  text_base_name(user->process->exe ? user->process->exe : "etcd"), path);
}

static void draft_remedy(struct draft *draft, const struct file_rule *rule,
			 const struct file_fact *file)
{
	struct judge *judge = draft->judge;
	const char *path = path_for_commands(judge, file), *commands = "";
	unsigned most = file_is_directory(file) ? rule->directory_mode : rule->file_mode;

	if (file->is_immutable)
		commands = judge_text(judge, "chattr -i %s", path);
	if (is_wrong_owner(rule, file))
		commands = joined(judge, commands,
				  judge_text(judge, "chown %s %s",
					     rule->wants_root_group ? "root:root" : "root", path));
	if (excess_of(rule, file) && file->acl_permissions)
		commands = joined(judge, commands, judge_text(judge, "setfacl -b %s", path));
	if (excess_of(rule, file))
		commands = joined(judge, commands,
				  judge_text(judge, "chmod %o %s", file->mode & most, path));
	draft->finding.remedy = commands;
}

static void draft_owner(struct draft *draft, const struct file_fact *file)
{
	draft_value(draft, "uid %u, gid %u", file->uid, file->gid);
	draft_evidence(draft, "file", "%s belongs to user %u and group %u, not to root (0 and 0)",
		       file_name_words(draft->judge, file), file->uid, file->gid);
}

static void draft_mode(struct draft *draft, const struct file_rule *rule,
		       const struct file_fact *file)
{
	struct judge *judge = draft->judge;

	draft_value(draft, "%04o", file->mode & 07777u);
	draft_evidence(draft, "file", "%s has mode %04o: %s", file_name_words(judge, file),
		       file->mode & 07777u, file_access_words(judge, excess_of(rule, file)));
	if (rule->is_low_without_secret)
		draft_evidence(draft, "file", "%s holds %s", file->path,
			       file->holds_secret ? "a key, token or password"
						  : "no key, token or password");
}

/* Its owner may always write to it; its group and everybody by the mode. */
static bool is_written_by_others(const struct file_rule *rule, const struct file_fact *file)
{
	return (rule->wants_root_user && file->uid) || (excess_of(rule, file) & MODE_WRITABLE);
}

static void record_bad(struct inspection *inspection, const struct file_fact *file)
{
	const struct file_rule *rule = inspection->rule;
	struct draft draft =
		draft_on_file(inspection->judge, file_user(inspection->judge, file), file->path);

	inspection->bad++;
	draft_source(&draft, SOURCE_CONFIG, file->path);
	if (is_wrong_owner(rule, file))
		draft_owner(&draft, file);
	if (excess_of(rule, file))
		draft_mode(&draft, rule, file);
	draft_file_notes(&draft, file);
	draft_remedy(&draft, rule, file);
	if (file->holds_secret)
		draft_raise(&draft, rule->when_secret);
	if (is_written_by_others(rule, file))
		draft_raise(&draft, rule->when_written);
	else if (rule->is_low_without_secret && !file->holds_secret)
		draft.finding.severity = SEVERITY_LOW;
	draft_record(&draft, VERDICT_FAIL);
}

static void record_unknown(struct inspection *inspection, const struct file_fact *file,
			   const char *problem)
{
	struct draft draft =
		draft_on_file(inspection->judge, file_user(inspection->judge, file), file->path);

	inspection->bad++;
	draft_record_error(&draft, "%s %s", file->path, problem ? problem : "was not looked at");
}

static void inspect(struct inspection *inspection, const struct file_fact *file)
{
	const struct file_rule *rule = inspection->rule;

	if (!is_of_rule(inspection, file))
		return;
	if (file->status == FILE_ABSENT)
		inspection->absent = inspection->absent ? inspection->absent : file;
	else if (file->status != FILE_READ)
		record_unknown(inspection, file, file->problem);
	else if (rule->skips_volumes && is_volume(inspection->judge, file))
		inspection->volume = file;
	if (!is_to_be_judged(inspection, file))
		return;
	if (file_is_directory(file) && !rule->directory_mode)
		record_unknown(inspection, file, "is a directory, where a file is due");
	else if (excess_of(rule, file) || is_wrong_owner(rule, file))
		record_bad(inspection, file);
	else
		inspection->good++;
}

static struct draft draft_on_all(const struct inspection *inspection)
{
	return inspection->component ? draft_on_component(inspection->judge, inspection->component)
				     : draft_on_node(inspection->judge);
}

static void draft_good(struct draft *draft, const struct file_rule *rule,
		       const struct file_fact *file)
{
	const char *name = file_name_words(draft->judge, file);

	if (rule->wants_root_user && rule->file_mode != ANY_MODE)
		draft_evidence(draft, "file", "%s has mode %04o and belongs to user %u", name,
			       file->mode & 07777u, file->uid);
	else if (rule->wants_root_user)
		draft_evidence(draft, "file", "%s belongs to user %u and group %u", name, file->uid,
			       file->gid);
	else
		draft_evidence(draft, "file", "%s has mode %04o", name, file->mode & 07777u);
}

/* The value is what all of them together allow. */
static void record_good(const struct inspection *inspection)
{
	const struct file_rule *rule = inspection->rule;
	const struct node *node = inspection->judge->node;
	struct draft draft = draft_on_all(inspection);
	unsigned all = 0, named = 0;

	for (size_t i = 0; i < node->file_count; i++) {
		const struct file_fact *file = &node->files[i];

		if (!is_to_be_judged(inspection, file))
			continue;
		all |= file_permissions(file);
		draft_file_notes(&draft, file);
		if (named++ < NAMED_MAX)
			draft_good(&draft, rule, file);
	}
	if (named > NAMED_MAX)
		draft_evidence(&draft, "file", "so are %u more", named - NAMED_MAX);
	if (rule->file_mode != ANY_MODE)
		draft_value(&draft, "%04o", all);
	else
		draft_value(&draft, "uid 0, gid 0");
	draft_record(&draft, VERDICT_PASS);
}

static const struct file_fact *where_the_look_ended(const struct inspection *inspection)
{
	const struct node *node = inspection->judge->node;

	for (size_t i = 0; i < node->file_count; i++)
		if (!node->files[i].object &&
		    (!inspection->component ||
		     inspection->component->process->pid == node->files[i].pid))
			return &node->files[i];
	return NULL;
}

static void record_none(const struct inspection *inspection)
{
	const struct file_rule *rule = inspection->rule;
	struct draft draft = draft_on_all(inspection);
	const struct setting *setting =
		inspection->component && rule->setting
			? component_setting(inspection->component, rule->setting)
			: NULL;

	if (setting && setting->value.kind == VALUE_UNKNOWN)
		draft_record_error(&draft, "%s could not be determined", rule->setting);
	else if (inspection->volume)
		draft_record_not_applicable(&draft,
					    "%s is in kube-proxy's pod, a volume that the "
					    "cluster keeps as a ConfigMap",
					    inspection->volume->path);
	else if (inspection->absent)
		draft_record_not_applicable(&draft, "%s does not exist", inspection->absent->path);
	else if (setting)
		draft_record_not_applicable(&draft, "%s is not set: there is no %s", rule->setting,
					    rule->things);
	else
		draft_record_not_applicable(&draft, "no %s was found on this node", rule->things);
}

void file_judge(struct judge *judge, const struct component *component,
		const struct file_rule *rule)
{
	struct inspection inspection = { judge, component, rule, NULL, NULL, 0, 0 };
	const struct file_fact *end = where_the_look_ended(&inspection);

	for (size_t i = 0; i < judge->node->file_count; i++)
		inspect(&inspection, &judge->node->files[i]);
	if (inspection.bad)
		return;
	if (end) {
		struct draft draft = draft_on_all(&inspection);

		draft_record_error(&draft, "%s %s", end->path, end->problem);
	} else if (inspection.good) {
		record_good(&inspection);
	} else {
		record_none(&inspection);
	}
}
