/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a control plane: manifests, credentials, etcd's data, the PKI (CIS 1.1). */
#include "base/cleanup.h"
#include "base/text.h"
#include "check/families.h"
#include "check/file_rules.h"
#include "check/file_words.h"
#include "check/row.h"

#define CERTIFICATES_PAGE "https://kubernetes.io/docs/setup/best-practices/certificates/"
#define ETCD_PAGE	  "https://etcd.io/docs/latest/op-guide/security/"
#define NETWORK_PAGE	  "https://www.cni.dev/docs/spec/"
#define STATIC_POD_PAGE	  "https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/"

#define READABLE_LOW "low where it can only be read; medium where others than root may write to it"
#define GROUP_LOW    "low where only its group is another; medium where its owner is"

/* A mode and an owner of every object that has both, by the same sentences. */
#define JUDGES(name_, object_, things_, written_)                                                  \
	FILE_JUDGE(judge_##name_##_mode, .object = object_, .things = things_, .file_mode = 0600,  \
		   .when_written = written_);                                                      \
	FILE_JUDGE(judge_##name_##_owner, .object = object_, .things = things_,                    \
		   .file_mode = ANY_MODE, .wants_root_user = true, .wants_root_group = true,       \
		   .when_written = written_)

JUDGES(apiserver, "apiserver-manifest", "static pod manifest of kube-apiserver", SEVERITY_MEDIUM);
JUDGES(controller_manager, "controller-manager-manifest",
       "static pod manifest of kube-controller-manager", SEVERITY_MEDIUM);
JUDGES(scheduler, "scheduler-manifest", "static pod manifest of kube-scheduler", SEVERITY_MEDIUM);
JUDGES(etcd, "etcd-manifest", "static pod manifest of etcd", SEVERITY_MEDIUM);
JUDGES(network, "cni-config", "configuration of the container network", SEVERITY_MEDIUM);
JUDGES(admin, "admin-kubeconfig", "kubeconfig of an administrator", SEVERITY_MEDIUM);
JUDGES(scheduler_kubeconfig, "scheduler-kubeconfig", "kubeconfig of kube-scheduler",
       SEVERITY_MEDIUM);
JUDGES(controller_manager_kubeconfig, "controller-manager-kubeconfig",
       "kubeconfig of kube-controller-manager", SEVERITY_MEDIUM);
FILE_JUDGE(judge_etcd_data_mode, .object = "etcd-data", .things = "data of etcd", .file_mode = 0600,
	   .directory_mode = 0700);
FILE_JUDGE(judge_pki_owner, .object = "pki-*", .things = "PKI of a control plane",
	   .file_mode = ANY_MODE, .directory_mode = ANY_MODE, .wants_root_user = true,
	   .wants_root_group = true, .when_secret = SEVERITY_HIGH);
FILE_JUDGE(judge_pki_certificates, .object = "pki-certificate",
	   .things = "certificate of a control plane", .file_mode = 0644,
	   .when_written = SEVERITY_MEDIUM);
FILE_JUDGE(judge_pki_keys, .object = "pki-key", .things = "private key of a control plane",
	   .file_mode = 0600);

static const struct component *running_etcd(const struct judge *judge, const struct file_fact *data)
{
	const struct node *node = judge->node;

	for (size_t i = 0; i < node->component_count; i++)
		if (node->components[i].kind == COMPONENT_ETCD &&
		    (!data->pid || node->components[i].process->pid == data->pid))
			return &node->components[i];
	return NULL;
}

/* The user is etcd's own by number: its name is of no account. */
static void judge_data_of(struct judge *judge, const struct file_fact *data)
{
	const struct component *etcd = running_etcd(judge, data);
	struct draft draft = draft_on_file(judge, etcd, data->path);

	if (data->status != FILE_READ) {
		draft_record_error(&draft, "%s %s", data->path,
				   data->problem ? data->problem : "was not looked at");
		return;
	}
	if (!etcd) {
		draft_record_not_applicable(&draft, "%s is there, and no etcd runs on this node",
					    data->path);
		return;
	}
	uid_t user = etcd->process->uid;

	draft_source(&draft, SOURCE_CONFIG, data->path);
	draft_value(&draft, "uid %u, gid %u", data->uid, data->gid);
	draft_file_notes(&draft, data);
	if (user == (uid_t)-1) {
		draft_record_error(&draft, "the user that etcd runs as could not be read");
	} else if (user == 0) {
		draft_record_not_applicable(&draft, "etcd runs as root (uid 0), as static pods do: "
						    "there is no user of its own to own its data");
	} else {
		draft_evidence(&draft, "file",
			       "%s belongs to user %u and group %u, and etcd runs as user %u",
			       file_name_words(judge, data), data->uid, data->gid, user);
		draft_record(&draft, data->uid == user ? VERDICT_PASS : VERDICT_FAIL);
	}
}

static void judge_etcd_data_owner(struct judge *judge, const struct component *component)
{
	const struct node *node = judge->node;
	size_t before = judge->count;

	(void)component;
	for (size_t i = 0; i < node->file_count; i++)
		if (text_equal(node->files[i].object, "etcd-data") && !node->files[i].is_again &&
		    node->files[i].status != FILE_ABSENT)
			judge_data_of(judge, &node->files[i]);
	if (judge->count > before)
		return;
	struct draft draft = draft_on_node(judge);

	draft_record_not_applicable(&draft, "no data of etcd was found on this node");
}

/* What differs from object to object but its names. */
#define OF_MANIFEST                                                                                \
	SEVERITY_LOW, READABLE_LOW, GROUP_LOW,                                                     \
		"The kubelet runs what it says, as root on this node: whoever writes to it owns "  \
		"the cluster.",                                                                    \
		STATIC_POD_PAGE
#define OF_NETWORK                                                                                 \
	SEVERITY_LOW, READABLE_LOW, GROUP_LOW,                                                     \
		"It names programs that run as root for every pod, and may hold a token for the "  \
		"API server.",                                                                     \
		NETWORK_PAGE
#define OF_KUBECONFIG                                                                              \
	SEVERITY_MEDIUM, NULL, NULL, "Whoever reads it has its rights over the whole cluster.",    \
		CERTIFICATES_PAGE

/* The two rows of an object: who may read or write to it, and whose it is. */
#define ROWS_OF(...) MODE_ROW(__VA_ARGS__), OWNER_ROW(__VA_ARGS__)
#define MODE_ROW(name_, object_, what_, place_, mode_cis_, owner_cis_, ...)                        \
	MODE_ROW_AS(name_, object_, what_, place_, mode_cis_, __VA_ARGS__)
#define OWNER_ROW(name_, object_, what_, place_, mode_cis_, owner_cis_, ...)                       \
	OWNER_ROW_AS(name_, object_, what_, place_, owner_cis_, __VA_ARGS__)
/* clang-format off */
#define MODE_ROW_AS(name_, object_, what_, place_, cis_, severity_, mode_rules_, owner_rules_,     \
		    why_, page_)                                                                   \
	{                                                                                          \
		.id = "file." object_ "-mode",                                                     \
		.title = "Others than root may read or write " what_,                              \
		.severity = severity_,                                                             \
		.severity_rules = mode_rules_,                                                     \
		.component = COMPONENT_KIND_COUNT,                                                 \
		.judge = judge_##name_##_mode,                                                     \
		.reads = "the mode of " what_ ": " place_,                                         \
		.expected = "0600 or stricter",                                                    \
		.why = why_,                                                                       \
		.remedy = "chmod 600 on " what_,                                                   \
		.cis = CIS(cis_),                                                                  \
		.references = REFERENCES(page_),                                                   \
	}
#define OWNER_ROW_AS(name_, object_, what_, place_, cis_, severity_, mode_rules_, owner_rules_,    \
		     why_, page_)                                                                  \
	{                                                                                          \
		.id = "file." object_ "-owner",                                                    \
		.title = "Another than root owns " what_,                                          \
		.severity = severity_,                                                             \
		.severity_rules = owner_rules_,                                                    \
		.component = COMPONENT_KIND_COUNT,                                                 \
		.judge = judge_##name_##_owner,                                                    \
		.reads = "user and group, by number, of " what_ ": " place_,                       \
		.expected = "uid 0, gid 0",                                                        \
		.why = why_,                                                                       \
		.remedy = "chown root:root on " what_,                                             \
		.cis = CIS(cis_),                                                                  \
		.references = REFERENCES(page_),                                                   \
	}
/* clang-format on */

#define MANIFEST_ROWS(name_, object_, program_, mode_cis_, owner_cis_)                             \
	ROWS_OF(name_, object_, "the static pod manifest of " program_,                            \
		program_ ".* and " program_ "-* in the kubelet's staticPodPath", mode_cis_,        \
		owner_cis_, OF_MANIFEST)

static const struct check ROWS[] = {
	MANIFEST_ROWS(apiserver, "apiserver-manifest", "kube-apiserver", "1.1.1", "1.1.2"),
	MANIFEST_ROWS(controller_manager, "controller-manager-manifest", "kube-controller-manager",
		      "1.1.3", "1.1.4"),
	MANIFEST_ROWS(scheduler, "scheduler-manifest", "kube-scheduler", "1.1.5", "1.1.6"),
	MANIFEST_ROWS(etcd, "etcd-manifest", "etcd", "1.1.7", "1.1.8"),
	ROWS_OF(network, "cni-config", "the configuration of the container network",
		"every file in /etc/cni/net.d, or where the distribution keeps it", "1.1.9",
		"1.1.10", OF_NETWORK),
	{
		.id = "file.etcd-data-mode",
		.title = "Others than its owner get into the data of etcd",
		.severity = SEVERITY_HIGH,
		.component = COMPONENT_KIND_COUNT,
		.judge = judge_etcd_data_mode,
		.reads = "the mode of etcd's --data-dir, in the root of its process",
		.expected = "0700 or stricter",
		.why = "It is the cluster: every Secret is in it, in plain text where they are not "
		       "encrypted.",
		.remedy = "chmod 700 /var/lib/etcd",
		.cis = CIS("1.1.11"),
		.references = REFERENCES(ETCD_PAGE),
	},
	{
		.id = "file.etcd-data-owner",
		.title = "Another user than etcd's owns the data of etcd",
		.severity = SEVERITY_HIGH,
		.component = COMPONENT_KIND_COUNT,
		.judge = judge_etcd_data_owner,
		.reads = "the user of etcd's --data-dir and the one that etcd runs as, by number",
		.expected = "the user that etcd runs as",
		.why = "Its owner reads every Secret of the cluster, and writes what the API "
		       "server believes.",
		.remedy = "chown -R etcd:etcd /var/lib/etcd",
		.cis = CIS("1.1.12"),
		.references =
			REFERENCES("https://github.com/kubernetes/kubeadm/issues/2931", ETCD_PAGE),
	},
	ROWS_OF(admin, "admin-kubeconfig", "the kubeconfig of an administrator",
		"admin.conf and super-admin.conf, or where the distribution keeps it", "1.1.13",
		"1.1.14", OF_KUBECONFIG),
	ROWS_OF(scheduler_kubeconfig, "scheduler-kubeconfig", "the kubeconfig of kube-scheduler",
		"scheduler.conf, and what --kubeconfig names", "1.1.15", "1.1.16", OF_KUBECONFIG),
	ROWS_OF(controller_manager_kubeconfig, "controller-manager-kubeconfig",
		"the kubeconfig of kube-controller-manager",
		"controller-manager.conf, and what --kubeconfig names", "1.1.17", "1.1.18",
		OF_KUBECONFIG),
	{
		.id = "file.pki-owner",
		.title = "A directory or file of the cluster's PKI does not belong to root",
		.severity = SEVERITY_MEDIUM,
		.severity_rules = "high where it holds a private key",
		.component = COMPONENT_KIND_COUNT,
		.judge = judge_pki_owner,
		.reads = "user and group, by number, of the PKI's directories and of certificates "
			 "and keys in them, or named by flags of the control plane",
		.expected = "uid 0, gid 0",
		.why = "Who owns a file of it decides whom the cluster trusts.",
		.remedy = "chown -R root:root /etc/kubernetes/pki",
		.cis = CIS("1.1.19"),
		.references = REFERENCES(CERTIFICATES_PAGE),
	},
	{
		.id = "file.pki-certificates-mode",
		.title = "Others than root may write a certificate of the cluster's PKI",
		.severity = SEVERITY_LOW,
		.severity_rules = "medium where others than root may write to it",
		.component = COMPONENT_KIND_COUNT,
		.judge = judge_pki_certificates,
		.reads = "the mode of *.crt, *.pem and *.pub in the PKI's directories, and of "
			 "certificates that flags of the control plane name",
		.expected = "0644 or stricter",
		.why = "Whoever writes to an authority's certificate adds one of his own. They are "
		       "no secret; benchmarks up to 1.10 asked for 0600 all the same.",
		.remedy = "chmod 644 /etc/kubernetes/pki/*.crt",
		.cis = CIS("1.1.20"),
		.references = REFERENCES(CERTIFICATES_PAGE),
	},
	{
		.id = "file.pki-keys-mode",
		.title = "Others than root may read a private key of the cluster's PKI",
		.severity = SEVERITY_HIGH,
		.component = COMPONENT_KIND_COUNT,
		.judge = judge_pki_keys,
		.reads =
			"the mode of *.key and *key.pem in the PKI's directories, and of keys that "
			"flags of the control plane name",
		.expected = "0600 or stricter",
		.why = "Whoever reads it is that component to the whole cluster; with an "
		       "authority's key, anybody.",
		.remedy = "chmod 600 /etc/kubernetes/pki/*.key",
		.cis = CIS("1.1.21"),
		.references = REFERENCES(CERTIFICATES_PAGE),
	},
};

const struct check_family FILE_CONTROL_PLANE_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
