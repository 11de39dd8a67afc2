/* SPDX-License-Identifier: Apache-2.0 */
/* "Did you mean": the candidate that is most like what somebody wrote. */
#ifndef BASE_LIKENESS_H
#define BASE_LIKENESS_H

#include <stddef.h>

/* Starts zeroed. */
struct likeness {
	const char *best; /* NULL: nothing is like it */
	size_t distance;
};

/* At most a third of the characters, and two in all, may be wrong, missing, too many or swapped;
 * upper case, '-' and '_' are not counted at all. */
void likeness_try(struct likeness *likeness, const char *written, const char *candidate);

#endif
