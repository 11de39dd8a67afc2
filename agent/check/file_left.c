/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials that should not be on this node any more, or never should have been. */
#include "base/cleanup.h"
#include "base/text.h"
#include "check/families.h"
#include "check/file_words.h"
#include "check/row.h"

#define BOOTSTRAP_PAGE                                                                             \
	"https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/"
#define CERTIFICATES_PAGE "https://kubernetes.io/docs/setup/best-practices/certificates/"

/* Names of keys with which the whole cluster can be forged: "ca.key" of the cluster, of etcd and of
 * the front proxy, k3s' "server-ca.key"; the key that signs service account tokens. */
static const char *const CLUSTER_KEYS[] = { "*/ca.key", "*-ca.key", "*/sa.key", "*/service.key",
					    "*/service-account.key" };

static bool is_cluster_key(const struct file_fact *file)
{
	for (size_t i = 0; i < ARRAY_SIZE(CLUSTER_KEYS); i++)
		if (text_matches_glob(file->path, CLUSTER_KEYS[i]))
			return true;
	return false;
}

static const struct file_fact *find_fact(const struct judge *judge, const char *object,
					 const struct component *kubelet)
{
	const struct node *node = judge->node;

	for (size_t i = 0; i < node->file_count; i++)
		if (node->files[i].pid == kubelet->process->pid &&
		    text_equal(node->files[i].object, object))
			return &node->files[i];
	return NULL;
}

static void record_left(struct judge *judge, const struct component *kubelet,
			const struct file_fact *file)
{
	struct draft draft = draft_on_file(judge, kubelet, file->path);

	draft_source(&draft, SOURCE_CONFIG, file->path);
	draft_value(&draft, "%s", file->path);
	draft_evidence(&draft, "file",
		       "%s holds a key, token or password, and the node has joined: %s is there",
		       file_name_words(judge, file),
		       find_fact(judge, "kubelet-kubeconfig", kubelet)->path);
	draft.finding.remedy = judge_text(judge, "rm %s", file_quoted(judge, file->path));
	draft_record(&draft, VERDICT_FAIL);
}

static void judge_bootstrap(struct judge *judge, const struct component *kubelet)
{
	const struct file_fact *file = find_fact(judge, "bootstrap-kubeconfig", kubelet);
	const struct file_fact *own = find_fact(judge, "kubelet-kubeconfig", kubelet);
	bool has_joined = own && own->status == FILE_READ;

	if (has_joined && file && file->status == FILE_READ && file->holds_secret &&
	    !text_equal(file->path, own->path)) {
		record_left(judge, kubelet, file);
		return;
	}
	struct draft draft = draft_on_component(judge, kubelet);

	if (!file) {
		draft_record_not_applicable(
			&draft, "no bootstrap kubeconfig is named, and none is known of");
	} else if (file->status == FILE_ABSENT) {
		draft_evidence(&draft, "file", "%s does not exist", file->path);
		draft_record(&draft, VERDICT_PASS);
	} else if (file->status != FILE_READ) {
		draft_record_error(&draft, "%s %s", file->path,
				   file->problem ? file->problem : "was not looked at");
	} else if (!has_joined) {
		draft_record_not_applicable(
			&draft, "the node has not joined yet: there is no kubeconfig of "
				"its own");
	} else {
		draft_evidence(&draft, "file", "%s %s", file->path,
			       file->holds_secret ? "is the kubelet's own kubeconfig"
						  : "holds no key, token or password");
		draft_record(&draft, VERDICT_PASS);
	}
}

static bool is_control_plane(enum component_kind kind)
{
	return kind == COMPONENT_APISERVER || kind == COMPONENT_CONTROLLER_MANAGER ||
	       kind == COMPONENT_SCHEDULER || kind == COMPONENT_ETCD;
}

/* Programs with a kubelet inside have the control plane inside as well, but for "k3s agent". */
static bool embeds_control_plane(const struct component *kubelet)
{
	const struct process *process = kubelet->process;

	if (!text_equal(kubelet->embedder, "k3s"))
		return kubelet->embedder != NULL;
	for (size_t i = 0; i < process->argument_count; i++)
		if (text_equal(process->arguments[i], "server") ||
		    text_matches_glob(process->arguments[i], "*[ -]server*"))
			return true;
	return text_equal(process->name, "k3s-server");
}

/* Why this node is no mere worker; NULL: it is one. */
static const char *control_plane_here(struct judge *judge)
{
	const struct node *node = judge->node;

	for (size_t i = 0; i < node->component_count; i++) {
		const struct component *component = &node->components[i];

		if (is_control_plane(component->kind))
			return "a component of the control plane runs on this node";
		if (component->kind == COMPONENT_KUBELET && embeds_control_plane(component))
			return judge_text(judge, "%s runs the control plane of this node",
					  component->embedder);
	}
	for (size_t i = 0; i < node->file_count; i++)
		if (node->files[i].status == FILE_READ &&
		    text_matches_glob(node->files[i].object, "*-manifest"))
			return judge_text(judge, "%s makes this node part of the control plane",
					  node->files[i].path);
	return NULL;
}

static void record_secret(struct judge *judge, const struct file_fact *file)
{
	struct draft draft = draft_on_file(judge, file_user(judge, file), file->path);

	draft_source(&draft, SOURCE_CONFIG, file->path);
	draft_value(&draft, "%s", file->path);
	draft_evidence(&draft, "file", "%s is there, and no component of the control plane is",
		       file_name_words(judge, file));
	draft_evidence(&draft, "file", "it holds %s",
		       file->holds_secret ? "a key, token or password"
					  : "no key, token or password that could be recognised");
	draft.finding.remedy = judge_text(judge, "rm %s, and rotate what was in it",
					  file_quoted(judge, file->path));
	draft_record(&draft, VERDICT_FAIL);
}

/* Whether it became a finding. */
static bool judge_secret(struct judge *judge, const struct file_fact *file)
{
	bool is_admin = text_equal(file->object, "admin-kubeconfig");
	bool is_key = text_equal(file->object, "pki-key") && is_cluster_key(file);

	if ((!is_admin && !is_key) || file->is_again || file->status == FILE_ABSENT)
		return false;
	if (file->status == FILE_READ) {
		record_secret(judge, file);
		return true;
	}
	struct draft draft = draft_on_file(judge, file_user(judge, file), file->path);

	draft_record_error(&draft, "%s %s", file->path,
			   file->problem ? file->problem : "was not looked at");
	return true;
}

static const struct file_fact *end_of_look(const struct node *node)
{
	for (size_t i = 0; i < node->file_count; i++)
		if (!node->files[i].object || (text_equal(node->files[i].object, "pki-directory") &&
					       node->files[i].status == FILE_UNREADABLE))
			return &node->files[i];
	return NULL;
}

static void judge_secrets(struct judge *judge, const struct component *component)
{
	const struct node *node = judge->node;
	const struct file_fact *end = end_of_look(node);
	const char *reason = control_plane_here(judge);
	bool is_bad = false;

	(void)component;
	for (size_t i = 0; !reason && i < node->file_count; i++)
		is_bad |= judge_secret(judge, &node->files[i]);
	if (is_bad)
		return;
	struct draft draft = draft_on_node(judge);

	if (reason) {
		draft_record_not_applicable(&draft, "%s", reason);
	} else if (!node->file_count) {
		draft_record_not_applicable(&draft, "no kubelet runs on this node");
	} else if (end) {
		draft_record_error(&draft, "%s %s", end->path, end->problem);
	} else {
		draft_evidence(&draft, "file",
			       "neither an administrator's kubeconfig nor a key of the cluster's "
			       "authorities is where this distribution keeps them");
		draft_record(&draft, VERDICT_PASS);
	}
}

static const struct check ROWS[] = {
	{
		.id = "file.bootstrap-kubeconfig-left",
		.title = "The kubelet's bootstrap credential was left on the node",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_KUBELET,
		.judge = judge_bootstrap,
		.reads = "the file of --bootstrap-kubeconfig, or where the distribution keeps it, "
			 "and whether the kubelet has its own kubeconfig",
		.expected = "not there, or without a key, token or password",
		.why = "It is good for more nodes than this one: whoever reads it may join the "
		       "cluster as a node.",
		.remedy = "rm /etc/kubernetes/bootstrap-kubelet.conf",
		.references = REFERENCES(BOOTSTRAP_PAGE),
	},
	{
		.id = "file.control-plane-secret-on-worker",
		.title = "A secret of the control plane lies on a worker",
		.severity = SEVERITY_CRITICAL,
		.component = COMPONENT_KIND_COUNT,
		.judge = judge_secrets,
		.reads =
			"admin.conf, super-admin.conf, ca.key, etcd/ca.key, front-proxy-ca.key and "
			"sa.key, or what the distribution calls them",
		.expected = "none of them",
		.why = "Whoever gets out of a pod on this node has the whole cluster with it.",
		.remedy = "remove it, and rotate what was in it",
		.references = REFERENCES(CERTIFICATES_PAGE),
	},
};

const struct check_family FILE_LEFT_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
