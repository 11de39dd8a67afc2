/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/text.h"
#include "model/address.h"
#include "settings/core.h"
#include "settings/reader.h"

size_t *list_count(const struct policy_row *row, void *base)
{
	return (size_t *)(void *)((char *)base + row->count_offset);
}

static const char *list_hint(const struct policy_row *row, const struct yaml_node *node,
			     enum yaml_kind wanted)
{
	if (node->kind == wanted)
		return "it has more";
	return node->kind == YAML_SCALAR && *node->text && row->type != ROW_RATINGS
		       ? "put it in [ ]"
		       : "";
}

void *list_begin(struct reader *reader, const struct policy_row *row, const struct yaml_node *node,
		 void *base)
{
	enum yaml_kind wanted = row->type == ROW_RATINGS ? YAML_MAPPING : YAML_SEQUENCE;
	void *items;

	if (node->kind != wanted || node->count > (size_t)row->max) {
		reader_refuse(reader, row, node, list_hint(row, node, wanted));
		return NULL;
	}
	if (!node->count)
		return NULL;
	items = arena_array(reader->arena, node->count, row->item_size);
	if (!items)
		reader->is_out_of_memory = true;
	memcpy((char *)base + row->offset, &items, sizeof(items));
	return items;
}

void read_texts(struct reader *reader, const struct policy_row *row, const struct yaml_node *node,
		void *base)
{
	const char **texts = list_begin(reader, row, node, base);

	for (size_t i = 0; texts && i < node->count; i++) {
		const char *text = scalar_item(reader, row, node->items[i]);

		if (text)
			texts[(*list_count(row, base))++] = text;
	}
}

/* "10.0.0.1/8 has host bits set" and the two things that may be meant. */
static void refuse_host_bits(struct reader *reader, const struct yaml_node *node)
{
	char host[ADDRESS_TEXT_BYTES], network_text[ADDRESS_TEXT_BYTES];
	struct cidr network;
	size_t length = strcspn(node->text, "/");
	uint64_t prefix;

	snprintf(host, sizeof(host), "%.*s", (int)length, node->text);
	if (address_parse(host, &network.address) < 0 ||
	    text_to_unsigned(node->text + length + 1, 128, &prefix) < 0)
		return;
	network.prefix_length = (unsigned)prefix;
	for (unsigned bit = network.prefix_length; bit < 128; bit++)
		network.address.bytes[bit / 8] &= (uint8_t) ~(0x80U >> bit % 8);
	cidr_format(&network, network_text);
	problem_error(reader->error, node,
		      "%s has host bits set: write %s for the network or %s for the one address",
		      node->text, network_text, host);
}

static bool read_network(struct reader *reader, const struct policy_row *row,
			 const struct yaml_node *node, struct cidr *ret_network)
{
	int error = cidr_parse(node->text, ret_network);

	if (error == -EADDRNOTAVAIL)
		refuse_host_bits(reader, node);
	else if (error == -ERANGE)
		problem_error(reader->error, node, "%.60s: the prefix length must be 0 to %d",
			      node->text, strchr(node->text, ':') ? 128 : 32);
	else if (error < 0 || !row_matches(row, node->text))
		reader_refuse_item(reader, row, node, "");
	else
		return true;
	return false;
}

void read_networks(struct reader *reader, const struct policy_row *row,
		   const struct yaml_node *node, void *base)
{
	struct cidr *networks = list_begin(reader, row, node, base);
	bool *is_loopback = (bool *)((char *)base + row->is_loopback_offset);

	for (size_t i = 0; networks && i < node->count; i++) {
		const struct yaml_node *item = node->items[i];

		if (core_value_of(item).kind != CORE_TEXT || strlen(item->text) != item->length)
			reader_refuse_item(reader, row, item, "");
		else if (text_equal(item->text, "loopback"))
			*is_loopback = true;
		else if (read_network(reader, row, item, &networks[*list_count(row, base)]))
			(*list_count(row, base))++;
	}
}

void read_ratings(struct reader *reader, const struct policy_row *row, const struct yaml_node *node,
		  void *base)
{
	struct severity_override *ratings = list_begin(reader, row, node, base);

	if (ratings)
		check_keys(reader, node);
	for (size_t i = 0; ratings && i < node->count; i++) {
		const char *check = scalar_item(reader, row, node->keys[i]);
		unsigned index;

		if (scalar_word(reader, row, node->items[i], &index) && check)
			ratings[(*list_count(row, base))++] =
				(struct severity_override){ check, (enum severity)index };
	}
}
