/* SPDX-License-Identifier: Apache-2.0 */
/* What is printed of a policy: the default file, what is in force, the schema. */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/json.h"
#include "settings/policy.h"

static struct policy *taken(const char *text, const char *name)
{
	CLEANUP_POLICY_ERROR struct policy_error error = { 0 };
	struct policy *policy = NULL;

	if (policy_parse(text, strlen(text), name, &policy, &error) != 0)
		policy_error_print(&error, stderr);
	assert_non_null(policy);
	return policy;
}

static void read_file(const char *path, struct text_buffer *ret_text)
{
	CLEANUP_FCLOSE FILE *file = fopen(path, "re");
	char block[4096];
	size_t length;

	assert_non_null(file);
	while ((length = fread(block, 1, sizeof(block), file)))
		buffer_append(ret_text, block, length);
}

static void the_default_in_the_tree_is_the_printed_one(void **state)
{
	CLEANUP_BUFFER struct text_buffer printed = { 0 }, kept = { 0 };

	assert_int_equal(policy_write_default(&printed), 0);
	read_file("config/policy.yaml", &kept);
	assert_string_equal(kept.data, printed.data);
}

static void every_example_is_valid(void **state)
{
	glob_t found;

	assert_int_equal(glob("config/examples/*.yaml", 0, NULL, &found), 0);
	assert_true(found.gl_pathc >= 3);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		CLEANUP_BUFFER struct text_buffer text = { 0 };

		read_file(found.gl_pathv[i], &text);
		/* What is applied to the cluster says of itself that it is no policy. */
		if (strstr(text.data, "\n# Not a policy"))
			continue;
		policy_free(taken(text.data, found.gl_pathv[i]));
	}
	globfree(&found);
}

/* Every line without its comment; the first, which names the file, left out. */
static void without_comments(const char *text, struct text_buffer *ret_text)
{
	for (text = strchr(text, '\n') + 1; *text; text = strchr(text, '\n') + 1) {
		const char *end = strchr(text, '\n'), *comment = strstr(text, "  # ");

		if (comment && comment < end)
			end = comment;
		buffer_append(ret_text, text, (size_t)(end - text));
		buffer_text(ret_text, "\n");
	}
}

static const char SAMPLE[] =
	"ports:\n"
	"  - {name: a, port: 1, action: refuse, allow: [10.0.0.0/8, '::1', loopback]}\n"
	"listeners: {allow: [{exe: '*/x'}, {port: 2, unit: y}]}\n"
	"exec: {rules: [{name: r,\n"
	"  args: ['-', \"a\\x1b\\u202e\\U0001F600\\\"\\\\\", 'true', '5']}]}\n"
	"checks: {severity: {a: low, b.*: high}, waivers: [{check: a, reason: '# no', until: "
	"2027-01-31}]}\n"
	"journal: {keep: 90m, max_size: 1000kB}\n";

static void the_effective_settings_are_a_policy(void **state)
{
	CLEANUP_BUFFER struct text_buffer first = { 0 }, second = { 0 }, one = { 0 }, two = { 0 };
	CLEANUP_POLICY struct policy *policy = taken(SAMPLE, "p"), *again = NULL;

	assert_int_equal(policy_write_effective(policy, &first), 0);
	again = taken(first.data, "q");
	assert_int_equal(policy_write_effective(again, &second), 0);
	without_comments(first.data, &one);
	without_comments(second.data, &two);
	assert_string_equal(one.data, two.data);
	assert_non_null(strstr(one.data, "keep: 1h30m\n"));
	assert_non_null(strstr(one.data, "max_size: 1000000B\n"));
	assert_non_null(strstr(one.data, "allow: [10.0.0.0/8, \"::1/128\", loopback]\n"));
	assert_string_equal(policy_settings(policy)->exec_rules[0].arguments[1],
			    policy_settings(again)->exec_rules[0].arguments[1]);
}

static void every_value_says_where_it_is_from(void **state)
{
	CLEANUP_POLICY struct policy *policy = taken("mode: enforce\nports:\n  - name: a\n"
						     "    port: 1\n    action: flag\n",
						     "/etc/p.yaml");
	CLEANUP_BUFFER struct text_buffer text = { 0 };

	assert_int_equal(policy_write_effective(policy, &text), 0);
	assert_non_null(strstr(text.data, "\nmode: enforce  # /etc/p.yaml:1\n"));
	assert_non_null(strstr(text.data, "\n    port: 1  # /etc/p.yaml:4\n"));
	assert_non_null(strstr(text.data, "\n    protocol: tcp  # default\n"));
	assert_non_null(strstr(text.data, "\nresync: 30s  # default\n"));
	assert_non_null(strstr(text.data, "\n    # ca: not set\n"));
}

static void json_has_the_same_values(void **state)
{
	CLEANUP_POLICY struct policy *policy =
		taken("ports: [{name: a, port: 1, action: flag}]\n", "p");
	CLEANUP_BUFFER struct text_buffer text = { 0 };
	CLEANUP_JSON json_t *document = NULL;
	json_t *entry;
	size_t index, found = 0;

	assert_int_equal(policy_write_effective_json(policy, &text), 0);
	document = json_loads(text.data, 0, NULL);
	assert_string_equal(json_get_text(document, "schema", ""), "nodelatch.effective/1");
	assert_string_equal(json_get_text(document, "policy", ""), "p");
	json_array_foreach (json_object_get(document, "settings"), index, entry) {
		const char *key = json_get_text(entry, "key", "");

		if (strcmp(key, "ports[0].port") == 0) {
			assert_int_equal(json_get_integer(entry, "value", 0), 1);
			assert_string_equal(json_get_text(entry, "source", ""), "p:1");
			found++;
		}
		if (strcmp(key, "report.collector.ca") == 0) {
			assert_true(json_is_null(json_object_get(entry, "value")));
			assert_string_equal(json_get_text(entry, "source", ""), "default");
			found++;
		}
	}
	assert_int_equal(found, 2);
}

static void the_schema_is_json_and_closed(void **state)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };
	CLEANUP_JSON json_t *schema = NULL;
	json_t *properties;

	assert_int_equal(policy_write_schema(&text), 0);
	schema = json_loads(text.data, 0, NULL);
	assert_non_null(schema);
	assert_string_equal(json_get_text(schema, "$schema", ""),
			    "https://json-schema.org/draft/2020-12/schema");
	assert_true(json_is_false(json_object_get(schema, "additionalProperties")));
	properties = json_object_get(schema, "properties");
	assert_int_equal(json_object_size(properties), 11);
	assert_int_equal(json_get_integer(json_object_get(properties, "version"), "default", 0), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_default_in_the_tree_is_the_printed_one),
		cmocka_unit_test(every_example_is_valid),
		cmocka_unit_test(the_effective_settings_are_a_policy),
		cmocka_unit_test(every_value_says_where_it_is_from),
		cmocka_unit_test(json_has_the_same_values),
		cmocka_unit_test(the_schema_is_json_and_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
