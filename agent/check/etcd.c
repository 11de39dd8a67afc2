/* SPDX-License-Identifier: Apache-2.0 */
/*
 * etcd's settings (CIS section 2, and what it leaves out). They come from flags, or from the
 * environment, or from a configuration file, which rules out the other two.
 */
#include "base/cleanup.h"
#include "check/control_plane.h"
#include "check/etcd_rules.h"
#include "check/families.h"
#include "check/row.h"

#define PROGRAM "etcd"
#define PAGE	"https://etcd.io/docs/latest/op-guide/security/"
#define KUBERNETES_PAGE                                                                            \
	"https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/"

static const struct check ROWS[] = {
	{
		.id = "etcd.serving-certificate",
		.title = "etcd has no certificate for its clients",
		.severity = SEVERITY_CRITICAL,
		.severity_rules = "at most medium when only loopback reaches it",
		.component = COMPONENT_ETCD,
		.expectation = { EXPECT_BY_FUNCTION, "--cert-file", "--key-file" },
		.judge = etcd_judge_server,
		.reads = "--cert-file and --key-file, ETCD_CERT_FILE and ETCD_KEY_FILE, "
			 "client-transport-security of its configuration file (default: none)",
		.expected = "both set",
		.why = "Every secret of the cluster goes over this connection.",
		.remedy = SET_FLAGS(PROGRAM, "cert-file=/etc/kubernetes/pki/etcd/server.crt",
				    "key-file=/etc/kubernetes/pki/etcd/server.key"),
		.cis = CIS("2.1"),
		.references = REFERENCES(PAGE, KUBERNETES_PAGE),
	},
	{
		.id = "etcd.client-cert-auth",
		.title = "etcd takes clients without a certificate",
		.severity = SEVERITY_CRITICAL,
		.severity_rules = "at most medium when only loopback reaches it",
		.component = COMPONENT_ETCD,
		.expectation = { EXPECT_TRUE, "--client-cert-auth", NULL },
		.judge = etcd_judge_server,
		.reads = "--client-cert-auth, ETCD_CLIENT_CERT_AUTH, client-transport-security of "
			 "its configuration file (default: false)",
		.expected = "true",
		.why = "Whoever reaches the port reads and writes everything the cluster stores, "
		       "secrets included.",
		.remedy = SET_FLAG(PROGRAM, "client-cert-auth=true"),
		.cis = CIS("2.2"),
		.references = REFERENCES(PAGE, KUBERNETES_PAGE),
	},
	{
		.id = "etcd.auto-tls",
		.title = "etcd signs its own certificate for clients",
		.severity = SEVERITY_HIGH,
		.severity_rules = "at most medium when only loopback reaches it",
		.component = COMPONENT_ETCD,
		.expectation = { EXPECT_NOT_TRUE, "--auto-tls", NULL },
		.judge = etcd_judge_server,
		.reads = "--auto-tls, ETCD_AUTO_TLS, client-transport-security of its "
			 "configuration file (default: false)",
		.expected = "not true",
		.why = "Clients cannot tell a certificate that the server made for itself from "
		       "anybody's.",
		.remedy = DROP_FLAG(PROGRAM, "auto-tls"),
		.cis = CIS("2.3"),
		.references = REFERENCES(PAGE),
	},
	{
		.id = "etcd.peer-certificate",
		.title = "etcd has no certificate for its peers",
		.severity = SEVERITY_HIGH,
		.severity_rules = "at most medium when only loopback reaches it",
		.component = COMPONENT_ETCD,
		.expectation = { EXPECT_BY_FUNCTION, "--peer-cert-file", "--peer-key-file" },
		.judge = etcd_judge_server,
		.reads = "--peer-cert-file and --peer-key-file, ETCD_PEER_CERT_FILE and "
			 "ETCD_PEER_KEY_FILE, peer-transport-security of its configuration file "
			 "(default: none)",
		.expected = "both set",
		.why = "Members send each other everything the cluster stores.",
		.remedy = SET_FLAGS(PROGRAM, "peer-cert-file=/etc/kubernetes/pki/etcd/peer.crt",
				    "peer-key-file=/etc/kubernetes/pki/etcd/peer.key"),
		.cis = CIS("2.4"),
		.references = REFERENCES(PAGE, KUBERNETES_PAGE),
	},
	{
		.id = "etcd.peer-client-cert-auth",
		.title = "etcd takes peers without a certificate",
		.severity = SEVERITY_HIGH,
		.severity_rules = "at most medium when only loopback reaches it",
		.component = COMPONENT_ETCD,
		.expectation = { EXPECT_TRUE, "--peer-client-cert-auth", NULL },
		.judge = etcd_judge_server,
		.reads = "--peer-client-cert-auth, ETCD_PEER_CLIENT_CERT_AUTH, "
			 "peer-transport-security of its configuration file (default: false)",
		.expected = "true",
		.why = "Whoever reaches the port can pose as a member and take part in what the "
		       "cluster stores.",
		.remedy = SET_FLAG(PROGRAM, "peer-client-cert-auth=true"),
		.cis = CIS("2.5"),
		.references = REFERENCES(PAGE, KUBERNETES_PAGE),
	},
	{
		.id = "etcd.peer-auto-tls",
		.title = "etcd signs its own certificate for peers",
		.severity = SEVERITY_HIGH,
		.severity_rules = "at most medium when only loopback reaches it",
		.component = COMPONENT_ETCD,
		.expectation = { EXPECT_NOT_TRUE, "--peer-auto-tls", NULL },
		.judge = etcd_judge_server,
		.reads = "--peer-auto-tls, ETCD_PEER_AUTO_TLS, peer-transport-security of its "
			 "configuration file (default: false)",
		.expected = "not true",
		.why = "Members cannot tell a certificate that another made for itself from "
		       "anybody's.",
		.remedy = DROP_FLAG(PROGRAM, "peer-auto-tls"),
		.cis = CIS("2.6"),
		.references = REFERENCES(PAGE),
	},
	{
		.id = "etcd.separate-ca",
		.title = "etcd takes the cluster's own certificates",
		.severity = SEVERITY_HIGH,
		.component = COMPONENT_ETCD,
		.expectation = { EXPECT_BY_FUNCTION, "--trusted-ca-file", NULL },
		.judge = etcd_judge_separate_ca,
		.reads = "the public keys in the file of --trusted-ca-file, and in those of the "
			 "API server's --client-ca-file and the kubelet's clientCAFile",
		.expected = "an authority of its own, by its public key",
		.why = "Where both go by one authority, every kubelet's and every user's "
		       "certificate opens the store itself.",
		.remedy = SET_FLAG_AND(PROGRAM, "trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt",
				       ", made anew: kubeadm init phase certs etcd-ca"),
		.cis = CIS("2.7"),
		.references =
			REFERENCES("https://kubernetes.io/docs/setup/best-practices/certificates/"),
	},
	{
		.id = "etcd.plaintext-listener",
		.title = "etcd serves without TLS, or without asking for a certificate",
		.severity = SEVERITY_CRITICAL,
		.severity_rules = "at most medium when only loopback reaches it",
		.component = COMPONENT_ETCD,
		.expectation = { EXPECT_BY_FUNCTION, "--listen-client-urls", NULL },
		.judge = etcd_judge_plaintext_listener,
		.reads = "--listen-client-urls and --listen-peer-urls (default: http on loopback, "
			 "2379 and 2380), the listeners on their ports, and what these answer",
		.expected = "https only, with a client certificate asked for",
		.why = "Whoever reaches the port, or only listens in, has every secret of the "
		       "cluster.",
		.remedy = SET_FLAGS(
			PROGRAM, "listen-client-urls=https://127.0.0.1:2379,https://NODE-IP:2379",
			"listen-peer-urls=https://NODE-IP:2380"),
		.references = REFERENCES(PAGE),
	},
};

const struct check_family ETCD_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
