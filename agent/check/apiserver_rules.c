/* SPDX-License-Identifier: Apache-2.0 */
#include "check/apiserver_rules.h"

#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "check/cipher_suites.h"
#include "check/expectation.h"
#include "check/facts.h"

static bool is_one_of(const char *word, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(word, words[i]))
			return true;
	return false;
}

/* What may be asked without credentials: it says no more than that the server is up. */
static bool is_health_path(const char *path)
{
	static const char *const PATHS[] = { "/livez", "/readyz", "/healthz" };

	return is_one_of(path, PATHS, ARRAY_SIZE(PATHS));
}

/* The paths that --authentication-config gives to anonymous requests; none are all. */
static void judge_anonymous_paths(struct draft *draft, const struct setting *paths)
{
	bool is_limited = paths && paths->value.kind == VALUE_LIST && paths->value.list.count > 0;

	if (paths && paths->value.kind == VALUE_UNKNOWN) {
		draft_record_error(draft, "the paths of anonymous requests cannot be determined");
		return;
	}
	if (!is_limited) {
		draft_record(draft, VERDICT_FAIL);
		return;
	}
	draft_setting_detail(draft, paths);
	for (size_t i = 0; i < paths->value.list.count; i++) {
		const char *path = paths->value.list.items[i];

		draft_value(draft, "%s%s%s", draft->finding.value, i ? "," : " for ", path);
		if (is_health_path(path))
			continue;
		draft_evidence(draft, "config", "%s is no health check, and open to anyone", path);
		is_limited = false;
	}
	draft_record(draft, is_limited ? VERDICT_PASS : VERDICT_FAIL);
}

/* An authentication configuration with an anonymous section excludes the flag. */
void apiserver_judge_anonymous_auth(struct judge *judge, const struct component *apiserver)
{
	const struct setting *enabled = component_setting(apiserver, "anonymous.enabled");
	struct draft draft = draft_on_server(judge, apiserver);

	if (!enabled || enabled->value.kind == VALUE_UNSET) {
		expectation_record(&draft, expectation_ask(&draft, apiserver));
		return;
	}
	if (!draft_setting(&draft, apiserver, "anonymous.enabled"))
		return;
	if (setting_is_false(apiserver, "anonymous.enabled"))
		draft_record(&draft, VERDICT_PASS);
	else
		judge_anonymous_paths(&draft, component_setting(apiserver, "anonymous.paths"));
}

void apiserver_judge_kubelet_client(struct judge *judge, const struct component *apiserver)
{
	const struct certificate_file *file =
		component_certificates(apiserver, judge->check->expectation.setting);
	int64_t now_s = judge->node->now_ns / NS_PER_S;
	struct draft draft = draft_on_component(judge, apiserver);

	if (!control_plane_draft_pair(&draft, apiserver))
		return;
	if (!file || file->status != FILE_READ || !file->count) {
		const char *path = file && file->path ? file->path : "the certificate";
		const char *problem = file ? file->problem : NULL;

		draft_record_error(&draft, "%s: %s", path,
				   problem				 ? problem
				   : file && file->status == FILE_ABSENT ? "is not there"
									 : "was not read");
		return;
	}
	const struct certificate *leaf = &file->certificates[0];
	bool is_valid = leaf->not_before <= now_s && now_s <= leaf->not_after;

	draft_evidence(&draft, "certificate", "%s (CN \"%s\") is %s", file->path, leaf->common_name,
		       is_valid			 ? "valid now"
		       : now_s > leaf->not_after ? "expired"
						 : "not valid yet");
	draft_record(&draft, is_valid ? VERDICT_PASS : VERDICT_FAIL);
}

/* Whether a setting is known and holds something. */
static bool is_given(const struct component *apiserver, const char *name)
{
	const struct setting *setting = component_setting(apiserver, name);

	return setting && setting->value.kind != VALUE_UNKNOWN && value_is_set(&setting->value);
}

void apiserver_judge_service_account_key(struct judge *judge, const struct component *apiserver)
{
	static const char ENDPOINT[] = "--service-account-signing-endpoint";
	struct draft draft = draft_on_component(judge, apiserver);

	if (is_given(apiserver, ENDPOINT)) {
		draft_setting_detail(&draft, component_setting(apiserver, ENDPOINT));
		draft_record_not_applicable(&draft,
					    "an external signer holds the keys of service "
					    "account tokens (%s)",
					    ENDPOINT);
		return;
	}
	expectation_record(&draft, expectation_ask(&draft, apiserver));
}

/* The old list names every plugin that is on, and nothing else is. */
static void judge_old_list(struct draft *draft, const struct component *apiserver)
{
	static const char OLD_LIST[] = "--admission-control";
	const struct expectation *expectation = &draft->judge->check->expectation;
	bool must_be_on = expectation->operator== EXPECT_HAS ||
			  text_equal(expectation->setting, "--disable-admission-plugins");
	struct expectation in_list = { must_be_on ? EXPECT_HAS : EXPECT_LACKS, OLD_LIST,
				       expectation->value };
	const struct setting *list = draft_setting(draft, apiserver, OLD_LIST);

	if (!list)
		return;
	draft_note(draft, "%s names every plugin that is on", OLD_LIST);
	draft_record(draft, expectation_holds(draft->judge, &in_list, &list->value) ? VERDICT_PASS
										    : VERDICT_FAIL);
}

void apiserver_judge_plugin(struct judge *judge, const struct component *apiserver)
{
	struct draft draft = draft_on_component(judge, apiserver);

	if (is_given(apiserver, "--admission-control"))
		judge_old_list(&draft, apiserver);
	else
		expectation_record(&draft, expectation_ask(&draft, apiserver));
}

void apiserver_judge_audit_number(struct judge *judge, const struct component *apiserver)
{
	struct draft draft = draft_on_component(judge, apiserver);

	if (setting_is_text(apiserver, "--audit-log-path", "-")) {
		draft_record_not_applicable(&draft, "the audit log goes to standard output: the "
						    "API server does not rotate it");
		return;
	}
	enum expectation_answer answer = expectation_ask(&draft, apiserver);

	if (answer == EXPECTATION_FAILS && !is_given(apiserver, "--audit-log-path"))
		draft_note(&draft, "there is no audit log at all: --audit-log-path is not set");
	expectation_record(&draft, answer);
}

void apiserver_judge_request_timeout(struct judge *judge, const struct component *apiserver)
{
	struct draft draft = draft_on_server(judge, apiserver);
	enum expectation_answer answer = expectation_ask(&draft, apiserver);

	if (answer == EXPECTATION_HOLDS)
		draft_note(&draft, "reported only: a request may take %s", draft.finding.value);
	expectation_record(&draft, answer);
}

/* Whether some etcd is at the other end of a network; k3s has kine behind a socket of its own. */
static bool needs_etcd_credentials(const struct setting *servers)
{
	const struct value *value = &servers->value;

	if (value->kind == VALUE_TEXT)
		return *value->text && !text_starts_with(value->text, "unix:");
	for (size_t i = 0; value->kind == VALUE_LIST && i < value->list.count; i++)
		if (!text_starts_with(value->list.items[i], "unix:"))
			return true;
	return false;
}

/* False when the draft was recorded: there is no such etcd, or it is not known. */
static bool draft_etcd_servers(struct draft *draft, const struct component *apiserver)
{
	static const char SERVERS[] = "--etcd-servers";
	const struct setting *servers = component_setting(apiserver, SERVERS);

	if (!servers || servers->value.kind == VALUE_UNKNOWN || needs_etcd_credentials(servers))
		return true;
	draft_setting_detail(draft, servers);
	draft_record_not_applicable(draft, value_is_set(&servers->value)
						   ? "the store is behind a unix socket (kine), "
						     "not an etcd on the network"
						   : "no etcd is named by --etcd-servers");
	return false;
}

void apiserver_judge_etcd_client(struct judge *judge, const struct component *apiserver)
{
	struct draft draft = draft_on_component(judge, apiserver);

	if (draft_etcd_servers(&draft, apiserver) && control_plane_draft_pair(&draft, apiserver))
		draft_record(&draft, VERDICT_PASS);
}

void apiserver_judge_etcd_ca(struct judge *judge, const struct component *apiserver)
{
	struct draft draft = draft_on_component(judge, apiserver);

	if (draft_etcd_servers(&draft, apiserver))
		expectation_record(&draft, expectation_ask(&draft, apiserver));
}

/* Kubernetes says of aesgcm that its key must be changed every 200,000 writes. */
static bool is_strong_provider(const char *provider)
{
	return text_equal(provider, "aescbc") || text_equal(provider, "secretbox") ||
	       text_starts_with(provider, "kms");
}

/* "secrets", or all of the core group, or all of every group. */
static bool covers_secrets(const char *resource)
{
	static const char *const RESOURCES[] = { "secrets", "*.", "*.*" };

	return is_one_of(resource, RESOURCES, ARRAY_SIZE(RESOURCES));
}

/* What new objects of each resource are written with: "secrets=aescbc". Returns how many faults
 * became evidence. */
static int judge_providers(struct draft *draft, const struct value *list)
{
	bool has_secrets = false;
	int faults = 0;

	for (size_t i = 0; list->kind == VALUE_LIST && i < list->list.count; i++) {
		const char *item = list->list.items[i], *equals = strrchr(item, '=');
		const char *provider = equals ? equals + 1 : item;
		const char *resource =
			judge_text(draft->judge, "%.*s", (int)(provider - item) - 1, item);

		has_secrets = has_secrets || covers_secrets(resource);
		if (is_strong_provider(provider))
			continue;
		draft_evidence(draft, "config", "%s are written by the provider %s: %s", resource,
			       provider,
			       text_equal(provider, "identity") ? "in plain text"
								: "none of aescbc, secretbox, kms");
		faults++;
	}
	if (!has_secrets) {
		draft_evidence(draft, "config", "no provider is named for secrets");
		faults++;
	}
	return faults;
}

void apiserver_judge_encryption_strength(struct judge *judge, const struct component *apiserver)
{
	static const char CONFIG[] = "--encryption-provider-config";
	const struct setting *config = component_setting(apiserver, CONFIG);
	struct draft draft = draft_on_component(judge, apiserver);

	if (config && config->value.kind != VALUE_UNKNOWN && !value_is_set(&config->value)) {
		draft_record_not_applicable(&draft,
					    "%s is not set: nothing is encrypted, which "
					    "apiserver.encryption-provider is about",
					    CONFIG);
		return;
	}
	const struct setting *providers =
		draft_setting(&draft, apiserver, judge->check->expectation.setting);

	if (providers)
		draft_record(&draft, judge_providers(&draft, &providers->value) ? VERDICT_FAIL
										: VERDICT_PASS);
}

void apiserver_judge_cipher_suites(struct judge *judge, const struct component *apiserver)
{
	cipher_suites_judge(judge, apiserver, "--tls-min-version");
}
