/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/cluster/question.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "observe/certificate/kubeconfig.h"

#define ACCOUNT "/var/run/secrets/kubernetes.io/serviceaccount"
/* An empty pipe takes 64 KiB at once, and a line break of a PEM file takes two bytes in JSON. */
#define PART_BYTES_MAX (24UL << 10)
#define PLAN_BYTES_MAX (60UL << 10)

/* Where a URL leads. */
struct place {
	const char *host, *path;
	uint64_t port;
};

struct asking {
	struct arena *arena;
	struct cluster_question *question;
	struct kubeconfig_secrets secrets;
	int root;
};

/* -EINVAL stands for "the question's problem says why" inside this file. */
static int refuse(struct asking *asking, const char *what, const char *why)
{
	asking->question->problem = arena_printf(asking->arena, "%s %s", what, why);
	return asking->question->problem ? -EINVAL : -ENOMEM;
}

static bool is_host(const char *text)
{
	static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789.:_-";

	return *text && strlen(text) < 256 && !text[strspn(text, LETTERS)];
}

static bool is_path(const char *text)
{
	for (const char *c = text; *c; c++)
		if (*c <= ' ' || *c >= 0x7f || strchr("\"\\?#", *c))
			return false;
	return !*text || *text == '/';
}

/* "https://host:6443/prefix" */
static int read_url(struct asking *asking, const char *url, struct place *place)
{
	static const char SCHEME[] = "https://";

	if (!text_starts_with(url, SCHEME))
		return refuse(asking, url,
			      "is no https URL: the server would not have to show "
			      "who it is");
	const char *host = url + sizeof(SCHEME) - 1;
	const char *end = host + strcspn(host, "/");
	bool is_bracketed = *host == '[';
	const char *stop =
		is_bracketed ? strchr(host, ']') : memchr(host, ':', (size_t)(end - host));

	if (!stop || stop > end)
		stop = end;
	const char *colon = stop + (is_bracketed && *stop == ']');
	size_t path_length = strlen(end);
	const char *port = *colon == ':'
				   ? arena_copy(asking->arena, colon + 1, (size_t)(end - colon - 1))
				   : "443";

	while (path_length && end[path_length - 1] == '/')
		path_length--;
	host += is_bracketed;
	place->host = arena_copy(asking->arena, host, (size_t)(stop - host));
	place->path = arena_copy(asking->arena, end, path_length);
	if (!place->host || !place->path || !port)
		return -ENOMEM;
	if ((is_bracketed && *stop != ']') || !is_host(place->host) || !is_path(place->path) ||
	    (colon != end && *colon != ':') ||
	    text_to_unsigned(port, UINT16_MAX, &place->port) < 0 || !place->port)
		return refuse(asking, url, "is no URL of an API server");
	return 0;
}

/* Appends to a plan that has the room: nothing of a secret is left behind by growing. */
static void append(struct secret *plan, const char *text)
{
	size_t length = strlen(text);

	memcpy(plan->data + plan->length, text, length);
	plan->length += length;
}

/* ,"key":"text", with the two characters of PEM that JSON writes otherwise. */
static int append_secret(struct secret *plan, const char *key, const struct secret *text)
{
	if (!text->length)
		return 0;
	if (plan->length + 2 * text->length + 64 > PLAN_BYTES_MAX)
		return -E2BIG;
	append(plan, ",\"");
	append(plan, key);
	append(plan, "\":\"");
	for (size_t i = 0; i < text->length; i++) {
		char letter = text->data[i];

		if (letter == '\r' || letter == '\n')
			append(plan, "\\n");
		else if ((letter >= ' ' && letter < 0x7f && letter != '"' && letter != '\\') ||
			 letter == '\t')
			plan->data[plan->length++] = (char)(letter == '\t' ? ' ' : letter);
		else
			return -EINVAL;
	}
	append(plan, "\"");
	return 0;
}

static int write_plan(struct asking *asking, const struct place *place)
{
	const struct kubeconfig_secrets *secrets = &asking->secrets;
	struct secret *plan = &asking->question->plan;

	plan->data = malloc(PLAN_BYTES_MAX + 64);
	if (!plan->data)
		return -ENOMEM;
	plan->length = (size_t)snprintf(plan->data, PLAN_BYTES_MAX,
					"{\"cluster\":{\"host\":\"%s\",\"port\":%u,\"path\":\"%s\"",
					place->host, (unsigned)place->port, place->path);
	if (plan->length >= PLAN_BYTES_MAX)
		return -E2BIG;
	int error = append_secret(plan, "authority", &secrets->authority);

	if (error == 0)
		error = append_secret(plan, "certificate", &secrets->certificate);
	if (error == 0)
		error = append_secret(plan, "key", &secrets->key);
	if (error == 0)
		error = append_secret(plan, "token", &secrets->token);
	append(plan, "}}");
	return error;
}

static int read_part(struct asking *asking, const char *path, struct secret *secret)
{
	if (!path || secret->length)
		return 0;
	int error = secret_read(asking->root, path, PART_BYTES_MAX, secret);

	if (error == 0 || error == -ENOMEM)
		return error;
	return refuse(asking, path, file_error_text(error));
}

/* A token that is to go into a header: one word. */
static int trim_token(struct asking *asking)
{
	struct secret *token = &asking->secrets.token;

	while (token->length && strchr(" \t\r\n", token->data[token->length - 1]))
		token->length--;
	for (size_t i = 0; i < token->length; i++)
		if (token->data[i] <= ' ' || token->data[i] >= 0x7f)
			return refuse(asking, "the token", "is not one word");
	return 0;
}

/* What a kubeconfig must not be; NULL: nothing. */
static const char *objection(const struct kubeconfig *kubeconfig)
{
	if (kubeconfig->facts.skips_verification)
		return "sets insecure-skip-tls-verify: the server would not have to show who it is";
	if (!kubeconfig->facts.has_authority)
		return "names no certificate-authority for the server";
	if (kubeconfig->facts.impersonates)
		return "impersonates somebody else, which this agent does not";
	if (kubeconfig->kind == CREDENTIAL_EXEC)
		return "gets its credential from a program, and none is started for it";
	if (kubeconfig->kind != CREDENTIAL_CERTIFICATE && kubeconfig->kind != CREDENTIAL_TOKEN)
		return "holds neither a client certificate nor a token";
	return NULL;
}

static int use_kubeconfig(struct asking *asking, const char *path)
{
	struct kubeconfig kubeconfig = { 0 };
	int error = kubeconfig_read_secrets(asking->root, path, asking->arena, &kubeconfig,
					    &asking->secrets);

	if (error < 0)
		return error;
	asking->question->problem =
		kubeconfig.problem ? kubeconfig.problem : kubeconfig.facts.problem;
	if (asking->question->problem)
		return -EINVAL;
	if (objection(&kubeconfig))
		return refuse(asking, path, objection(&kubeconfig));
	if (*kubeconfig.facts.server)
		asking->question->server = kubeconfig.facts.server;
	error = read_part(asking, kubeconfig.authority_path, &asking->secrets.authority);
	if (error == 0 && kubeconfig.kind == CREDENTIAL_TOKEN && kubeconfig.token_path)
		secret_done(&asking->secrets.token);
	if (error == 0 && kubeconfig.kind == CREDENTIAL_TOKEN)
		return read_part(asking, kubeconfig.token_path, &asking->secrets.token);
	if (error == 0)
		error = read_part(asking, kubeconfig.certificate_path,
				  &asking->secrets.certificate);
	return error == 0 ? read_part(asking, kubeconfig.key_path, &asking->secrets.key) : error;
}

static int use_account(struct asking *asking)
{
	const char *host = getenv("KUBERNETES_SERVICE_HOST");
	const char *port = getenv("KUBERNETES_SERVICE_PORT");
	bool is_ipv6 = host && strchr(host, ':');

	if (!host || !*host || !port || !*port)
		return refuse(asking, "cluster.service_account:",
			      "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set, so "
			      "this is no pod");
	asking->question->server = arena_printf(
		asking->arena, is_ipv6 ? "https://[%s]:%s" : "https://%s:%s", host, port);
	if (!asking->question->server)
		return -ENOMEM;
	int error = read_part(asking, ACCOUNT "/ca.crt", &asking->secrets.authority);

	return error == 0 ? read_part(asking, ACCOUNT "/token", &asking->secrets.token) : error;
}

bool cluster_is_wanted(const struct settings *settings)
{
	return settings->cluster_service_account || *settings->cluster_kubeconfig;
}

static int read_question(struct asking *asking, const struct settings *settings)
{
	struct place place;
	int error = file_root_open("/", &asking->root);

	if (error == 0)
		error = settings->cluster_service_account
				? use_account(asking)
				: use_kubeconfig(asking, settings->cluster_kubeconfig);
	if (error == 0)
		error = trim_token(asking);
	if (error == 0)
		error = read_url(asking, asking->question->server, &place);
	if (error < 0)
		return error;
	error = write_plan(asking, &place);
	if (error == -E2BIG)
		return refuse(asking, "the credential and its authority", "are too long");
	return error == -EINVAL ? refuse(asking, "the credential", "is not PEM") : error;
}

int cluster_question_read(const struct settings *settings, struct arena *arena,
			  struct cluster_question *ret_question)
{
	struct cluster_question question = { .server = "the API server" };
	struct asking asking = { .arena = arena, .question = &question, .root = -1 };
	int error = read_question(&asking, settings);

	kubeconfig_secrets_done(&asking.secrets);
	if (asking.root >= 0)
		close(asking.root);
	if (error < 0)
		secret_done(&question.plan);
	if (error < 0 && error != -EINVAL && error != -ENOMEM)
		question.problem = "the credential cannot be read";
	if (error == -ENOMEM)
		return error;
	*ret_question = question;
	return 0;
}

void cluster_question_done(struct cluster_question *question)
{
	secret_done(&question->plan);
}
