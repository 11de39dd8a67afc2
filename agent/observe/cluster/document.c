/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/cluster/document.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/text.h"
#include "model/json_read.h"

#define RECORDED_PATH "/nodelatch/cluster.json"

static const char *const RBAC_WORDS[] = {
	[RBAC_UNKNOWN] = "unknown",
	[RBAC_IN_FORCE] = "in-force",
	[RBAC_ABSENT] = "absent",
};

const char *cluster_rbac_word(enum cluster_rbac rbac)
{
	return RBAC_WORDS[rbac];
}

static int read_rbac(const json_t *document, struct cluster *cluster)
{
	const char *word = json_get_text(document, "rbac", NULL);

	for (size_t i = 0; i < ARRAY_SIZE(RBAC_WORDS); i++)
		if (text_equal(word, RBAC_WORDS[i])) {
			cluster->rbac = (enum cluster_rbac)i;
			return 0;
		}
	return -EINVAL;
}

static int read_bounded(const json_t *object, const char *key, struct arena *arena,
			const char **ret_text)
{
	int error = read_optional(object, key, arena, ret_text);

	return error == 0 && *ret_text && strlen(*ret_text) > CLUSTER_TEXT_BYTES_MAX ? -EINVAL
										     : error;
}

static int read_binding(const json_t *object, struct arena *arena, struct cluster_binding *binding)
{
	const struct {
		const char *key;
		bool is_required;
		const char **text;
	} keys[] = {
		{ "kind", true, &binding->kind },
		{ "namespace", false, &binding->namespace },
		{ "name", true, &binding->name },
		{ "role_kind", true, &binding->role_kind },
		{ "role", true, &binding->role },
		{ "subject_kind", true, &binding->subject_kind },
		{ "subject_namespace", false, &binding->subject_namespace },
		{ "subject", true, &binding->subject },
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		int error = read_bounded(object, keys[i].key, arena, keys[i].text);

		if (error < 0)
			return error;
		if (keys[i].is_required && !*keys[i].text)
			return -EINVAL;
	}
	return 0;
}

static int read_bindings(const json_t *document, struct arena *arena, struct cluster *cluster,
			 const char **ret_problem)
{
	const json_t *array = json_object_get(document, "bindings");
	size_t count = json_array_size(array);
	int error = 0;

	if (!json_is_array(array) || count > CLUSTER_BINDINGS_MAX)
		return -EINVAL;
	struct cluster_binding *bindings = arena_array(arena, count + 1, sizeof(*bindings));

	if (!bindings)
		return -ENOMEM;
	for (size_t i = 0; i < count && error == 0; i++) {
		error = read_binding(json_array_get(array, i), arena, &bindings[i]);
		if (error == -EINVAL)
			*ret_problem = arena_printf(
				arena, "has a binding, number %zu, that is not one", i + 1);
	}
	cluster->bindings = bindings;
	cluster->binding_count = count;
	return error;
}

int cluster_from_json(const char *text, size_t length, struct arena *arena,
		      struct cluster *ret_cluster, const char **ret_problem)
{
	struct cluster cluster = { .is_asked = true };

	*ret_problem = "is not a document of " CLUSTER_SCHEMA;
	if (length > CLUSTER_RESULT_BYTES_MAX)
		return -EINVAL;
	CLEANUP_JSON json_t *document = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);

	if (!text_equal(json_get_text(document, "schema", NULL), CLUSTER_SCHEMA))
		return -EINVAL;
	int error = read_rbac(document, &cluster);

	if (error == 0)
		error = read_bounded(document, "server", arena, &cluster.server);
	if (error == 0)
		error = read_bounded(document, "problem", arena, &cluster.problem);
	if (error == 0)
		error = read_bindings(document, arena, &cluster, ret_problem);
	cluster.is_known = !cluster.problem;
	if (error == 0)
		*ret_cluster = cluster;
	return error;
}

int cluster_from_tree(int root, struct arena *arena, struct cluster *ret_cluster)
{
	struct file_content content;
	const char *problem = NULL;
	int error = file_read_in(root, RECORDED_PATH, CLUSTER_RESULT_BYTES_MAX, arena, &content);

	if (error == -ENOENT)
		return 0;
	if (error == 0)
		error = cluster_from_json(content.data, content.length, arena, ret_cluster,
					  &problem);
	else
		problem = file_error_text(error);
	if (error == 0 || error == -ENOMEM)
		return error;
	*ret_cluster = (struct cluster){ .is_asked = true };
	ret_cluster->problem = arena_printf(arena, RECORDED_PATH " %s", problem);
	return ret_cluster->problem ? 0 : -ENOMEM;
}
