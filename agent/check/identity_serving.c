/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificate that a kubelet's server shows, and how strong its certificates are. What the
 * server was seen to show goes before what its file holds.
 */
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "base/time.h"
#include "check/certificates.h"
#include "check/facts.h"
#include "check/families.h"
#include "check/probes.h"
#include "check/row.h"
#include "model/address.h"

#define SIGNERS                                                                                    \
	"https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/"
#define TLS_PAGE                                                                                   \
	"https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/"

/* A lifetime that browsers, and then everybody, took for the most: CA/Browser Forum ballot 193. */
#define LIFETIME_DAYS_NOTED 825

/* The certificate that the kubelet's server shows, live before the file. NULL: the draft says why,
 * and is recorded. */
static const struct certificate_file *draft_shown(struct draft *draft,
						  const struct component *kubelet)
{
	const struct certificate_file *live = serving_live(draft->judge->node, kubelet);
	const struct certificate_file *file = serving_file(kubelet);

	if (live) {
		draft_source(draft, SOURCE_LIVE, NULL);
		return live;
	}
	if (!file && serving_mechanism(kubelet) == SERVING_UNKNOWN) {
		draft_problems(draft, kubelet);
		draft_record_error(draft, "which certificate it serves cannot be determined");
		return NULL;
	}
	if (!file) {
		draft_record_error(draft, "where its certificate lies cannot be determined");
		return NULL;
	}
	draft_source(draft, SOURCE_CONFIG, file->path);
	if (file->status == FILE_READ && file->count)
		return file;
	if (file->status == FILE_ABSENT && serving_mechanism(kubelet) == SERVING_ROTATED) {
		draft_evidence(draft, "certificate",
			       "%s is not there: without an approved request the kubelet has no "
			       "certificate to show",
			       file->path);
		draft_record(draft, VERDICT_FAIL);
		return NULL;
	}
	draft_record_error(draft, "%s %s", file->path,
			   file->problem ? file->problem : "is not there");
	return NULL;
}

/* One part of a wildcard name stands for one label: RFC 6125. */
static bool is_name(const char *wanted, const char *pattern)
{
	if (text_starts_with(pattern, "*.")) {
		const char *rest = strchr(wanted, '.');

		return rest && rest != wanted && strcasecmp(rest + 1, pattern + 2) == 0;
	}
	return strcasecmp(wanted, pattern) == 0;
}

/* What is known of a node's addresses, for the comparison. */
struct addresses {
	const struct judge *judge;
	const struct component *kubelet;
	bool is_any_known;
};

/* --node-ip may hold two, one a family. */
static bool is_node_ip(struct addresses *addresses, const struct address *wanted)
{
	const struct setting *setting = component_setting(addresses->kubelet, "--node-ip");
	const char *at = setting && setting->value.kind == VALUE_TEXT ? setting->value.text : "";
	bool is_one = false;

	while (*at) {
		char one[ADDRESS_TEXT_BYTES] = "";
		size_t length = strcspn(at, ",");
		struct address address;

		if (length < sizeof(one))
			memcpy(one, at, length);
		at += length + (at[length] == ',');
		if (address_parse(one, &address) < 0 || address_is_wildcard(&address))
			continue;
		addresses->is_any_known = true;
		is_one |= address_equal(&address, wanted);
	}
	return is_one;
}

static bool is_own_address(struct addresses *addresses, const struct address *seen,
			   const struct address *wanted)
{
	struct address address = address_unmapped(seen);

	if (address_is_wildcard(&address) || address_is_loopback(&address))
		return false;
	addresses->is_any_known = true;
	return address_equal(&address, wanted);
}

static bool is_address_of(struct addresses *addresses, const char *text)
{
	const struct node *node = addresses->judge->node;
	const struct process *process = addresses->kubelet->process;
	struct address wanted;

	if (address_parse(text, &wanted) < 0)
		return false;
	bool is_one = is_node_ip(addresses, &wanted);

	for (size_t i = 0; i < node->listener_count; i++)
		if (process_owns(process, &node->listeners[i]))
			is_one |= is_own_address(addresses, &node->listeners[i].address, &wanted);
	for (size_t i = 0; node->probes_known && i < node->probe_count; i++)
		if (node->probes[i].pid == process->pid)
			is_one |= is_own_address(addresses, &node->probes[i].address, &wanted);
	return is_one;
}

enum coverage { COVERS, DOES_NOT_COVER, COVERAGE_UNKNOWN };

/* Whether the certificate is for this node: its name or one of its addresses is in it. */
static enum coverage coverage_of(struct judge *judge, const struct component *kubelet,
				 const struct certificate *leaf)
{
	const char *name = kubelet->node_name && *kubelet->node_name ? kubelet->node_name : NULL;
	struct addresses addresses = { .judge = judge, .kubelet = kubelet };
	bool has_addresses = false;

	for (size_t i = 0; i < leaf->name_count; i++) {
		if (text_starts_with(leaf->names[i], "DNS:") && name &&
		    is_name(name, leaf->names[i] + strlen("DNS:")))
			return COVERS;
		if (!text_starts_with(leaf->names[i], "IP:"))
			continue;
		has_addresses = true;
		if (is_address_of(&addresses, leaf->names[i] + strlen("IP:")))
			return COVERS;
	}
	if ((has_addresses && !addresses.is_any_known) || (leaf->name_count && !name))
		return COVERAGE_UNKNOWN;
	return DOES_NOT_COVER;
}

/* When it holds, and what for. Returns how many faults became evidence. */
static int judge_leaf(struct draft *draft, const struct certificate *leaf)
{
	int64_t now_s = draft->judge->node->now_ns / NS_PER_S;
	int faults = 0;

	if (now_s > leaf->not_after) {
		draft_evidence(draft, "certificate", "it expired at %s",
			       certificate_date(draft->judge, leaf->not_after));
		faults++;
	} else if (now_s < leaf->not_before) {
		draft_evidence(draft, "certificate", "it is not valid before %s",
			       certificate_date(draft->judge, leaf->not_before));
		faults++;
	}
	if (leaf->has_extended_usages && !leaf->allows_server_auth) {
		draft_evidence(draft, "certificate",
			       "its extended key usage does not name server authentication");
		faults++;
	}
	return faults;
}

static bool is_authority_known(const struct component *kubelet)
{
	const struct certificate_file *client_ca =
		component_certificates(kubelet, "authentication.x509.clientCAFile");

	return (client_ca && client_ca->status == FILE_READ) ||
	       kubelet->identity.facts.authority.status == FILE_READ;
}

/* Who vouches for it. Returns how many faults became evidence. */
static int judge_signer(struct draft *draft, const struct component *kubelet,
			const struct certificate_file *shown)
{
	const struct certificate *leaf = &shown->certificates[0];

	if (certificate_is_self_made(leaf)) {
		draft_evidence(draft, "certificate",
			       "nobody else signed it (its issuer is %s), so the API server cannot "
			       "verify it",
			       leaf->issuer);
		return 1;
	}
	if (shown->signed_by) {
		draft_evidence(draft, "certificate", "the authority in %s has signed it",
			       shown->signed_by);
		return 0;
	}
	if (!is_authority_known(kubelet))
		return 0;
	draft_evidence(draft, "certificate",
		       "neither the kubelet's client CA nor the kubeconfig's authority has signed "
		       "it: its issuer is %s",
		       leaf->issuer);
	return 1;
}

/* For whom it is. Returns how many faults became evidence. */
static int judge_coverage(struct draft *draft, const struct component *kubelet,
			  const struct certificate *leaf, enum coverage coverage)
{
	if (coverage != DOES_NOT_COVER)
		return 0;
	if (leaf->name_count)
		draft_evidence(draft, "certificate",
			       "neither this node's name, %s, nor an address of it is in its "
			       "subject alternative names: %s%s",
			       kubelet->node_name, leaf->names[0],
			       leaf->name_count > 1 ? ", ..." : "");
	else
		draft_evidence(draft, "certificate", "it has no subject alternative names");
	return 1;
}

static void judge_serving(struct judge *judge, const struct component *kubelet)
{
	struct draft draft = draft_on_component(judge, kubelet);
	const struct certificate_file *shown = draft_shown(&draft, kubelet);

	if (!shown)
		return;
	const struct certificate *leaf = &shown->certificates[0];
	enum coverage coverage = coverage_of(judge, kubelet, leaf);

	draft_value(&draft, "%s", certificate_subject(judge, leaf));
	if (serving_is_stale(judge->node, kubelet))
		draft_note(&draft,
			   "%s holds another certificate than the server shows: the kubelet "
			   "needs a restart",
			   serving_file(kubelet)->path);
	int faults = judge_leaf(&draft, leaf) + judge_signer(&draft, kubelet, shown) +
		     judge_coverage(&draft, kubelet, leaf, coverage);

	if (faults)
		draft_record(&draft, VERDICT_FAIL);
	else if (!shown->signed_by)
		draft_record_error(&draft, "no file of authorities could be read: who signed it "
					   "cannot be told");
	else if (coverage == COVERAGE_UNKNOWN)
		draft_record_error(&draft, "no address of this node is known to compare %s with",
				   leaf->names[0]);
	else
		draft_record(&draft, VERDICT_PASS);
}

/* One certificate among those whose strength is judged. */
struct strength {
	struct draft *draft;
	size_t judged, weak, unknown;
};

static void judge_strength_of(struct strength *strength, const char *whose,
			      const struct certificate_file *file)
{
	struct draft *draft = strength->draft;

	if (!file || file->status == FILE_ABSENT)
		return;
	if (file->status != FILE_READ || !file->count) {
		draft_evidence(draft, "problem", "%s %s", file->path ? file->path : whose,
			       file->problem ? file->problem : "was not read");
		strength->unknown++;
		return;
	}
	const struct certificate *leaf = &file->certificates[0];
	const char *weakness = certificate_weakness(draft->judge, leaf);
	int64_t days = (leaf->not_after - leaf->not_before) / 86400;

	strength->judged++;
	draft_value(draft, "%s%s%s %d %s", draft->finding.value, *draft->finding.value ? ", " : "",
		    leaf->key_type, leaf->key_bits, leaf->signature_digest);
	if (weakness)
		draft_evidence(draft, "certificate", "the %s certificate: %s", whose, weakness);
	else
		draft_evidence(draft, "certificate",
			       "the %s certificate, %s, has a %s key of %d bits", whose, file->path,
			       leaf->key_type, leaf->key_bits);
	strength->weak += weakness != NULL;
	if (days > LIFETIME_DAYS_NOTED)
		draft_note(draft, "the %s certificate is good for %lld days, more than %d", whose,
			   (long long)days, LIFETIME_DAYS_NOTED);
}

static void judge_key_strength(struct judge *judge, const struct component *kubelet)
{
	const struct client_identity *identity = &kubelet->identity;
	const struct certificate_file *live = serving_live(judge->node, kubelet);
	struct draft draft = draft_on_component(judge, kubelet);
	struct strength strength = { .draft = &draft };

	if (identity->kind == CREDENTIAL_CERTIFICATE)
		judge_strength_of(&strength, "client", &identity->file);
	judge_strength_of(&strength, "serving", live ? live : serving_file(kubelet));
	if (identity->kind == CREDENTIAL_UNKNOWN && !kubelet->is_standalone) {
		draft_evidence(&draft, "problem", "%s",
			       identity->problem ? identity->problem
						 : "the credential was not read");
		strength.unknown++;
	}
	if (strength.weak)
		draft_record(&draft, VERDICT_FAIL);
	else if (strength.unknown ||
		 (!strength.judged && serving_mechanism(kubelet) == SERVING_UNKNOWN))
		draft_record_error(&draft, "not every certificate of the kubelet could be read");
	else if (strength.judged)
		draft_record(&draft, VERDICT_PASS);
	else
		draft_record_not_applicable(&draft, "the kubelet has no certificate of its own");
}

static const struct check ROWS[] = {
	{
		.id = "identity.serving-certificate",
		.title = "The kubelet's serving certificate does not show this node",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_KUBELET,
		.judge = judge_serving,
		.reads = "the certificate that the server on 10250 shows, else the file that it is "
			 "taken from (kubelet-server-current.pem, tlsCertFile, kubelet.crt): who "
			 "signed it, for which names, until when",
		.expected = "signed by an authority that the node knows, valid now, for this "
			    "node's name or address",
		.why = "The API server can only tell this kubelet from another host by it, and "
		       "hands whoever passes what users type into exec.",
		.remedy = "set serverTLSBootstrap: true in the kubelet configuration, run an "
			  "approver for its certificate requests (kubectl get csr shows them), and "
			  "restart the kubelet",
		.references = REFERENCES(SIGNERS, TLS_PAGE),
	},
	{
		.id = "identity.key-strength",
		.title = "A certificate of the kubelet is weak",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_KUBELET,
		.judge = judge_key_strength,
		.reads = "key and signature of the kubelet's client and serving certificates",
		.expected = "RSA of 2048 bits or more, EC of 256 or more, or EdDSA; no SHA-1, no "
			    "MD5",
		.why = "A short key can be computed from the certificate, and a signature over "
		       "SHA-1 or MD5 be moved to another one.",
		.remedy = "issue the certificate anew with an ECDSA P-256 key: delete "
			  "kubelet-client-current.pem or kubelet-server-current.pem, put a valid "
			  "bootstrap kubeconfig in place, and restart the kubelet",
		.references = REFERENCES("https://csrc.nist.gov/pubs/sp/800/57/pt1/r5/final"),
	},
};

const struct check_family IDENTITY_SERVING_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
