/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "prober/cluster.h"

static int refuse(struct harvest *harvest, const char *what)
{
	snprintf(harvest->problem, sizeof(harvest->problem), "%s", what);
	return -EINVAL;
}

/* An account that may be a dashboard's or tiller's: what it is exactly is judged elsewhere. */
static bool is_account_of_interest(const json_t *subject)
{
	static const char *const KEYS[] = { "name", "namespace" };

	for (size_t i = 0; i < ARRAY_SIZE(KEYS); i++) {
		const char *text = json_get_text(subject, KEYS[i], "");

		if (strstr(text, "dashboard") || strstr(text, "tiller"))
			return true;
	}
	return false;
}

static bool counts(const json_t *role, const json_t *subject)
{
	const char *name = json_get_text(subject, "name", "");
	const char *kind = json_get_text(subject, "kind", "");

	if (text_equal(json_get_text(role, "name", ""), "cluster-admin"))
		return true;
	if (text_equal(kind, "ServiceAccount") || text_starts_with(name, "system:serviceaccount:"))
		return is_account_of_interest(subject);
	return text_equal(name, "system:anonymous") || text_equal(name, "system:unauthenticated");
}

/* object[key] as the binding's text; one that must be there is. */
static int take_text(json_t *binding, const char *as, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	bool is_optional = text_equal(key, "namespace");

	if (is_optional && (!value || json_is_null(value)))
		return json_set(binding, as, json_null());
	if (!json_is_string(value) || json_string_length(value) > CLUSTER_TEXT_BYTES_MAX)
		return -EINVAL;
	return json_set_text(binding, as, json_string_value(value));
}

static int add_binding(struct harvest *harvest, const char *kind, const json_t *item,
		       const json_t *subject)
{
	const json_t *metadata = json_object_get(item, "metadata");
	const json_t *role = json_object_get(item, "roleRef");
	const struct {
		const char *as;
		const json_t *object;
		const char *key;
	} texts[] = {
		{ "namespace", metadata, "namespace" },
		{ "name", metadata, "name" },
		{ "role_kind", role, "kind" },
		{ "role", role, "name" },
		{ "subject_kind", subject, "kind" },
		{ "subject_namespace", subject, "namespace" },
		{ "subject", subject, "name" },
	};

	if (json_array_size(harvest->bindings) >= CLUSTER_BINDINGS_MAX)
		return refuse(harvest, "it has more bindings that count than are kept");
	CLEANUP_JSON json_t *binding = json_pack("{s:s}", "kind", kind);
	int error = binding ? 0 : -ENOMEM;

	for (size_t i = 0; i < ARRAY_SIZE(texts) && error == 0; i++)
		error = take_text(binding, texts[i].as, texts[i].object, texts[i].key);
	if (error == -EINVAL)
		return refuse(harvest, "it lists a binding that is not one");
	return error == 0 ? json_add(harvest->bindings, json_incref(binding)) : error;
}

static int take_item(struct harvest *harvest, const char *kind, const json_t *item)
{
	const json_t *role = json_object_get(item, "roleRef");
	const json_t *subjects = json_object_get(item, "subjects");
	int error = 0;

	if (!json_is_object(role) ||
	    (subjects && !json_is_null(subjects) && !json_is_array(subjects)))
		return refuse(harvest, "it lists a binding that is not one");
	for (size_t i = 0; i < json_array_size(subjects) && error == 0; i++) {
		const json_t *subject = json_array_get(subjects, i);

		if (!json_is_object(subject))
			return refuse(harvest, "it lists a binding that is not one");
		if (counts(role, subject))
			error = add_binding(harvest, kind, item, subject);
	}
	return error;
}

static int take_next(struct harvest *harvest, const json_t *document)
{
	const char *next = json_get_text(json_object_get(document, "metadata"), "continue", "");

	if (strlen(next) >= sizeof(harvest->next))
		return refuse(harvest, "what leads to its next page is too long");
	snprintf(harvest->next, sizeof(harvest->next), "%s", next);
	return 0;
}

int harvest_page(struct harvest *harvest, const char *kind, const char *text, size_t length)
{
	CLEANUP_JSON json_t *document = json_loadb(text, length, 0, NULL);
	const json_t *items = json_object_get(document, "items");
	const char *list = json_get_text(document, "kind", "");
	size_t kind_length = strlen(kind);

	if (!document)
		return refuse(harvest, "its answer is not JSON");
	if (!text_starts_with(list, kind) || !text_equal(list + kind_length, "List") ||
	    (items && !json_is_null(items) && !json_is_array(items)))
		return refuse(harvest, "its answer is not the list that was asked for");
	int error = take_next(harvest, document);

	for (size_t i = 0; i < json_array_size(items) && error == 0; i++)
		error = take_item(harvest, kind, json_array_get(items, i));
	return error;
}
