/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/time.h"
#include "check/expectation.h"

#define BOOLEAN(boolean_)                                                                          \
	{                                                                                          \
		.kind = VALUE_BOOLEAN, .boolean = (boolean_)                                       \
	}
#define INTEGER(integer_)                                                                          \
	{                                                                                          \
		.kind = VALUE_INTEGER, .integer = (integer_)                                       \
	}
#define DURATION(seconds)                                                                          \
	{                                                                                          \
		.kind = VALUE_DURATION, .integer = (seconds)*NS_PER_S                              \
	}
#define TEXT(text_)                                                                                \
	{                                                                                          \
		.kind = VALUE_TEXT, .text = (text_)                                                \
	}
#define LIST(array)                                                                                \
	{                                                                                          \
		.kind = VALUE_LIST, .list = {(array), ARRAY_SIZE(array) }                          \
	}
#define UNSET                                                                                      \
	{                                                                                          \
		.kind = VALUE_UNSET                                                                \
	}

static const char *const MODES[] = { "Node", "RBAC", "AlwaysAllowance" };
static const char *const ONE[] = { "" };

struct question {
	enum expectation_operator operator;
	const char *wanted;
	struct value value;
	bool holds;
};

static void ask_all(const struct question *questions, size_t count)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct judge judge = { .arena = arena };

	for (size_t i = 0; i < count; i++) {
		struct expectation expectation = { questions[i].operator, "--x",
						   questions[i].wanted };

		if (expectation_holds(&judge, &expectation, &questions[i].value) !=
		    questions[i].holds)
			fail_msg("question %zu: not %s", i, questions[i].holds ? "true" : "false");
	}
}

static void booleans(void **state)
{
	static const struct question QUESTIONS[] = {
		{ EXPECT_TRUE, NULL, BOOLEAN(true), true },
		{ EXPECT_TRUE, NULL, BOOLEAN(false), false },
		{ EXPECT_TRUE, NULL, UNSET, false },
		{ EXPECT_TRUE, NULL, TEXT("true"), false },
		{ EXPECT_TRUE, NULL, INTEGER(1), false },
		{ EXPECT_FALSE, NULL, BOOLEAN(false), true },
		{ EXPECT_FALSE, NULL, BOOLEAN(true), false },
		{ EXPECT_FALSE, NULL, UNSET, false },
		{ EXPECT_FALSE, NULL, INTEGER(0), false },
		{ EXPECT_NOT_TRUE, NULL, BOOLEAN(false), true },
		{ EXPECT_NOT_TRUE, NULL, UNSET, true },
		{ EXPECT_NOT_TRUE, NULL, TEXT(""), true },
		{ EXPECT_NOT_TRUE, NULL, BOOLEAN(true), false },
		{ EXPECT_NOT_TRUE, NULL, TEXT("true"), false },
	};

	ask_all(QUESTIONS, ARRAY_SIZE(QUESTIONS));
}

static void set_and_unset(void **state)
{
	static const struct question QUESTIONS[] = {
		{ EXPECT_SET, NULL, TEXT("/etc/ca.crt"), true },
		{ EXPECT_SET, NULL, TEXT(""), false },
		{ EXPECT_SET, NULL, UNSET, false },
		{ EXPECT_SET, NULL, LIST(MODES), true },
		{ EXPECT_SET, NULL, { .kind = VALUE_LIST }, false },
		{ EXPECT_SET, NULL, INTEGER(0), true },
		{ EXPECT_SET, NULL, BOOLEAN(false), true },
		{ EXPECT_UNSET, NULL, UNSET, true },
		{ EXPECT_UNSET, NULL, TEXT(""), true },
		{ EXPECT_UNSET, NULL, { .kind = VALUE_LIST }, true },
		{ EXPECT_UNSET, NULL, TEXT("x"), false },
		{ EXPECT_UNSET, NULL, BOOLEAN(false), false },
	};

	ask_all(QUESTIONS, ARRAY_SIZE(QUESTIONS));
}

static void equality(void **state)
{
	static const struct question QUESTIONS[] = {
		{ EXPECT_EQUAL, "Webhook", TEXT("Webhook"), true },
		{ EXPECT_EQUAL, "Webhook", TEXT("webhook"), false },
		{ EXPECT_EQUAL, "Webhook", TEXT("Webhook "), false },
		{ EXPECT_EQUAL, "", TEXT(""), true },
		{ EXPECT_EQUAL, "", UNSET, false },
		{ EXPECT_EQUAL, "true", BOOLEAN(true), true },
		{ EXPECT_EQUAL, "10255", INTEGER(10255), true },
		{ EXPECT_EQUAL, "-1", INTEGER(-1), true },
		{ EXPECT_EQUAL, "1", INTEGER(10), false },
		{ EXPECT_EQUAL, "Node,RBAC,AlwaysAllowance", LIST(MODES), true },
		{ EXPECT_EQUAL, "RBAC", LIST(MODES), false },
		{ EXPECT_EQUAL, "1m", DURATION(60), true },
		{ EXPECT_EQUAL, "60s", DURATION(60), true },
		{ EXPECT_EQUAL, "60", DURATION(60), false },
	};

	ask_all(QUESTIONS, ARRAY_SIZE(QUESTIONS));
}

static void limits(void **state)
{
	static const struct question QUESTIONS[] = {
		{ EXPECT_AT_LEAST, "30", INTEGER(30), true },
		{ EXPECT_AT_LEAST, "30", INTEGER(29), false },
		{ EXPECT_AT_LEAST, "30", INTEGER(INT64_MAX), true },
		{ EXPECT_AT_LEAST, "-1", INTEGER(-1), true },
		{ EXPECT_AT_LEAST, "30", UNSET, false },
		{ EXPECT_AT_LEAST, "30", TEXT("31"), false },
		{ EXPECT_AT_LEAST, "30s", INTEGER(31), false },
		{ EXPECT_AT_LEAST, "", INTEGER(31), false },
		{ EXPECT_AT_MOST, "110", INTEGER(110), true },
		{ EXPECT_AT_MOST, "110", INTEGER(111), false },
		{ EXPECT_AT_MOST, "110", INTEGER(INT64_MIN), true },
		{ EXPECT_AT_MOST, "110", UNSET, false },
		{ EXPECT_AT_MOST, "110", BOOLEAN(true), false },
		{ EXPECT_AT_LEAST, "5m", DURATION(300), true },
		{ EXPECT_AT_LEAST, "5m", DURATION(299), false },
		{ EXPECT_AT_MOST, "5m", DURATION(300), true },
		{ EXPECT_AT_MOST, "5m", DURATION(301), false },
		{ EXPECT_AT_MOST, "five", DURATION(0), false },
	};

	ask_all(QUESTIONS, ARRAY_SIZE(QUESTIONS));
}

static void elements(void **state)
{
	static const struct question QUESTIONS[] = {
		{ EXPECT_HAS, "RBAC", LIST(MODES), true },
		{ EXPECT_HAS, "AlwaysAllow", LIST(MODES), false },
		{ EXPECT_HAS, "rbac", LIST(MODES), false },
		{ EXPECT_HAS, "", LIST(ONE), true },
		{ EXPECT_HAS, "RBAC", UNSET, false },
		{ EXPECT_HAS, "RBAC", TEXT("Node,RBAC"), true },
		{ EXPECT_HAS, "Node", TEXT("Node,RBAC"), true },
		{ EXPECT_HAS, "RBAC", TEXT("RBAC"), true },
		{ EXPECT_HAS, "RBAC", TEXT("XRBAC,RBACX,RBA"), false },
		{ EXPECT_HAS, "RBAC", TEXT("Node, RBAC"), false },
		{ EXPECT_HAS, "RBAC", TEXT(""), false },
		{ EXPECT_HAS, "RBAC", TEXT(",,RBAC,"), true },
		{ EXPECT_HAS, "1", INTEGER(1), false },
		{ EXPECT_LACKS, "AlwaysAllow", LIST(MODES), true },
		{ EXPECT_LACKS, "RBAC", LIST(MODES), false },
		{ EXPECT_LACKS, "RBAC", UNSET, true },
		{ EXPECT_LACKS, "RBAC", TEXT("Node,RBAC"), false },
		{ EXPECT_LACKS, "RBAC", TEXT("Node"), true },
	};

	ask_all(QUESTIONS, ARRAY_SIZE(QUESTIONS));
}

static void loopback(void **state)
{
	static const struct question QUESTIONS[] = {
		{ EXPECT_LOOPBACK, NULL, TEXT("127.0.0.1"), true },
		{ EXPECT_LOOPBACK, NULL, TEXT("127.0.0.1:10249"), true },
		{ EXPECT_LOOPBACK, NULL, TEXT("[::1]:10249"), true },
		{ EXPECT_LOOPBACK, NULL, TEXT("::1"), true },
		{ EXPECT_LOOPBACK, NULL, TEXT("127.8.8.8"), true },
		{ EXPECT_LOOPBACK, NULL, TEXT("localhost:80"), true },
		{ EXPECT_LOOPBACK, NULL, TEXT("0.0.0.0:10249"), false },
		{ EXPECT_LOOPBACK, NULL, TEXT("10.0.0.1"), false },
		{ EXPECT_LOOPBACK, NULL, TEXT(":10249"), false },
		{ EXPECT_LOOPBACK, NULL, TEXT(""), false },
		{ EXPECT_LOOPBACK, NULL, TEXT("127.0.0.1.example"), false },
		{ EXPECT_LOOPBACK, NULL, TEXT("[::1]example"), false },
		{ EXPECT_LOOPBACK, NULL, UNSET, false },
	};

	ask_all(QUESTIONS, ARRAY_SIZE(QUESTIONS));
}

static void a_rule_of_its_own_is_never_held_here(void **state)
{
	static const struct question QUESTIONS[] = {
		{ EXPECT_BY_FUNCTION, NULL, BOOLEAN(true), false },
		{ EXPECT_BY_FUNCTION, NULL, UNSET, false },
	};

	ask_all(QUESTIONS, ARRAY_SIZE(QUESTIONS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(booleans),
		cmocka_unit_test(set_and_unset),
		cmocka_unit_test(equality),
		cmocka_unit_test(limits),
		cmocka_unit_test(elements),
		cmocka_unit_test(loopback),
		cmocka_unit_test(a_rule_of_its_own_is_never_held_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
