/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a kubelet's kubeconfig holds besides the credential in use.
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "check/certificates.h"
#include "check/families.h"
#include "check/row.h"

#define KUBECONFIG_PAGE                                                                            \
	"https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/"

/* The facts, with the kubeconfig as the source; where they are not known, records why and returns
 * NULL. */
static const struct kubeconfig_facts *draft_facts(struct draft *draft,
						  const struct component *kubelet)
{
	const struct client_identity *identity = &kubelet->identity;

	if (kubelet->is_standalone) {
		draft_record_not_applicable(draft, "the kubelet runs without --kubeconfig");
		return NULL;
	}
	if (identity->kubeconfig)
		draft_source(draft, SOURCE_CONFIG, identity->kubeconfig);
	if (identity->facts.is_known)
		return &identity->facts;
	if (identity->facts.problem)
		draft_record_error(draft, "%s", identity->facts.problem);
	else
		draft_record_error(draft, "%s",
				   identity->problem ? identity->problem
						     : "the kubeconfig was not read");
	return NULL;
}

/* A user and password before the host: they are a secret, so such a URL is not shown. */
static bool has_user(const char *url)
{
	const char *start = strstr(url, "://");

	start = start ? start + strlen("://") : url;
	return memchr(start, '@', strcspn(start, "/?#")) != NULL;
}

static bool is_plain(const char *url)
{
	return text_starts_with(url, "http://") || text_starts_with(url, "HTTP://");
}

/* Returns how many faults became evidence. */
static int judge_cluster(struct draft *draft, const struct kubeconfig_facts *facts)
{
	int faults = 0;

	if (is_plain(facts->server)) {
		draft_evidence(draft, "config",
			       "its server is an http URL: whoever is on the way reads and "
			       "changes everything");
		faults++;
	}
	if (facts->skips_verification) {
		draft_evidence(draft, "config",
			       "insecure-skip-tls-verify is true: anybody passes for the API "
			       "server");
		faults++;
	}
	if (!facts->has_authority && !facts->skips_verification && !is_plain(facts->server))
		draft_note(draft, "it names no certificate-authority: every authority that the "
				  "system trusts may sign for the API server");
	return faults;
}

static int judge_user(struct draft *draft, const struct kubeconfig_facts *facts)
{
	int faults = 0;

	if (facts->has_static_token) {
		draft_evidence(draft, "config", "it holds a %stoken, which does not rotate",
			       facts->has_bootstrap_token ? "bootstrap " : "");
		faults++;
	}
	if (facts->has_basic_auth || has_user(facts->server)) {
		draft_evidence(draft, "config", "it holds a user name or a password");
		faults++;
	}
	if (facts->impersonates) {
		draft_evidence(draft, "config",
			       "it asks to be taken for somebody else (as, "
			       "as-groups)");
		faults++;
	}
	return faults;
}

static void judge_hygiene(struct judge *judge, const struct component *kubelet)
{
	struct draft draft = draft_on_component(judge, kubelet);
	const struct kubeconfig_facts *facts = draft_facts(&draft, kubelet);

	if (!facts)
		return;
	if (!has_user(facts->server))
		draft_value(&draft, "%s", facts->server);
	if (facts->context_count > 1)
		draft_note(&draft, "it has %zu contexts, of which current-context alone counts",
			   facts->context_count);
	int faults = judge_cluster(&draft, facts) + judge_user(&draft, facts);

	if (!faults)
		draft_evidence(&draft, "config",
			       "it verifies its server, and holds no token, password or other "
			       "name to be taken for");

	if (!faults && !*facts->server)
		draft_record_error(&draft, "the kubeconfig names no server in its current context");
	else
		draft_record(&draft, faults ? VERDICT_FAIL : VERDICT_PASS);
}

static void draft_left(struct draft *draft, const struct certificate_file *left)
{
	const char *what = left->is_inline ? "client-certificate-data" : "a client certificate";

	draft_evidence(draft, "certificate",
		       "beside the rotated certificate the kubeconfig holds %s%s%s, which nothing "
		       "rotates",
		       what, left->is_inline ? "" : ", ", left->is_inline ? "" : left->path);
	if (left->status == FILE_READ && left->count)
		draft_value(draft, "%s", certificate_subject(draft->judge, &left->certificates[0]));
	else if (left->problem)
		draft_note(draft, "%s %s", left->path, left->problem);
}

static void judge_left(struct judge *judge, const struct component *kubelet)
{
	struct draft draft = draft_on_component(judge, kubelet);
	const struct kubeconfig_facts *facts = draft_facts(&draft, kubelet);

	if (!facts)
		return;
	if (kubelet->identity.kind == CREDENTIAL_UNKNOWN) {
		draft_record_error(&draft, "%s",
				   kubelet->identity.problem ? kubelet->identity.problem
							     : "the credential was not read");
	} else if (!kubelet->identity.was_rotated) {
		draft_record_not_applicable(&draft, "the kubelet does not use a rotated "
						    "certificate");
	} else if (facts->left_behind.status == FILE_UNKNOWN) {
		draft_evidence(&draft, "certificate",
			       "the kubeconfig holds no certificate besides %s",
			       kubelet->identity.file.path);
		draft_record(&draft, VERDICT_PASS);
	} else if (facts->left_behind.status == FILE_ABSENT) {
		draft_note(&draft, "the kubeconfig names %s, which is not there",
			   facts->left_behind.path);
		draft_record(&draft, VERDICT_PASS);
	} else {
		draft_left(&draft, &facts->left_behind);
		draft_record(&draft, VERDICT_FAIL);
	}
}

static const struct check ROWS[] = {
	{
		.id = "identity.kubeconfig-hygiene",
		.title = "The kubelet's kubeconfig is not safe to use",
		.severity = SEVERITY_HIGH,
		.component = COMPONENT_KUBELET,
		.judge = judge_hygiene,
		.reads = "cluster and user of the kubeconfig's current context",
		.expected = "an https server that is verified, and a client certificate or a "
			    "plugin as the credential",
		.why = "A server that is not verified can be anybody, and a token or password in "
		       "a file is good for whoever reads it, for ever.",
		.remedy = "set certificate-authority and an https server in the kubeconfig, take "
			  "token, username, password and as away, and give it a client certificate "
			  "or an exec plugin",
		.references = REFERENCES(KUBECONFIG_PAGE),
	},
	{
		.id = "identity.static-credential-left",
		.title = "A static credential is left in the kubelet's kubeconfig",
		.severity = SEVERITY_HIGH,
		.component = COMPONENT_KUBELET,
		.judge = judge_left,
		.reads = "the kubeconfig's client-certificate-data and client-certificate, and "
			 "whether kubelet-client-current.pem is used instead",
		.expected = "none beside the rotated certificate",
		.why = "The certificate that was there first, often an administrator's, stays "
		       "good until it expires, and the next start fails when it has.",
		.remedy = "point client-certificate and client-key of the kubeconfig at "
			  "/var/lib/kubelet/pki/kubelet-client-current.pem, restart the kubelet, "
			  "and revoke what the old certificate may do",
		.references = REFERENCES("https://github.com/kubernetes/kubeadm/issues/1317",
					 "https://github.com/kubernetes/kubernetes/issues/99645"),
	},
};

const struct check_family IDENTITY_KUBECONFIG_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
