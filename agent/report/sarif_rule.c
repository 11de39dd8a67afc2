/* SPDX-License-Identifier: Apache-2.0 */
/* A check as a rule of SARIF (reportingDescriptor, 3.49 of the specification). */
#include <assert.h>

#include "base/json.h"
#include "base/text.h"
#include "model/family.h"
#include "model/words.h"
#include "report/sarif_parts.h"

/* `score` is what code scanning services sort by, a number as CVSS has it, in their bands. */
static const struct {
	const char *level, *score;
} RATINGS[] = {
	[SEVERITY_INFO] = { "note", "0.0" },	  [SEVERITY_LOW] = { "note", "3.0" },
	[SEVERITY_MEDIUM] = { "warning", "5.5" }, [SEVERITY_HIGH] = { "error", "8.0" },
	[SEVERITY_CRITICAL] = { "error", "9.5" },
};
static_assert(ARRAY_SIZE(RATINGS) == SEVERITY_COUNT, "every severity has a level");

const char *sarif_level(enum severity severity)
{
	return RATINGS[severity].level;
}

json_t *sarif_message(const char *text)
{
	CLEANUP_JSON json_t *message = json_object();

	return json_set_text(message, "text", text) < 0 ? NULL : take_ptr(message);
}

static json_t *help_of(const struct check *check)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };

	buffer_printf(&text, "%s\n\nReads: %s\nExpected: %s\nFix: %s\n", check->why, check->reads,
		      check->expected, check->remedy);
	if (check->severity_rules)
		buffer_printf(&text, "Severity: %s; %s\n", severity_word(check->severity),
			      check->severity_rules);
	for (const char *const *page = check->references; page && *page; page++)
		buffer_printf(&text, "See: %s\n", *page);
	return buffer_error(&text) ? NULL : sarif_message(text.data);
}

/* "security", the family, and "cis-1.12/4.2.4" for each number. */
static json_t *tags_of(const struct check *check)
{
	CLEANUP_JSON json_t *tags = json_array();
	int error = json_add(tags, json_string("security"));

	error |= json_add(tags, json_string("kubernetes"));
	error |= json_add(tags, json_stringn(check->id, family_length(check->id)));
	for (const struct cis_number *cis = check->cis; cis && cis->benchmark; cis++) {
		CLEANUP_BUFFER struct text_buffer tag = { 0 };

		buffer_printf(&tag, "cis-%s/%s", cis->benchmark, cis->number);
		error |= buffer_error(&tag) ? -ENOMEM : json_add(tags, json_from_text(tag.data));
	}
	return error ? NULL : take_ptr(tags);
}

static json_t *rule_properties(const struct check *check)
{
	CLEANUP_JSON json_t *properties = json_object();
	int error = json_set(properties, "tags", tags_of(check));

	error |= json_set_text(properties, "severity", severity_word(check->severity));
	error |= json_set_text(properties, "security-severity", RATINGS[check->severity].score);
	return error ? NULL : take_ptr(properties);
}

json_t *sarif_rule(const struct check *check)
{
	CLEANUP_JSON json_t *rule = json_object();
	CLEANUP_JSON json_t *defaults = json_object();
	int error = json_set_text(rule, "id", check->id);

	error |= json_set(rule, "shortDescription", sarif_message(check->title));
	error |= json_set(rule, "fullDescription", sarif_message(check->why));
	error |= json_set(rule, "help", help_of(check));
	if (check->references)
		error |= json_set_text(rule, "helpUri", check->references[0]);
	error |= json_set_text(defaults, "level", sarif_level(check->severity));
	error |= json_set(rule, "defaultConfiguration", json_incref(defaults));
	error |= json_set(rule, "properties", rule_properties(check));
	return error ? NULL : take_ptr(rule);
}
