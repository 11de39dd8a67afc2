/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/limits.h"
#include "model/change_json.h"
#include "model/finding_json.h"
#include "unit/samples.h"

static void write_line(const struct change *change, struct text_buffer *line)
{
	CLEANUP_JSON json_t *object = change_to_json(change);

	assert_non_null(object);
	json_write(object, line);
	assert_int_equal(buffer_error(line), 0);
}

/* Every kind of change comes back as it went: the same line, and the fields themselves. */
static void every_kind_comes_back(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	for (int kind = 0; kind < CHANGE_KIND_COUNT; kind++) {
		CLEANUP_BUFFER struct text_buffer one = { 0 }, other = { 0 };
		struct change change = sample_change((enum change_kind)kind), back;

		write_line(&change, &one);
		assert_int_equal(change_from_line(one.data, one.length, arena, &back), 0);
		write_line(&back, &other);
		assert_string_equal(one.data, other.data);
		assert_int_equal(back.kind, kind);
		assert_int_equal(back.seq, 42);
		assert_int_equal(back.time_ns, change.time_ns);
		assert_int_equal(back.count, change.count);
		assert_string_equal(back.finding.subject.key, change.finding.subject.key);
		assert_int_equal(!back.client, !change.client);
		assert_int_equal(!back.gap, !change.gap);
		assert_int_equal(!back.exec, !change.exec);
	}
}

static void details_come_back(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_BUFFER struct text_buffer line = { 0 };
	struct change change = sample_change(CHANGE_EXEC), back;

	write_line(&change, &line);
	assert_int_equal(change_from_line(line.data, line.length, arena, &back), 0);
	assert_int_equal(back.exec->argument_count, 4);
	assert_string_equal(back.exec->arguments[3], "two words\n");
	assert_int_equal(back.exec->uid, 1000);
	buffer_reset(&line);
	change = sample_change(CHANGE_REFUSED);
	write_line(&change, &line);
	assert_int_equal(change_from_line(line.data, line.length, arena, &back), 0);
	assert_int_equal(back.client->port, 10255);
	assert_int_equal(back.client->from_ns, change.client->from_ns);
	assert_string_equal(back.client->address, "10.0.0.7");
}

/* The interface's names, in the interface's order. */
static void result_has_the_fields_of_the_interface(void **state)
{
	static const char *const names[] = { "check",	 "verdict", "severity", "title",
					     "subject",	 "value",   "expected", "source",
					     "exposure", "notes",   "evidence", "remedy",
					     "cis",	 "waived" };
	struct finding finding = sample_finding();
	CLEANUP_JSON json_t *object = finding_to_json(&finding);
	const char *key;
	json_t *value;
	size_t i = 0;

	json_object_foreach (object, key, value)
		assert_string_equal(key, names[i++]);
	assert_int_equal(i, ARRAY_SIZE(names));
	assert_true(json_is_null(json_object_get(object, "waived")));
	assert_string_equal(json_get_text(json_object_get(object, "cis"), "1.12", ""), "4.2.4");
}

static void waiver_is_told(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct waiver_use waived = { .reason = "vendor image", .until = "2027-01-31" };
	struct finding finding = sample_finding(), back;

	finding.waived = &waived;
	CLEANUP_JSON json_t *object = finding_to_json(&finding);

	assert_int_equal(finding_from_json(object, arena, &back), 0);
	assert_string_equal(back.waived->reason, "vendor image");
	assert_string_equal(back.waived->until, "2027-01-31");
}

static void bytes_that_are_not_text_become_replacements(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_BUFFER struct text_buffer line = { 0 };
	struct change change = sample_change(CHANGE_OPENED), back;

	change.finding.subject.name = "a\xff\x1b[31m\n";
	write_line(&change, &line);
	assert_null(strchr(line.data, '\x1b'));
	assert_null(strchr(line.data, '\n'));
	assert_int_equal(change_from_line(line.data, line.length, arena, &back), 0);
	assert_string_equal(back.finding.subject.name, "a\xef\xbf\xbd\x1b[31m\n");
}

/* Replaces one member of a good change by something else and expects refusal. */
static void refuses(const char *key, json_t *value)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct change change = sample_change(CHANGE_REFUSED), back;
	CLEANUP_JSON json_t *object = change_to_json(&change);

	assert_int_equal(json_set(object, key, value), 0);
	if (change_from_json(object, arena, &back) != -EINVAL)
		fail_msg("%s was taken", key);
}

static json_t *long_list(void)
{
	json_t *list = json_array();

	for (size_t i = 0; i <= FINDING_LIST_MAX; i++)
		json_add(list, json_string("x"));
	return list;
}

static void hostile_members_are_refused(void **state)
{
	refuses("schema", json_string("nodelatch.change/2"));
	refuses("seq", json_integer(-1));
	refuses("seq", json_string("1"));
	refuses("time", json_string("yesterday"));
	refuses("time", json_string("99999-01-01T00:00:00Z"));
	refuses("first_seen", json_null());
	refuses("change", json_string("exploded"));
	refuses("finding", json_string("../../etc/passwd"));
	refuses("finding", json_string("5F0C5F0C5F0C5F0C5F0C5F0C5F0C5F0C"));
	refuses("severity", json_string("fatal"));
	refuses("verdict", json_integer(1));
	refuses("exposure", json_string("world"));
	refuses("subject", json_array());
	refuses("subject", json_pack("{s:s, s:I}", "kind", "x", "pid", (json_int_t)1 << 40));
	refuses("title", json_array());
	refuses("evidence", json_object());
	refuses("evidence", json_pack("[s]", "x"));
	refuses("notes", json_pack("[i]", 1));
	refuses("notes", long_list());
	refuses("cis", json_array());
	refuses("waived", json_true());
	refuses("client", json_array());
	refuses("client", json_pack("{s:i, s:s}", "port", 65536, "protocol", "tcp"));
	refuses("client", json_pack("{s:i, s:s}", "port", 1, "protocol", "sctp"));
	refuses("window", json_object());
	refuses("gap", json_string("x"));
	refuses("exec", json_pack("{s:[i]}", "argv", 1));
	refuses("exec", json_pack("{s:[], s:i}", "argv", "uid", -1));
	refuses("count", json_integer(-1));
}

static void id_depends_on_its_parts_only(void **state)
{
	struct finding finding = sample_finding(), other = finding;
	char one[FINDING_ID_LENGTH + 1], two[FINDING_ID_LENGTH + 1];

	finding_id("machine", &finding, one);
	assert_string_equal(one, "fcd95623623595b75184af1ba86fd70a");
	other.subject.pid = 1;
	other.subject.name = "other";
	other.severity = SEVERITY_LOW;
	other.evidence_count = 0;
	finding_id("machine", &other, two);
	assert_string_equal(one, two);
	finding_id("machine2", &finding, two);
	assert_string_not_equal(one, two);
	other.subject.kind = "listene";
	other.subject.key = "rtcp/10255";
	finding_id("machine", &other, two);
	assert_string_not_equal(one, two);
}

/* Keys are paths and names from outside: any length, all of it counts. */
static void long_keys_have_ids_of_their_own(void **state)
{
	static char one[10000], other[10000];
	struct finding finding = sample_finding();
	char id[FINDING_ID_LENGTH + 1], other_id[FINDING_ID_LENGTH + 1];

	memset(one, 'a', sizeof(one) - 1);
	memcpy(other, one, sizeof(other));
	other[sizeof(other) - 2] = 'b';
	finding.subject.key = finding.subject.kind = finding.check = one;
	finding_id(one, &finding, id);
	finding.subject.key = other;
	finding_id(one, &finding, other_id);
	assert_string_not_equal(id, other_id);
}

static void full_arena_is_no_memory(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_BUFFER struct text_buffer line = { 0 };
	struct change change = sample_change(CHANGE_EXEC), back;

	write_line(&change, &line);
	while (arena_alloc(arena, 1UL << 20))
		;
	while (arena_alloc(arena, 16))
		;
	assert_int_equal(change_from_line(line.data, line.length, arena, &back), -ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_comes_back),
		cmocka_unit_test(details_come_back),
		cmocka_unit_test(result_has_the_fields_of_the_interface),
		cmocka_unit_test(waiver_is_told),
		cmocka_unit_test(bytes_that_are_not_text_become_replacements),
		cmocka_unit_test(hostile_members_are_refused),
		cmocka_unit_test(id_depends_on_its_parts_only),
		cmocka_unit_test(long_keys_have_ids_of_their_own),
		cmocka_unit_test(full_arena_is_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
