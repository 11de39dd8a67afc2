/* SPDX-License-Identifier: Apache-2.0 */
#include "base/likeness.h"

#include <ctype.h>
#include <string.h>

#define WORD_MAX     32
#define DISTANCE_MAX 2

/* Lower case without '-' and '_'. Returns the length, or WORD_MAX when it is too long to be a
 * mistyped word. */
static size_t reduce(const char *text, char *reduced)
{
	size_t length = 0;

	for (; *text && length < WORD_MAX; text++)
		if (*text != '-' && *text != '_')
			reduced[length++] = (char)tolower((unsigned char)*text);
	return length;
}

static size_t least(size_t one, size_t other)
{
	return one < other ? one : other;
}

/* Optimal string alignment: insertions, deletions, changes and swaps of neighbours. */
static size_t distance_of(const char *one, size_t rows, const char *other, size_t columns)
{
	size_t table[WORD_MAX + 1][WORD_MAX + 1];

	for (size_t i = 0; i <= rows; i++)
		table[i][0] = i;
	for (size_t j = 0; j <= columns; j++)
		table[0][j] = j;
	for (size_t i = 1; i <= rows; i++) {
		for (size_t j = 1; j <= columns; j++) {
			size_t change = table[i - 1][j - 1] + (one[i - 1] != other[j - 1]);

			table[i][j] = least(change, 1 + least(table[i - 1][j], table[i][j - 1]));
			if (i > 1 && j > 1 && one[i - 1] == other[j - 2] &&
			    one[i - 2] == other[j - 1])
				table[i][j] = least(table[i][j], table[i - 2][j - 2] + 1);
		}
	}
	return table[rows][columns];
}

void likeness_try(struct likeness *likeness, const char *written, const char *candidate)
{
	char one[WORD_MAX], other[WORD_MAX];
	size_t length = reduce(written, one), candidate_length = reduce(candidate, other);
	size_t distance;

	if (length == WORD_MAX || candidate_length == WORD_MAX)
		return;
	distance = distance_of(one, length, other, candidate_length);
	if (distance > DISTANCE_MAX || distance * 3 > candidate_length)
		return;
	if (!likeness->best || distance < likeness->distance)
		*likeness = (struct likeness){ .best = candidate, .distance = distance };
}
