/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as YAML: a tree within its bounds and with its places, or an error with one. */
#include <errno.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_scalar(const struct yaml_node *node)
{
	if (node->kind != YAML_SCALAR)
		return;
	if (!node->text || node->text[node->length] != '\0' || node->count)
		abort();
}

/* Counts what hangs on a node, and fails where it is more than the parser promises. */
static void check_tree(const struct yaml_node *node, unsigned depth, size_t *count)
{
	if (!node || !node->line || !node->column || depth > DOCUMENT_DEPTH_MAX ||
	    ++*count > DOCUMENT_NODES_MAX)
		abort();
	check_scalar(node);
	for (size_t i = 0; i < node->count; i++) {
		if (node->kind == YAML_MAPPING)
			check_tree(node->keys[i], depth + 1, count);
		check_tree(node->items[i], depth + 1, count);
	}
}

static void parse(const uint8_t *data, size_t size, enum yaml_flags flags)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const struct yaml_node *root = NULL;
	struct yaml_error wrong = { 0 };
	size_t count = 0;
	int error = yaml_parse(&(struct yaml_text){ (const char *)data, size, flags }, arena, &root,
			       &wrong);

	if (error == -EINVAL && (!wrong.line || !wrong.column || !wrong.message))
		abort();
	if (error == 0 && root)
		check_tree(root, 0, &count);
	yaml_get(root, "kind");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	parse(data, size, 0);
	parse(data, size, YAML_ALIASES | YAML_ONE_DOCUMENT);
	return 0;
}
