/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kubelet's own settings (CIS section 4.2, and what it leaves out).
 */
#include "base/cleanup.h"
#include "check/families.h"
#include "check/kubelet_rules.h"
#include "check/row.h"

#define AUTH_PAGE   "https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/"
#define CONFIG_PAGE "https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/"
#define FLAGS_PAGE  "https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/"
#define TLS_PAGE                                                                                   \
	"https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/"

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
		.judge = kubelet_judge_anonymous_auth,
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
		.judge = kubelet_judge_authorization_mode,
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
		.judge = kubelet_judge_client_ca,
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
	{
		.id = "kubelet.read-only-port",
		.title = "The kubelet serves its read-only port",
		.severity = SEVERITY_HIGH,
		.severity_rules = "critical with kubelet 1.30.0 to 1.30.9, 1.31.0 to 1.31.5 and "
				  "1.32.0 to 1.32.1 (CVE-2025-0426); at most medium when only "
				  "loopback reaches it",
		.component = COMPONENT_KUBELET,
		.expectation = { EXPECT_BY_FUNCTION, "readOnlyPort", NULL },
		.judge = kubelet_judge_read_only_port,
		.reads = "--read-only-port, readOnlyPort (default: 10255 without --config, 0 with "
			 "it), and whether the kubelet listens on 10255 all the same",
		.expected = "0",
		.why = "The port serves every pod's specification, environment included, and the "
		       "node's metrics in plain text to anyone who reaches it.",
		.remedy = "set readOnlyPort: 0 in the kubelet configuration and restart the "
			  "kubelet",
		.cis = CIS("4.2.4"),
		.references = REFERENCES(CONFIG_PAGE,
					 "https://github.com/kubernetes/kubernetes/issues/12968",
					 "https://github.com/kubernetes/kubernetes/issues/130016"),
	},
	{
		.id = "kubelet.cadvisor-port",
		.title = "The kubelet serves cAdvisor on a port of its own",
		.severity = SEVERITY_HIGH,
		.severity_rules = "at most medium when only loopback reaches it",
		.component = COMPONENT_KUBELET,
		.expectation = { EXPECT_BY_FUNCTION, "--cadvisor-port", NULL },
		.judge = kubelet_judge_cadvisor_port,
		.reads = "--cadvisor-port (default: 4194 up to 1.10, 0 in 1.11, gone from 1.12), "
			 "and whether the kubelet listens on 4194 all the same",
		.expected = "0",
		.why = "cAdvisor's page shows every container, its command line and its load in "
		       "plain text to anyone who reaches it.",
		.remedy = "start the kubelet with --cadvisor-port=0 and scrape "
			  "/metrics/cadvisor on 10250 instead",
		.references = REFERENCES("https://github.com/kubernetes/kubernetes/pull/63881",
					 "https://github.com/kubernetes/kubernetes/pull/65707"),
	},
	{
		.id = "kubelet.rotate-client-certificate",
		.title = "The kubelet does not rotate its client certificate",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_KUBELET,
		.expectation = { EXPECT_TRUE, "rotateCertificates", NULL },
		.judge = kubelet_judge_rotate_client,
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
		.judge = kubelet_judge_rotate_serving,
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
		.id = "kubelet.restart-pending",
		.title = "The kubelet runs with other settings than those on disk",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_KUBELET,
		.judge = kubelet_judge_restart_pending,
		.reads = "when the kubelet's configuration files changed, when it started, and "
			 "whether it listens on a port that they close",
		.expected = "every configuration file older than the running kubelet",
		.why = "The kubelet reads its configuration once: what was changed since is not "
		       "in force.",
		.remedy = "restart the kubelet: systemctl restart kubelet",
		.references = REFERENCES(CONFIG_PAGE),
	},
	{
		.id = "kubelet.config-decodes",
		.title = "The kubelet's configuration holds keys that it ignores",
		.severity = SEVERITY_LOW,
		.component = COMPONENT_KUBELET,
		.judge = kubelet_judge_config_decodes,
		.reads = "every key of the file of --config and the drop-ins of --config-dir",
		.expected = "no unknown and no duplicate keys",
		.why = "A key that is misspelt or given twice is ignored with a warning that "
		       "nobody reads; what it should have set has its default.",
		.remedy = "correct or remove the keys named in the evidence and restart the "
			  "kubelet",
		.references = REFERENCES(CONFIG_PAGE, FLAGS_PAGE),
	},
};

const struct check_family KUBELET_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
