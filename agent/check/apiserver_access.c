/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may ask kube-apiserver what, and how it knows them (CIS section 1.2).
 */
#include "base/cleanup.h"
#include "check/apiserver_rules.h"
#include "check/families.h"
#include "check/row.h"

static const struct check ROWS[] = {
	{
		.id = "apiserver.anonymous-auth",
		.title = "The API server takes requests without credentials",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_FALSE, "--anonymous-auth", NULL },
		.judge = apiserver_judge_anonymous_auth,
		.reads = "--anonymous-auth (default: true), and the anonymous section of the file "
			 "of --authentication-config",
		.expected = "false, or limited to /livez, /readyz and /healthz",
		.why = "A request without credentials becomes the user system:anonymous: one "
		       "careless role binding then opens the cluster to everyone.",
		.remedy = SET_FLAG_AND(
			APISERVER, "anonymous-auth=false",
			"; or limit it to the health paths by --authentication-config"),
		.cis = CIS("1.2.1"),
		.references = REFERENCES(AUTHENTICATION_PAGE),
	},
	{
		.id = "apiserver.token-auth-file",
		.title = "The API server takes tokens from a file",
		.severity = SEVERITY_HIGH,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_UNSET, "--token-auth-file", NULL },
		.is_about_server = true,
		.reads = "--token-auth-file (default: none)",
		.expected = "not set",
		.why = "These tokens lie in plain text, never expire, and change only with a "
		       "restart.",
		.remedy = DROP_FLAG(APISERVER, "token-auth-file"),
		.cis = CIS("1.2.2"),
		.references = REFERENCES(AUTHENTICATION_PAGE),
	},
	{
		.id = "apiserver.kubelet-client-certificate",
		.title = "The API server has no valid certificate for kubelets",
		.severity = SEVERITY_HIGH,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_BY_FUNCTION, "--kubelet-client-certificate",
				 "--kubelet-client-key" },
		.judge = apiserver_judge_kubelet_client,
		.reads = "--kubelet-client-certificate and --kubelet-client-key (default: none), "
			 "and the certificate",
		.expected = "both set, and the certificate valid now",
		.why = "Without it kubelets have to take requests from anyone for logs and exec "
		       "to work.",
		.remedy = SET_FLAGS(
			APISERVER,
			"kubelet-client-certificate=/etc/kubernetes/pki/"
			"apiserver-kubelet-client.crt",
			"kubelet-client-key=/etc/kubernetes/pki/apiserver-kubelet-client.key"),
		.cis = CIS("1.2.4"),
		.references = REFERENCES(APISERVER_PAGE, KUBELET_LINK_PAGE),
	},
	{
		.id = "apiserver.kubelet-certificate-authority",
		.title = "The API server does not verify kubelets",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_SET, "--kubelet-certificate-authority", NULL },
		.reads = "--kubelet-certificate-authority (default: none)",
		.expected = "a file of CA certificates",
		.why = "Whoever sits between the API server and a node can pose as its kubelet and "
		       "read what is executed in pods.",
		.remedy = SET_FLAG_AND(
			APISERVER, "kubelet-certificate-authority=/etc/kubernetes/pki/ca.crt",
			", once kubelets have serving certificates of that authority"),
		.cis = CIS("1.2.5"),
		.references = REFERENCES(KUBELET_LINK_PAGE),
	},
	{
		.id = "apiserver.authorization-always-allow",
		.title = "The API server allows every request",
		.severity = SEVERITY_CRITICAL,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_LACKS, "authorization.modes", "AlwaysAllow" },
		.is_about_server = true,
		.reads = "--authorization-mode, or the file of --authorization-config (default: "
			 "AlwaysAllow)",
		.expected = "without AlwaysAllow",
		.why = "Whoever has any credential, or none where anonymous requests are taken, "
		       "rules the cluster.",
		.remedy = SET_FLAG(APISERVER, "authorization-mode=Node,RBAC"),
		.cis = CIS("1.2.6"),
		.references = REFERENCES(AUTHORIZATION_PAGE),
	},
	{
		.id = "apiserver.authorization-node",
		.title = "The API server does not limit nodes to what is theirs",
		.severity = SEVERITY_CRITICAL,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_HAS, "authorization.modes", "Node" },
		.is_about_server = true,
		.reads = "--authorization-mode, or the file of --authorization-config (default: "
			 "AlwaysAllow)",
		.expected = "with Node",
		.why = "Without the Node authorizer kubelets need roles under which one stolen "
		       "node reads every secret.",
		.remedy = SET_FLAG(APISERVER, "authorization-mode=Node,RBAC"),
		.cis = CIS("1.2.7"),
		.references =
			REFERENCES("https://kubernetes.io/docs/reference/access-authn-authz/node/"),
	},
	{
		.id = "apiserver.authorization-rbac",
		.title = "The API server does not go by roles",
		.severity = SEVERITY_CRITICAL,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_HAS, "authorization.modes", "RBAC" },
		.is_about_server = true,
		.reads = "--authorization-mode, or the file of --authorization-config (default: "
			 "AlwaysAllow)",
		.expected = "with RBAC",
		.why = "Roles and their bindings mean nothing until RBAC is among the modes.",
		.remedy = SET_FLAG(APISERVER, "authorization-mode=Node,RBAC"),
		.cis = CIS("1.2.8"),
		.references =
			REFERENCES("https://kubernetes.io/docs/reference/access-authn-authz/rbac/"),
	},
	{
		.id = "apiserver.service-account-lookup",
		.title = "Tokens of deleted service accounts stay good",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_TRUE, "--service-account-lookup", NULL },
		.is_about_server = true,
		.reads = "--service-account-lookup (default: true)",
		.expected = "true",
		.why = "Without the lookup a token that was taken back by deleting it is still "
		       "good.",
		.remedy = SET_FLAG(APISERVER, "service-account-lookup=true"),
		.cis = CIS_MOVED_AFTER_1_8("1.2.22", "1.2.21"),
		.references = REFERENCES(APISERVER_PAGE),
	},
	{
		.id = "apiserver.service-account-key",
		.title = "Service account tokens are verified by the server's own TLS key",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_SET, "--service-account-key-file", NULL },
		.judge = apiserver_judge_service_account_key,
		.reads = "--service-account-key-file (default: the key of --tls-private-key-file), "
			 "and --service-account-signing-endpoint, which takes its place",
		.expected = "a key file",
		.why = "With a key of its own service account tokens can be changed apart from the "
		       "server's certificate, and the other way round.",
		.remedy =
			SET_FLAG(APISERVER, "service-account-key-file=/etc/kubernetes/pki/sa.pub"),
		.cis = CIS_MOVED_AFTER_1_8("1.2.23", "1.2.22"),
		.references = REFERENCES(SERVICE_ACCOUNTS_PAGE),
	},
	{
		.id = "apiserver.extend-token-expiration",
		.title = "Tokens in pods stay good for a year",
		.severity = SEVERITY_LOW,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_FALSE, "--service-account-extend-token-expiration", NULL },
		.reads = "--service-account-extend-token-expiration (default: true)",
		.expected = "false",
		.why = "A token that is asked for an hour is then good for a year after it was "
		       "stolen.",
		.remedy = SET_FLAG(APISERVER, "service-account-extend-token-expiration=false"),
		.cis = CIS_SINCE_1_11("1.2.30"),
		.references = REFERENCES(SERVICE_ACCOUNTS_PAGE),
	},
	{
		.id = "apiserver.client-ca",
		.title = "The API server has no authority for client certificates",
		.severity = SEVERITY_HIGH,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_SET, "--client-ca-file", NULL },
		.is_about_server = true,
		.reads = "--client-ca-file (default: none)",
		.expected = "a file of CA certificates",
		.why = "Without it nodes and components cannot show who they are by a certificate, "
		       "and fall back to tokens.",
		.remedy = SET_FLAG(APISERVER, "client-ca-file=/etc/kubernetes/pki/ca.crt"),
		.cis = CIS_MOVED_AFTER_1_8("1.2.26", "1.2.25"),
		.references = REFERENCES(AUTHENTICATION_PAGE),
	},
	{
		.id = "apiserver.insecure-port",
		.title = "The API server serves without TLS and credentials",
		.severity = SEVERITY_CRITICAL,
		.severity_rules = "at most medium when only loopback reaches it",
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_BY_FUNCTION, "--insecure-port", NULL },
		.judge = control_plane_judge_insecure_port,
		.reads = "--insecure-port (default: 8080 up to 1.19; from 1.20 on only 0, gone "
			 "from 1.24), and whether it listens on 8080 all the same",
		.expected = "no listener",
		.why = "Every request to this port is an administrator's; any pod of the host's "
		       "network and any user of the machine can make one.",
		.remedy = SET_FLAG_AND(APISERVER, "insecure-port=0",
				       ", and move to a supported release"),
		.references = REFERENCES(
			"https://github.com/kubernetes/kubernetes/pull/95856",
			"https://kubernetes.io/docs/concepts/security/controlling-access/"),
	},
};

const struct check_family APISERVER_ACCESS_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
