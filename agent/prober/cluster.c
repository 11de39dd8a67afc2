/* SPDX-License-Identifier: Apache-2.0 */
#include "prober/cluster.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "observe/cluster/document.h"

#define GROUP	"rbac.authorization.k8s.io"
#define LIST(x) "/apis/" GROUP "/v1/" x

static void answer_done(struct answer *answer)
{
	free(answer->bytes);
}

/* GET of one page. */
static void write_path(const char *list, const char *next, struct text_buffer *path)
{
	buffer_printf(path, "%s?limit=250", list);
	if (*next)
		buffer_text(path, "&continue=");
	for (; *next; next++) {
		unsigned char letter = (unsigned char)*next;

		if (isalnum(letter) || strchr("-_.~", letter))
			buffer_append(path, next, 1);
		else
			buffer_printf(path, "%%%02X", letter);
	}
}

/* What a Status says: the reason, in the server's words. */
static void tell_refusal(struct talk *talk, const char *list, const struct answer *answer,
			 enum cluster_rbac *rbac)
{
	CLEANUP_JSON json_t *status = json_loadb(answer->body, answer->body_length, 0, NULL);
	const char *message = json_get_text(status, "message", "");

	/* "... at the cluster scope: RBAC: clusterrole.rbac.authorization.k8s.io "x" not found" */
	if (answer->status == 403 && strstr(message, ": RBAC: "))
		*rbac = RBAC_IN_FORCE;
	talk_fail(talk, "GET %s answered %d%s%.200s", list, answer->status, *message ? ": " : "",
		  message);
}

static bool has_group(const json_t *groups)
{
	for (size_t i = 0; i < json_array_size(groups); i++)
		if (text_equal(json_get_text(json_array_get(groups, i), "name", ""), GROUP))
			return true;
	return false;
}

/* 404 may come from anybody; an API server's own list of its APIs proves it. */
static void ask_for_group(struct talk *talk, enum cluster_rbac *rbac)
{
	CLEANUP(answer_done) struct answer answer = { 0 };

	if (talk_ask(talk, "/apis", NULL, &answer) < 0)
		return;
	CLEANUP_JSON json_t *list = json_loadb(answer.body, answer.body_length, 0, NULL);
	const json_t *groups = json_object_get(list, "groups");

	if (answer.status == 200 && json_is_array(groups) &&
	    text_equal(json_get_text(list, "kind", ""), "APIGroupList") && !has_group(groups))
		*rbac = RBAC_ABSENT;
	talk_fail(talk, "GET " LIST("clusterrolebindings") " answered 404");
}

static int take_page(struct talk *talk, const char *list, const char *kind, struct harvest *harvest,
		     enum cluster_rbac *rbac)
{
	CLEANUP_BUFFER struct text_buffer path = { 0 };
	CLEANUP(answer_done) struct answer answer = { 0 };

	write_path(list, harvest->next, &path);
	if (buffer_error(&path) || talk_ask(talk, path.data, NULL, &answer) < 0)
		return talk_fail(talk, "out of memory");
	if (answer.status == 404) {
		ask_for_group(talk, rbac);
		return -EPROTO;
	}
	if (answer.status != 200) {
		tell_refusal(talk, list, &answer, rbac);
		return -EPROTO;
	}
	int error = harvest_page(harvest, kind, answer.body, answer.body_length);

	return error < 0 ? talk_fail(talk, "%s",
				     error == -EINVAL ? harvest->problem : "out of memory")
			 : 0;
}

/*
 * Who let us read the bindings: the API server says so of one's own rights, to everybody who has a
 * credential. That it does not say it proves nothing, and spoils no answer that came before.
 */
static void ask_who_allows(struct talk *talk, enum cluster_rbac *rbac)
{
	static const char review[] =
		"{\"kind\":\"SelfSubjectAccessReview\",\"apiVersion\":\"authorization.k8s.io/v1\","
		"\"spec\":{\"resourceAttributes\":{\"group\":\"" GROUP "\","
		"\"resource\":\"clusterrolebindings\",\"verb\":\"list\"}}}";
	CLEANUP(answer_done) struct answer answer = { 0 };

	if (talk_ask(talk, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review,
		     &answer) == 0 &&
	    (answer.status == 200 || answer.status == 201)) {
		CLEANUP_JSON json_t *list = json_loadb(answer.body, answer.body_length, 0, NULL);
		const json_t *status = json_object_get(list, "status");

		if (json_is_true(json_object_get(status, "allowed")) &&
		    text_starts_with(json_get_text(status, "reason", ""), "RBAC: "))
			*rbac = RBAC_IN_FORCE;
	}
	talk->problem[0] = '\0';
}

static void take_lists(struct talk *talk, struct harvest *harvest, enum cluster_rbac *rbac)
{
	static const struct {
		const char *path, *kind;
	} lists[] = {
		{ LIST("clusterrolebindings"), "ClusterRoleBinding" },
		{ LIST("rolebindings"), "RoleBinding" },
	};
	unsigned pages = 0;

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		do {
			if (pages++ == CLUSTER_PAGES_MAX) {
				talk_fail(talk, "it has more than %d pages of bindings",
					  CLUSTER_PAGES_MAX);
				return;
			}
			if (take_page(talk, lists[i].path, lists[i].kind, harvest, rbac) < 0)
				return;
		} while (*harvest->next);
	}
}

int cluster_ask(const json_t *plan, struct text_buffer *text)
{
	CLEANUP_JSON json_t *document =
		json_pack("{s:s,s:[]}", "schema", CLUSTER_SCHEMA, "bindings");
	struct harvest harvest = { .bindings = json_object_get(document, "bindings") };
	enum cluster_rbac rbac = RBAC_UNKNOWN;
	struct talk talk;

	if (!document)
		return -ENOMEM;
	if (talk_begin(plan, &talk) == 0)
		take_lists(&talk, &harvest, &rbac);
	if (!*talk.problem)
		ask_who_allows(&talk, &rbac);
	talk_end(&talk);
	int error = json_set_text(document, "problem", *talk.problem ? talk.problem : NULL);

	if (error == 0)
		error = json_set_text(document, "rbac", cluster_rbac_word(rbac));
	/* Half a list is none. */
	if (error == 0 && *talk.problem)
		error = json_array_clear(harvest.bindings);
	if (error == 0)
		json_write(document, text);
	return error == 0 ? buffer_error(text) : error;
}
