/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/control_plane/encryption.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/yaml.h"
#include "observe/certificate/secret.h"

/* A resource with its group, "deployments.apps": two DNS names. */
#define RESOURCE_BYTES_MAX 320

struct parser {
	struct arena *arena; /* of the result */
	struct encryption found;
	const char *problem;
};

static int refuse(struct parser *parser, const struct yaml_node *node, const char *what)
{
	parser->problem = arena_printf(parser->arena, "%s (line %u)", what, node->line);
	return parser->problem ? -EINVAL : -ENOMEM;
}

/* The provider's name as a constant: a key that a hand slipped into its place is not shown. */
static const char *provider_named(const char *text)
{
	static const char *const PROVIDERS[] = { "identity", "aescbc", "aesgcm", "secretbox",
						 "kms" };

	for (size_t i = 0; i < ARRAY_SIZE(PROVIDERS); i++)
		if (text_equal(text, PROVIDERS[i]))
			return PROVIDERS[i];
	return NULL;
}

/* What the file sets among the keys of one provider: a key with null is not set. */
static const char *provider_of(const struct yaml_node *item)
{
	const char *provider = NULL;

	for (size_t i = 0; item->kind == YAML_MAPPING && i < item->count; i++) {
		const struct yaml_node *value = item->items[i];

		if (value->kind == YAML_SCALAR)
			continue;
		if (provider)
			return NULL;
		provider = item->keys[i]->kind == YAML_SCALAR ? provider_named(item->keys[i]->text)
							      : NULL;
		if (!provider)
			return NULL;
	}
	return provider;
}

static bool is_resource(const struct yaml_node *node)
{
	static const char LETTERS[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
		"-.*/";

	return node->kind == YAML_SCALAR && node->length && node->length <= RESOURCE_BYTES_MAX &&
	       strspn(node->text, LETTERS) == node->length;
}

static int add_pair(struct parser *parser, const char *resource, const char *provider,
		    bool is_first)
{
	struct encryption *found = &parser->found;
	const char *pair = arena_printf(parser->arena, "%s=%s", resource, provider);
	const char **place = arena_push(parser->arena, &found->all, &found->all_count,
					&found->all_capacity, sizeof(*place));

	if (!pair || !place)
		return -ENOMEM;
	*place = pair;
	if (!is_first)
		return 0;
	place = arena_push(parser->arena, &found->first, &found->first_count,
			   &found->first_capacity, sizeof(*place));
	if (!place)
		return -ENOMEM;
	*place = pair;
	return 0;
}

static int add_providers(struct parser *parser, const struct yaml_node *resource,
			 const struct yaml_node *providers)
{
	for (size_t i = 0; i < providers->count; i++) {
		const char *provider = provider_of(providers->items[i]);

		if (!provider)
			return refuse(parser, providers->items[i],
				      "names a provider that is none, or more than one at once");
		if (parser->found.all_count >= SETTING_ITEMS_MAX)
			return refuse(parser, providers,
				      "names more providers than this agent reads");
		int error = add_pair(parser, resource->text, provider, i == 0);

		if (error < 0)
			return error;
	}
	return 0;
}

static int add_entry(struct parser *parser, const struct yaml_node *entry)
{
	const struct yaml_node *resources =
		entry->kind == YAML_MAPPING ? yaml_get(entry, "resources") : NULL;
	const struct yaml_node *providers =
		entry->kind == YAML_MAPPING ? yaml_get(entry, "providers") : NULL;

	if (!resources || resources->kind != YAML_SEQUENCE || !providers ||
	    providers->kind != YAML_SEQUENCE || providers->count == 0)
		return refuse(parser, entry, "has an entry without resources or without providers");
	for (size_t i = 0; i < resources->count; i++) {
		if (!is_resource(resources->items[i]))
			return refuse(parser, resources->items[i], "names a resource that is none");
		int error = add_providers(parser, resources->items[i], providers);

		if (error < 0)
			return error;
	}
	return 0;
}

static int read_document(struct parser *parser, const struct yaml_node *root)
{
	const struct yaml_node *entries =
		root && root->kind == YAML_MAPPING ? yaml_get(root, "resources") : NULL;
	const struct yaml_node *kind =
		root && root->kind == YAML_MAPPING ? yaml_get(root, "kind") : NULL;

	/* EncryptionConfig was its name up to 1.12. */
	if (!kind || kind->kind != YAML_SCALAR ||
	    (!text_equal(kind->text, "EncryptionConfiguration") &&
	     !text_equal(kind->text, "EncryptionConfig")) ||
	    !entries || entries->kind != YAML_SEQUENCE) {
		parser->problem = "is no EncryptionConfiguration with a list of resources";
		return -EINVAL;
	}
	for (size_t i = 0; i < entries->count; i++) {
		int error = add_entry(parser, entries->items[i]);

		if (error < 0)
			return error;
	}
	return 0;
}

int encryption_parse(const char *text, size_t length, struct arena *arena,
		     struct encryption *ret_encryption, const char **ret_problem)
{
	CLEANUP_ARENA struct arena *private = arena_new();
	struct parser parser = { .arena = arena };
	const struct yaml_node *root = NULL;
	struct yaml_error place = { 0 };

	if (!private)
		return -ENOMEM;
	int error = yaml_parse(&(struct yaml_text){ text, length, YAML_ALIASES }, private, &root,
			       &place);

	/* The parser's own words may quote the file. */
	if (error == -EINVAL)
		parser.problem = arena_printf(arena, "is not YAML or JSON (line %u)", place.line);
	if (error == 0)
		error = read_document(&parser, root);
	secret_wipe_tree(root);
	if (error == 0)
		*ret_encryption = parser.found;
	else if (error == -EINVAL)
		*ret_problem = parser.problem ? parser.problem : "is not YAML or JSON";
	return error;
}

int encryption_read(int root, const char *path, struct arena *arena,
		    struct encryption *ret_encryption, const char **ret_problem)
{
	CLEANUP_SECRET struct secret content = { 0 };
	int error = secret_read(root, path, CONFIG_BYTES_MAX, &content);

	*ret_problem = file_error_text(error);
	return error < 0 ? error
			 : encryption_parse(content.data, content.length, arena, ret_encryption,
					    ret_problem);
}
