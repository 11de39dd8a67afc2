/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kube-controller-manager's settings (CIS section 1.3, and what it leaves out).
 */
#include "base/cleanup.h"
#include "base/text.h"
#include "check/control_plane.h"
#include "check/expectation.h"
#include "check/facts.h"
#include "check/families.h"
#include "check/row.h"

#define PROGRAM "kube-controller-manager"
#define PAGE	FLAGS_PAGE(PROGRAM)
#define CSR_PAGE                                                                                   \
	"https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/"

/* What kubelets do with the gate, the controller manager's copy of it only documents. */
static void judge_serving_gate(struct judge *judge, const struct component *component)
{
	const struct setting *closed = component_closed_serving_gate(component);
	struct draft draft = draft_on_component(judge, component);

	if (!draft_setting(&draft, component, judge->check->expectation.setting))
		return;
	if (closed && !text_equal(closed->name, judge->check->expectation.setting)) {
		draft_setting_detail(&draft, closed);
		draft_value(&draft, "%s=false", closed->name);
		draft_source(&draft, closed->source.kind, closed->source.path);
	}
	draft_record(&draft, closed ? VERDICT_FAIL : VERDICT_PASS);
}

static bool is_set_to_something(const struct component *component, const char *name)
{
	const struct setting *setting = component_setting(component, name);

	return setting && setting->value.kind != VALUE_UNKNOWN && value_is_set(&setting->value);
}

/* The signer of everything, or that of one kind of certificate. */
static const struct {
	const char *certificate, *key;
} SIGNERS[] = {
	{ "--cluster-signing-cert-file", "--cluster-signing-key-file" },
	{ "--cluster-signing-kube-apiserver-client-cert-file",
	  "--cluster-signing-kube-apiserver-client-key-file" },
	{ "--cluster-signing-kubelet-client-cert-file",
	  "--cluster-signing-kubelet-client-key-file" },
	{ "--cluster-signing-kubelet-serving-cert-file",
	  "--cluster-signing-kubelet-serving-key-file" },
	{ "--cluster-signing-legacy-unknown-cert-file",
	  "--cluster-signing-legacy-unknown-key-file" },
};

/* How many signers the flags name; their details become evidence. */
static int draft_signers(struct draft *draft, const struct component *component)
{
	int count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(SIGNERS); i++) {
		if (!is_set_to_something(component, SIGNERS[i].certificate) ||
		    !is_set_to_something(component, SIGNERS[i].key))
			continue;
		const struct setting *key = component_setting(component, SIGNERS[i].key);

		draft_setting_detail(draft, key);
		draft_value(draft, "%s", key->value.kind == VALUE_TEXT ? key->value.text : "");
		draft_source(draft, key->source.kind, key->source.path);
		count++;
	}
	return count;
}

static void judge_csr_signer(struct judge *judge, const struct component *component)
{
	struct draft draft = draft_on_component(judge, component);
	const struct setting *controllers =
		draft_setting(&draft, component, judge->check->expectation.setting);

	if (!controllers)
		return;
	struct expectation no_signer = { EXPECT_HAS, NULL, "-csrsigning" };
	struct expectation no_signer_by_its_name = {
		EXPECT_HAS, NULL, "-certificatesigningrequest-signing-controller"
	};

	if (expectation_holds(judge, &no_signer, &controllers->value) ||
	    expectation_holds(judge, &no_signer_by_its_name, &controllers->value)) {
		draft_note(&draft, "the built-in signer is off: another program signs");
		draft_record(&draft, VERDICT_PASS);
		return;
	}
	if (draft_signers(&draft, component)) {
		draft_note(&draft, "the built-in signer has the authority's key on this disk");
		draft_setting_detail(&draft,
				     component_setting(component, "--cluster-signing-duration"));
		draft_record(&draft, VERDICT_PASS);
		return;
	}
	draft_record(&draft, VERDICT_FAIL);
}

static const struct check ROWS[] = {
	{
		.id = "controller-manager.pod-gc-threshold",
		.title = "The controller manager never collects pods that have ended",
		.severity = SEVERITY_INFO,
		.component = COMPONENT_CONTROLLER_MANAGER,
		.expectation = { EXPECT_AT_LEAST, "--terminated-pod-gc-threshold", "1" },
		.reads = "--terminated-pod-gc-threshold (default: 12500)",
		.expected = "1 or more",
		.why = "With 0 the records of ended pods pile up in etcd until it is full.",
		.remedy = SET_FLAG(PROGRAM, "terminated-pod-gc-threshold=1000"),
		.cis = CIS("1.3.1"),
		.references = REFERENCES(PAGE),
	},
	{
		.id = "controller-manager.profiling",
		.title = "The controller manager serves profiles of itself",
		.severity = SEVERITY_LOW,
		.component = COMPONENT_CONTROLLER_MANAGER,
		.expectation = { EXPECT_FALSE, "--profiling", NULL },
		.is_about_server = true,
		.reads = "--profiling (default: true)",
		.expected = "false",
		.why = "Profiles show the inside of the program, and taking one costs its time.",
		.remedy = SET_FLAG(PROGRAM, "profiling=false"),
		.cis = CIS("1.3.2"),
		.references = REFERENCES(PAGE),
	},
	{
		.id = "controller-manager.service-account-credentials",
		.title = "All controllers share one identity",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_CONTROLLER_MANAGER,
		.expectation = { EXPECT_TRUE, "--use-service-account-credentials", NULL },
		.reads = "--use-service-account-credentials (default: false)",
		.expected = "true",
		.why = "With one identity for all, each controller may do what any of them may.",
		.remedy = SET_FLAG(PROGRAM, "use-service-account-credentials=true"),
		.cis = CIS("1.3.3"),
		.references = REFERENCES(
			PAGE, "https://kubernetes.io/docs/reference/access-authn-authz/rbac/"),
	},
	{
		.id = "controller-manager.service-account-key",
		.title = "The controller manager has no key for service account tokens",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_CONTROLLER_MANAGER,
		.expectation = { EXPECT_SET, "--service-account-private-key-file", NULL },
		.reads = "--service-account-private-key-file (default: none)",
		.expected = "a key file",
		.why = "A key of its own lets service account tokens be signed apart from the "
		       "cluster's certificates, and changed apart from them.",
		.remedy = SET_FLAG(PROGRAM,
				   "service-account-private-key-file=/etc/kubernetes/pki/sa.key"),
		.cis = CIS("1.3.4"),
		.references = REFERENCES(PAGE),
	},
	{
		.id = "controller-manager.root-ca",
		.title = "Pods are given no authority to verify the API server by",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_CONTROLLER_MANAGER,
		.expectation = { EXPECT_SET, "--root-ca-file", NULL },
		.reads = "--root-ca-file (default: none)",
		.expected = "a file of CA certificates",
		.why = "Without it pods cannot tell the API server from somebody in between.",
		.remedy = SET_FLAG(PROGRAM, "root-ca-file=/etc/kubernetes/pki/ca.crt"),
		.cis = CIS("1.3.5"),
		.references = REFERENCES(PAGE),
	},
	{
		.id = "controller-manager.rotate-serving-gate",
		.title = "The rotation of kubelets' serving certificates is turned off",
		.severity = SEVERITY_LOW,
		.component = COMPONENT_CONTROLLER_MANAGER,
		.expectation = { EXPECT_BY_FUNCTION, "featureGates.RotateKubeletServerCertificate",
				 NULL },
		.judge = judge_serving_gate,
		.reads = "--feature-gates: RotateKubeletServerCertificate and AllBeta (default: "
			 "on)",
		.expected = "not turned off",
		.why = "A serving certificate that is not rotated ends one day, and its key stays "
		       "good until then.",
		.remedy = SET_FLAG(PROGRAM, "feature-gates=RotateKubeletServerCertificate=true"),
		.cis = CIS("1.3.6"),
		.references = REFERENCES("https://kubernetes.io/docs/reference/access-authn-authz/"
					 "kubelet-tls-bootstrapping/"),
	},
	{
		.id = "controller-manager.bind-address",
		.title = "The controller manager is reachable from outside the node",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_CONTROLLER_MANAGER,
		.expectation = { EXPECT_LOOPBACK, "--bind-address", NULL },
		.judge = control_plane_judge_bind_address,
		.reads = "--bind-address (default: 0.0.0.0), --secure-port, and the listeners on "
			 "that port",
		.expected = "a loopback address",
		.why = "Its metrics and health are for programs of this node; nobody else has to "
		       "reach them.",
		.remedy = SET_FLAG(PROGRAM, "bind-address=127.0.0.1"),
		.cis = CIS("1.3.7"),
		.references = REFERENCES(PAGE),
	},
	{
		.id = "controller-manager.insecure-port",
		.title = "The controller manager serves without TLS",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_CONTROLLER_MANAGER,
		.expectation = { EXPECT_BY_FUNCTION, "--port", NULL },
		.judge = control_plane_judge_insecure_port,
		.reads = "the listeners on 10252 (or the port of --port); where none is seen at "
			 "all, --port (default: 10252 up to 1.21, none after)",
		.expected = "no listener",
		.why = "The port shows metrics and profiles in plain text to anyone who reaches "
		       "it.",
		.remedy = SET_FLAG(PROGRAM, "port=0"),
		.references = REFERENCES("https://github.com/kubernetes/kubeadm/issues/2207"),
	},
	{
		.id = "controller-manager.csr-signer",
		.title = "Nothing says who signs the cluster's certificates",
		.severity = SEVERITY_INFO,
		.component = COMPONENT_CONTROLLER_MANAGER,
		.expectation = { EXPECT_BY_FUNCTION, "--controllers", NULL },
		.judge = judge_csr_signer,
		.reads = "--cluster-signing-cert-file and -key-file, those of each signer, and "
			 "whether --controllers turns csrsigning off",
		.expected = "a signer with its key, or --controllers with -csrsigning",
		.why = "A key of the cluster's authority on this disk is worth the cluster; that "
		       "it is there, or that another program signs, should be a decision.",
		.remedy = SET_FLAG(PROGRAM, "controllers=*,-csrsigning"),
		.references = REFERENCES(PAGE, CSR_PAGE),
	},
};

const struct check_family CONTROLLER_MANAGER_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
