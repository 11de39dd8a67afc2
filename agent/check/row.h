/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What rows are written with: references, and the numbers that the CIS Kubernetes benchmarks give a
 * check. A benchmark moves its numbers from version to version; these macros say from which on.
 */
#ifndef CHECK_ROW_H
#define CHECK_ROW_H

#include "nodelatch/check.h"

#define REFERENCES(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* {"1.8", "4.2.1"}, ...: any numbers at all */
#define CIS_NUMBERS(...) ((const struct cis_number[]){ __VA_ARGS__, { NULL, NULL } })
/* The same number in every version that is kept. */
#define CIS(number_)                                                                               \
	CIS_NUMBERS({ "1.8", number_ }, { "1.9", number_ }, { "1.10", number_ },                   \
		    { "1.11", number_ }, { "1.12", number_ })
/* Another one in 1.8. */
#define CIS_MOVED_AFTER_1_8(before_, number_)                                                      \
	CIS_NUMBERS({ "1.8", before_ }, { "1.9", number_ }, { "1.10", number_ },                   \
		    { "1.11", number_ }, { "1.12", number_ })
#define CIS_SINCE_1_9(number_)                                                                     \
	CIS_NUMBERS({ "1.9", number_ }, { "1.10", number_ }, { "1.11", number_ },                  \
		    { "1.12", number_ })
#define CIS_SINCE_1_11(number_) CIS_NUMBERS({ "1.11", number_ }, { "1.12", number_ })

#endif
