/* SPDX-License-Identifier: Apache-2.0 */
/* Lines as people and programs get them, against tests/golden/. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/text.h"
#include "report/sinks.h"
#include "report/text_words.h"
#include "unit/golden.h"
#include "unit/samples.h"

static const struct waiver_use WAIVED = { .reason = "vendor image, ticket 123",
					  .until = "2027-01-31" };
static const struct evidence DAMAGE[] = { { "journal", "moved to journal.db.damaged-1" } };

/* One change of each kind, and some that are out of the ordinary. */
static size_t make_changes(struct change *changes)
{
	static const char *const hostile[] = { "sh",
					       "-c",
					       "",
					       "\033[2J\033]0;pwned\a",
					       "line\nline",
					       "\xff\xfe",
					       "\xe2\x80\xaegpj.exe" };
	static struct exec_detail exec = { .rule = "",
					   .arguments = hostile,
					   .argument_count = ARRAY_SIZE(hostile) };
	size_t count = 0;

	for (int kind = 0; kind < CHANGE_KIND_COUNT; kind++)
		changes[count++] = sample_change((enum change_kind)kind);
	changes[count] = sample_change(CHANGE_RESOLVED);
	changes[count].finding.verdict = VERDICT_FAIL;
	changes[count++].finding.waived = &WAIVED;
	changes[count] = sample_change(CHANGE_OPENED);
	changes[count].finding.verdict = VERDICT_ERROR;
	changes[count].finding.severity = SEVERITY_CRITICAL;
	changes[count++].finding.value = "";
	changes[count] = sample_change(CHANGE_EXEC);
	changes[count].count = 1;
	changes[count].finding.severity = SEVERITY_INFO;
	changes[count++].exec = &exec;
	changes[count] = sample_change(CHANGE_GAP);
	changes[count].count = 0;
	changes[count].finding.evidence = DAMAGE;
	changes[count++].finding.evidence_count = 1;
	return count;
}

#define CHANGES_MAX (CHANGE_KIND_COUNT + 8)

static void assert_golden_lines(const char *sink, const struct sink_style *style, const char *name)
{
	CLEANUP_BUFFER struct text_buffer lines = { 0 };
	struct change changes[CHANGES_MAX];
	size_t count = make_changes(changes);

	for (size_t i = 0; i < count; i++)
		assert_int_equal(sink_find(sink)->write(style, &changes[i], &lines), 0);
	assert_golden(name, &lines);
}

static void lines_are_as_agreed(void **state)
{
	const struct sink_style plain = { 0 };

	assert_golden_lines("text", &plain, "changes.txt");
	assert_golden_lines("text", &(struct sink_style){ true, 120 }, "changes-120-colour.txt");
	assert_golden_lines("json", &plain, "changes.json");
	assert_golden_lines("ocsf", &plain, "changes-ocsf.json");
	assert_null(sink_find("xml"));
}

/* Nothing that a terminal could take for more than text, and one line each. */
static void foreign_bytes_are_escaped(void **state)
{
	struct change changes[CHANGES_MAX];
	size_t count = make_changes(changes);

	for (size_t i = 0; i < count; i++) {
		CLEANUP_BUFFER struct text_buffer line = { 0 };

		changes[i].finding.check = changes[i].finding.title = "\033[31m\x9b\n\r\t\x7f";
		changes[i].finding.subject.name = changes[i].finding.subject.exe = "/\033]0;x\a";
		changes[i].finding.value = changes[i].finding.remedy = "\xe2\x80\xae\xff\n";
		assert_int_equal(TEXT_SINK.write(&(struct sink_style){ 0 }, &changes[i], &line), 0);
		assert_true(text_is_utf8(line.data, line.length));
		for (size_t at = 0; at + 1 < line.length; at++)
			assert_true((unsigned char)line.data[at] >= 0x20 && line.data[at] != 0x7f);
		assert_int_equal(line.data[line.length - 1], '\n');
		assert_null(strstr(line.data, "\xe2\x80\xae"));
	}
}

/* A line is written whole or not at all. */
static void a_full_buffer_is_left_as_it_was(void **state)
{
	CLEANUP_BUFFER struct text_buffer buffer = { 0 };
	struct change change = sample_change(CHANGE_OPENED);
	static const char *const names[] = { "text", "json", "ocsf" };

	while (buffer.length < BUFFER_BYTES_MAX - 100)
		buffer_printf(&buffer, "%063d\n", 0);
	size_t before = buffer.length;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		assert_int_equal(
			sink_find(names[i])->write(&(struct sink_style){ 0 }, &change, &buffer),
			-E2BIG);
		assert_int_equal(buffer.length, before);
		assert_int_equal(strlen(buffer.data), before);
		assert_int_equal(buffer_error(&buffer), 0);
	}
}

/* ---- OCSF 1.8: the keys that each class and object requires, by the schema's own files */

static const struct {
	const char *path, *required[12];
} REQUIRED[] = {
	{ "",
	  { "activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time",
	    "type_uid", "device" } },
	{ "metadata", { "product", "version" } },
	{ "device", { "type_id" } },
	{ "finding_info", { "uid" } },
	{ "finding_info.analytic", { "type_id" } },
	{ "remediation", { "desc" } },
	{ "process", { "pid" } },
	{ "process.file", { "name", "type_id" } },
	{ "process.user", { "uid" } },
	{ "process.parent_process", { "pid" } },
	{ "actor", { "process" } },
};

static const json_t *find(const json_t *object, const char *path)
{
	while (object && *path) {
		char key[64];
		size_t length = strcspn(path, ".");

		snprintf(key, sizeof(key), "%.*s", (int)length, path);
		object = json_object_get(object, key);
		path += length + (path[length] == '.');
	}
	return object;
}

static void assert_required(const json_t *event)
{
	for (size_t i = 0; i < ARRAY_SIZE(REQUIRED); i++) {
		const json_t *object = find(event, REQUIRED[i].path);

		for (size_t k = 0; object && REQUIRED[i].required[k]; k++)
			if (!json_object_get(object, REQUIRED[i].required[k]))
				fail_msg("%s.%s", REQUIRED[i].path, REQUIRED[i].required[k]);
	}
}

/* An evidence needs one of a list of keys; those that we use. */
static void assert_evidences(const json_t *event)
{
	size_t i;
	json_t *evidence;

	json_array_foreach (json_object_get(event, "evidences"), i, evidence)
		assert_true(json_object_get(evidence, "data") ||
			    json_object_get(evidence, "src_endpoint"));
}

static json_t *to_ocsf(const struct change *change)
{
	CLEANUP_BUFFER struct text_buffer line = { 0 };

	assert_int_equal(OCSF_SINK.write(&(struct sink_style){ 0 }, change, &line), 0);
	json_t *event = json_loadb(line.data, line.length, JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(event);
	return event;
}

static void ocsf_has_what_it_requires(void **state)
{
	struct change changes[CHANGES_MAX];
	size_t count = make_changes(changes);

	for (size_t i = 0; i < count; i++) {
		CLEANUP_JSON json_t *event = to_ocsf(&changes[i]);
		int64_t class_uid = json_get_integer(event, "class_uid", 0);
		int64_t activity = json_get_integer(event, "activity_id", 0);

		assert_required(event);
		assert_evidences(event);
		assert_int_equal(json_get_integer(event, "type_uid", 0),
				 class_uid * 100 + activity);
		assert_int_equal(json_get_integer(event, "category_uid", 0), class_uid / 1000);
		assert_int_equal(class_uid == 1007, json_object_get(event, "process") != NULL);
		assert_int_equal(class_uid == 1007, json_object_get(event, "actor") != NULL);
		assert_int_equal(class_uid != 1007, json_object_get(event, "finding_info") != NULL);
		assert_int_equal(class_uid == 2003, json_object_get(event, "compliance") != NULL);
		assert_int_equal(class_uid == 2004,
				 json_is_true(json_object_get(event, "is_alert")));
	}
}

static void ocsf_tells_changes_apart_and_findings_together(void **state)
{
	struct change one = sample_change(CHANGE_OPENED), other = sample_change(CHANGE_CHANGED);

	other.seq++;
	CLEANUP_JSON json_t *first = to_ocsf(&one), *again = to_ocsf(&one);
	CLEANUP_JSON json_t *second = to_ocsf(&other);

	assert_true(json_equal(first, again));
	assert_string_equal(json_string_value(find(first, "finding_info.uid")),
			    json_string_value(find(second, "finding_info.uid")));
	assert_string_not_equal(json_string_value(find(first, "metadata.uid")),
				json_string_value(find(second, "metadata.uid")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_as_agreed),
		cmocka_unit_test(foreign_bytes_are_escaped),
		cmocka_unit_test(a_full_buffer_is_left_as_it_was),
		cmocka_unit_test(ocsf_has_what_it_requires),
		cmocka_unit_test(ocsf_tells_changes_apart_and_findings_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
