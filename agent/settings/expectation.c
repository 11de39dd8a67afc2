/* SPDX-License-Identifier: Apache-2.0 */
/* What would be right, said in words. */
#include "base/time.h"
#include "settings/scalars.h"

void size_format(int64_t bytes, struct text_buffer *buffer)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB" };
	size_t unit = 0;

	while (unit + 1 < ARRAY_SIZE(units) && bytes && bytes % 1024 == 0) {
		bytes /= 1024;
		unit++;
	}
	buffer_printf(buffer, "%lld%s", (long long)bytes, units[unit]);
}

void row_words(const struct policy_row *row, struct text_buffer *buffer)
{
	for (unsigned i = 0; row->word(i); i++) {
		if (i)
			buffer_text(buffer, row->word(i + 1) ? ", " : " or ");
		buffer_text(buffer, row->word(i));
	}
}

static void expect_text(const struct policy_row *row, struct text_buffer *buffer)
{
	if (row->pattern_words)
		buffer_text(buffer, row->pattern_words);
	else
		buffer_printf(buffer, "a text of %lld to %lld characters", (long long)row->min,
			      (long long)row->max);
}

static void expect_duration(const struct policy_row *row, struct text_buffer *buffer)
{
	char least[TIME_TEXT_BYTES], most[TIME_TEXT_BYTES];

	time_format_duration(row->min, least);
	time_format_duration(row->max, most);
	buffer_printf(buffer, "a duration from %s to %s, such as 30s, 1h30m or 7d", least, most);
}

static void expect_size(const struct policy_row *row, struct text_buffer *buffer)
{
	buffer_text(buffer, "a size from ");
	size_format(row->min, buffer);
	buffer_text(buffer, " to ");
	size_format(row->max, buffer);
	buffer_text(buffer, ", such as 64MiB or 1GB");
}

void row_expectation(const struct policy_row *row, struct text_buffer *buffer)
{
	switch (row->type) {
	case ROW_GROUP:
	case ROW_RATINGS:
		buffer_text(buffer, "a map");
		break;
	case ROW_INTEGER:
		if (row->min == row->max)
			buffer_printf(buffer, "%lld", (long long)row->min);
		else
			buffer_printf(buffer, "a whole number from %lld to %lld",
				      (long long)row->min, (long long)row->max);
		break;
	case ROW_BOOLEAN:
	case ROW_SWITCH:
		buffer_text(buffer, "true or false");
		break;
	case ROW_WORD:
		row_words(row, buffer);
		break;
	case ROW_DURATION:
		expect_duration(row, buffer);
		break;
	case ROW_SIZE:
		expect_size(row, buffer);
		break;
	case ROW_DATE:
		buffer_text(buffer, "a day of the calendar such as 2027-06-30");
		break;
	case ROW_TEXT:
		expect_text(row, buffer);
		break;
	case ROW_SCALAR:
		buffer_text(buffer, "a text, a number or a boolean");
		break;
	case ROW_BOUND:
		buffer_text(buffer, "a whole number, or a duration such as 5m");
		break;
	case ROW_TEXTS:
	case ROW_NETWORKS:
	case ROW_RECORDS:
		buffer_printf(buffer, "a list of at most %lld", (long long)row->max);
		break;
	}
}
