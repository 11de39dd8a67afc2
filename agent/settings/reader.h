/* SPDX-License-Identifier: Apache-2.0 */
/* Maps and lists of the policy, by the rows. */
#ifndef SETTINGS_READER_H
#define SETTINGS_READER_H

#include "settings/scalars.h"

/* Reads every row below the prefix from a map (NULL: all of them are absent) into the struct at
 * base. What is wrong is in reader->error. */
void read_map(struct reader *reader, const char *prefix, const struct yaml_node *map, void *base);

/* lists.c: lists of texts, of networks, and the map from checks to severities. */
void read_texts(struct reader *reader, const struct policy_row *row, const struct yaml_node *node,
		void *base);
void read_networks(struct reader *reader, const struct policy_row *row,
		   const struct yaml_node *node, void *base);
void read_ratings(struct reader *reader, const struct policy_row *row, const struct yaml_node *node,
		  void *base);
/*
 * Room for as many items as the node has, set as the row's list in base with no items counted yet;
 * NULL, perhaps with an error, when the node is not of that kind, is too long, or is empty.
 */
void *list_begin(struct reader *reader, const struct policy_row *row, const struct yaml_node *node,
		 void *base);
/* Where the row's list counts its items. */
size_t *list_count(const struct policy_row *row, void *base);
/* An error for each key of a map that is no scalar, or is there a second time. */
void check_keys(struct reader *reader, const struct yaml_node *map);

#endif
