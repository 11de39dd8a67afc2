/* SPDX-License-Identifier: Apache-2.0 */
/* One value of the policy: from its YAML node to where its row says, checked. */
#ifndef SETTINGS_SCALARS_H
#define SETTINGS_SCALARS_H

#include "base/buffer.h"
#include "settings/problems.h"
#include "settings/rows.h"

/* What the readers of one policy share. */
struct reader {
	struct arena *arena;
	struct policy_error *error;
	bool is_out_of_memory;
};

/* An error at the node: what stands there, what would be right, and a hint ("" for none). */
void reader_refuse(struct reader *reader, const struct policy_row *row,
		   const struct yaml_node *node, const char *hint);
/* The same for one item of a list row. */
void reader_refuse_item(struct reader *reader, const struct policy_row *row,
			const struct yaml_node *node, const char *hint);
/* Reads a scalar row into base + row->offset. False, and an error, when it is not right. */
bool scalar_read(struct reader *reader, const struct policy_row *row, const struct yaml_node *node,
		 void *base);
/* A text of a list, or a map's key. NULL, and an error, when it is not right. */
const char *scalar_item(struct reader *reader, const struct policy_row *row,
			const struct yaml_node *node);
bool row_matches(const struct policy_row *row, const char *text);
/* The index of a word among the row's. */
bool scalar_word(struct reader *reader, const struct policy_row *row, const struct yaml_node *node,
		 unsigned *ret_index);
/* What would be right, in words: "a whole number from 1 to 65535". */
void row_expectation(const struct policy_row *row, struct text_buffer *buffer);
/* "audit or enforce". */
void row_words(const struct policy_row *row, struct text_buffer *buffer);
/* "64MiB". */
void size_format(int64_t bytes, struct text_buffer *buffer);

#endif
