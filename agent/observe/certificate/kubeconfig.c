/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/certificate/kubeconfig.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/yaml.h"
#include "observe/certificate/certificate_file.h"
#include "observe/certificate/path.h"
#include "observe/certificate/secret.h"
#include "observe/reading/yaml11.h"

/* -EINVAL stands for "result->problem says why" inside this file. */
struct kubeconfig_reading {
	struct arena *arena; /* of the result */
	struct kubeconfig *result;
	const char *path, *directory;	    /* of the kubeconfig */
	struct kubeconfig_secrets *secrets; /* NULL: nobody uses them */
};

__attribute__((format(printf, 2, 3))) static int refuse(struct kubeconfig_reading *reading,
							const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	const char *what = arena_vprintf(reading->arena, format, arguments);

	va_end(arguments);
	if (!what)
		return -ENOMEM;
	reading->result->status = FILE_INVALID;
	reading->result->problem = arena_printf(reading->arena, "%s %s", reading->path, what);
	return reading->result->problem ? -EINVAL : -ENOMEM;
}

static bool is_null(const struct yaml_node *node)
{
	return node->kind == YAML_SCALAR && node->is_plain &&
	       (node->length == 0 || text_equal(node->text, "~") || text_equal(node->text, "null"));
}

/* The text at mapping.key: NULL when there is none, for null and for "", as Go's decoder has it. */
static int field(struct kubeconfig_reading *reading, const struct yaml_node *mapping,
		 const char *key, const char **ret_text)
{
	const struct yaml_node *node = mapping ? yaml_get(mapping, key) : NULL;

	*ret_text = NULL;
	if (!node || is_null(node))
		return 0;
	if (node->kind != YAML_SCALAR)
		return refuse(reading, "has at line %u a %s that is not text", node->line, key);
	if (node->length && memchr(node->text, '\0', node->length))
		return refuse(reading, "has a NUL byte in %s at line %u", key, node->line);
	if (node->length)
		*ret_text = node->text;
	return 0;
}

static int mapping_in(struct kubeconfig_reading *reading, const struct yaml_node *parent,
		      const char *key, const struct yaml_node **ret_mapping)
{
	const struct yaml_node *node = yaml_get(parent, key);

	*ret_mapping = NULL;
	if (!node || is_null(node))
		return 0;
	if (node->kind != YAML_MAPPING)
		return refuse(reading, "has at line %u a %s that is not a mapping", node->line,
			      key);
	*ret_mapping = node;
	return 0;
}

/* One of the lists "contexts" and "users": where it is, and what its items hold. */
struct named_list {
	const char *list, *item;
};

static int find_named(struct kubeconfig_reading *reading, const struct yaml_node *root,
		      struct named_list where, const char *name,
		      const struct yaml_node **ret_mapping)
{
	const struct yaml_node *list = yaml_get(root, where.list);
	const struct yaml_node *found = NULL;

	for (size_t i = 0; list && list->kind == YAML_SEQUENCE && i < list->count; i++) {
		const struct yaml_node *item = list->items[i];
		const char *item_name = NULL;

		if (item->kind != YAML_MAPPING)
			return refuse(reading, "has in %s at line %u an item that is not a mapping",
				      where.list, item->line);
		int error = field(reading, item, "name", &item_name);

		if (error < 0)
			return error;
		if (!text_equal(item_name, name))
			continue;
		if (found)
			return refuse(reading, "has two %s named \"%s\"", where.list, name);
		found = item;
	}
	if (!found)
		return refuse(reading, "has no entry named \"%s\" in %s", name, where.list);
	return mapping_in(reading, found, where.item, ret_mapping);
}

/* The context that current-context names. */
static int find_context(struct kubeconfig_reading *reading, const struct yaml_node *root,
			const struct yaml_node **ret_context)
{
	static const struct named_list contexts = { "contexts", "context" };
	const struct yaml_node *list = yaml_get(root, contexts.list);
	const char *name = NULL;
	int error = field(reading, root, "current-context", &name);

	if (error == 0 && !name)
		return refuse(reading, "has no current-context, so no user is chosen");
	if (error == 0)
		error = find_named(reading, root, contexts, name, ret_context);
	if (list && list->kind == YAML_SEQUENCE)
		reading->result->facts.context_count = list->count;
	return error;
}

static int find_user(struct kubeconfig_reading *reading, const struct yaml_node *root,
		     const struct yaml_node *context, const struct yaml_node **ret_user)
{
	static const struct named_list users = { "users", "user" };
	const char *user = NULL;
	int error = context ? field(reading, context, "user", &user) : 0;

	if (error < 0)
		return error;
	if (!user)
		return refuse(reading, "names no user in its current context");
	reading->result->user = arena_text(reading->arena, user);
	if (!reading->result->user)
		return -ENOMEM;
	return find_named(reading, root, users, user, ret_user);
}

/* Path fields count from the kubeconfig's directory. */
static int path_field(struct kubeconfig_reading *reading, const struct yaml_node *user,
		      const char *key, const char **ret_path)
{
	const char *text = NULL;
	int error = field(reading, user, key, &text);

	if (error < 0 || !text)
		return error;
	*ret_path = path_resolve(reading->arena, reading->directory, text);
	return *ret_path ? 0 : -ENOMEM;
}

/* What the user entry holds, by name. */
struct user_fields {
	const char *certificate_data, *key_data, *token, *username, *password;
	const struct yaml_node *exec, *provider;
};

static int read_fields(struct kubeconfig_reading *reading, const struct yaml_node *user,
		       struct user_fields *fields)
{
	struct kubeconfig *result = reading->result;
	int error = field(reading, user, "client-certificate-data", &fields->certificate_data);

	if (error == 0)
		error = field(reading, user, "client-key-data", &fields->key_data);
	if (error == 0)
		error = field(reading, user, "token", &fields->token);
	if (error == 0)
		error = field(reading, user, "username", &fields->username);
	if (error == 0)
		error = field(reading, user, "password", &fields->password);
	if (error == 0)
		error = mapping_in(reading, user, "exec", &fields->exec);
	if (error == 0)
		error = mapping_in(reading, user, "auth-provider", &fields->provider);
	if (error == 0)
		error = path_field(reading, user, "client-certificate", &result->certificate_path);
	if (error == 0)
		error = path_field(reading, user, "client-key", &result->key_path);
	if (error == 0)
		error = path_field(reading, user, "tokenFile", &result->token_path);
	return error;
}

static int keep_key(struct kubeconfig_reading *reading, const char *data)
{
	if (!reading->secrets)
		return 0;
	int error = secret_from_base64(data, strlen(data), &reading->secrets->key);

	return error == -EINVAL ? refuse(reading, "has client-key-data that is not valid base64")
				: error;
}

static int read_certificate(struct kubeconfig_reading *reading, const struct user_fields *fields)
{
	struct kubeconfig *result = reading->result;
	CLEANUP_SECRET struct secret pem = { 0 };

	int error = 0;

	result->kind = CREDENTIAL_CERTIFICATE;
	result->has_inline_key = fields->key_data != NULL;
	if (fields->key_data)
		result->key_path = NULL;
	if (fields->key_data && (error = keep_key(reading, fields->key_data)) < 0)
		return error;
	if (!fields->key_data && !result->key_path)
		return refuse(reading, "gives the user \"%s\" a client certificate without a key",
			      result->user);
	if (!fields->certificate_data)
		return 0;
	result->certificate_path = NULL;
	error = secret_from_base64(fields->certificate_data, strlen(fields->certificate_data),
				   &pem);

	if (error == -EINVAL)
		return refuse(reading, "has client-certificate-data that is not valid base64");
	if (error < 0)
		return error;
	error = certificate_data_read(pem.data, pem.length, reading->path, reading->arena,
				      &result->inline_certificate);
	if (reading->secrets)
		secret_move(&pem, &reading->secrets->certificate);
	return error;
}

/* "as" and its kin: the server takes the client for somebody else. */
static bool impersonates(const struct yaml_node *user)
{
	static const char *const KEYS[] = { "as", "as-uid", "as-groups", "as-user-extra" };

	for (size_t i = 0; i < ARRAY_SIZE(KEYS); i++) {
		const struct yaml_node *node = yaml_get(user, KEYS[i]);

		if (node && !is_null(node) && (node->kind != YAML_SCALAR || node->length))
			return true;
	}
	return false;
}

/* Six letters or digits, a dot, sixteen more: the API server's bootstrap tokens. */
static bool is_bootstrap_token(const char *token)
{
	static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyz0123456789";

	return strspn(token, LETTERS) == 6 && token[6] == '.' && strspn(token + 7, LETTERS) == 16 &&
	       !token[23];
}

static int read_user(struct kubeconfig_reading *reading, const struct yaml_node *user)
{
	struct kubeconfig *result = reading->result;
	struct user_fields fields = { 0 };

	result->kind = CREDENTIAL_NONE;
	if (!user)
		return 0;
	int error = read_fields(reading, user, &fields);

	if (error < 0)
		return error;
	result->facts.has_static_token = fields.token != NULL;
	result->facts.has_bootstrap_token = fields.token && is_bootstrap_token(fields.token);
	result->facts.has_basic_auth = fields.username || fields.password;
	result->facts.impersonates = impersonates(user);
	if (fields.certificate_data || result->certificate_path)
		return read_certificate(reading, &fields);
	if (result->token_path || fields.token) {
		result->kind = CREDENTIAL_TOKEN;
		return reading->secrets && fields.token
			       ? secret_copy(fields.token, &reading->secrets->token)
			       : 0;
	}
	if (fields.exec || fields.provider)
		result->kind = CREDENTIAL_EXEC;
	else if (fields.username)
		result->kind = CREDENTIAL_BASIC;
	return 0;
}

/* As Go's decoder takes it: what is no boolean of YAML 1.1 is refused. */
static int boolean_field(struct kubeconfig_reading *reading, const struct yaml_node *mapping,
			 const char *key, bool *ret_boolean)
{
	const struct yaml_node *node = yaml_get(mapping, key);
	struct document value;

	if (!node || is_null(node))
		return 0;
	int error =
		node->kind == YAML_SCALAR ? yaml11_resolve(node, reading->arena, &value) : -EINVAL;

	if (error == -ENOMEM)
		return error;
	if (error < 0 || value.kind != DOCUMENT_BOOLEAN)
		return refuse(reading, "has at line %u a %s that is no boolean", node->line, key);
	*ret_boolean = value.boolean;
	return 0;
}

static int read_authority_data(struct kubeconfig_reading *reading, const char *data)
{
	CLEANUP_SECRET struct secret pem = { 0 };
	int error = secret_from_base64(data, strlen(data), &pem);

	if (error == -EINVAL)
		return refuse(reading, "has certificate-authority-data that is not valid base64");
	if (error < 0)
		return error;
	error = certificate_data_read(pem.data, pem.length, reading->path, reading->arena,
				      &reading->result->facts.authority);
	if (reading->secrets)
		secret_move(&pem, &reading->secrets->authority);
	return error;
}

/* The server, and whether it has to show who it is. */
static int read_cluster(struct kubeconfig_reading *reading, const struct yaml_node *cluster)
{
	struct kubeconfig *result = reading->result;
	const char *server = NULL, *data = NULL;

	if (!cluster)
		return 0;
	int error = field(reading, cluster, "server", &server);

	if (error == 0 && server) {
		result->facts.server = arena_text(reading->arena, server);
		error = result->facts.server ? 0 : -ENOMEM;
	}
	if (error == 0)
		error = boolean_field(reading, cluster, "insecure-skip-tls-verify",
				      &result->facts.skips_verification);
	if (error == 0)
		error = path_field(reading, cluster, "certificate-authority",
				   &result->authority_path);
	if (error == 0)
		error = field(reading, cluster, "certificate-authority-data", &data);
	result->facts.has_authority = data || result->authority_path;
	if (error < 0 || !data)
		return error;
	result->authority_path = NULL;
	return read_authority_data(reading, data);
}

/* What is wrong with the cluster leaves the credential as it is. */
static int read_facts(struct kubeconfig_reading *reading, const struct yaml_node *root,
		      const struct yaml_node *context)
{
	static const struct named_list clusters = { "clusters", "cluster" };
	struct kubeconfig *result = reading->result;
	const struct yaml_node *cluster = NULL;
	const char *name = NULL;

	result->facts.server = "";
	int error = context ? field(reading, context, "cluster", &name) : 0;

	if (error == 0 && name)
		error = find_named(reading, root, clusters, name, &cluster);
	if (error == 0)
		error = read_cluster(reading, cluster);
	if (error < 0 && error != -EINVAL)
		return error;
	result->facts.is_known = error == 0;
	result->facts.problem = result->problem;
	result->status = FILE_READ;
	result->problem = NULL;
	return 0;
}

static int read_document(struct kubeconfig_reading *reading, const struct yaml_node *root)
{
	const struct yaml_node *context = NULL, *user = NULL;
	const char *kind = NULL;

	if (!root || (root->kind == YAML_SCALAR && root->length == 0))
		return refuse(reading, "is empty, where a kubeconfig is due");
	if (root->kind != YAML_MAPPING)
		return refuse(reading, "is not a kubeconfig: it is not a mapping");
	int error = field(reading, root, "kind", &kind);

	if (error == 0 && kind && !text_equal(kind, "Config"))
		return refuse(reading, "is not a kubeconfig: its kind is \"%s\"", kind);
	if (error == 0)
		error = find_context(reading, root, &context);
	if (error == 0)
		error = read_facts(reading, root, context);
	if (error == 0)
		error = find_user(reading, root, context, &user);
	return error < 0 ? error : read_user(reading, user);
}

static int parse(struct kubeconfig_reading *reading, const char *text, size_t length)
{
	CLEANUP_ARENA struct arena *private = arena_new();
	const struct yaml_node *root = NULL;
	struct yaml_error place = { 0 };

	if (!private)
		return -ENOMEM;
	int error = yaml_parse(&(struct yaml_text){ text, length, YAML_ALIASES }, private, &root,
			       &place);

	if (error == -EINVAL)
		return refuse(reading, "is not YAML or JSON: line %u: %s", place.line,
			      place.message);
	if (error == 0)
		error = read_document(reading, root);
	/* Keys and tokens are scalars; what is needed of them has been copied. */
	secret_wipe_tree(root);
	return error;
}

static int parse_text(const struct secret *content, const char *path, struct arena *arena,
		      struct kubeconfig *ret_kubeconfig, struct kubeconfig_secrets *secrets)
{
	struct kubeconfig result = { .status = FILE_READ };
	struct kubeconfig_reading reading = { .arena = arena,
					      .result = &result,
					      .secrets = secrets };

	reading.path = arena_text(arena, path);
	reading.directory = path_directory(arena, path);
	if (!reading.path || !reading.directory)
		return -ENOMEM;
	int error = parse(&reading, content->data, content->length);

	if (error < 0 && error != -EINVAL)
		return error;
	if (error == -EINVAL) {
		result.kind = CREDENTIAL_UNKNOWN;
		result.facts = (struct kubeconfig_facts){ .problem = result.problem };
	}
	*ret_kubeconfig = result;
	return 0;
}

int kubeconfig_parse(const char *text, size_t length, const char *path, struct arena *arena,
		     struct kubeconfig *ret_kubeconfig)
{
	const struct secret content = { (char *)(uintptr_t)text, length };

	return parse_text(&content, path, arena, ret_kubeconfig, NULL);
}

void kubeconfig_secrets_done(struct kubeconfig_secrets *secrets)
{
	secret_done(&secrets->authority);
	secret_done(&secrets->certificate);
	secret_done(&secrets->key);
	secret_done(&secrets->token);
}

int kubeconfig_read(int root, const char *path, struct arena *arena,
		    struct kubeconfig *ret_kubeconfig)
{
	return kubeconfig_read_secrets(root, path, arena, ret_kubeconfig, NULL);
}

int kubeconfig_read_secrets(int root, const char *path, struct arena *arena,
			    struct kubeconfig *ret_kubeconfig,
			    struct kubeconfig_secrets *ret_secrets)
{
	CLEANUP_SECRET struct secret content = { 0 };
	int error = secret_read(root, path, CONFIG_BYTES_MAX, &content);

	if (error == 0)
		return parse_text(&content, path, arena, ret_kubeconfig, ret_secrets);
	if (error == -ENOMEM)
		return error;
	struct kubeconfig result = {
		.status = error == -ENOENT ? FILE_ABSENT : FILE_UNREADABLE,
		.problem = arena_printf(arena, "%s %s", path, file_error_text(error)),
	};

	if (!result.problem)
		return -ENOMEM;
	result.facts.problem = result.problem;
	*ret_kubeconfig = result;
	return 0;
}
