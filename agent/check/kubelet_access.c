/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may ask the kubelet, and how it tells (CIS 4.2.1 to 4.2.3, and what it leaves out).
 */
#include "base/cleanup.h"
#include "base/text.h"
#include "base/time.h"
#include "check/certificates.h"
#include "check/expectation.h"
#include "check/facts.h"
#include "check/families.h"
#include "check/probes.h"
#include "check/row.h"

#define AUTH_PAGE "https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/"

static bool authorizes_everything(const struct component *kubelet)
{
	return setting_is_text(kubelet, "authorization.mode", "AlwaysAllow");
}

/* Whether the kubelet was seen to take a client without credentials for somebody, whatever the
 * settings say. */
static bool lets_anyone_in(struct draft *draft, const struct component *kubelet,
			   enum expectation_answer answer)
{
	const struct probe *probe =
		component_probe(draft->judge->node, kubelet, setting_integer(kubelet, "port"));
	bool is_served = probe_was_served(probe);

	if (!is_served && (!probe || probe->status != 403))
		return false;
	draft_probe(draft, probe);
	if (is_served)
		draft_raise(draft, SEVERITY_CRITICAL);
	if (answer == EXPECTATION_HOLDS) {
		draft_evidence(draft, "live",
			       "the kubelet was started with other settings than those on disk, "
			       "and needs a restart");
		draft_value(draft, "true");
		draft_source(draft, SOURCE_LIVE, NULL);
	}
	return true;
}

static void judge_anonymous_auth(struct judge *judge, const struct component *kubelet)
{
	struct draft draft = draft_on_server(judge, kubelet);
	enum expectation_answer answer = expectation_ask(&draft, kubelet);

	if (answer == EXPECTATION_UNKNOWN)
		return;
	if (answer == EXPECTATION_FAILS && authorizes_everything(kubelet)) {
		draft_raise(&draft, SEVERITY_CRITICAL);
		draft_setting_detail(&draft, component_setting(kubelet, "authorization.mode"));
	}
	if (lets_anyone_in(&draft, kubelet, answer))
		answer = EXPECTATION_FAILS;
	expectation_record(&draft, answer);
}

/* The kubelet knows two modes, case-sensitively, and exits on any other. */
static void judge_authorization_mode(struct judge *judge, const struct component *kubelet)
{
	struct draft draft = draft_on_server(judge, kubelet);
	enum expectation_answer answer = expectation_ask(&draft, kubelet);

	if (answer == EXPECTATION_FAILS && !authorizes_everything(kubelet))
		draft_record_error(&draft,
				   "\"%s\" is no mode (Webhook, AlwaysAllow): the kubelet would "
				   "refuse to start",
				   draft.finding.value);
	else
		expectation_record(&draft, answer);
}

/* One good authority is enough; the others are noted. */
static void judge_bundle(struct draft *draft, const struct certificate_file *bundle)
{
	int64_t now_s = draft->judge->node->now_ns / NS_PER_S;
	size_t good = 0;

	for (size_t i = 0; i < bundle->count; i++) {
		const struct certificate *certificate = &bundle->certificates[i];

		if (certificate->is_ca && certificate_is_valid_at(certificate, now_s))
			good++;
		else
			draft_note(draft, "certificate %zu of %zu (%s) is %s", i + 1, bundle->count,
				   certificate->common_name,
				   certificate->is_ca ? "not valid now" : "no authority");
	}
	draft_evidence(draft, "certificate",
		       "%s holds %zu certificates, %zu of them valid authorities", bundle->path,
		       bundle->count, good);
	draft_record(draft, good ? VERDICT_PASS : VERDICT_FAIL);
}

static void judge_client_ca(struct judge *judge, const struct component *kubelet)
{
	const struct certificate_file *bundle =
		component_certificates(kubelet, judge->check->expectation.setting);
	struct draft draft = draft_on_server(judge, kubelet);
	const struct setting *setting =
		draft_setting(&draft, kubelet, judge->check->expectation.setting);

	if (!setting)
		return;
	if (!*draft.finding.value)
		draft_record(&draft, VERDICT_FAIL);
	else if (bundle && bundle->status == FILE_READ)
		judge_bundle(&draft, bundle);
	else if (bundle && bundle->status == FILE_ABSENT)
		draft_record_error(&draft, "%s is not there: the kubelet would refuse to start",
				   draft.finding.value);
	else
		draft_record_error(&draft, "%s: %s", draft.finding.value,
				   bundle && bundle->problem ? bundle->problem : "was not read");
}

static const struct check ROWS[] = {
	{
		.id = "kubelet.anonymous-auth",
		.title = "The kubelet answers requests without credentials",
		.severity = SEVERITY_HIGH,
		.severity_rules = "critical when authorization.mode is AlwaysAllow, or GET /pods "
				  "is seen to be answered without credentials: then anyone "
				  "who reaches the port runs commands in every pod",
		.component = COMPONENT_KUBELET,
		.expectation = { EXPECT_FALSE, "authentication.anonymous.enabled", NULL },
		.judge = judge_anonymous_auth,
		.reads = "--anonymous-auth, authentication.anonymous.enabled (default: true "
			 "without --config, false with it), and the answer to a probe",
		.expected = "false",
		.why = "A request without credentials becomes the user system:anonymous and is "
		       "then only stopped by authorization.",
		.remedy = "set authentication.anonymous.enabled: false in the kubelet "
			  "configuration and restart the kubelet",
		.cis = CIS("4.2.1"),
		.references = REFERENCES(AUTH_PAGE),
	},
	{
		.id = "kubelet.authorization-mode",
		.title = "The kubelet allows every request",
		.severity = SEVERITY_CRITICAL,
		.component = COMPONENT_KUBELET,
		.expectation = { EXPECT_EQUAL, "authorization.mode", "Webhook" },
		.judge = judge_authorization_mode,
		.reads = "--authorization-mode, authorization.mode (default: AlwaysAllow without "
			 "--config, Webhook with it)",
		.expected = "Webhook",
		.why = "With AlwaysAllow whoever is let in may run commands in every container "
		       "and read every log of the node; Webhook asks the API server.",
		.remedy = "set authorization.mode: Webhook in the kubelet configuration and "
			  "restart the kubelet",
		.cis = CIS("4.2.2"),
		.references = REFERENCES(AUTH_PAGE),
	},
	{
		.id = "kubelet.client-ca",
		.title = "The kubelet has no valid authority for client certificates",
		.severity = SEVERITY_HIGH,
		.component = COMPONENT_KUBELET,
		.expectation = { EXPECT_BY_FUNCTION, "authentication.x509.clientCAFile", NULL },
		.judge = judge_client_ca,
		.reads = "--client-ca-file, authentication.x509.clientCAFile, and the file it "
			 "names",
		.expected = "a readable file with at least one valid CA certificate",
		.why = "Without it the kubelet cannot tell the API server from anyone else by its "
		       "certificate.",
		.remedy = "set authentication.x509.clientCAFile to the cluster's CA "
			  "(/etc/kubernetes/pki/ca.crt on kubeadm nodes) and restart the kubelet",
		.cis = CIS("4.2.3"),
		.references = REFERENCES(AUTH_PAGE),
	},
	{
		.id = "kubelet.token-webhook",
		.title = "The kubelet does not accept service account tokens",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_KUBELET,
		.expectation = { EXPECT_TRUE, "authentication.webhook.enabled", NULL },
		.is_about_server = true,
		.reads = "--authentication-token-webhook, authentication.webhook.enabled "
			 "(default: false without --config, true with it)",
		.expected = "true",
		.why = "Where tokens are not verified, clients such as monitoring are given "
		       "anonymous access or the read-only port instead.",
		.remedy = "set authentication.webhook.enabled: true in the kubelet configuration "
			  "and restart the kubelet",
		.references = REFERENCES(AUTH_PAGE),
	},
};

const struct check_family KUBELET_ACCESS_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
