/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows that say which value one setting must have.
 */
#ifndef CHECK_EXPECTATION_H
#define CHECK_EXPECTATION_H

#include "check/judge.h"

enum expectation_answer {
	EXPECTATION_HOLDS,
	EXPECTATION_FAILS,
	EXPECTATION_UNKNOWN, /* the draft was recorded as an error */
};

/* Whether it is anything but nothing: "" and an empty list are unset. Not for VALUE_UNKNOWN. */
bool value_is_set(const struct value *value);
/* Whether a known value is as expected; not for EXPECT_BY_FUNCTION. */
bool expectation_holds(struct judge *judge, const struct expectation *expectation,
		       const struct value *value);
/* Asks the draft's row of the component; the value and its source are in the draft then. */
enum expectation_answer expectation_ask(struct draft *draft, const struct component *component);
/* Records the answer; an unknown one was recorded before. */
void expectation_record(struct draft *draft, enum expectation_answer answer);
/* Asks and records. */
void expectation_judge(struct judge *judge, const struct component *component);

#endif
