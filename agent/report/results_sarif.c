/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pass as SARIF 2.1.0: one run. Severity and verdict become level and kind as the specification
 * has them (3.27.9, 3.27.10): only a fail has a level, an `error` is "open" and, so that nobody
 * overlooks it, a notification of the tool too.
 */
#include <assert.h>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "model/finding_json.h"
#include "model/words.h"
#include "report/results.h"
#include "report/results_words.h"
#include "report/sarif_parts.h"
#include "report/text_line.h"

#define SCHEMA_URI                                                                                 \
	"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"                      \
	"sarif-schema-2.1.0.json"
#define FINGERPRINT "nodelatchFinding/v1"

static const char *const KINDS[] = {
	[VERDICT_ERROR] = "open",
	[VERDICT_PASS] = "pass",
	[VERDICT_FAIL] = "fail",
	[VERDICT_NOT_APPLICABLE] = "notApplicable",
};
static_assert(ARRAY_SIZE(KINDS) == VERDICT_COUNT, "every verdict is of some kind");

static void add_because(const char *label, const char *text, void *context)
{
	if (text_equal(label, "because"))
		buffer_printf(context, "; %s", text);
}

/* The sentence, and the evidence. */
static json_t *message_of(const struct finding *finding)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };

	result_sentence(finding, &text);
	result_details(finding, add_because, &text);
	return buffer_error(&text) ? NULL : sarif_message(text.data);
}

static json_t *suppressions_of(const struct waiver_use *waived)
{
	CLEANUP_JSON json_t *list = json_array(), *one = json_object(), *more = json_object();

	if (!waived)
		return take_ptr(list);
	int error = json_set_text(one, "kind", "external");

	error |= json_set_text(one, "status", "accepted");
	error |= json_set_text(one, "justification", waived->reason);
	error |= json_set_text(more, "until", waived->until);
	error |= json_set(one, "properties", json_incref(more));
	error |= json_add(list, json_incref(one));
	return error ? NULL : take_ptr(list);
}

static json_t *properties_of(const struct finding *finding)
{
	CLEANUP_JSON json_t *object = json_object();
	int error = json_set_text(object, "verdict", verdict_word(finding->verdict));

	error |= json_set_text(object, "severity", severity_word(finding->severity));
	error |= json_set_text(object, "exposure", exposure_word(finding->exposure));
	error |= json_set_text(object, "value", finding->value);
	error |= json_set_text(object, "expected", finding->expected);
	error |= json_set_text(object, "source", finding->source);
	error |= json_set(object, "subject", subject_to_json(&finding->subject));
	error |= json_set(object, "evidence",
			  evidence_to_json(finding->evidence, finding->evidence_count));
	error |= json_set(object, "notes", texts_to_json(finding->notes, finding->note_count));
	error |= json_set_text(object, "remedy", finding->remedy);
	return error ? NULL : take_ptr(object);
}

/* The index of a check among the rules; they are as many when there is none. */
static size_t rule_index(const struct report *report, const char *check)
{
	size_t i = 0;

	while (i < report->check_count && !text_equal(report->checks[i]->id, check))
		i++;
	return i;
}

static int set_rule(const struct report *report, const char *check, json_t *object,
		    const char *keys[static 2])
{
	size_t index = rule_index(report, check);
	int error = json_set_text(object, keys[0], check);

	if (index < report->check_count)
		error |= json_set(object, keys[1], json_integer((json_int_t)index));
	return error;
}

static json_t *fingerprints_of(const struct report *report, const struct finding *finding)
{
	const char *machine =
		*report->node.machine_id ? report->node.machine_id : report->node.name;
	CLEANUP_JSON json_t *object = json_object();
	char id[FINDING_ID_LENGTH + 1];

	finding_id(machine, finding, id);
	return json_set_text(object, FINGERPRINT, id) < 0 ? NULL : take_ptr(object);
}

static json_t *result_of(const struct report *report, const struct finding *finding)
{
	bool is_fail = finding->verdict == VERDICT_FAIL;
	CLEANUP_JSON json_t *object = json_object();
	int error =
		set_rule(report, finding->check, object, (const char *[]){ "ruleId", "ruleIndex" });

	error |= json_set_text(object, "kind", KINDS[finding->verdict]);
	error |= json_set_text(object, "level", is_fail ? sarif_level(finding->severity) : "none");
	error |= json_set(object, "message", message_of(finding));
	error |= json_set(object, "locations", sarif_locations(finding, report->node.name));
	error |= json_set(object, "partialFingerprints", fingerprints_of(report, finding));
	error |= json_set(object, "suppressions", suppressions_of(finding->waived));
	error |= json_set(object, "properties", properties_of(finding));
	return error ? NULL : take_ptr(object);
}

static json_t *results_of(const struct report *report)
{
	CLEANUP_JSON json_t *array = json_array();

	for (size_t i = 0; i < report->finding_count; i++)
		if (json_add(array, result_of(report, &report->findings[i])) < 0)
			return NULL;
	return take_ptr(array);
}

static json_t *tool_of(const struct report *report)
{
	CLEANUP_JSON json_t *tool = json_object(), *driver = json_object();
	json_t *rules = json_array();
	int error = json_set_text(driver, "name", "nodelatch");

	error |= json_set_text(driver, "version", NODELATCH_VERSION);
	error |= json_set_text(driver, "semanticVersion", NODELATCH_VERSION);
	error |= json_set(driver, "rules", rules);
	for (size_t i = 0; i < report->check_count && !error; i++)
		error = json_add(rules, sarif_rule(report->checks[i]));
	error |= json_set(tool, "driver", json_incref(driver));
	return error ? NULL : take_ptr(tool);
}

/* What could not be determined, said of the tool. */
static json_t *notification_of(const struct report *report, const struct finding *finding)
{
	CLEANUP_JSON json_t *object = json_object(), *rule = json_object();
	int error = set_rule(report, finding->check, rule, (const char *[]){ "id", "index" });

	error |= json_set_text(object, "level", "warning");
	error |= json_set(object, "message", message_of(finding));
	error |= json_set(object, "associatedRule", json_incref(rule));
	return error ? NULL : take_ptr(object);
}

static json_t *notifications_of(const struct report *report)
{
	CLEANUP_JSON json_t *array = json_array();

	for (size_t i = 0; i < report->finding_count; i++)
		if (report->findings[i].verdict == VERDICT_ERROR &&
		    json_add(array, notification_of(report, &report->findings[i])) < 0)
			return NULL;
	return take_ptr(array);
}

static json_t *invocations_of(const struct report *report)
{
	CLEANUP_JSON json_t *array = json_array(), *object = json_object();
	int error = json_set(object, "executionSuccessful", json_true());
	char time[TIME_TEXT_BYTES];

	time_format(report->now_ns, time);
	error |= json_set_text(object, "endTimeUtc", time);
	error |= json_set_text(object, "machine", report->node.name);
	error |= json_set(object, "toolExecutionNotifications", notifications_of(report));
	error |= json_add(array, json_incref(object));
	return error ? NULL : take_ptr(array);
}

/* Runs of one node belong together, and are told from those of others, by this. */
static json_t *automation_of(const struct report *report)
{
	CLEANUP_BUFFER struct text_buffer id = { 0 };
	CLEANUP_JSON json_t *object = json_object();

	buffer_printf(&id, "nodelatch/%s/", report->node.name);
	if (buffer_error(&id) || json_set_text(object, "id", id.data) < 0)
		return NULL;
	return take_ptr(object);
}

static json_t *bases(void)
{
	CLEANUP_JSON json_t *object = json_object(), *root = json_object();
	int error = json_set_text(root, "uri", "file:///");

	error |= json_set(root, "description",
			  sarif_message("The root directory of the judged node."));
	error |= json_set(object, SARIF_NODE_ROOT, json_incref(root));
	return error ? NULL : take_ptr(object);
}

static json_t *run_of(const struct report *report)
{
	CLEANUP_JSON json_t *run = json_object(), *properties = json_object();
	int error = json_set(run, "tool", tool_of(report));

	error |= json_set(run, "automationDetails", automation_of(report));
	error |= json_set(run, "invocations", invocations_of(report));
	error |= json_set(run, "originalUriBaseIds", bases());
	error |= json_set_text(run, "columnKind", "utf16CodeUnits");
	error |= json_set(run, "results", results_of(report));
	error |= json_set_text(properties, "machine_id", report->node.machine_id);
	error |= json_set_text(properties, "kernel", report->kernel);
	error |= json_set(properties, "role", texts_to_json(report->roles, report->role_count));
	error |= json_set_text(properties, "policy_sha256", report->policy_sha256);
	error |= json_set(run, "properties", json_incref(properties));
	return error ? NULL : take_ptr(run);
}

int results_write_sarif(const struct report *report, struct text_buffer *buffer)
{
	CLEANUP_JSON json_t *document = json_object(), *runs = json_array();
	size_t before = buffer->length;
	int error = json_set_text(document, "$schema", SCHEMA_URI);

	error |= json_set_text(document, "version", "2.1.0");
	error |= json_add(runs, run_of(report));
	error |= json_set(document, "runs", json_incref(runs));
	if (error)
		return -ENOMEM;
	json_write_pretty(document, buffer);
	return line_finish(buffer, before);
}
