/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a worker: what starts the kubelet, configures it, and says who it is (CIS 4.1). */
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "check/families.h"
#include "check/file_rules.h"
#include "check/file_words.h"
#include "check/row.h"

#define BOOTSTRAP_PAGE                                                                             \
	"https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/"
#define CONFIG_PAGE "https://kubernetes.io/docs/tasks/administer-cluster/kubelet-config-file/"
#define KUBECONFIG_PAGE                                                                            \
	"https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/"
#define UNIT_PAGE                                                                                  \
	"https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/kubelet-integration/"

#define READABLE_LOW "low where it can only be read; high where others than root may write to it"

/* Where a program runs the kubelet inside itself, its unit is the kubelet's: reading it is that
 * program's concern, writing to it is not. */
static const struct file_rule UNIT_MODE = { .object = "kubelet-unit",
					    .things = "unit file of the kubelet",
					    .file_mode = 0600,
					    .when_written = SEVERITY_HIGH };
static const struct file_rule EMBEDDER_MODE = { .object = "kubelet-unit",
						.things = "unit file of the kubelet",
						.file_mode = 0755,
						.when_written = SEVERITY_HIGH };
static const struct file_rule UNIT_OWNER = { .object = "kubelet-unit",
					     .things = "unit file of the kubelet",
					     .file_mode = ANY_MODE,
					     .wants_root_user = true,
					     .wants_root_group = true,
					     .when_written = SEVERITY_HIGH };

/* Files of variables alone do not make a unit. */
static bool has_unit_files(const struct judge *judge, const struct component *kubelet)
{
	const struct node *node = judge->node;

	for (size_t i = 0; i < node->file_count; i++)
		if (text_equal(node->files[i].object, "kubelet-unit") &&
		    node->files[i].pid == kubelet->process->pid &&
		    strstr(node->files[i].path, "/systemd/"))
			return true;
	return false;
}

static void judge_unit(struct judge *judge, const struct component *kubelet,
		       const struct file_rule *rule)
{
	const char *unit = kubelet->process->unit;
	size_t before = judge->count;

	if (unit && has_unit_files(judge, kubelet)) {
		file_judge(judge, kubelet, rule);
		if (!kubelet->embedder || judge->count == before ||
		    judge->findings[judge->count - 1].verdict != VERDICT_PASS)
			return;
		judge->count = before;
	}
	struct draft draft = draft_on_component(judge, kubelet);

	if (kubelet->embedder)
		draft_record_not_applicable(&draft,
					    "the kubelet runs inside %s and has no unit of its own",
					    kubelet->embedder);
	else if (!unit || !text_ends_with(unit, ".service"))
		draft_record_not_applicable(&draft, "the kubelet was started by no systemd unit");
	else
		draft_record_error(&draft,
				   "no file of the unit %s was found where systemd looks for them",
				   unit);
}

static void judge_unit_mode(struct judge *judge, const struct component *kubelet)
{
	judge_unit(judge, kubelet, kubelet->embedder ? &EMBEDDER_MODE : &UNIT_MODE);
}

static void judge_unit_owner(struct judge *judge, const struct component *kubelet)
{
	judge_unit(judge, kubelet, &UNIT_OWNER);
}

FILE_JUDGE(judge_kubeconfig_mode, .object = "kubelet-kubeconfig", .things = "kubeconfig",
	   .setting = "--kubeconfig", .file_mode = 0600, .when_written = SEVERITY_HIGH,
	   .is_low_without_secret = true);
FILE_JUDGE(judge_kubeconfig_owner, .object = "kubelet-kubeconfig", .things = "kubeconfig",
	   .setting = "--kubeconfig", .file_mode = ANY_MODE, .wants_root_user = true,
	   .wants_root_group = true, .when_written = SEVERITY_HIGH);
FILE_JUDGE(judge_client_ca_mode, .object = "client-ca", .things = "file of authorities",
	   .setting = "authentication.x509.clientCAFile", .file_mode = 0644);
FILE_JUDGE(judge_client_ca_owner, .object = "client-ca", .things = "file of authorities",
	   .setting = "authentication.x509.clientCAFile", .file_mode = ANY_MODE,
	   .wants_root_user = true, .wants_root_group = true);
FILE_JUDGE(judge_config_mode, .object = "kubelet-config", .things = "configuration file",
	   .setting = "--config", .file_mode = 0600, .when_written = SEVERITY_HIGH);
FILE_JUDGE(judge_config_owner, .object = "kubelet-config", .things = "configuration file",
	   .setting = "--config", .file_mode = ANY_MODE, .wants_root_user = true,
	   .wants_root_group = true, .when_written = SEVERITY_HIGH);
FILE_JUDGE(judge_dropin_access, .object = "kubelet-dropin", .things = "directory of drop-ins",
	   .setting = "--config-dir", .file_mode = 0644, .directory_mode = 0755,
	   .wants_root_user = true);
FILE_JUDGE(judge_key_access, .object = "kubelet-key", .things = "private key of the kubelet's",
	   .file_mode = 0600, .wants_root_user = true);
FILE_JUDGE(judge_proxy_mode, .object = "kube-proxy-kubeconfig",
	   .things = "kubeconfig of kube-proxy", .file_mode = 0600, .skips_volumes = true);
FILE_JUDGE(judge_proxy_owner, .object = "kube-proxy-kubeconfig",
	   .things = "kubeconfig of kube-proxy", .file_mode = ANY_MODE, .wants_root_user = true,
	   .wants_root_group = true, .skips_volumes = true);

static const struct check ROWS[] = {
	{
		.id = "file.kubelet-unit-mode",
		.title = "Others than root may read or write what starts the kubelet",
		.severity = SEVERITY_LOW,
		.severity_rules = READABLE_LOW,
		.component = COMPONENT_KUBELET,
		.judge = judge_unit_mode,
		.reads = "the unit of the kubelet's process: its fragment, its drop-ins, the files "
			 "of EnvironmentFile=, and those that its distribution keeps",
		.expected = "0600 or stricter",
		.why = "Whoever may write to them starts the kubelet with flags of his own, and so "
		       "owns the node.",
		.remedy = "chmod 600 /etc/systemd/system/kubelet.service.d/*.conf",
		.cis = CIS("4.1.1"),
		.references = REFERENCES(UNIT_PAGE),
	},
	{
		.id = "file.kubelet-unit-owner",
		.title = "What starts the kubelet does not belong to root",
		.severity = SEVERITY_LOW,
		.severity_rules = "low where only its group is another; high where its owner is",
		.component = COMPONENT_KUBELET,
		.judge = judge_unit_owner,
		.reads = "user and group of the files of the kubelet's unit, by number",
		.expected = "uid 0, gid 0",
		.why = "Its owner may write to it, and starts the kubelet with flags of his own.",
		.remedy = "chown root:root /etc/systemd/system/kubelet.service.d/*.conf",
		.cis = CIS("4.1.2"),
		.references = REFERENCES(UNIT_PAGE),
	},
	{
		.id = "file.kube-proxy-kubeconfig-mode",
		.title = "Others than root may read or write kube-proxy's kubeconfig",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_KIND_COUNT,
		.judge = judge_proxy_mode,
		.reads = "clientConnection.kubeconfig of kube-proxy, or where its distribution "
			 "keeps it",
		.expected = "0600 or stricter",
		.why = "Whoever reads it speaks to the API server as kube-proxy, which sees every "
		       "service and every node.",
		.remedy = "chmod 600 on kube-proxy's kubeconfig",
		.cis = CIS("4.1.3"),
		.references = REFERENCES(KUBECONFIG_PAGE),
	},
	{
		.id = "file.kube-proxy-kubeconfig-owner",
		.title = "kube-proxy's kubeconfig does not belong to root",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_KIND_COUNT,
		.judge = judge_proxy_owner,
		.reads = "user and group of kube-proxy's kubeconfig, by number",
		.expected = "uid 0, gid 0",
		.why = "Its owner reads it, and may point kube-proxy at an API server of his own.",
		.remedy = "chown root:root on kube-proxy's kubeconfig",
		.cis = CIS("4.1.4"),
		.references = REFERENCES(KUBECONFIG_PAGE),
	},
	{
		.id = "file.kubelet-kubeconfig-mode",
		.title = "Others than root may read or write the kubelet's kubeconfig",
		.severity = SEVERITY_HIGH,
		.severity_rules = "low where it can only be read and holds no key, token or "
				  "password: an exec plugin gives the credential",
		.component = COMPONENT_KUBELET,
		.judge = judge_kubeconfig_mode,
		.reads = "the file of --kubeconfig",
		.expected = "0600 or stricter",
		.why = "Whoever reads it is this node to the API server, with every Secret of its "
		       "pods; whoever writes to it chooses the API server.",
		.remedy = "chmod 600 /etc/kubernetes/kubelet.conf",
		.cis = CIS("4.1.5"),
		.references = REFERENCES(KUBECONFIG_PAGE),
	},
	{
		.id = "file.kubelet-kubeconfig-owner",
		.title = "The kubelet's kubeconfig does not belong to root",
		.severity = SEVERITY_HIGH,
		.component = COMPONENT_KUBELET,
		.judge = judge_kubeconfig_owner,
		.reads = "user and group of the file of --kubeconfig, by number",
		.expected = "uid 0, gid 0",
		.why = "Its owner is this node to the API server, and may point the kubelet at "
		       "another one.",
		.remedy = "chown root:root /etc/kubernetes/kubelet.conf",
		.cis = CIS("4.1.6"),
		.references = REFERENCES(KUBECONFIG_PAGE),
	},
	{
		.id = "file.client-ca-mode",
		.title = "Others than root may write the authorities of the kubelet's clients",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_KUBELET,
		.judge = judge_client_ca_mode,
		.reads = "the file of authentication.x509.clientCAFile",
		.expected = "0644 or stricter",
		.why = "Whoever may write to it adds an authority, and its certificates command "
		       "the kubelet. It is no secret; benchmarks up to 1.10 asked for 0600 all the "
		       "same.",
		.remedy = "chmod 644 /etc/kubernetes/pki/ca.crt",
		.cis = CIS("4.1.7"),
		.references = REFERENCES(CONFIG_PAGE),
	},
	{
		.id = "file.client-ca-owner",
		.title = "The authorities of the kubelet's clients do not belong to root",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_KUBELET,
		.judge = judge_client_ca_owner,
		.reads = "user and group of the file of authentication.x509.clientCAFile, by "
			 "number",
		.expected = "uid 0, gid 0",
		.why = "Its owner adds an authority, and its certificates command the kubelet.",
		.remedy = "chown root:root /etc/kubernetes/pki/ca.crt",
		.cis = CIS("4.1.8"),
		.references = REFERENCES(CONFIG_PAGE),
	},
	{
		.id = "file.kubelet-config-mode",
		.title = "Others than root may read or write the kubelet's configuration",
		.severity = SEVERITY_LOW,
		.severity_rules = READABLE_LOW,
		.component = COMPONENT_KUBELET,
		.judge = judge_config_mode,
		.reads = "the file of --config",
		.expected = "0600 or stricter",
		.why = "Whoever may write to it lets everybody into the kubelet at its next start; "
		       "read, it shows what is worth trying.",
		.remedy = "chmod 600 /var/lib/kubelet/config.yaml",
		.cis = CIS("4.1.9"),
		.references = REFERENCES(CONFIG_PAGE),
	},
	{
		.id = "file.kubelet-config-owner",
		.title = "The kubelet's configuration does not belong to root",
		.severity = SEVERITY_LOW,
		.severity_rules = "low where only its group is another; high where its owner is",
		.component = COMPONENT_KUBELET,
		.judge = judge_config_owner,
		.reads = "user and group of the file of --config, by number",
		.expected = "uid 0, gid 0",
		.why = "Its owner lets everybody into the kubelet at its next start.",
		.remedy = "chown root:root /var/lib/kubelet/config.yaml",
		.cis = CIS("4.1.10"),
		.references = REFERENCES(CONFIG_PAGE),
	},
	{
		.id = "file.kubelet-dropin-access",
		.title = "Others than root may write the kubelet's drop-ins",
		.severity = SEVERITY_HIGH,
		.component = COMPONENT_KUBELET,
		.judge = judge_dropin_access,
		.reads = "the directory of --config-dir, those below it, and every *.conf in them",
		.expected = "directories 0755, files 0644 or stricter, of user 0",
		.why = "A drop-in wins over the configuration: whoever may add one lets everybody "
		       "into the kubelet at its next start.",
		.remedy = "chown -R root:root and chmod -R go-w on the directory of --config-dir",
		.cis = CIS_NUMBERS({ "2.1.0", "4.1.11" }),
		.references = REFERENCES(CONFIG_PAGE),
	},
	{
		.id = "file.kubelet-key-access",
		.title = "Others than root may read a private key of the kubelet's",
		.severity = SEVERITY_CRITICAL,
		.component = COMPONENT_KUBELET,
		.judge = judge_key_access,
		.reads = "in --cert-dir kubelet-client-*.pem, kubelet-server-*.pem and *.key; "
			 "tlsPrivateKeyFile; the client-key of the kubeconfig",
		.expected = "0600 or stricter, of user 0",
		.why = "Whoever reads it is this node to the API server, or to every client of the "
		       "kubelet.",
		.remedy = "chmod 600 /var/lib/kubelet/pki/*.pem",
		.references = REFERENCES(BOOTSTRAP_PAGE),
	},
};

const struct check_family FILE_KUBELET_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
