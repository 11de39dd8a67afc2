/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificates and the TLS of the kubelet (CIS 4.2.9 to 4.2.12).
 */
#include "base/cleanup.h"
#include "base/text.h"
#include "base/time.h"
#include "check/certificates.h"
#include "check/cipher_suites.h"
#include "check/expectation.h"
#include "check/facts.h"
#include "check/families.h"
#include "check/probes.h"
#include "check/row.h"

#define CONFIG_PAGE "https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/"
#define TLS_PAGE                                                                                   \
	"https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/"

/* Why a kubelet has no client certificate to rotate; NULL when it has one or nobody can tell. */
static const char *reason_not_to_rotate(const struct component *kubelet)
{
	if (kubelet->is_standalone)
		return "the kubelet runs without --kubeconfig and has no client identity";
	if (kubelet->identity.kind == CREDENTIAL_EXEC)
		return "the kubeconfig gets its credential from an exec plugin";
	if (kubelet->identity.kind == CREDENTIAL_TOKEN)
		return "the kubeconfig holds a token";
	return NULL;
}

static void judge_rotate_client(struct judge *judge, const struct component *kubelet)
{
	const char *reason = reason_not_to_rotate(kubelet);
	struct draft draft = draft_on_component(judge, kubelet);

	if (reason) {
		draft_record_not_applicable(&draft, "%s: there is no client certificate to rotate",
					    reason);
		return;
	}
	enum expectation_answer answer = expectation_ask(&draft, kubelet);

	if (answer == EXPECTATION_FAILS && kubelet->identity.kind == CREDENTIAL_UNKNOWN)
		draft_note(&draft,
			   "the credential of the kubeconfig could not be read%s%s: with an "
			   "exec plugin or a token there would be nothing to rotate",
			   kubelet->identity.problem ? ", " : "",
			   kubelet->identity.problem ? kubelet->identity.problem : "");
	expectation_record(&draft, answer);
}

static void judge_rotate_serving(struct judge *judge, const struct component *kubelet)
{
	const struct setting *gate = component_closed_serving_gate(kubelet);
	struct draft draft = draft_on_component(judge, kubelet);
	enum expectation_answer answer = expectation_ask(&draft, kubelet);

	if (answer == EXPECTATION_HOLDS && gate) {
		draft_setting_detail(&draft, gate);
		draft_value(&draft, "true, %s=false", gate->name);
		answer = EXPECTATION_FAILS;
	}
	expectation_record(&draft, answer);
}

/* Why a certificate that the kubelet was given does not do; NULL: it does. */
static const char *objection(struct judge *judge, const struct certificate_file *file)
{
	int64_t now_s = judge->node->now_ns / NS_PER_S;
	const struct certificate *leaf = &file->certificates[0];

	if (certificate_is_self_made(leaf))
		return judge_text(judge, "%s was signed by nobody else (its issuer is %s)",
				  file->path, leaf->issuer);
	if (now_s > leaf->not_after)
		return judge_text(judge, "%s expired at %s", file->path,
				  certificate_date(judge, leaf->not_after));
	return NULL;
}

/* Returns whether the file can be judged; else the draft is recorded. */
static bool is_readable(struct draft *draft, const struct certificate_file *file)
{
	if (file && file->status == FILE_READ && file->count)
		return true;
	if (file && file->status == FILE_ABSENT)
		draft_record_error(draft, "%s is not there: the kubelet would refuse to start",
				   file->path);
	else
		draft_record_error(draft, "%s %s", file ? file->path : "its certificate",
				   file && file->problem ? file->problem : "was not read");
	return false;
}

/* What the server was seen to show makes it worse, never better. */
static void record_serving(struct draft *draft, const struct component *kubelet, bool is_good)
{
	const struct certificate_file *live = serving_live(draft->judge->node, kubelet);
	const char *reason = live && is_good ? objection(draft->judge, live) : NULL;

	if (reason) {
		draft_evidence(draft, "probe", "%s", reason);
		draft_source(draft, SOURCE_LIVE, NULL);
		is_good = false;
	}
	draft_record(draft, is_good ? VERDICT_PASS : VERDICT_FAIL);
}

static void judge_serving_file(struct draft *draft, const struct component *kubelet)
{
	const struct certificate_file *file = serving_file(kubelet);

	if (!is_readable(draft, file))
		return;
	const char *reason = objection(draft->judge, file);

	if (reason)
		draft_evidence(draft, "certificate", "%s", reason);
	else
		draft_evidence(draft, "certificate", "%s was issued by %s and holds until %s",
			       file->path, file->certificates[0].issuer,
			       certificate_date(draft->judge, file->certificates[0].not_after));
	record_serving(draft, kubelet, !reason);
}

static void judge_rotated(struct draft *draft, const struct component *kubelet)
{
	const struct certificate_file *file = serving_file(kubelet);

	if (!file || file->status != FILE_ABSENT) {
		judge_serving_file(draft, kubelet);
		return;
	}
	draft_evidence(draft, "certificate",
		       "%s is not there: no request of this kubelet for a serving certificate has "
		       "been approved",
		       file->path);
	record_serving(draft, kubelet, false);
}

static void judge_pair(struct draft *draft, const struct component *kubelet)
{
	const struct certificate_file *key = component_certificates(kubelet, "tlsPrivateKeyFile");
	const struct setting *setting = draft_setting(draft, kubelet, "tlsCertFile");

	if (!setting)
		return;
	if (!key || setting->value.kind != VALUE_TEXT || !*setting->value.text)
		draft_record_error(draft, "only one of tlsCertFile and tlsPrivateKeyFile is set: "
					  "the kubelet would refuse to start");
	else if (key->private_key_is_encrypted)
		draft_record_error(draft,
				   "%s is behind a passphrase, which the kubelet cannot give",
				   key->path);
	else
		judge_serving_file(draft, kubelet);
}

static void judge_serving_certificate(struct judge *judge, const struct component *kubelet)
{
	struct draft draft = draft_on_server(judge, kubelet);

	if (!draft_setting(&draft, kubelet, judge->check->expectation.setting))
		return;
	switch (serving_mechanism(kubelet)) {
	case SERVING_ROTATED:
		judge_rotated(&draft, kubelet);
		break;
	case SERVING_PAIR:
		judge_pair(&draft, kubelet);
		break;
	case SERVING_SELF_MADE:
		draft_setting_detail(&draft, component_setting(kubelet, "tlsCertFile"));
		draft_evidence(&draft, "certificate",
			       "the kubelet signs its own certificate, which nobody can verify");
		draft_record(&draft, VERDICT_FAIL);
		break;
	case SERVING_UNKNOWN:
		draft_record_error(&draft, "tlsCertFile or tlsPrivateKeyFile cannot be determined");
	}
}

static void judge_cipher_suites(struct judge *judge, const struct component *kubelet)
{
	cipher_suites_judge(judge, kubelet, "tlsMinVersion");
}

/* Versions that the server was seen to agree on below 1.2. */
static bool accepts_old_versions(struct draft *draft, const struct component *kubelet)
{
	static const char *const OLD[] = { "SSLv3", "TLSv1", "TLSv1.0", "TLSv1.1" };
	const struct probe *probe =
		component_probe(draft->judge->node, kubelet, setting_integer(kubelet, "port"));
	bool accepts = false;

	for (size_t i = 0; i < ARRAY_SIZE(OLD); i++) {
		if (!probe_accepts_version(probe, OLD[i]))
			continue;
		draft_evidence(draft, "probe", "the server agreed on %s", OLD[i]);
		accepts = true;
	}
	return accepts;
}

static bool has_word(const char *const *words, size_t count, const char *wanted)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(words[i], wanted))
			return true;
	return false;
}

/* Unset is 1.2: kubernetes/kubernetes staging component-base cli/flag/ciphersuites_flag.go. */
static void judge_min_version(struct judge *judge, const struct component *kubelet)
{
	static const char *const GOOD[] = { "", "VersionTLS12", "VersionTLS13" };
	static const char *const BAD[] = { "VersionTLS10", "VersionTLS11" };
	struct draft draft = draft_on_server(judge, kubelet);
	const struct setting *setting =
		draft_setting(&draft, kubelet, judge->check->expectation.setting);

	if (!setting)
		return;
	bool is_good = has_word(GOOD, ARRAY_SIZE(GOOD), draft.finding.value);

	if (!is_good && !has_word(BAD, ARRAY_SIZE(BAD), draft.finding.value)) {
		draft_record_error(&draft,
				   "\"%s\" is no version: the kubelet would refuse to start",
				   draft.finding.value);
		return;
	}
	if (accepts_old_versions(&draft, kubelet) && is_good) {
		draft_source(&draft, SOURCE_LIVE, NULL);
		is_good = false;
	}
	draft_record(&draft, is_good ? VERDICT_PASS : VERDICT_FAIL);
}

static const struct check ROWS[] = {
	{
		.id = "kubelet.rotate-client-certificate",
		.title = "The kubelet does not rotate its client certificate",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_KUBELET,
		.expectation = { EXPECT_TRUE, "rotateCertificates", NULL },
		.judge = judge_rotate_client,
		.reads = "--rotate-certificates, rotateCertificates (default: false), and the "
			 "kind of credential in the kubeconfig",
		.expected = "true",
		.why = "Without rotation the node leaves the cluster on the day its certificate "
		       "expires, and a stolen key stays good until then.",
		.remedy = "set rotateCertificates: true in the kubelet configuration and restart "
			  "the kubelet",
		.cis = CIS("4.2.10"),
		.references = REFERENCES(TLS_PAGE),
	},
	{
		.id = "kubelet.rotate-serving-certificate",
		.title = "The kubelet does not ask the cluster for its serving certificate",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_KUBELET,
		.expectation = { EXPECT_TRUE, "serverTLSBootstrap", NULL },
		.judge = judge_rotate_serving,
		.reads = "--rotate-server-certificates, serverTLSBootstrap (default: false), and "
			 "the feature gate RotateKubeletServerCertificate",
		.expected = "true, with the gate RotateKubeletServerCertificate not turned off",
		.why = "A serving certificate that the cluster did not sign cannot be verified by "
		       "the API server, and one that is not rotated expires.",
		.remedy = "set serverTLSBootstrap: true in the kubelet configuration, run an "
			  "approver for its certificate requests, and restart the kubelet",
		.cis = CIS("4.2.11"),
		.references = REFERENCES(TLS_PAGE),
	},
	{
		.id = "kubelet.serving-certificate",
		.title = "The kubelet shows a certificate that nobody can verify",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_KUBELET,
		.expectation = { EXPECT_BY_FUNCTION, "serverTLSBootstrap", NULL },
		.judge = judge_serving_certificate,
		.reads = "serverTLSBootstrap and kubelet-server-current.pem of --cert-dir, else "
			 "--tls-cert-file, --tls-private-key-file, tlsCertFile, tlsPrivateKeyFile "
			 "and their files, and the certificate that the server shows",
		.expected = "a certificate from the cluster, or a pair that somebody else signed",
		.why = "The API server cannot tell a self-signed kubelet from whoever stands in "
		       "between, and hands either of them what users type into exec.",
		.remedy = "set serverTLSBootstrap: true in the kubelet configuration, run an "
			  "approver for its certificate requests, and restart the kubelet",
		.cis = CIS("4.2.9"),
		.references = REFERENCES(TLS_PAGE),
	},
	{
		.id = "kubelet.tls-cipher-suites",
		.title = "The kubelet's cipher suites are not limited to strong ones",
		.severity = SEVERITY_LOW,
		.severity_rules = "medium when a suite with CBC, RC4, 3DES or RSA key exchange is "
				  "named, or accepted",
		.component = COMPONENT_KUBELET,
		.expectation = { EXPECT_BY_FUNCTION, "tlsCipherSuites", NULL },
		.judge = judge_cipher_suites,
		.reads = "--tls-cipher-suites, tlsCipherSuites (default: Go's), --tls-min-version, "
			 "tlsMinVersion, and the suites that the server was seen to accept",
		.expected = "ECDHE with AES-GCM or ChaCha20-Poly1305 only, or TLS 1.3 only",
		.why = "Suites without forward secrecy let whoever takes the key later read what "
		       "was recorded; CBC, RC4 and 3DES are broken by themselves.",
		.remedy = "set tlsCipherSuites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, "
			  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "
			  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, "
			  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, "
			  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, "
			  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256] in the kubelet "
			  "configuration and restart the kubelet",
		.cis = CIS("4.2.12"),
		.references = REFERENCES(CONFIG_PAGE),
	},
	{
		.id = "kubelet.tls-min-version",
		.title = "The kubelet agrees on TLS below 1.2",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_KUBELET,
		.expectation = { EXPECT_BY_FUNCTION, "tlsMinVersion", NULL },
		.judge = judge_min_version,
		.reads = "--tls-min-version, tlsMinVersion (default: 1.2), and the versions that "
			 "the server was seen to agree on",
		.expected = "unset, VersionTLS12 or VersionTLS13",
		.why = "TLS 1.0 and 1.1 rest on SHA-1 and MD5, and are retired (RFC 8996).",
		.remedy = "set tlsMinVersion: VersionTLS12 in the kubelet configuration and "
			  "restart the kubelet",
		.references = REFERENCES(CONFIG_PAGE, "https://www.rfc-editor.org/rfc/rfc8996"),
	},
};

const struct check_family KUBELET_TLS_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
