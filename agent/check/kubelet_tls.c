/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificates and the TLS of the kubelet (CIS 4.2.9 to 4.2.12).
 */
#include "base/cleanup.h"
#include "check/expectation.h"
#include "check/facts.h"
#include "check/families.h"
#include "check/row.h"

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
};

const struct check_family KUBELET_TLS_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
