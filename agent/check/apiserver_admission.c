/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The admission plugins of kube-apiserver (CIS section 1.2).
 */
#include "base/cleanup.h"
#include "check/apiserver_rules.h"
#include "check/families.h"
#include "check/row.h"

#define ENABLE_PLUGIN(plugin)                                                                      \
	"add " plugin " to --enable-admission-plugins in "                                         \
	"/etc/kubernetes/manifests/kube-apiserver.yaml (k3s: in kube-apiserver-arg of "            \
	"/etc/rancher/k3s/config.yaml)"
#define DROP_PLUGIN(plugin, flag)                                                                  \
	"take " plugin " out of --" flag " in /etc/kubernetes/manifests/kube-apiserver.yaml "      \
	"(k3s: in kube-apiserver-arg of /etc/rancher/k3s/config.yaml)"

static const struct check ROWS[] = {
	{
		.id = "apiserver.deny-service-external-ips",
		.title = "Services may claim any external address",
		.severity = SEVERITY_LOW,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_HAS, "--enable-admission-plugins",
				 "DenyServiceExternalIPs" },
		.judge = apiserver_judge_plugin,
		.reads = "--enable-admission-plugins (default: without it)",
		.expected = "with DenyServiceExternalIPs",
		.why = "Whoever may create a service can draw traffic for any address to pods of "
		       "their own (CVE-2020-8554).",
		.remedy = ENABLE_PLUGIN("DenyServiceExternalIPs"),
		.cis = CIS("1.2.3"),
		.references = REFERENCES(ADMISSION_PAGE,
					 "https://github.com/kubernetes/kubernetes/issues/97076"),
	},
	{
		.id = "apiserver.event-rate-limit",
		.title = "Nothing limits how many events the API server takes",
		.severity = SEVERITY_INFO,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_HAS, "--enable-admission-plugins", "EventRateLimit" },
		.judge = apiserver_judge_plugin,
		.reads = "--enable-admission-plugins (default: without it)",
		.expected = "with EventRateLimit",
		.why = "A client in a loop can fill etcd with events.",
		.remedy = ENABLE_PLUGIN("EventRateLimit") ", and name its limits in the file of "
							  "--admission-control-config-file",
		.cis = CIS("1.2.9"),
		.references = REFERENCES(ADMISSION_PAGE),
	},
	{
		.id = "apiserver.always-pull-images",
		.title = "A pod may use a private image that another pod pulled",
		.severity = SEVERITY_INFO,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_HAS, "--enable-admission-plugins", "AlwaysPullImages" },
		.judge = apiserver_judge_plugin,
		.reads = "--enable-admission-plugins (default: without it)",
		.expected = "with AlwaysPullImages",
		.why = "An image that lies on the node runs without asking the registry whether "
		       "this pod may have it.",
		.remedy = ENABLE_PLUGIN("AlwaysPullImages"),
		.cis = CIS("1.2.11"),
		.references = REFERENCES(ADMISSION_PAGE),
	},
	{
		.id = "apiserver.always-admit",
		.title = "The admission plugin AlwaysAdmit is on",
		.severity = SEVERITY_HIGH,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_LACKS, "--enable-admission-plugins", "AlwaysAdmit" },
		.judge = apiserver_judge_plugin,
		.reads = "--enable-admission-plugins (default: without it)",
		.expected = "without AlwaysAdmit",
		.why = "It was made to let everything through; no cluster needs it.",
		.remedy = DROP_PLUGIN("AlwaysAdmit", "enable-admission-plugins"),
		.cis = CIS("1.2.10"),
		.references = REFERENCES(ADMISSION_PAGE),
	},
	{
		.id = "apiserver.service-account-admission",
		.title = "The admission plugin ServiceAccount is off",
		.severity = SEVERITY_HIGH,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_LACKS, "--disable-admission-plugins", "ServiceAccount" },
		.judge = apiserver_judge_plugin,
		.reads = "--disable-admission-plugins (default: without it)",
		.expected = "without ServiceAccount",
		.why = "It is what keeps pods to service accounts and secrets of their own "
		       "namespace.",
		.remedy = DROP_PLUGIN("ServiceAccount", "disable-admission-plugins"),
		.cis = CIS_MOVED_AFTER_1_8("1.2.13", "1.2.12"),
		.references = REFERENCES(ADMISSION_PAGE),
	},
	{
		.id = "apiserver.namespace-lifecycle",
		.title = "The admission plugin NamespaceLifecycle is off",
		.severity = SEVERITY_HIGH,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_LACKS, "--disable-admission-plugins",
				 "NamespaceLifecycle" },
		.judge = apiserver_judge_plugin,
		.reads = "--disable-admission-plugins (default: without it)",
		.expected = "without NamespaceLifecycle",
		.why = "Without it objects are made in namespaces that end or do not exist, and "
		       "the system's own namespaces can be deleted.",
		.remedy = DROP_PLUGIN("NamespaceLifecycle", "disable-admission-plugins"),
		.cis = CIS_MOVED_AFTER_1_8("1.2.14", "1.2.13"),
		.references = REFERENCES(ADMISSION_PAGE),
	},
	{
		.id = "apiserver.node-restriction",
		.title = "A kubelet may change other nodes' objects",
		.severity = SEVERITY_HIGH,
		.component = COMPONENT_APISERVER,
		.expectation = { EXPECT_HAS, "--enable-admission-plugins", "NodeRestriction" },
		.judge = apiserver_judge_plugin,
		.reads = "--enable-admission-plugins (default: without it)",
		.expected = "with NodeRestriction",
		.why = "One stolen node can then relabel others and draw pods with their secrets "
		       "to itself.",
		.remedy = ENABLE_PLUGIN("NodeRestriction"),
		.cis = CIS_MOVED_AFTER_1_8("1.2.15", "1.2.14"),
		.references = REFERENCES(ADMISSION_PAGE),
	},
};

const struct check_family APISERVER_ADMISSION_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
