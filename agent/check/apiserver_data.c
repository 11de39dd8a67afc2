/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What kube-apiserver serves, logs and stores, and how these are protected (CIS section 1.2).
 */
#include "base/cleanup.h"
#include "check/apiserver_rules.h"
#include "check/families.h"
#include "check/row.h"

static const struct check ROWS[] = {
	{
		.id = "apiserver.tls-certificate",
		.title = "The API server has no serving certificate of the cluster",
		.severity = SEVERITY_HIGH,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_BY_FUNCTION, "--tls-cert-file", "--tls-private-key-file" },
		.is_about_server = true,
		.judge = control_plane_judge_pair,
		.reads = "--tls-cert-file and --tls-private-key-file (default: none: it signs a "
			 "certificate for itself)",
		.expected = "both set",
		.why = "Clients cannot verify a certificate that the server signed for itself, and "
		       "learn to do without.",
		.remedy = SET_FLAGS(APISERVER, "tls-cert-file=/etc/kubernetes/pki/apiserver.crt",
				    "tls-private-key-file=/etc/kubernetes/pki/apiserver.key"),
		.cis = CIS_MOVED_AFTER_1_8("1.2.25", "1.2.24"),
		.references = REFERENCES(APISERVER_PAGE),
	},
	{
		.id = "apiserver.tls-cipher-suites",
		.title = "The API server's cipher suites are not limited to strong ones",
		.severity = SEVERITY_LOW,
		.severity_rules = "medium when a suite with CBC, RC4, 3DES or a key exchange by "
				  "RSA is named",
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_BY_FUNCTION, "--tls-cipher-suites", NULL },
		.judge = apiserver_judge_cipher_suites,
		.reads = "--tls-cipher-suites and --tls-min-version (default: what Go takes)",
		.expected = "suites with ECDHE and AES-GCM or ChaCha20-Poly1305 only, or "
			    "--tls-min-version=VersionTLS13",
		.why = "What Go takes changes with its releases; a list keeps weak suites out for "
		       "good.",
		.remedy = SET_FLAG(APISERVER,
				   "tls-cipher-suites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,"
				   "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,"
				   "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,"
				   "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,"
				   "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,"
				   "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
		.cis = CIS_MOVED_AFTER_1_8("1.2.30", "1.2.29"),
		.references = REFERENCES(APISERVER_PAGE),
	},
	{
		.id = "apiserver.profiling",
		.title = "The API server serves profiles of itself",
		.severity = SEVERITY_LOW,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_FALSE, "--profiling", NULL },
		.is_about_server = true,
		.reads = "--profiling (default: true)",
		.expected = "false",
		.why = "Profiles show the inside of the program, and taking one costs its time.",
		.remedy = SET_FLAG(APISERVER, "profiling=false"),
		.cis = CIS_MOVED_AFTER_1_8("1.2.16", "1.2.15"),
		.references = REFERENCES(APISERVER_PAGE),
	},
	{
		.id = "apiserver.request-timeout",
		.title = "Requests to the API server may take too long",
		.severity = SEVERITY_INFO,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_AT_MOST, "--request-timeout", "5m" },
		.judge = apiserver_judge_request_timeout,
		.reads = "--request-timeout (default: 1m)",
		.expected = "5m or less, as slow networks need it",
		.why = "Long requests hold places that others wait for.",
		.remedy = SET_FLAG(APISERVER, "request-timeout=1m"),
		.cis = CIS_MOVED_AFTER_1_8("1.2.21", "1.2.20"),
		.references = REFERENCES(APISERVER_PAGE),
	},
	{
		.id = "apiserver.audit-policy",
		.title = "The API server has no audit policy",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_SET, "--audit-policy-file", NULL },
		.reads = "--audit-policy-file (default: none)",
		.expected = "a policy file",
		.why = "Without a policy nothing is recorded, whatever the other audit flags say.",
		.remedy =
			SET_FLAG(APISERVER, "audit-policy-file=/etc/kubernetes/audit-policy.yaml"),
		.cis = CIS("3.2.1"),
		.references = REFERENCES(AUDIT_PAGE),
	},
	{
		.id = "apiserver.audit-log-path",
		.title = "The API server writes no audit log",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_SET, "--audit-log-path", NULL },
		.reads = "--audit-log-path (default: none)",
		.expected = "a file, or - for standard output",
		.why = "Afterwards nobody can tell who did what.",
		.remedy = SET_FLAG(APISERVER, "audit-log-path=/var/log/kubernetes/audit/audit.log"),
		.cis = CIS_MOVED_AFTER_1_8("1.2.17", "1.2.16"),
		.references = REFERENCES(AUDIT_PAGE),
	},
	{
		.id = "apiserver.audit-log-maxage",
		.title = "Nothing says that audit logs are kept for thirty days",
		.severity = SEVERITY_LOW,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_AT_LEAST, "--audit-log-maxage", "30" },
		.judge = apiserver_judge_audit_number,
		.reads = "--audit-log-maxage (default: 0)",
		.expected = "30 or more days",
		.why = "What happened is often asked weeks later.",
		.remedy = SET_FLAG(APISERVER, "audit-log-maxage=30"),
		.cis = CIS_MOVED_AFTER_1_8("1.2.18", "1.2.17"),
		.references = REFERENCES(AUDIT_PAGE),
	},
	{
		.id = "apiserver.audit-log-maxbackup",
		.title = "Too few old audit logs are kept",
		.severity = SEVERITY_LOW,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_AT_LEAST, "--audit-log-maxbackup", "10" },
		.judge = apiserver_judge_audit_number,
		.reads = "--audit-log-maxbackup (default: 0)",
		.expected = "10 or more files",
		.why = "A busy hour must not push the log of yesterday out.",
		.remedy = SET_FLAG(APISERVER, "audit-log-maxbackup=10"),
		.cis = CIS_MOVED_AFTER_1_8("1.2.19", "1.2.18"),
		.references = REFERENCES(AUDIT_PAGE),
	},
	{
		.id = "apiserver.audit-log-maxsize",
		.title = "Audit logs are cut too small",
		.severity = SEVERITY_LOW,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_AT_LEAST, "--audit-log-maxsize", "100" },
		.judge = apiserver_judge_audit_number,
		.reads = "--audit-log-maxsize (default: 0)",
		.expected = "100 or more megabytes",
		.why = "Small files reach the number that is kept sooner, and are gone.",
		.remedy = SET_FLAG(APISERVER, "audit-log-maxsize=100"),
		.cis = CIS_MOVED_AFTER_1_8("1.2.20", "1.2.19"),
		.references = REFERENCES(AUDIT_PAGE),
	},
	{
		.id = "apiserver.etcd-client-certificate",
		.title = "The API server shows etcd no certificate",
		.severity = SEVERITY_CRITICAL,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_BY_FUNCTION, "--etcd-certfile", "--etcd-keyfile" },
		.judge = apiserver_judge_etcd_client,
		.reads = "--etcd-certfile and --etcd-keyfile (default: none), and --etcd-servers",
		.expected = "both set",
		.why = "An etcd that does not ask for a certificate gives every secret of the "
		       "cluster to whoever reaches it.",
		.remedy = SET_FLAGS(APISERVER,
				    "etcd-certfile=/etc/kubernetes/pki/apiserver-etcd-client.crt",
				    "etcd-keyfile=/etc/kubernetes/pki/apiserver-etcd-client.key"),
		.cis = CIS_MOVED_AFTER_1_8("1.2.24", "1.2.23"),
		.references = REFERENCES(APISERVER_PAGE,
					 "https://kubernetes.io/docs/tasks/administer-cluster/"
					 "configure-upgrade-etcd/"),
	},
	{
		.id = "apiserver.etcd-ca",
		.title = "The API server does not verify etcd",
		.severity = SEVERITY_CRITICAL,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_SET, "--etcd-cafile", NULL },
		.judge = apiserver_judge_etcd_ca,
		.reads = "--etcd-cafile (default: none), and --etcd-servers",
		.expected = "a file of CA certificates",
		.why = "Whoever poses as etcd is handed, and hands out, every secret of the "
		       "cluster.",
		.remedy = SET_FLAG(APISERVER, "etcd-cafile=/etc/kubernetes/pki/etcd/ca.crt"),
		.cis = CIS_MOVED_AFTER_1_8("1.2.27", "1.2.26"),
		.references = REFERENCES("https://kubernetes.io/docs/tasks/administer-cluster/"
					 "configure-upgrade-etcd/"),
	},
	{
		.id = "apiserver.encryption-provider",
		.title = "Secrets are stored in plain text",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_SET, "--encryption-provider-config", NULL },
		.reads = "--encryption-provider-config (default: none)",
		.expected = "a configuration file",
		.why = "Whoever gets a copy of etcd's data or of a backup reads every secret.",
		.remedy = SET_FLAG(APISERVER,
				   "encryption-provider-config=/etc/kubernetes/enc/enc.yaml"),
		.cis = CIS_MOVED_AFTER_1_8("1.2.28", "1.2.27"),
		.references = REFERENCES(ENCRYPTION_PAGE),
	},
	{
		.id = "apiserver.encryption-strength",
		.title = "Some resources are written without strong encryption",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_BY_FUNCTION, "encryption.first-providers", NULL },
		.judge = apiserver_judge_encryption_strength,
		.reads = "the file of --encryption-provider-config: the first provider of each "
			 "resource, with which new objects are written",
		.expected = "aescbc, secretbox or kms first, for secrets at least",
		.why = "With identity first new objects are written in plain text; the providers "
		       "after it only read old ones.",
		.remedy = "put aescbc, secretbox or kms before identity in the file of "
			  "--encryption-provider-config, restart the API server, and write all "
			  "secrets anew: kubectl get secrets -A -o json | kubectl replace -f -",
		.cis = CIS_MOVED_AFTER_1_8("1.2.29", "1.2.28"),
		.references = REFERENCES(ENCRYPTION_PAGE),
	},
};

const struct check_family APISERVER_DATA_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
