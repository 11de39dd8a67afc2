/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes as OCSF 1.8 objects, one a line: a finding's state is a Compliance Finding (2003), a
 * client turned away or a loss a Detection Finding (2004), an exec a Process Activity (1007).
 */
#include <assert.h>

#include "base/json.h"
#include "model/words.h"
#include "report/ocsf_parts.h"
#include "report/sinks.h"
#include "report/text_line.h"

enum ocsf_class {
	OCSF_PROCESS_ACTIVITY = 1007,
	OCSF_COMPLIANCE_FINDING = 2003,
	OCSF_DETECTION_FINDING = 2004,
};

/* action_id and disposition_id of the Security Control profile; 0: the profile does not apply. */
struct outcome {
	int action, disposition;
	const char *action_word, *disposition_word;
};

struct mapping {
	enum ocsf_class class_uid;
	const char *class_name;
	int activity_id;
	const char *activity;
	int status_id;
	const char *status;
	struct outcome outcome;
};

static const struct mapping MAPPINGS[] = {
	[CHANGE_OPENED] = { OCSF_COMPLIANCE_FINDING,
			    "Compliance Finding",
			    1,
			    "Create",
			    1,
			    "New",
			    { 0 } },
	[CHANGE_CHANGED] = { OCSF_COMPLIANCE_FINDING,
			     "Compliance Finding",
			     2,
			     "Update",
			     2,
			     "In Progress",
			     { 0 } },
	[CHANGE_RESOLVED] = { OCSF_COMPLIANCE_FINDING,
			      "Compliance Finding",
			      3,
			      "Close",
			      4,
			      "Resolved",
			      { 0 } },
	[CHANGE_REFUSED] = { OCSF_DETECTION_FINDING,
			     "Detection Finding",
			     1,
			     "Create",
			     1,
			     "New",
			     { 2, 2, "Denied", "Blocked" } },
	[CHANGE_WOULD_REFUSE] = { OCSF_DETECTION_FINDING,
				  "Detection Finding",
				  1,
				  "Create",
				  1,
				  "New",
				  { 3, 15, "Observed", "Detected" } },
	[CHANGE_EXEC] = { OCSF_PROCESS_ACTIVITY,
			  "Process Activity",
			  1,
			  "Launch",
			  1,
			  "Success",
			  { 0 } },
	[CHANGE_GAP] = { OCSF_DETECTION_FINDING,
			 "Detection Finding",
			 1,
			 "Create",
			 1,
			 "New",
			 { 3, 17, "Observed", "Logged" } },
};
static_assert(ARRAY_SIZE(MAPPINGS) == CHANGE_KIND_COUNT, "every kind of change has its class");

/* A finding that was waived is closed, but not mended. */
static struct mapping mapping_of(const struct change *change)
{
	struct mapping mapping = MAPPINGS[change->kind];

	if (change->kind == CHANGE_RESOLVED && change->finding.waived) {
		mapping.status_id = 3;
		mapping.status = "Suppressed";
	}
	return mapping;
}

static int set_class(json_t *object, const struct mapping *mapping)
{
	int category = (int)mapping->class_uid / 1000;
	int error = json_set(object, "category_uid", json_integer(category));

	error |= json_set_text(object, "category_name",
			       category == 1 ? "System Activity" : "Findings");
	error |= json_set(object, "class_uid", json_integer((int)mapping->class_uid));
	error |= json_set_text(object, "class_name", mapping->class_name);
	error |= json_set(object, "activity_id", json_integer(mapping->activity_id));
	error |= json_set_text(object, "activity_name", mapping->activity);
	return error | json_set(object, "type_uid",
				json_integer((int)mapping->class_uid * 100 + mapping->activity_id));
}

static int set_state(json_t *object, const struct mapping *mapping, const struct change *change)
{
	int error = json_set(object, "time", json_integer(ocsf_time(change->time_ns)));

	error |= json_set(object, "count", ocsf_count(change->count ? change->count : 1));
	error |= json_set(object, "severity_id",
			  json_integer(ocsf_severity(change->finding.severity)));
	error |= json_set_text(object, "severity", ocsf_severity_word(change->finding.severity));
	error |= json_set(object, "status_id", json_integer(mapping->status_id));
	return error | json_set_text(object, "status", mapping->status);
}

static int set_outcome(json_t *object, const struct outcome *outcome)
{
	if (!outcome->action)
		return 0;
	int error = json_set(object, "action_id", json_integer(outcome->action));

	error |= json_set_text(object, "action", outcome->action_word);
	error |= json_set(object, "disposition_id", json_integer(outcome->disposition));
	error |= json_set_text(object, "disposition", outcome->disposition_word);
	return error | json_set(object, "is_alert", json_true());
}

static int set_window(json_t *object, int64_t from_ns, int64_t to_ns)
{
	int error = json_set(object, "start_time", json_integer(ocsf_time(from_ns)));

	return error | json_set(object, "end_time", json_integer(ocsf_time(to_ns)));
}

static int set_finding(json_t *object, const struct change *change)
{
	const struct finding *finding = &change->finding;
	int error = json_set(object, "finding_info", ocsf_finding_info(change));

	error |= json_set(object, "evidences", ocsf_evidences(change));
	error |= json_set(object, "resources", ocsf_resources(&change->node));
	if (*finding->remedy)
		error |= json_set(object, "remediation",
				  json_pack("{s:o}", "desc", json_from_text(finding->remedy)));
	return error;
}

static int set_process(json_t *object, const struct change *change)
{
	int error = json_set(object, "process", ocsf_process(change));

	return error | json_set(object, "actor", ocsf_parent(change));
}

static int set_by_class(json_t *object, const struct mapping *mapping, const struct change *change)
{
	if (mapping->class_uid == OCSF_PROCESS_ACTIVITY)
		return set_process(object, change);
	int error = set_finding(object, change);

	if (mapping->class_uid == OCSF_COMPLIANCE_FINDING)
		error |= json_set(object, "compliance", ocsf_compliance(&change->finding));
	if (change->client)
		error |= set_window(object, change->client->from_ns, change->client->to_ns);
	if (change->gap)
		error |= set_window(object, change->gap->from_ns, change->gap->to_ns);
	return error | set_outcome(object, &mapping->outcome);
}

static json_t *to_ocsf(const struct change *change)
{
	CLEANUP_JSON json_t *object = json_object();
	struct mapping mapping = mapping_of(change);
	int error =
		json_set(object, "metadata", ocsf_metadata(change, mapping.outcome.action != 0));

	error |= set_class(object, &mapping);
	error |= set_state(object, &mapping, change);
	error |= json_set(object, "message", ocsf_message(change));
	error |= set_by_class(object, &mapping, change);
	error |= json_set(object, "device", ocsf_device(&change->node));
	error |= json_set(object, "unmapped", ocsf_unmapped(change));
	return error ? NULL : take_ptr(object);
}

static int write_ocsf(const struct sink_style *style, const struct change *change,
		      struct text_buffer *buffer)
{
	(void)style;
	CLEANUP_JSON json_t *object = to_ocsf(change);

	return line_json(object, buffer);
}

const struct sink OCSF_SINK = { .name = "ocsf", .write = write_ocsf };
