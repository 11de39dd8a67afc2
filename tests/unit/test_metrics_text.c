/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "report/metrics_page.h"
#include "report/metrics_text.h"
#include "samples.h"

static void makes_equal_series_one(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_BUFFER struct text_buffer text = { 0 };
	struct metrics_page page = { .arena = arena, .buffer = &text };

	(void)state;
	page_end(&page, "none", "gauge", "Nothing.", MERGE_SUM);
	page_add(&page, 3, LABELS("b", "2"));
	page_add(&page, 4, LABELS("b", "1", "a", NULL));
	page_add(&page, 5, LABELS("b", "2"));
	page_end(&page, "sum", "gauge", "A sum.", MERGE_SUM);
	page_add(&page, 7, NO_LABELS);
	page_add(&page, -2, NO_LABELS);
	page_end(&page, "least", "gauge", "The least.", MERGE_LEAST);
	assert_int_equal(page.error, 0);
	assert_string_equal(text.data, "# HELP nodelatch_sum A sum.\n# TYPE nodelatch_sum gauge\n"
				       "nodelatch_sum{b=\"1\"} 4\nnodelatch_sum{b=\"2\"} 8\n"
				       "# HELP nodelatch_least The least.\n"
				       "# TYPE nodelatch_least gauge\nnodelatch_least -2\n");
}

static void escapes_what_is_foreign(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_BUFFER struct text_buffer text = { 0 };
	struct metrics_page page = { .arena = arena, .buffer = &text };

	(void)state;
	page_add(&page, 1, LABELS("path", "a\"b\\c\nd\xff\x1b[m"));
	page_end(&page, "x", "gauge", "X.", MERGE_SUM);
	assert_non_null(strstr(text.data,
			       "nodelatch_x{path=\"a\\\"b\\\\\\\\c\\\\nd\\\\xff\\\\x1b[m\"} 1\n"));
}

static void tells_of_findings_that_are_open(void **state)
{
	static const struct waiver_use waiver = { "vendor", "" };
	struct finding findings[] = { sample_finding(), sample_finding(), sample_finding(),
				      sample_finding() };
	struct node node = { .listeners_known = false };
	struct metrics metrics = {
		.version = "1", .node = &node, .findings = findings, .finding_count = 4
	};
	CLEANUP_BUFFER struct text_buffer text = { 0 };

	(void)state;
	findings[1].verdict = VERDICT_ERROR;
	findings[2].verdict = VERDICT_PASS;
	findings[3].waived = &waiver;
	assert_int_equal(metrics_write_text(&metrics, &text), 0);
	assert_non_null(strstr(text.data, "nodelatch_findings_open{severity=\"high\","
					  "verdict=\"fail\"} 1\n"));
	assert_non_null(strstr(text.data, "nodelatch_findings_open{severity=\"high\","
					  "verdict=\"error\"} 1\n"));
	assert_non_null(strstr(text.data, "nodelatch_findings_open{severity=\"low\","
					  "verdict=\"fail\"} 0\n"));
	assert_non_null(strstr(text.data, "nodelatch_results{verdict=\"waived\"} 1\n"));
	assert_non_null(strstr(text.data, "nodelatch_listeners_known 0\n"));
	assert_null(strstr(text.data, "nodelatch_listeners{"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_equal_series_one),
		cmocka_unit_test(escapes_what_is_foreign),
		cmocka_unit_test(tells_of_findings_that_are_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
