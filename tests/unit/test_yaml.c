/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/yaml.h"

static int make_arena(void **state)
{
	*state = arena_new();
	return *state ? 0 : -1;
}

static int free_arena(void **state)
{
	arena_free(*state);
	return 0;
}

static const struct yaml_node *parse(struct arena *arena, const char *text, enum yaml_flags flags)
{
	const struct yaml_node *root = NULL;
	struct yaml_error wrong;
	int error =
		yaml_parse(&(struct yaml_text){ text, strlen(text), flags }, arena, &root, &wrong);

	if (error)
		fail_msg("%u:%u: %s", wrong.line, wrong.column,
			 error == -EINVAL ? wrong.message : "no memory");
	return root;
}

/* The error as "LINE:COLUMN: MESSAGE". */
static const char *refused(struct arena *arena, const char *text, enum yaml_flags flags)
{
	const struct yaml_node *root = NULL;
	struct yaml_error wrong;

	assert_int_equal(
		yaml_parse(&(struct yaml_text){ text, strlen(text), flags }, arena, &root, &wrong),
		-EINVAL);
	assert_null(root);
	return arena_printf(arena, "%u:%u: %s", wrong.line, wrong.column, wrong.message);
}

static void reads_a_tree_with_places(void **state)
{
	const struct yaml_node *root = parse(*state,
					     "ports:\n"
					     "  - {name: a, port: 22}\n"
					     "'quoted': \"22\"\n"
					     "block: |\n"
					     "  line\n"
					     "caf\xc3\xa9: !!str yes\n",
					     0);
	const struct yaml_node *item = yaml_get(root, "ports")->items[0];

	assert_int_equal(root->kind, YAML_MAPPING);
	assert_int_equal(root->count, 4);
	assert_int_equal(item->kind, YAML_MAPPING);
	assert_int_equal(item->line, 2);
	assert_int_equal(item->column, 5);
	assert_string_equal(yaml_get(item, "port")->text, "22");
	assert_int_equal(yaml_get(item, "port")->column, 21);
	assert_true(yaml_get(item, "port")->is_plain);
	assert_null(yaml_get(item, "port")->tag);
	assert_false(yaml_get(root, "quoted")->is_plain);
	assert_false(yaml_get(root, "block")->is_plain);
	assert_string_equal(yaml_get(root, "block")->text, "line\n");
	assert_string_equal(yaml_get(root, "caf\xc3\xa9")->tag, "tag:yaml.org,2002:str");
	/* Columns count characters, not bytes. */
	assert_int_equal(yaml_get(root, "caf\xc3\xa9")->column, 7);
}

static void a_nul_stays_in_its_text(void **state)
{
	const struct yaml_node *root = parse(*state, "\"a\\0b\": \"c\\0d\"", 0);

	assert_int_equal(root->keys[0]->length, 3);
	assert_memory_equal(root->items[0]->text, "c\0d", 4);
	assert_null(yaml_get(root, "a"));
}

static void the_last_of_two_keys_is_found(void **state)
{
	const struct yaml_node *root = parse(*state, "a: 1\nb: 2\na: 3\n[a]: 4\n", 0);

	assert_int_equal(root->count, 4);
	assert_string_equal(yaml_get(root, "a")->text, "3");
	assert_null(yaml_get(root, "c"));
	assert_null(yaml_get(root->items[0], "a"));
	assert_null(yaml_get(NULL, "a"));
}

static void an_empty_stream_has_no_root(void **state)
{
	assert_null(parse(*state, "", YAML_ONE_DOCUMENT));
	assert_null(parse(*state, "# nothing\n\n", YAML_ONE_DOCUMENT));
	assert_string_equal(parse(*state, "---\n", YAML_ONE_DOCUMENT)->text, "");
}

static void only_the_first_document_is_read(void **state)
{
	static const char two[] = "a: 1\n---\nb: 2\n";

	assert_non_null(yaml_get(parse(*state, two, 0), "a"));
	assert_non_null(parse(*state, "a: 1\n---\n\tbroken: [", 0));
	assert_non_null(parse(*state, "a: 1\n...\n# end\n", YAML_ONE_DOCUMENT));
	assert_string_equal(refused(*state, two, YAML_ONE_DOCUMENT),
			    "2:1: a second document: only one is allowed in this file");
}

static void aliases_are_expanded_where_allowed(void **state)
{
	const struct yaml_node *root =
		parse(*state, "a: &x [1, 2]\nb: *x\nc: &x 3\nd: *x\n", YAML_ALIASES);

	assert_int_equal(yaml_get(root, "b")->count, 2);
	assert_int_equal(yaml_get(root, "b")->line, 2);
	assert_int_equal(yaml_get(root, "b")->column, 4);
	assert_string_equal(yaml_get(root, "d")->text, "3");
	assert_string_equal(refused(*state, "a: &x 1\nb: *x\n", 0),
			    "2:4: aliases (*name) are not allowed here: write the value out");
	assert_string_equal(refused(*state, "a: *x\n", YAML_ALIASES),
			    "1:4: the alias *x has no anchor &x before it");
	assert_string_equal(refused(*state, "a: &x [*x]\n", YAML_ALIASES),
			    "1:8: the alias *x is inside what it stands for");
}

static void laughs_end(void **state)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };

	buffer_text(&text, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 12; i++) {
		buffer_printf(&text, "a%d: &a%d [", i, i);
		for (int j = 0; j < 10; j++)
			buffer_printf(&text, "*a%d, ", i - 1);
		buffer_text(&text, "]\n");
	}
	assert_non_null(strstr(refused(*state, text.data, YAML_ALIASES),
			       "more than 200000 values, aliases expanded"));
	assert_true(arena_used(*state) < 1 << 20);
}

/* `count` times the same, then refused with this in the message. */
static void refused_repeated(struct arena *arena, const char *piece, size_t count,
			     const char *message)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };

	for (size_t i = 0; i < count; i++)
		buffer_text(&text, piece);
	assert_non_null(strstr(refused(arena, text.data, YAML_ALIASES), message));
}

static void every_bound_holds(void **state)
{
	struct arena *arena = *state;
	CLEANUP_BUFFER struct text_buffer anchors = { 0 };

	refused_repeated(arena, "[", DOCUMENT_DEPTH_MAX + 2, "nested more than 64 levels");
	refused_repeated(arena, "{a: ", DOCUMENT_DEPTH_MAX + 2, "nested more than 64 levels");
	refused_repeated(arena, "- - ", DOCUMENT_DEPTH_MAX, "nested more than 64 levels");
	refused_repeated(arena, "- x\n", DOCUMENT_NODES_MAX, "more than 200000 values");
	refused_repeated(arena, "# comment\n", CONFIG_BYTES_MAX / 10 + 1, "more than 4194304");
	refused_repeated(arena, "%TAG ! x\n", DOCUMENT_DIRECTIVES_MAX + 1, "that start with %");
	for (int i = 0; i <= DOCUMENT_ANCHORS_MAX; i++)
		buffer_printf(&anchors, "- &a%d x\n", i);
	assert_non_null(
		strstr(refused(arena, anchors.data, YAML_ALIASES), "more than 256 anchors"));
}

static void depth_counts_through_aliases(void **state)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };

	buffer_text(&text, "- &x ");
	for (int i = 0; i < 40; i++)
		buffer_text(&text, "[");
	for (int i = 0; i < 40; i++)
		buffer_text(&text, "]");
	buffer_text(&text, "\n- ");
	for (int i = 0; i < 40; i++)
		buffer_text(&text, "[");
	buffer_text(&text, "*x");
	assert_non_null(strstr(refused(*state, text.data, YAML_ALIASES), "nested more than 64"));
}

static void errors_are_for_people(void **state)
{
	static const struct {
		const char *text, *error;
	} wrong[] = {
		{ "ports:\n\t- a\n",
		  "2:1: a tab in the indentation: YAML is indented with spaces only" },
		{ "a: b\n  \tc: d\n",
		  "2:3: a tab in the indentation: YAML is indented with spaces only" },
		{ "a: |\n\tx\n",
		  "2:1: a tab in the indentation: YAML is indented with spaces only" },
		{ "a: @x\n",
		  "1:4: a value cannot start with this character: put the value in quotes" },
		{ "a: b: c\n", "1:5: a key is not expected here: indent this line like its "
			       "neighbours, and put a value that holds \": \" in quotes" },
		{ "a: \"x\n", "2:1: the file ends inside a quoted text (in a quoted scalar that "
			      "starts at line 1)" },
		{ "a: 1\nb: \xff\n", "2:4: the file is not valid UTF-8 here" },
		{ "a: \"\xc3\xa9\x01\"\n", "1:6: control characters are not allowed" },
		{ "a: [1, 2\nb: 3\n",
		  "2:2: a ',' or the ']' that ends the list is expected (in a flow sequence that "
		  "starts at line 1)" },
		{ " a: 1\nb: 2\n", "2:1: this line is indented less than the document's first "
				   "line, or stands after its end" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_string_equal(refused(*state, wrong[i].text, YAML_ONE_DOCUMENT),
				    wrong[i].error);
}

static void json_is_yaml_too(void **state)
{
	const struct yaml_node *root =
		parse(*state, "{\"kind\": \"KubeletConfiguration\", \"a\": [1, {\"b\": null}]}", 0);

	assert_string_equal(yaml_get(root, "kind")->text, "KubeletConfiguration");
	assert_string_equal(yaml_get(yaml_get(root, "a")->items[1], "b")->text, "null");
}

static void an_arena_that_is_full_is_no_crash(void **state)
{
	const struct yaml_node *root = NULL;
	struct yaml_error wrong;

	while (arena_alloc(*state, 4096))
		;
	while (arena_alloc(*state, 16))
		;
	assert_int_equal(yaml_parse(&(struct yaml_text){ "a: [b]", 6, 0 }, *state, &root, &wrong),
			 -ENOMEM);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_arena, free_arena)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_a_tree_with_places),
		TEST(a_nul_stays_in_its_text),
		TEST(the_last_of_two_keys_is_found),
		TEST(an_empty_stream_has_no_root),
		TEST(only_the_first_document_is_read),
		TEST(aliases_are_expanded_where_allowed),
		TEST(laughs_end),
		TEST(every_bound_holds),
		TEST(depth_counts_through_aliases),
		TEST(errors_are_for_people),
		TEST(json_is_yaml_too),
		TEST(an_arena_that_is_full_is_no_crash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
