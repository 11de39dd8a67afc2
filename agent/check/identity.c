/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificate with which a kubelet talks to the API server: whose it is, and how long it holds.
 */
#include "base/cleanup.h"
#include "base/text.h"
#include "base/time.h"
#include "check/certificates.h"
#include "check/facts.h"
#include "check/families.h"
#include "check/kubelet_identity.h"
#include "check/row.h"

#define SIGNERS                                                                                    \
	"https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/"

static const char NODE_PREFIX[] = "system:node:";
static const char NODE_GROUP[] = "system:nodes";
static const char MASTER_GROUP[] = "system:masters";

/* What is said where the credential is no certificate. */
static const struct {
	enum verdict verdict;
	const char *text;
} WITHOUT_CERTIFICATE[] = {
	[CREDENTIAL_UNKNOWN] = { VERDICT_ERROR, "the credential was not read" },
	[CREDENTIAL_NONE] = { VERDICT_FAIL, "the kubeconfig holds no credential" },
	[CREDENTIAL_TOKEN] = { VERDICT_NOT_APPLICABLE,
			       "the credential is a token: there is no client certificate" },
	[CREDENTIAL_EXEC] = { VERDICT_NOT_APPLICABLE,
			      "an exec plugin gives the credential: there is no client "
			      "certificate" },
	[CREDENTIAL_BASIC] = { VERDICT_FAIL, "the credential is a user name and a password" },
};

static void record_without_certificate(struct draft *draft, const struct client_identity *identity)
{
	const char *text = WITHOUT_CERTIFICATE[identity->kind].text;

	switch (WITHOUT_CERTIFICATE[identity->kind].verdict) {
	case VERDICT_NOT_APPLICABLE:
		draft_record_not_applicable(draft, "%s", text);
		break;
	case VERDICT_FAIL:
		draft_source(draft, SOURCE_CONFIG, identity->kubeconfig);
		draft_evidence(draft, "config", "%s", text);
		draft_record(draft, VERDICT_FAIL);
		break;
	default:
		draft_record_error(draft, "%s", identity->problem ? identity->problem : text);
	}
}

static void record_unreadable(struct draft *draft, const struct certificate_file *file)
{
	const char *reason = file->status == FILE_ABSENT ? "is not there" : "holds no certificate";

	draft_record_error(draft, "%s: %s", file->path ? file->path : "the certificate",
			   file->problem ? file->problem : reason);
}

/*
 * The leaf of the kubelet's client certificate. Where there is none to judge, records why and
 * returns NULL.
 */
static const struct certificate *draft_leaf(struct draft *draft, const struct component *kubelet)
{
	const struct client_identity *identity = &kubelet->identity;
	const struct certificate_file *file = &identity->file;

	if (kubelet->is_standalone) {
		draft_record_not_applicable(draft, "the kubelet runs without --kubeconfig and has "
						   "no client identity");
		return NULL;
	}
	if (identity->detail)
		draft_evidence(draft, "certificate", "%s", identity->detail);
	if (identity->kind != CREDENTIAL_CERTIFICATE) {
		record_without_certificate(draft, identity);
		return NULL;
	}
	draft_source(draft, SOURCE_CONFIG, file->path);
	if (file->status != FILE_READ || !file->count) {
		record_unreadable(draft, file);
		return NULL;
	}
	if (file->private_key_is_encrypted) {
		draft_record_error(draft,
				   "%s: its private key is behind a passphrase, which the kubelet "
				   "cannot give",
				   file->path);
		return NULL;
	}
	return &file->certificates[0];
}

/* The faults in words. */
static void draft_faults(struct draft *draft, const struct certificate *leaf, unsigned faults,
			 const char *node_name)
{
	if (faults & FAULT_NAME)
		draft_evidence(draft, "certificate", "its CN is \"%s\", this node's is \"%s%s\"",
			       leaf->common_name, NODE_PREFIX, node_name);
	if (faults & FAULT_ORGANIZATION)
		draft_evidence(draft, "certificate", "its organizations are not exactly %s",
			       NODE_GROUP);
	if (faults & FAULT_MASTER) {
		draft_evidence(draft, "certificate",
			       "it is in %s: whoever reads this node's disk rules the cluster",
			       MASTER_GROUP);
		draft_raise(draft, SEVERITY_CRITICAL);
	}
	if (faults & FAULT_USAGE)
		draft_evidence(draft, "certificate",
			       "its extended key usage does not name client authentication");
	if (faults & FAULT_AUTHORITY)
		draft_evidence(draft, "certificate", "it is an authority itself (CA:TRUE)");
	if (faults & FAULT_ALTERNATIVES)
		draft_evidence(draft, "certificate",
			       "it has subject alternative names, which the signer of node "
			       "certificates allows none of: %s",
			       leaf->names[0]);
}

/*
 * A current certificate that has expired is not used any more: the kubeconfig's own data, where it
 * has any, is the bootstrap credential then.
 */
static const struct certificate *leaf_in_use(struct draft *draft, const struct component *kubelet,
					     const struct certificate *current)
{
	const struct certificate_file *left = &kubelet->identity.facts.left_behind;
	int64_t now_s = draft->judge->node->now_ns / NS_PER_S;

	if (now_s <= current->not_after || !kubelet->identity.was_rotated || !left->is_inline ||
	    left->status != FILE_READ || !left->count)
		return current;
	draft_evidence(draft, "certificate",
		       "%s expired at %s, so the kubelet goes back to client-certificate-data of "
		       "%s",
		       kubelet->identity.file.path,
		       certificate_date(draft->judge, current->not_after), left->path);
	draft_source(draft, SOURCE_CONFIG, left->path);
	return &left->certificates[0];
}

static void judge_client(struct judge *judge, const struct component *kubelet)
{
	struct draft draft = draft_on_component(judge, kubelet);
	const struct certificate *leaf = draft_leaf(&draft, kubelet);

	if (!leaf)
		return;
	leaf = leaf_in_use(&draft, kubelet, leaf);
	draft_value(&draft, "%s", certificate_subject(judge, leaf));
	if (!kubelet->node_name || !*kubelet->node_name) {
		draft_record_error(&draft, "the name of this node is not known");
		return;
	}
	draft.finding.expected = judge_text(judge, "CN=%s%s,O=%s, for client authentication only",
					    NODE_PREFIX, kubelet->node_name, NODE_GROUP);
	unsigned faults = identity_faults(leaf, kubelet->node_name);

	draft_faults(&draft, leaf, faults, kubelet->node_name);
	draft_record(&draft, faults ? VERDICT_FAIL : VERDICT_PASS);
}

static bool rotates(const struct component *kubelet)
{
	const struct setting *setting = component_setting(kubelet, "rotateCertificates");

	return setting && setting->value.kind == VALUE_BOOLEAN && setting->value.boolean;
}

/* Nine tenths of the lifetime are over: a kubelet that rotates does so between 0.7 and 0.9. */
static bool is_nearly_over(const struct certificate *leaf, int64_t now_s)
{
	double lifetime = (double)leaf->not_after - (double)leaf->not_before;

	return (double)(now_s - leaf->not_before) >= 0.9 * lifetime;
}

static void record_nearly_over(struct draft *draft, const struct component *kubelet)
{
	draft->finding.severity = SEVERITY_LOW;
	if (rotates(kubelet)) {
		draft_raise(draft, SEVERITY_MEDIUM);
		draft_evidence(
			draft, "certificate",
			"more than nine tenths of its lifetime are over although the kubelet "
			"rotates it at seven to nine tenths: rotation does not work");
	} else {
		draft_evidence(
			draft, "certificate",
			"more than nine tenths of its lifetime are over and the kubelet does "
			"not rotate it");
	}
	draft_record(draft, VERDICT_FAIL);
}

/* kubernetes/client-go util/certificate certificate_manager.go: at a random point of 0.7 to 0.9 of
 * the lifetime. */
static void draft_rotation(struct draft *draft, const struct component *kubelet,
			   const struct certificate *leaf)
{
	const struct certificate_file *updated =
		component_certificates(kubelet, "kubelet-client-updated.pem");
	double lifetime = (double)leaf->not_after - (double)leaf->not_before;

	if (!kubelet->identity.was_rotated || !rotates(kubelet))
		return;
	draft_evidence(
		draft, "certificate", "the kubelet rotates it between %s and %s",
		certificate_date(draft->judge, leaf->not_before + (int64_t)(0.7 * lifetime)),
		certificate_date(draft->judge, leaf->not_before + (int64_t)(0.9 * lifetime)));
	if (updated && updated->status != FILE_ABSENT)
		draft_note(draft, "%s is there: a rotation was interrupted", updated->path);
}

/* At its start the kubelet takes a kubeconfig for dead when any certificate in it has expired, and
 * bootstraps anew (pkg/kubelet/certificate/bootstrap). */
static void draft_next_start(struct draft *draft, const struct component *kubelet)
{
	const struct setting *bootstrap = component_setting(kubelet, "--bootstrap-kubeconfig");
	const struct client_identity *identity = &kubelet->identity;
	const struct certificate_file *file = identity->facts.left_behind.status == FILE_READ
						      ? &identity->facts.left_behind
						      : &identity->file;
	int64_t now_s = draft->judge->node->now_ns / NS_PER_S;

	if (!bootstrap || bootstrap->value.kind != VALUE_TEXT || !*bootstrap->value.text)
		return;
	for (size_t i = 0; i < file->count; i++)
		if (now_s > file->certificates[i].not_after)
			draft_note(draft,
				   "certificate %zu of %zu in %s has expired: at its next start "
				   "the kubelet bootstraps anew with %s",
				   i + 1, file->count, file->path, bootstrap->value.text);
}

static void judge_validity(struct judge *judge, const struct component *kubelet)
{
	int64_t now_s = judge->node->now_ns / NS_PER_S;
	struct draft draft = draft_on_component(judge, kubelet);
	const struct certificate *leaf = draft_leaf(&draft, kubelet);

	if (!leaf)
		return;
	const char *from = certificate_date(judge, leaf->not_before);
	const char *until = certificate_date(judge, leaf->not_after);

	draft_value(&draft, "%s to %s", from, until);
	draft_rotation(&draft, kubelet, leaf);
	draft_next_start(&draft, kubelet);
	if (now_s < leaf->not_before) {
		draft_evidence(&draft, "certificate", "it is not valid before %s", from);
		draft_record(&draft, VERDICT_FAIL);
	} else if (now_s > leaf->not_after) {
		draft_evidence(&draft, "certificate", "it expired at %s", until);
		draft_record(&draft, VERDICT_FAIL);
	} else if (is_nearly_over(leaf, now_s)) {
		record_nearly_over(&draft, kubelet);
	} else {
		draft_record(&draft, VERDICT_PASS);
	}
}

static const struct check ROWS[] = {
	{
		.id = "identity.kubelet-client",
		.title = "The kubelet does not have its own node's identity",
		.severity = SEVERITY_HIGH,
		.severity_rules = "critical when the certificate is in system:masters",
		.component = COMPONENT_KUBELET,
		.judge = judge_client,
		.reads =
			"the leaf certificate that the kubelet uses (kubelet-client-current.pem of "
			"--cert-dir, else the kubeconfig's): CN, O, key usages, names",
		.expected = "CN=system:node:NODE, O=system:nodes, for client authentication only",
		.why = "The API server limits a node to its own pods and secrets by this name; an "
		       "administrator's certificate, or one that nodes share, has no such limit.",
		.remedy = "issue a bootstrap token, delete the kubeconfig and "
			  "kubelet-client-current.pem, and restart the kubelet",
		.references = REFERENCES(
			SIGNERS, "https://kubernetes.io/docs/reference/access-authn-authz/node/"),
	},
	{
		.id = "identity.validity",
		.title = "The kubelet's client certificate is not valid, or soon will not be",
		.severity = SEVERITY_HIGH,
		.severity_rules =
			"low when nine tenths of the lifetime are over; medium then where "
			"the kubelet should have rotated it",
		.component = COMPONENT_KUBELET,
		.judge = judge_validity,
		.reads = "notBefore and notAfter of the leaf certificate that the kubelet uses",
		.expected = "valid now, with less than nine tenths of the lifetime over",
		.why = "With an expired certificate the node is out of the cluster; one that is "
		       "nearly over shows that rotation does not work.",
		.remedy = "see that the kubelet's certificate requests are approved (kubectl get "
			  "csr), and that rotateCertificates is true",
		.references = REFERENCES(SIGNERS),
	},
};

const struct check_family IDENTITY_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
