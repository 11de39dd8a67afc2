/* SPDX-License-Identifier: Apache-2.0 */
/* The default policy as a file, with a comment on every key. */
#include <string.h>

#include "settings/policy.h"
#include "settings/scalars.h"

#define COLUMNS		 98
#define KEY_COLUMN_WIDTH 10

static const char HEADER[] =
	"# SPDX-License-Identifier: Apache-2.0\n"
	"# The policy of nodelatch: every key, at its default. A file that holds only what\n"
	"# it changes will do. `nodelatch config validate FILE` tells what is wrong with\n"
	"# one, `nodelatch config effective` what is in force, `nodelatch config schema`\n"
	"# gives the JSON Schema for an editor.\n";

/* A comment after `lead`, broken at blanks, its further lines below the first word. */
static void write_comment(size_t indent, const char *lead, const char *text,
			  struct text_buffer *buffer)
{
	size_t margin = indent + 1 + strlen(lead), column = margin;

	buffer_printf(buffer, "%*s#%s", (int)indent, "", lead);
	while (*text) {
		size_t length = strcspn(text, " ");

		if (column + 1 + length > COLUMNS) {
			buffer_printf(buffer, "\n%*s#%*s", (int)indent, "", (int)strlen(lead), "");
			column = margin;
		}
		buffer_text(buffer, " ");
		buffer_append(buffer, text, length);
		column += 1 + length;
		text += length + strspn(text + length, " ");
	}
	buffer_text(buffer, "\n");
}

/* What the comment adds to the row's doc: what it may be, in brackets; "" where that is plain. */
static void write_bounds(const struct policy_row *row, struct text_buffer *buffer)
{
	CLEANUP_BUFFER struct text_buffer expectation = { 0 };

	if (row->pattern_words)
		buffer_text(&expectation, row->pattern_words);
	else if (row->type == ROW_WORD || row->type == ROW_DURATION || row->type == ROW_SIZE ||
		 (row->type == ROW_INTEGER && row->min < row->max))
		row_expectation(row, &expectation);
	if (expectation.data)
		buffer_printf(buffer, " (%s)", expectation.data);
}

/* The keys of records, a line each. */
static void write_record_keys(const struct policy_row *row, size_t indent,
			      struct text_buffer *buffer)
{
	const struct policy_row *key = NULL;
	char prefix[ROW_PREFIX_BYTES];

	row_prefix(row, prefix);
	while ((key = row_next(prefix, key))) {
		CLEANUP_BUFFER struct text_buffer text = { 0 };
		char lead[ROW_PREFIX_BYTES];

		snprintf(lead, sizeof(lead), "   %-*s", KEY_COLUMN_WIDTH, row_key(key));
		buffer_text(&text, key->doc);
		write_bounds(key, &text);
		if (key->is_required)
			buffer_text(&text, "; required");
		else if (key->fallback)
			buffer_printf(&text, "; default %s", key->fallback);
		write_comment(indent, lead, text.data, buffer);
	}
}

static void write_row(const struct policy_row *row, size_t indent, struct text_buffer *buffer)
{
	const char *value = row->fallback ? row->fallback : row->example;
	CLEANUP_BUFFER struct text_buffer doc = { 0 };

	buffer_text(&doc, row->doc);
	write_bounds(row, &doc);
	write_comment(indent, "", doc.data ? doc.data : "", buffer);
	if (row->type == ROW_RECORDS)
		write_record_keys(row, indent, buffer);
	if (row->example && row->fallback)
		write_comment(indent, " such as", row->example, buffer);
	buffer_printf(buffer, "%*s%s%s:%s%s\n", (int)indent, "", row->fallback ? "" : "# ",
		      row_key(row), value[0] == '\n' ? "" : " ", value);
}

static void write_level(const char *prefix, size_t indent, struct text_buffer *buffer)
{
	const struct policy_row *row = NULL;
	char below[ROW_PREFIX_BYTES];

	while ((row = row_next(prefix, row))) {
		buffer_text(buffer, indent ? "" : "\n");
		if (row->type == ROW_GROUP) {
			row_prefix(row, below);
			write_comment(indent, "", row->doc, buffer);
			buffer_printf(buffer, "%*s%s:\n", (int)indent, "", row_key(row));
			write_level(below, indent + 2, buffer);
		} else {
			write_row(row, indent, buffer);
		}
	}
}

int policy_write_default(struct text_buffer *buffer)
{
	buffer_text(buffer, HEADER);
	write_level("", 0, buffer);
	return buffer_error(buffer);
}
