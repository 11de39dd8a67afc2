/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Listening sockets, whatever the settings say: the rows. A fail is about its listener, a pass
 * about the node.
 */
#include "base/text.h"
#include "check/families.h"
#include "check/port_rules.h"
#include "check/row.h"

/* Without socket tables nothing here can be told; true when that was recorded. */
bool port_is_blind(struct judge *judge)
{
	const struct node *node = judge->node;

	if (node->listeners_known)
		return false;
	struct draft draft = draft_on_node(judge);

	draft_record_error(&draft, "no socket table could be read%s%s",
			   node->listeners_problem ? ": " : "",
			   node->listeners_problem ? node->listeners_problem : "");
	return true;
}

void port_record_pass(struct judge *judge)
{
	struct draft draft = draft_on_node(judge);

	draft_source(&draft, SOURCE_LIVE, NULL);
	draft_record(&draft, VERDICT_PASS);
}

static const struct check ROWS[] = {
	{
		.id = "port.kubelet-read-only",
		.title = "The kubelet's read-only port is open",
		.severity = SEVERITY_HIGH,
		.severity_rules = "at most medium when only loopback reaches it",
		.component = COMPONENT_KIND_COUNT,
		.judge = port_judge_read_only,
		.reads = "the TCP listeners of every kubelet: the port of its settings, and 10255",
		.expected = "no listener",
		.why = "Whoever connects reads every pod's specification and the node's metrics "
		       "without credentials; the socket is the proof that the port is open.",
		.remedy = "set readOnlyPort: 0 in the kubelet configuration and restart the "
			  "kubelet; until then refuse the port: a rule with action: refuse in "
			  "mode: enforce",
		.references = REFERENCES("https://github.com/kubernetes/kubernetes/issues/12968"),
	},
	{
		.id = "port.cadvisor",
		.title = "cAdvisor is reachable from outside the node",
		.severity = SEVERITY_HIGH,
		.component = COMPONENT_KIND_COUNT,
		.judge = port_judge_cadvisor,
		.reads = "the TCP listeners on 4194 (or the port of --cadvisor-port) of a kubelet, "
			 "and those on 4194 of a cadvisor process",
		.expected = "no listener that more than loopback reaches",
		.why = "cAdvisor shows every container, its command line and its load in plain "
		       "text to anyone who connects.",
		.remedy = "start the kubelet with --cadvisor-port=0, or a cadvisor of its own with "
			  "--listen_ip=127.0.0.1, and scrape /metrics/cadvisor on 10250 instead",
		.references = REFERENCES("https://github.com/kubernetes/kubernetes/pull/63881"),
	},
	{
		.id = "port.insecure-control-plane",
		.title = "A control-plane component serves plain HTTP",
		.severity = SEVERITY_MEDIUM,
		.severity_rules = "critical for the API server's insecure port; at most medium "
				  "when only loopback reaches it",
		.component = COMPONENT_KIND_COUNT,
		.judge = port_judge_insecure_control_plane,
		.reads = "the TCP listeners of kube-apiserver, kube-controller-manager and "
			 "kube-scheduler: 8080, 10251 and 10252 unless --secure-port gives one of "
			 "them to TLS, the ports of --insecure-port and --port, and whatever "
			 "answered plain HTTP",
		.expected = "no listener",
		.why = "The API server's insecure port gives whoever connects the rights of "
		       "system:masters; those of the others show metrics and profiles to anyone.",
		.remedy =
			"start kube-apiserver with --insecure-port=0, kube-controller-manager and "
			"kube-scheduler with --port=0, or update to 1.24 or later, where these "
			"ports are gone",
		.references = REFERENCES("https://github.com/kubernetes/kubernetes/pull/95856",
					 "https://github.com/kubernetes/kubernetes/pull/96216",
					 "https://github.com/kubernetes/kubernetes/pull/96345"),
	},
	{
		.id = "port.tiller",
		.title = "Tiller takes orders from anyone who connects",
		.severity = SEVERITY_CRITICAL,
		.severity_rules = "at most medium when only loopback reaches it",
		.component = COMPONENT_KIND_COUNT,
		.judge = port_judge_tiller,
		.reads = "processes called tiller in any namespace, their listeners (44134 unless "
			 "--listen says otherwise) and --tls-verify",
		.expected = "no tiller, or one with --tls-verify",
		.why = "Tiller installs what it is told with its own account, most often "
		       "cluster-admin; without --tls-verify every pod of the cluster can tell it.",
		.remedy = "move to Helm 3 and delete Tiller: kubectl -n kube-system delete "
			  "deployment,service tiller-deploy",
		.references = REFERENCES("https://v2.helm.sh/docs/securing_installation/"),
	},
	{
		.id = "port.plaintext-listener",
		.title = "A listener answers without TLS or credentials",
		.severity = SEVERITY_INFO,
		.severity_rules =
			"high for Docker's API, kubectl proxy and etcd, medium for another owner "
			"on 2375, low for the kubelet's health port and kube-proxy's metrics port; "
			"at most medium when only loopback reaches it",
		.component = COMPONENT_KIND_COUNT,
		.judge = port_judge_plaintext,
		.reads = "the TCP listeners in the host's network namespace: Docker on 2375 and "
			 "4243, kubectl proxy, 10248, 10249, 10256, etcd with http:// in "
			 "--listen-client-urls, and 443, 8001, 8080 and 30000, which scanners of "
			 "Kubernetes try",
		.expected = "no such listener, or on loopback only",
		.why = "Whoever reaches such a port needs no credentials; what that gives is in "
		       "the evidence.",
		.remedy = "bind the listener to 127.0.0.1, or stop its owner",
		.references = REFERENCES("https://github.com/aquasecurity/kube-hunter"),
	},
	{
		.id = "port.policy",
		.title = "A listener is on a port that the policy names",
		.severity = SEVERITY_MEDIUM,
		.severity_rules = "high when the rule's action is refuse; at most medium when only "
				  "loopback reaches it",
		.component = COMPONENT_KIND_COUNT,
		.judge = port_judge_policy,
		.reads = "every listener in the host's network namespace (in all of them, for "
			 "rules that say so) and the policy's port rules; the kubelet's and "
			 "cAdvisor's own have their own checks",
		.expected = "no listener on a port that a rule flags or refuses",
		.why = "The policy says that nothing listens there, and something does.",
		.remedy = "stop the owner that the evidence names, or change the rule",
	},
	{
		.id = "port.not-allowed",
		.title = "A listener is none that the policy allows",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_KIND_COUNT,
		.judge = port_judge_not_allowed,
		.reads =
			"every listener in the host's network namespace, and the policy's "
			"listeners.default and listeners.allow; what a port rule names has its own "
			"check",
		.expected = "no listener but those of listeners.allow",
		.why = "The policy lists what may listen on this node, and this is not in the "
		       "list: a new service, or somebody's door.",
		.remedy = "stop the owner that the evidence names, or add it to listeners.allow",
	},
};

const struct check_family PORT_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
