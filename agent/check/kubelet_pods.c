/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What pods may do on the node, and where they come from (CIS 4.2.6, 4.2.13, 4.2.14, and what it
 * leaves out).
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "check/expectation.h"
#include "check/facts.h"
#include "check/families.h"
#include "check/file_words.h"
#include "check/row.h"
#include "model/address.h"

#define CONFIG_PAGE  "https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/"
#define PIDS_PAGE    "https://kubernetes.io/docs/concepts/policy/pid-limiting/"
#define RUNTIME_PAGE "https://kubernetes.io/docs/setup/production-environment/container-runtimes/"
#define SECCOMP_PAGE                                                                               \
	"https://kubernetes.io/docs/tutorials/security/seccomp/"                                   \
	"#enable-the-use-of-runtimedefault-as-the-default-seccomp-profile-for-all-workloads"
#define SYSCTL_PAGE                                                                                \
	"https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/"                      \
	"#enabling-unsafe-sysctls"

static bool setting_is_true(const struct component *kubelet, const char *name)
{
	const struct setting *setting = component_setting(kubelet, name);

	return setting && setting->value.kind == VALUE_BOOLEAN && setting->value.boolean;
}

static bool setting_is_unknown(const struct component *kubelet, const char *name)
{
	const struct setting *setting = component_setting(kubelet, name);

	return setting && setting->value.kind == VALUE_UNKNOWN;
}

/* From 1.22 to 1.26 the setting counts only with its gate: alpha, so off unless it is named, up to
 * 1.24, and beta after that. */
static enum expectation_answer seccomp_gate(const struct component *kubelet)
{
	static const char GATE[] = "featureGates.SeccompDefault";
	int minor = component_minor(kubelet);

	if (minor < 22 || minor > 26 || setting_is_true(kubelet, GATE))
		return EXPECTATION_HOLDS;
	if (setting_is_false(kubelet, GATE))
		return EXPECTATION_FAILS;
	if (setting_is_unknown(kubelet, "featureGates.AllAlpha"))
		return EXPECTATION_UNKNOWN;
	if (minor <= 24)
		return setting_is_true(kubelet, "featureGates.AllAlpha") ? EXPECTATION_HOLDS
									 : EXPECTATION_FAILS;
	return setting_is_false(kubelet, "featureGates.AllBeta") ? EXPECTATION_FAILS
								 : EXPECTATION_HOLDS;
}

static void judge_seccomp_default(struct judge *judge, const struct component *kubelet)
{
	enum expectation_answer gate = seccomp_gate(kubelet);
	struct draft draft = draft_on_component(judge, kubelet);
	enum expectation_answer answer = expectation_ask(&draft, kubelet);

	if (answer == EXPECTATION_HOLDS && gate == EXPECTATION_UNKNOWN) {
		draft_record_error(&draft,
				   "kubelet %s counts it only with the feature gate "
				   "SeccompDefault, which could not be determined",
				   kubelet->version);
		return;
	}
	if (answer == EXPECTATION_HOLDS && gate == EXPECTATION_FAILS) {
		draft_evidence(&draft, "config",
			       "kubelet %s counts it only with the feature gate SeccompDefault, "
			       "which is off",
			       kubelet->version);
		answer = EXPECTATION_FAILS;
	}
	expectation_record(&draft, answer);
}

/* Who answers at http://HOST[:PORT]/...: loopback where HOST says so, else anyone may. */
static enum exposure exposure_of_url(struct judge *judge, const char *url)
{
	const char *start = strstr(url, "://");
	struct address address;

	if (!start)
		return EXPOSURE_ANY;
	start += strlen("://");
	const char *host = judge_text(judge, "%.*s", (int)strcspn(start, "/?#"), start);

	if (strchr(host, '@') || address_parse_host(host, &address) < 0 ||
	    !address_is_loopback(&address))
		return EXPOSURE_ANY;
	return EXPOSURE_LOOPBACK;
}

static void judge_static_pod_url(struct judge *judge, const struct component *kubelet)
{
	struct draft draft = draft_on_component(judge, kubelet);
	const struct setting *setting =
		draft_setting(&draft, kubelet, judge->check->expectation.setting);

	if (!setting)
		return;
	const char *url = setting->value.kind == VALUE_TEXT ? setting->value.text : "";

	if (!*url || text_starts_with(url, "https://")) {
		draft_record(&draft, VERDICT_PASS);
		return;
	}
	draft.finding.exposure = exposure_of_url(judge, url);
	draft_record(&draft, VERDICT_FAIL);
}

/* Up to 1.23 the kubelet could hold Docker itself, without a socket of a runtime. */
static bool is_dockershim(const struct component *kubelet)
{
	static const char RUNTIME[] = "--container-runtime";
	int minor = component_minor(kubelet);

	return setting_is_text(kubelet, RUNTIME, "docker") ||
	       (minor >= 0 && minor < 24 && !setting_is_text(kubelet, RUNTIME, "remote"));
}

static const struct file_fact *runtime_socket(const struct node *node,
					      const struct component *kubelet)
{
	for (size_t i = 0; i < node->file_count; i++)
		if (node->files[i].pid == kubelet->process->pid &&
		    text_equal(node->files[i].object, "cri-socket"))
			return &node->files[i];
	return NULL;
}

/* Whoever may write to the socket runs containers as root. Root's own group is root. */
static void record_socket(struct draft *draft, const struct file_fact *socket)
{
	struct judge *judge = draft->judge;
	unsigned allowed = file_permissions(socket) & (socket->gid ? 077u : 007u);
	bool is_open = allowed || socket->acl_permissions;

	draft_evidence(draft, "file", "%s belongs to user %u and group %u and has mode %04o",
		       file_name_words(judge, socket), socket->uid, socket->gid,
		       socket->mode & 07777u);
	if (allowed)
		draft_evidence(draft, "file", "%s", file_access_words(judge, allowed));
	draft_file_notes(draft, socket);
	if (is_open || socket->uid)
		draft->finding.remedy = judge_text(judge, "chown root:root %s && chmod 0660 %s",
						   file_quoted(judge, socket->path),
						   file_quoted(judge, socket->path));
	draft_record(draft, is_open || socket->uid ? VERDICT_FAIL : VERDICT_PASS);
}

static void judge_cri_socket(struct judge *judge, const struct component *kubelet)
{
	const struct file_fact *socket = runtime_socket(judge->node, kubelet);
	struct draft draft = draft_on_component(judge, kubelet);

	if (is_dockershim(kubelet)) {
		draft_record_not_applicable(&draft, "the kubelet holds Docker itself "
						    "(--container-runtime=docker)");
		return;
	}
	if (!draft_setting(&draft, kubelet, judge->check->expectation.setting))
		return;
	if (socket && socket->status == FILE_READ)
		record_socket(&draft, socket);
	else if (socket)
		draft_record_error(&draft, "%s %s", socket->path,
				   socket->problem ? socket->problem : "is not there");
	else
		draft_record_error(&draft, "\"%s\" is no socket that was looked at",
				   draft.finding.value);
}

static const struct check ROWS[] = {
	{
		.id = "kubelet.pod-pids-limit",
		.title = "The kubelet does not limit the processes of a pod",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_KUBELET,
		.expectation = { EXPECT_AT_LEAST, "podPidsLimit", "1" },
		.reads = "--pod-max-pids, podPidsLimit (default: -1, the node's own limit)",
		.expected = "more than 0",
		.why = "One pod that forks without end takes every process number of the node, and "
		       "with them the kubelet's and the other pods'.",
		.remedy = "set podPidsLimit: 4096 in the kubelet configuration and restart the "
			  "kubelet",
		.cis = CIS("4.2.13"),
		.references = REFERENCES(PIDS_PAGE),
	},
	{
		.id = "kubelet.seccomp-default",
		.title = "Pods run without a seccomp profile unless they ask for one",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_KUBELET,
		.expectation = { EXPECT_TRUE, "seccompDefault", NULL },
		.judge = judge_seccomp_default,
		.reads = "--seccomp-default, seccompDefault (default: false; either of them turns "
			 "it on), and up to 1.26 the feature gate SeccompDefault",
		.expected = "true",
		.why = "Without it a container may make every system call of the kernel; the "
		       "runtime's default profile takes away those that break-outs use.",
		.remedy = "set seccompDefault: true in the kubelet configuration and restart the "
			  "kubelet",
		.cis = CIS_SINCE_1_11("4.2.14"),
		.references = REFERENCES(SECCOMP_PAGE),
	},
	{
		.id = "kubelet.protect-kernel-defaults",
		.title = "The kubelet changes kernel settings instead of asking for them",
		.severity = SEVERITY_LOW,
		.component = COMPONENT_KUBELET,
		.expectation = { EXPECT_TRUE, "protectKernelDefaults", NULL },
		.reads = "--protect-kernel-defaults, protectKernelDefaults (default: false)",
		.expected = "true",
		.why = "Otherwise the kubelet sets vm.overcommit_memory, kernel.panic and others "
		       "to its own liking, over what the node's hardening has set.",
		.remedy = "set vm.overcommit_memory=1, vm.panic_on_oom=0, kernel.panic=10 and "
			  "kernel.panic_on_oops=1 in /etc/sysctl.d, then protectKernelDefaults: "
			  "true in the kubelet configuration, and restart the kubelet",
		.references = REFERENCES(CONFIG_PAGE),
	},
	{
		.id = "kubelet.iptables-util-chains",
		.title = "The kubelet does not keep its iptables chains",
		.severity = SEVERITY_LOW,
		.component = COMPONENT_KUBELET,
		.expectation = { EXPECT_TRUE, "makeIPTablesUtilChains", NULL },
		.reads = "--make-iptables-util-chains, makeIPTablesUtilChains (default: true)",
		.expected = "true",
		.why = "Without these chains others guess how the node's packet filter is set up; "
		       "since 1.28 only the hint KUBE-IPTABLES-HINT is left of them.",
		.remedy = "set makeIPTablesUtilChains: true in the kubelet configuration and "
			  "restart the kubelet",
		.cis = CIS("4.2.6"),
		.references = REFERENCES(CONFIG_PAGE),
	},
	{
		.id = "kubelet.static-pod-url",
		.title = "The kubelet takes static pods from a server without TLS",
		.severity = SEVERITY_HIGH,
		.severity_rules = "at most medium when the URL is on loopback",
		.component = COMPONENT_KUBELET,
		.expectation = { EXPECT_BY_FUNCTION, "staticPodURL", NULL },
		.judge = judge_static_pod_url,
		.reads = "--manifest-url, staticPodURL (default: none)",
		.expected = "none, or an https URL",
		.why = "Whoever answers at that address, or changes the answer on its way, runs "
		       "any pod on the node, privileged ones included.",
		.remedy = "remove staticPodURL from the kubelet configuration (or name an https "
			  "URL) and restart the kubelet",
		.references = REFERENCES(
			"https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/"),
	},
	{
		.id = "kubelet.unsafe-sysctls",
		.title = "The kubelet lets pods set unsafe kernel settings",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_KUBELET,
		.expectation = { EXPECT_UNSET, "allowedUnsafeSysctls", NULL },
		.reads = "--allowed-unsafe-sysctls, allowedUnsafeSysctls (default: none)",
		.expected = "none",
		.why = "Such settings are not isolated from the node: a pod may starve or weaken "
		       "its neighbours with them.",
		.remedy = "remove allowedUnsafeSysctls from the kubelet configuration and restart "
			  "the kubelet",
		.references = REFERENCES(SYSCTL_PAGE),
	},
	{
		.id = "kubelet.cri-socket-access",
		.title = "Others than root reach the container runtime",
		.severity = SEVERITY_HIGH,
		.component = COMPONENT_KUBELET,
		.expectation = { EXPECT_BY_FUNCTION, "containerRuntimeEndpoint", NULL },
		.judge = judge_cri_socket,
		.reads = "--container-runtime-endpoint, containerRuntimeEndpoint (default: "
			 "unix:///run/containerd/containerd.sock): owner and mode of the socket",
		.expected = "root's, and closed to everybody else",
		.why = "Whoever writes to this socket starts any container, privileged ones "
		       "included: it is root on the node, past the API server and its log.",
		.remedy = "chown root:root /run/containerd/containerd.sock && chmod 0660 "
			  "/run/containerd/containerd.sock, and set gid = 0 under [grpc] in "
			  "/etc/containerd/config.toml",
		.references = REFERENCES(RUNTIME_PAGE),
	},
};

const struct check_family KUBELET_POD_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
