/* SPDX-License-Identifier: Apache-2.0 */
#include "report/ocsf_parts.h"

#include <assert.h>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "model/change_uid.h"
#include "model/words.h"
#include "report/text_words.h"

#define OCSF_VERSION "1.8.0"

static const char *const SEVERITIES[] = {
	[SEVERITY_INFO] = "Informational", [SEVERITY_LOW] = "Low",
	[SEVERITY_MEDIUM] = "Medium",	   [SEVERITY_HIGH] = "High",
	[SEVERITY_CRITICAL] = "Critical",
};
static_assert(ARRAY_SIZE(SEVERITIES) == SEVERITY_COUNT, "every severity has its caption");

int ocsf_severity(enum severity severity)
{
	return (int)severity + 1;
}

const char *ocsf_severity_word(enum severity severity)
{
	return SEVERITIES[severity];
}

json_int_t ocsf_time(int64_t time_ns)
{
	return time_ns / NS_PER_MS;
}

/* integer_t is a 32-bit signed integer. */
json_t *ocsf_count(uint64_t count)
{
	return json_integer(count > INT32_MAX ? INT32_MAX : (json_int_t)count);
}

json_t *ocsf_metadata(const struct change *change, bool is_security_control)
{
	CLEANUP_JSON json_t *object = json_object();
	char uid[CHANGE_UID_LENGTH + 1];
	int error = json_set_text(object, "version", OCSF_VERSION);

	change_uid(change, uid);
	error |= json_set(object, "product",
			  json_pack("{s:s, s:s, s:s}", "name", "nodelatch", "vendor_name",
				    "nodelatch", "version", NODELATCH_VERSION));
	error |= json_set(object, "profiles",
			  is_security_control ? json_pack("[s, s]", "host", "security_control")
					      : json_pack("[s]", "host"));
	error |= json_set_text(object, "uid", uid);
	error |= json_set_text(object, "log_name", "changes");
	error |= json_set_text(object, "event_code", change_word(change->kind));
	return error ? NULL : take_ptr(object);
}

json_t *ocsf_message(const struct change *change)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };

	change_words(change, &text);
	return buffer_error(&text) < 0 ? NULL : json_stringn(text.data, text.length);
}

json_t *ocsf_finding_info(const struct change *change)
{
	const struct finding *finding = &change->finding;
	CLEANUP_JSON json_t *object = json_object();
	int error = json_set_text(object, "uid", change->finding_id);

	error |= json_set_text(object, "title", finding->title);
	error |=
		json_set(object, "first_seen_time", json_integer(ocsf_time(change->first_seen_ns)));
	error |= json_set(object, "last_seen_time", json_integer(ocsf_time(change->time_ns)));
	error |= json_set(object, "analytic",
			  json_pack("{s:o, s:o, s:i, s:s}", "uid", json_from_text(finding->check),
				    "name", json_from_text(finding->check), "type_id", 1, "type",
				    "Rule"));
	return error ? NULL : take_ptr(object);
}

/* status_id of a compliance result. Unknown is not good, and not bad either. */
static const struct {
	int id;
	const char *word;
} STATUSES[] = {
	[VERDICT_ERROR] = { 0, "Unknown" },
	[VERDICT_PASS] = { 1, "Pass" },
	[VERDICT_FAIL] = { 3, "Fail" },
	[VERDICT_NOT_APPLICABLE] = { 99, "Not Applicable" },
};
static_assert(ARRAY_SIZE(STATUSES) == VERDICT_COUNT, "every verdict has its status");

static json_t *standards(const struct finding *finding)
{
	CLEANUP_JSON json_t *array = json_array();

	for (size_t i = 0; i < finding->cis_count; i++) {
		CLEANUP_BUFFER struct text_buffer name = { 0 };

		buffer_printf(&name, "CIS Kubernetes Benchmark v%s", finding->cis[i].benchmark);
		if (buffer_error(&name) < 0 || json_add(array, json_from_text(name.data)) < 0)
			return NULL;
	}
	return take_ptr(array);
}

json_t *ocsf_compliance(const struct finding *finding)
{
	CLEANUP_JSON json_t *object = json_object();
	int status = STATUSES[finding->verdict].id, error = 0;

	if (finding->cis_count) {
		error |= json_set_text(object, "control", finding->cis[0].number);
		error |= json_set(object, "standards", standards(finding));
	}
	error |= json_set(object, "status_id", json_integer(status));
	error |= json_set_text(object, "status", STATUSES[finding->verdict].word);
	error |= json_set(object, "checks",
			  json_pack("[{s:o, s:o, s:i}]", "uid", json_from_text(finding->check),
				    "name", json_from_text(finding->title), "status_id", status));
	return error ? NULL : take_ptr(object);
}

json_t *ocsf_device(const struct node_identity *node)
{
	CLEANUP_JSON json_t *object = json_object();
	int error = json_set(object, "type_id", json_integer(1));

	error |= json_set_text(object, "type", "Server");
	error |= json_set_text(object, "hostname", node->name);
	if (*node->machine_id)
		error |= json_set_text(object, "uid", node->machine_id);
	if (*node->boot_id)
		error |= json_set_text(object, "boot_uid", node->boot_id);
	return error ? NULL : take_ptr(object);
}

json_t *ocsf_resources(const struct node_identity *node)
{
	CLEANUP_JSON json_t *array = json_array();
	CLEANUP_JSON json_t *object = json_object();
	int error = json_set_text(object, "type", "Kubernetes Node");

	error |= json_set_text(object, "name", node->name);
	error |= json_set_text(object, "hostname", node->name);
	if (*node->machine_id)
		error |= json_set_text(object, "uid", node->machine_id);
	error |= json_add(array, take_ptr(object));
	return error ? NULL : take_ptr(array);
}

json_t *ocsf_unmapped(const struct change *change)
{
	CLEANUP_JSON json_t *object = json_object();
	const struct finding *finding = &change->finding;
	int error = json_set(object, "seq", json_integer(change->seq));

	error |= json_set_text(object, "verdict", verdict_word(finding->verdict));
	error |= json_set_text(object, "value", finding->value);
	error |= json_set_text(object, "expected", finding->expected);
	error |= json_set_text(object, "source", finding->source);
	error |= json_set_text(object, "exposure", exposure_word(finding->exposure));
	if (change->gap)
		error |= json_set_text(object, "stream", change->gap->stream);
	/* An exec has no evidences, and a rule only where one asked for it. */
	if (change->exec)
		error |= json_set_text(object, "rule", change->exec->rule);
	return error ? NULL : take_ptr(object);
}
