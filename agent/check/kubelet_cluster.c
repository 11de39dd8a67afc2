/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the kubelet stands in its cluster (CIS 4.2.7, 4.2.8, and what it leaves out).
 */
#include "base/cleanup.h"
#include "base/text.h"
#include "check/expectation.h"
#include "check/facts.h"
#include "check/families.h"
#include "check/kubelet_identity.h"
#include "check/row.h"

#define CONFIG_PAGE "https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/"
#define FLAGS_PAGE  "https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/"
#define STANDALONE_PAGE                                                                            \
	"https://kubernetes.io/docs/tutorials/cluster-management/kubelet-standalone/"
#define GATES_PAGE                                                                                 \
	"https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/"

/* Who starts the kubelet with --hostname-override, always: kubernetes distributions' own code. */
static const char *const NAMING_DISTROS[] = { "eks", "bottlerocket", "k3s",	  "rke2",
					      "k0s", "talos",	     "openshift", "microshift" };

/* Why this node's name is not the kubelet's to choose; NULL: it is. */
static const char *reason_to_override(struct judge *judge, const struct component *kubelet)
{
	const struct setting *cloud = component_setting(kubelet, "--cloud-provider");
	const char *distro = kubelet->distro ? kubelet->distro : kubelet->embedder;

	for (size_t i = 0; i < ARRAY_SIZE(NAMING_DISTROS); i++)
		if (text_equal(distro, NAMING_DISTROS[i]))
			return judge_text(judge, "%s always gives the node its name", distro);
	if (cloud && cloud->value.kind == VALUE_TEXT && *cloud->value.text)
		return judge_text(judge,
				  "with --cloud-provider=%s the node has the name that the cloud "
				  "knows it by",
				  cloud->value.text);
	return NULL;
}

static void judge_hostname_override(struct judge *judge, const struct component *kubelet)
{
	const char *reason = reason_to_override(judge, kubelet);
	enum kubelet_identity identity = kubelet_identity(kubelet);
	struct draft draft = draft_on_component(judge, kubelet);
	enum expectation_answer answer = expectation_ask(&draft, kubelet);

	if (answer == EXPECTATION_FAILS && reason && identity != IDENTITY_WRONG &&
	    identity != IDENTITY_UNKNOWN) {
		draft_record_not_applicable(&draft, "%s, and its credential is not another node's",
					    reason);
		return;
	}
	if (answer == EXPECTATION_FAILS && reason)
		draft_evidence(&draft, "certificate",
			       "%s, but its client certificate does not show this name", reason);
	expectation_record(&draft, answer);
}

static void judge_event_rate(struct judge *judge, const struct component *kubelet)
{
	struct draft draft = draft_on_component(judge, kubelet);
	enum expectation_answer answer = expectation_ask(&draft, kubelet);

	if (setting_integer(kubelet, judge->check->expectation.setting) == 0)
		draft_note(&draft, "0 is no limit: a pod that makes events without end floods the "
				   "API server");
	expectation_record(&draft, answer);
}

/* Without an API server there is nobody to ask who may do what. */
static void judge_standalone(struct judge *judge, const struct component *kubelet)
{
	struct draft draft = draft_on_server(judge, kubelet);
	enum expectation_answer answer = expectation_ask(&draft, kubelet);

	if (answer == EXPECTATION_FAILS)
		draft_evidence(&draft, "config",
			       "tokens and permissions cannot be asked of an API server: only "
			       "client certificates, addresses and the firewall keep others out");
	expectation_record(&draft, answer);
}

static void judge_alpha_features(struct judge *judge, const struct component *kubelet)
{
	static const char POLICY[] = "imagePullCredentialsVerificationPolicy";
	const struct setting *beta = component_setting(kubelet, "featureGates.AllBeta");
	const struct setting *policy = component_setting(kubelet, POLICY);
	struct draft draft = draft_on_component(judge, kubelet);
	enum expectation_answer answer = expectation_ask(&draft, kubelet);

	if (beta && beta->value.kind == VALUE_BOOLEAN)
		draft_note(&draft, "featureGates.AllBeta is %s",
			   beta->value.boolean ? "true" : "false");
	if (policy && policy->value.kind == VALUE_TEXT && *policy->value.text)
		draft_note(&draft, "%s is %s", POLICY, policy->value.text);
	expectation_record(&draft, answer);
}

static const struct check ROWS[] = {
	{
		.id = "kubelet.standalone",
		.title = "The kubelet runs without an API server",
		.severity = SEVERITY_INFO,
		.component = COMPONENT_KUBELET,
		.expectation = { EXPECT_SET, "--kubeconfig", NULL },
		.judge = judge_standalone,
		.reads = "--kubeconfig",
		.expected = "a kubeconfig",
		.why = "A kubelet of its own has nobody to ask about tokens and permissions; who "
		       "reaches its port is what counts.",
		.remedy = "give the kubelet --kubeconfig, or set address: 127.0.0.1 in its "
			  "configuration, and restart it",
		.references = REFERENCES(STANDALONE_PAGE),
	},
	{
		.id = "kubelet.hostname-override",
		.title = "The kubelet goes by another name than its host's",
		.severity = SEVERITY_INFO,
		.component = COMPONENT_KUBELET,
		.expectation = { EXPECT_UNSET, "--hostname-override", NULL },
		.judge = judge_hostname_override,
		.reads = "--hostname-override (default: none), the distribution, --cloud-provider, "
			 "and the client certificate",
		.expected = "unset, unless the distribution or the cloud names its nodes",
		.why = "The name is the node's identity: one given by hand can be another node's.",
		.remedy = "start the kubelet without --hostname-override, with the host's own name "
			  "set by hostnamectl",
		.cis = CIS("4.2.7"),
		.references = REFERENCES(FLAGS_PAGE),
	},
	{
		.id = "kubelet.event-rate",
		.title = "The kubelet's rate of events is no number that it takes",
		.severity = SEVERITY_INFO,
		.component = COMPONENT_KUBELET,
		.expectation = { EXPECT_AT_LEAST, "eventRecordQPS", "0" },
		.judge = judge_event_rate,
		.reads = "--event-qps, eventRecordQPS (default: 50; 5 up to 1.26)",
		.expected = "0 (no limit) or more",
		.why = "Events are what tells afterwards what pods did on the node; what is above "
		       "the rate is lost.",
		.remedy = "set eventRecordQPS: 50 in the kubelet configuration and restart the "
			  "kubelet",
		.cis = CIS("4.2.8"),
		.references = REFERENCES(CONFIG_PAGE),
	},
	{
		.id = "kubelet.alpha-features",
		.title = "The kubelet runs with every alpha feature",
		.severity = SEVERITY_INFO,
		.component = COMPONENT_KUBELET,
		.expectation = { EXPECT_NOT_TRUE, "featureGates.AllAlpha", NULL },
		.judge = judge_alpha_features,
		.reads = "--feature-gates, featureGates: AllAlpha and AllBeta; "
			 "imagePullCredentialsVerificationPolicy",
		.expected = "not true",
		.why = "Alpha features are untested, may be full of holes and go away without "
		       "notice.",
		.remedy = "remove AllAlpha from featureGates in the kubelet configuration, name "
			  "the features that are needed, and restart the kubelet",
		.references = REFERENCES(GATES_PAGE),
	},
};

const struct check_family KUBELET_CLUSTER_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
