/* SPDX-License-Identifier: Apache-2.0 */
/* Changes as OTLP records, in both encodings, and what receivers answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/limits.h"
#include "base/text.h"
#include "report/otlp_batch.h"
#include "report/protobuf.h"
#include "report/sinks.h"
#include "unit/samples.h"

static const struct otlp_settings SETTINGS = {
	.service_name = "nodelatch",
	.version = "0.1.0",
	.node = { .name = "n1", .machine_id = "m1", .boot_id = "b1" },
};

static const struct otlp_attribute *find(const struct otlp_attributes *attributes, const char *key)
{
	for (size_t i = 0; i < attributes->count; i++)
		if (text_equal(attributes->items[i].key, key))
			return &attributes->items[i];
	return NULL;
}

static void assert_text(const struct otlp_record *record, const char *key, const char *text)
{
	const struct otlp_attribute *attribute = find(&record->attributes, key);

	if (!attribute)
		fail_msg("there is no %s", key);
	assert_int_equal(attribute->kind, OTLP_TEXT);
	assert_string_equal(attribute->text, text);
}

static void assert_integer(const struct otlp_record *record, const char *key, int64_t integer)
{
	const struct otlp_attribute *attribute = find(&record->attributes, key);

	if (!attribute)
		fail_msg("there is no %s", key);
	assert_int_equal(attribute->kind, OTLP_INTEGER);
	assert_int_equal(attribute->integer, integer);
}

static struct otlp_record make(const struct change *change, struct arena *arena)
{
	struct otlp_record record;

	assert_int_equal(otlp_record_make(change, arena, &record), 0);
	return record;
}

static void a_finding_as_a_record(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct change change = sample_change(CHANGE_OPENED);
	struct otlp_record record = make(&change, arena);

	assert_int_equal(record.time_ns, change.time_ns);
	assert_int_equal(record.severity_number, 17);
	assert_string_equal(record.severity_text, "High");
	assert_string_equal(record.event_name, "nodelatch.finding");
	assert_text(&record, "nodelatch.record", "finding");
	assert_text(&record, "nodelatch.finding.state", "open");
	assert_text(&record, "ocsf.finding_info.uid", change.finding_id);
	assert_text(&record, "ocsf.compliance.control", "4.2.4");
	assert_integer(&record, "ocsf.compliance.status_id", 3);
	assert_text(&record, "security_rule.uuid", "port.kubelet-read-only");
	assert_text(&record, "network.transport", "tcp");
	assert_text(&record, "network.local.address", "::");
	assert_integer(&record, "network.local.port", 10255);
	assert_integer(&record, "process.pid", 812);
	assert_text(&record, "process.executable.path", "/usr/bin/kubelet");
	assert_string_equal(find(&record.attributes, "ocsf.compliance.standards")->items[0],
			    "CIS Kubernetes Benchmark v1.12");
}

/* The same meaning in the OCSF line and in the record. */
static void classes_are_those_of_the_ocsf_line(void **state)
{
	static const char *const keys[] = { "category_uid", "class_uid",   "activity_id",
					    "type_uid",	    "severity_id", "status_id" };

	for (enum change_kind kind = 0; kind < CHANGE_KIND_COUNT; kind++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		CLEANUP_BUFFER struct text_buffer line = { 0 };
		struct sink_style style = { 0 };
		struct change change = sample_change(kind);
		struct otlp_record record = make(&change, arena);

		assert_int_equal(OCSF_SINK.write(&style, &change, &line), 0);
		CLEANUP_JSON json_t *ocsf = json_loads(line.data, 0, NULL);

		for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
			char key[64];

			snprintf(key, sizeof(key), "ocsf.%s", keys[i]);
			assert_integer(&record, key, json_get_integer(ocsf, keys[i], -1));
		}
		assert_text(&record, "log.record.uid",
			    json_get_text(json_object_get(ocsf, "metadata"), "uid", ""));
	}
}

static void keys_are_unique(void **state)
{
	for (enum change_kind kind = 0; kind < CHANGE_KIND_COUNT; kind++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		struct change change = sample_change(kind);

		/* Both the subject and a refused client have a port. */
		change.finding.subject.kind = "listener";
		change.finding.subject.name = "tcp [::]:10255";
		struct otlp_record record = make(&change, arena);
		const struct otlp_attributes *attributes = &record.attributes;

		assert_true(attributes->count < OTLP_ATTRIBUTES_MAX);
		for (size_t i = 0; i < attributes->count; i++)
			assert_ptr_equal(find(attributes, attributes->items[i].key),
					 &attributes->items[i]);
	}
}

static void a_resend_is_the_same_and_news_is_not(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct change change = sample_change(CHANGE_OPENED);
	struct otlp_record one = make(&change, arena), again = make(&change, arena);
	const char *uid = find(&one.attributes, "log.record.uid")->text;

	assert_text(&again, "log.record.uid", uid);
	change.seq++;
	struct otlp_record next = make(&change, arena);

	assert_string_not_equal(find(&next.attributes, "log.record.uid")->text, uid);
}

/* Builds one request of that kind of change and gives back its bytes. */
static void request(const struct otlp_encoding *encoding, const struct change *change,
		    struct text_buffer *body)
{
	struct otlp_batch batch = { .encoding = encoding };

	assert_int_equal(otlp_batch_add(&batch, change), 0);
	assert_int_equal(otlp_batch_finish(&batch, &SETTINGS, body), 0);
	otlp_batch_done(&batch);
}

static void json_has_the_names_and_numbers_of_the_specification(void **state)
{
	CLEANUP_BUFFER struct text_buffer body = { 0 };
	struct change change = sample_change(CHANGE_EXEC);

	request(&otlp_json, &change, &body);
	CLEANUP_JSON json_t *document = json_loads(body.data, 0, NULL);
	const json_t *resource = json_array_get(json_object_get(document, "resourceLogs"), 0);
	const json_t *scope = json_array_get(json_object_get(resource, "scopeLogs"), 0);
	const json_t *record = json_array_get(json_object_get(scope, "logRecords"), 0);

	assert_non_null(record);
	assert_string_equal(json_get_text(record, "timeUnixNano", ""), "1795326506123456000");
	assert_true(json_is_integer(json_object_get(record, "severityNumber")));
	assert_string_equal(json_get_text(record, "eventName", ""), "nodelatch.exec");
	assert_non_null(strstr(body.data, "{\"key\":\"ocsf.class_uid\",\"value\":{\"intValue\":"
					  "\"1007\"}}"));
	assert_non_null(strstr(body.data, "\"arrayValue\":{\"values\":[{\"stringValue\":"));
	assert_null(strstr(body.data, "resource_logs"));
}

/* Receivers may refuse a whole batch for one bad byte. */
static void foreign_bytes_become_utf8(void **state)
{
	static const struct otlp_encoding *const both[] = { &otlp_protobuf, &otlp_json };
	static const char *const words[] = { "/tmp/\xef\xbf\xbd\xef\xbf\xbd(",
					     "/tmp/\\uFFFD\\uFFFD(" };
	struct change change = sample_change(CHANGE_OPENED);

	change.finding.subject.exe = "/tmp/\xff\xc3(\xe2\x82\x1b[31m";
	for (size_t i = 0; i < ARRAY_SIZE(both); i++) {
		CLEANUP_BUFFER struct text_buffer body = { 0 };

		request(both[i], &change, &body);
		assert_non_null(memmem(body.data, body.length, words[i], strlen(words[i])));
		assert_null(memchr(body.data, 0xff, i ? body.length : 0));
	}
	CLEANUP_BUFFER struct text_buffer json = { 0 };

	request(&otlp_json, &change, &json);
	assert_true(text_is_utf8(json.data, json.length));
}

static void batches_are_bounded(void **state)
{
	CLEANUP_FREE char *detail = calloc(1, 100001);
	struct evidence evidence = { .kind = "x", .detail = memset(detail, 'y', 100000) };
	struct change change = sample_change(CHANGE_OPENED);
	struct otlp_batch batch = { .encoding = &otlp_protobuf };
	CLEANUP_BUFFER struct text_buffer body = { 0 };
	int error = 0;

	change.finding.evidence = &evidence;
	change.finding.evidence_count = 1;
	while (error == 0)
		error = otlp_batch_add(&batch, &change);
	assert_int_equal(error, -E2BIG);
	assert_int_equal(batch.count, 10);
	assert_int_equal(otlp_batch_finish(&batch, &SETTINGS, &body), 0);
	assert_true(body.length <= BATCH_BYTES_MAX);
	otlp_batch_reset(&batch);
	change.finding.evidence_count = 0;
	for (error = 0; error == 0;)
		error = otlp_batch_add(&batch, &change);
	assert_true(batch.count > 400 && batch.count <= BATCH_CHANGES_MAX);
	otlp_batch_done(&batch);
}

struct response_case {
	const struct otlp_encoding *encoding;
	const char *body;
	size_t length;
	int result;
	uint64_t rejected;
	const char *message;
};
#define BODY(text) text, sizeof(text) - 1

static void responses(void **state)
{
	static const struct response_case cases[] = {
		{ &otlp_protobuf, BODY(""), 0, 0, "" },
		{ &otlp_protobuf, BODY("\x0a\x00"), 0, 0, "" },
		{ &otlp_protobuf, BODY("\x0a\x02\x08\x05"), 0, 5, "" },
		{ &otlp_protobuf, BODY("\x0a\x06\x08\x00\x12\x02no"), 0, 0, "no" },
		{ &otlp_protobuf, BODY("\x0a\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), 0,
		  0, "" },
		{ &otlp_protobuf, BODY("\x12\x01x\x0a\x02\x08\x01"), 0, 1, "" },
		{ &otlp_protobuf, BODY("\x0a\x05\x08"), -EINVAL, 0, "" },
		{ &otlp_protobuf, BODY("\x0b"), -EINVAL, 0, "" },
		{ &otlp_protobuf, BODY("\x00"), -EINVAL, 0, "" },
		{ &otlp_protobuf, BODY("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), -EINVAL, 0,
		  "" },
		{ &otlp_json, BODY(""), 0, 0, "" },
		{ &otlp_json, BODY("{}"), 0, 0, "" },
		{ &otlp_json, BODY("{\"partialSuccess\":{}}"), 0, 0, "" },
		{ &otlp_json, BODY("{\"partialSuccess\":{\"rejectedLogRecords\":\"7\"}}"), 0, 7,
		  "" },
		{ &otlp_json,
		  BODY("{\"partialSuccess\":{\"rejectedLogRecords\":7,\"errorMessage\":\"x\"}}"), 0,
		  7, "x" },
		{ &otlp_json, BODY("{\"partialSuccess\":{\"rejectedLogRecords\":-7}}"), 0, 0, "" },
		{ &otlp_json, BODY("[]"), -EINVAL, 0, "" },
		{ &otlp_json, BODY("<html>"), -EINVAL, 0, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct otlp_response response = { .rejected = 99 };
		int result = cases[i].encoding->response(cases[i].body, cases[i].length, &response);

		if (result != cases[i].result)
			fail_msg("case %zu: %d", i, result);
		if (result < 0)
			continue;
		assert_int_equal(response.rejected, cases[i].rejected);
		assert_string_equal(response.message, cases[i].message);
	}
}

static void long_words_are_cut_between_characters(void **state)
{
	CLEANUP_BUFFER struct text_buffer words = { 0 };
	struct otlp_response response = { 0 };

	buffer_text(&words, "a");
	while (words.length < 1000)
		buffer_text(&words, "\xe2\x82\xac");
	otlp_response_say(&response, words.data, words.length);
	assert_int_equal(strlen(response.message), 253);
	assert_true(text_is_utf8(response.message, 253));
}

static void types_of_answers(void **state)
{
	assert_ptr_equal(otlp_encoding_by_type("application/json; charset=utf-8"), &otlp_json);
	assert_ptr_equal(otlp_encoding_by_type("Application/X-Protobuf"), &otlp_protobuf);
	assert_null(otlp_encoding_by_type("text/html"));
	assert_null(otlp_encoding_by_type(""));
	assert_null(otlp_encoding_by_type("application/jsonp"));
}

static void protobuf_numbers_go_and_come_back(void **state)
{
	static const uint64_t numbers[] = { 0, 1, 127, 128, 16384, UINT32_MAX, UINT64_MAX };
	CLEANUP_BUFFER struct text_buffer out = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		protobuf_number(&out, 1, numbers[i]);
		protobuf_fixed64(&out, 536870911, numbers[i]);
	}
	struct protobuf_reader reader = { out.data, out.length };
	struct protobuf_field field;

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		assert_int_equal(protobuf_next(&reader, &field), 1);
		assert_int_equal(field.number, 1);
		assert_true(field.value == numbers[i]);
		assert_int_equal(protobuf_next(&reader, &field), 1);
		assert_int_equal(field.number, 536870911);
		assert_true(field.value == numbers[i]);
	}
	assert_int_equal(protobuf_next(&reader, &field), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_finding_as_a_record),
		cmocka_unit_test(classes_are_those_of_the_ocsf_line),
		cmocka_unit_test(keys_are_unique),
		cmocka_unit_test(a_resend_is_the_same_and_news_is_not),
		cmocka_unit_test(json_has_the_names_and_numbers_of_the_specification),
		cmocka_unit_test(foreign_bytes_become_utf8),
		cmocka_unit_test(batches_are_bounded),
		cmocka_unit_test(responses),
		cmocka_unit_test(long_words_are_cut_between_characters),
		cmocka_unit_test(types_of_answers),
		cmocka_unit_test(protobuf_numbers_go_and_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
