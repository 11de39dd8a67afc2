/* SPDX-License-Identifier: Apache-2.0 */
#include "report/results.h"

#include "base/json.h"
#include "model/finding_json.h"
#include "model/words.h"
#include "report/text_line.h"

#define SCHEMA "nodelatch.report/1"

static void count(const struct finding *finding, struct results_summary *summary)
{
	if (finding->waived) {
		summary->waived++;
		return;
	}
	switch (finding->verdict) {
	case VERDICT_PASS:
		summary->pass++;
		break;
	case VERDICT_FAIL:
		summary->fail++;
		summary->by_severity[finding->severity]++;
		break;
	case VERDICT_NOT_APPLICABLE:
		summary->not_applicable++;
		break;
	default:
		summary->error++;
		break;
	}
}

void results_summarize(const struct report *report, struct results_summary *ret_summary)
{
	struct results_summary summary = { 0 };

	for (size_t i = 0; i < report->finding_count; i++)
		count(&report->findings[i], &summary);
	*ret_summary = summary;
}

int results_exit_status(const struct report *report, enum severity fail_on)
{
	int status = 0;

	for (size_t i = 0; i < report->finding_count; i++) {
		const struct finding *finding = &report->findings[i];

		if (finding->waived || finding->severity < fail_on)
			continue;
		if (finding->verdict == VERDICT_FAIL)
			return 1;
		if (finding->verdict == VERDICT_ERROR)
			status = 3;
	}
	return status;
}

static json_t *node_to_json(const struct report *report)
{
	CLEANUP_JSON json_t *object = json_object();
	int error = json_set_text(object, "name", report->node.name);

	error |= json_set_text(object, "machine_id", report->node.machine_id);
	error |= json_set_text(object, "boot_id", report->node.boot_id);
	error |= json_set_text(object, "kernel", report->kernel);
	error |= json_set(object, "role", texts_to_json(report->roles, report->role_count));
	error |= json_set(object, "distro",
			  report->distro ? json_from_text(report->distro) : json_null());
	return error ? NULL : take_ptr(object);
}

static json_t *policy_to_json(const struct report *report)
{
	CLEANUP_JSON json_t *object = json_object();
	int error = json_set_text(object, "sha256", report->policy_sha256);

	error |= json_set_text(object, "mode", mode_word(report->mode));
	return error ? NULL : take_ptr(object);
}

static json_t *severities_to_json(const struct results_summary *summary)
{
	CLEANUP_JSON json_t *object = json_object();
	int error = 0;

	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_INFO; s--)
		error |= json_set(object, severity_word((enum severity)s),
				  json_integer(summary->by_severity[s]));
	return error ? NULL : take_ptr(object);
}

static json_t *summary_to_json(const struct report *report)
{
	CLEANUP_JSON json_t *object = json_object();
	struct results_summary summary;

	results_summarize(report, &summary);
	int error = json_set(object, "pass", json_integer(summary.pass));

	error |= json_set(object, "fail", json_integer(summary.fail));
	error |= json_set(object, "error", json_integer(summary.error));
	error |= json_set(object, "not_applicable", json_integer(summary.not_applicable));
	error |= json_set(object, "waived", json_integer(summary.waived));
	error |= json_set(object, "by_severity", severities_to_json(&summary));
	return error ? NULL : take_ptr(object);
}

static json_t *results_to_json(const struct report *report)
{
	CLEANUP_JSON json_t *array = json_array();

	for (size_t i = 0; i < report->finding_count; i++)
		if (json_add(array, finding_to_json(&report->findings[i])) < 0)
			return NULL;
	return take_ptr(array);
}

int results_write_json(const struct report *report, struct text_buffer *buffer)
{
	CLEANUP_JSON json_t *object = json_object();
	size_t before = buffer->length;
	int error = json_set_text(object, "schema", SCHEMA);

	error |= json_set(object, "node", node_to_json(report));
	error |= json_set(object, "policy", policy_to_json(report));
	error |= json_set(object, "summary", summary_to_json(report));
	error |= json_set(object, "results", results_to_json(report));
	if (error)
		return -ENOMEM;
	json_write_pretty(object, buffer);
	return line_finish(buffer, before);
}
