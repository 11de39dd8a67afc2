/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may do what in the cluster, as the API server tells it to a credential of the policy. A fail
 * is about its binding, a pass about the node.
 */
#include "base/cleanup.h"
#include "base/text.h"
#include "check/families.h"
#include "check/judge.h"
#include "check/row.h"

#define RBAC_PAGE "https://kubernetes.io/docs/reference/access-authn-authz/rbac/"

/* Who a subject is, whatever it is called: RBAC takes an account by its user name too. */
struct account {
	const char *namespace, *name;
	size_t namespace_length;
};

static bool account_of(const struct cluster_binding *binding, struct account *ret_account)
{
	static const char PREFIX[] = "system:serviceaccount:";

	if (text_equal(binding->subject_kind, "ServiceAccount")) {
		const char *namespace =
			binding->subject_namespace ? binding->subject_namespace : "";

		*ret_account = (struct account){ namespace, binding->subject, strlen(namespace) };
		return true;
	}
	if (!text_equal(binding->subject_kind, "User") ||
	    !text_starts_with(binding->subject, PREFIX))
		return false;
	const char *namespace = binding->subject + sizeof(PREFIX) - 1;
	const char *colon = strchr(namespace, ':');

	if (!colon)
		return false;
	*ret_account = (struct account){ namespace, colon + 1, (size_t)(colon - namespace) };
	return true;
}

static bool is_in(const struct account *account, const char *namespace)
{
	return strlen(namespace) == account->namespace_length &&
	       strncmp(account->namespace, namespace, account->namespace_length) == 0;
}

/* Its own account, and those that its guides tell people to make: dashboard-admin, and admin-user
 * in its namespace. */
static bool is_dashboard(const struct cluster_binding *binding)
{
	struct account account;

	return account_of(binding, &account) &&
	       (text_matches_glob(account.name, "*kubernetes-dashboard*") ||
		text_matches_glob(account.name, "dashboard-admin*") ||
		text_equal(account.name, "dashboard") || is_in(&account, "kubernetes-dashboard"));
}

static bool is_tiller(const struct cluster_binding *binding)
{
	struct account account;

	return account_of(binding, &account) && (text_matches_glob(account.name, "tiller*") ||
						 text_matches_glob(account.name, "*-tiller"));
}

static bool is_anonymous(const struct cluster_binding *binding)
{
	return (text_equal(binding->subject_kind, "User") &&
		text_equal(binding->subject, "system:anonymous")) ||
	       (text_equal(binding->subject_kind, "Group") &&
		text_equal(binding->subject, "system:unauthenticated"));
}

static bool is_cluster_admin(const struct cluster_binding *binding)
{
	return text_equal(binding->role_kind, "ClusterRole") &&
	       text_equal(binding->role, "cluster-admin");
}

static bool is_of_cluster(const struct cluster_binding *binding)
{
	return text_equal(binding->kind, "ClusterRoleBinding");
}

static void record_not_asked(struct draft *draft)
{
	const struct settings *settings = draft->judge->settings;
	bool is_wanted = settings->cluster_service_account ||
			 (settings->cluster_kubeconfig && *settings->cluster_kubeconfig);

	draft_record_not_applicable(draft, "%s",
				    is_wanted ? "the API server was not asked: a node tree cannot "
						"ask, and it holds no answer in "
						"nodelatch/cluster.json"
					      : draft->judge->node->cluster.problem);
}

/* Whether there is anything to judge; else a result says why not. */
static bool is_to_judge(struct judge *judge)
{
	const struct cluster *cluster = &judge->node->cluster;
	struct draft draft = draft_on_node(judge);

	if (!cluster->is_asked)
		record_not_asked(&draft);
	else if (cluster->rbac == RBAC_ABSENT)
		draft_record_not_applicable(&draft, "the API server does not serve RBAC: it has no "
						    "bindings");
	else if (!cluster->is_known)
		draft_record_error(&draft, "the API server was not heard: %s",
				   cluster->problem ? cluster->problem : "nobody knows why");
	return cluster->is_asked && cluster->rbac != RBAC_ABSENT && cluster->is_known;
}

static const char *binding_name(struct judge *judge, const struct cluster_binding *binding)
{
	return is_of_cluster(binding)
		       ? binding->name
		       : judge_text(judge, "%s/%s", binding->namespace ? binding->namespace : "",
				    binding->name);
}

static const char *subject_name(struct judge *judge, const struct cluster_binding *binding)
{
	return binding->subject_namespace
		       ? judge_text(judge, "%s/%s", binding->subject_namespace, binding->subject)
		       : binding->subject;
}

static bool is_plain(const char *text)
{
	static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789_.:-";

	return text && *text && *text != '-' && !text[strspn(text, LETTERS)];
}

/* A command that a shell takes as it stands, or the row's words. */
static void name_remedy(struct draft *draft, const struct cluster_binding *binding)
{
	if (!is_plain(binding->name) || (!is_of_cluster(binding) && !is_plain(binding->namespace)))
		return;
	draft->finding.remedy =
		is_of_cluster(binding)
			? judge_text(draft->judge, "kubectl delete clusterrolebinding %s",
				     binding->name)
			: judge_text(draft->judge, "kubectl delete rolebinding -n %s %s",
				     binding->namespace, binding->name);
}

static void draft_binding(struct draft *draft, const struct cluster_binding *binding)
{
	struct judge *judge = draft->judge;

	draft_evidence(draft, "cluster", "the %s %s gives the %s %s the %s %s", binding->kind,
		       binding_name(judge, binding), binding->subject_kind,
		       subject_name(judge, binding), binding->role_kind, binding->role);
}

static void record_binding(struct judge *judge, const struct cluster_binding *binding)
{
	struct draft draft = draft_on_node(judge);
	const char *name = judge_text(judge, "%s %s", binding->kind, binding_name(judge, binding));

	draft.finding.subject = (struct subject){
		.kind = "binding",
		.name = name,
		.key = judge_text(judge, "%s %s %s", name, binding->subject_kind,
				  subject_name(judge, binding)),
	};
	draft_source(&draft, SOURCE_LIVE, NULL);
	draft_value(&draft, "%s", binding->role);
	draft_binding(&draft, binding);
	if (is_cluster_admin(binding) && is_of_cluster(binding))
		draft_raise(&draft, SEVERITY_CRITICAL);
	name_remedy(&draft, binding);
	draft_record(&draft, VERDICT_FAIL);
}

/* What every account is given is given to this one too. */
static void note_groups(struct draft *draft)
{
	const struct cluster *cluster = &draft->judge->node->cluster;

	for (size_t i = 0; i < cluster->binding_count; i++) {
		const struct cluster_binding *binding = &cluster->bindings[i];

		if (is_cluster_admin(binding) && text_equal(binding->subject_kind, "Group") &&
		    (text_starts_with(binding->subject, "system:serviceaccounts") ||
		     text_equal(binding->subject, "system:authenticated")))
			draft_note(draft,
				   "the %s %s gives cluster-admin to the group %s, and so to every "
				   "account in it",
				   binding->kind, binding_name(draft->judge, binding),
				   binding->subject);
	}
}

static void record_pass(struct judge *judge, bool notes_groups)
{
	const struct cluster *cluster = &judge->node->cluster;
	struct draft draft = draft_on_node(judge);

	draft_source(&draft, SOURCE_LIVE, NULL);
	draft_evidence(&draft, "cluster", "%s lists no such binding",
		       cluster->server ? cluster->server : "the API server");
	if (notes_groups)
		note_groups(&draft);
	draft_record(&draft, VERDICT_PASS);
}

static void judge_accounts(struct judge *judge,
			   bool (*is_one)(const struct cluster_binding *binding))
{
	const struct cluster *cluster = &judge->node->cluster;
	size_t before = judge->count;

	if (!is_to_judge(judge))
		return;
	for (size_t i = 0; i < cluster->binding_count; i++)
		if (is_cluster_admin(&cluster->bindings[i]) && is_one(&cluster->bindings[i]))
			record_binding(judge, &cluster->bindings[i]);
	if (judge->count == before)
		record_pass(judge, true);
}

static void judge_dashboard(struct judge *judge, const struct component *component)
{
	(void)component;
	judge_accounts(judge, is_dashboard);
}

static void judge_tiller(struct judge *judge, const struct component *component)
{
	(void)component;
	judge_accounts(judge, is_tiller);
}

/* Kubernetes binds the first itself, before 1.14 the others too; kubeadm the Role, so that a node
 * that joins can read the cluster's address and CA. */
static bool is_default(const struct cluster_binding *binding)
{
	if (!is_of_cluster(binding))
		return text_equal(binding->namespace, "kube-public") &&
		       text_equal(binding->role_kind, "Role") &&
		       text_equal(binding->role, "kubeadm:bootstrap-signer-clusterinfo");
	return text_equal(binding->role, "system:public-info-viewer") ||
	       text_equal(binding->role, "system:discovery") ||
	       text_equal(binding->role, "system:basic-user");
}

static void judge_anonymous(struct judge *judge, const struct component *component)
{
	const struct cluster *cluster = &judge->node->cluster;
	size_t before = judge->count;

	(void)component;
	if (!is_to_judge(judge))
		return;
	for (size_t i = 0; i < cluster->binding_count; i++)
		if (is_anonymous(&cluster->bindings[i]) && !is_default(&cluster->bindings[i]))
			record_binding(judge, &cluster->bindings[i]);
	if (judge->count == before)
		record_pass(judge, false);
}

static void judge_authorizers(struct judge *judge, const struct component *component)
{
	const struct cluster *cluster = &judge->node->cluster;
	struct draft draft = draft_on_node(judge);

	(void)component;
	if (!cluster->is_asked) {
		record_not_asked(&draft);
		return;
	}
	draft_source(&draft, SOURCE_LIVE, NULL);
	if (cluster->rbac == RBAC_IN_FORCE) {
		draft_value(&draft, "RBAC");
		draft_evidence(&draft, "cluster",
			       "RBAC was seen to decide on a request of this agent's");
		draft_record(&draft, VERDICT_PASS);
	} else if (cluster->rbac == RBAC_ABSENT) {
		draft_evidence(&draft, "cluster",
			       "the API server's list of its APIs lacks "
			       "rbac.authorization.k8s.io");
		draft_record(&draft, VERDICT_FAIL);
	} else if (cluster->is_known) {
		draft_record_error(&draft,
				   "the API server serves RBAC's bindings, which does not prove "
				   "that it obeys them: only its --authorization-mode tells");
	} else {
		draft_record_error(&draft, "the API server was not heard: %s",
				   cluster->problem ? cluster->problem : "nobody knows why");
	}
}

static const struct check ROWS[] = {
	{
		.id = "cluster.dashboard-binding",
		.title = "The dashboard's account is cluster-admin",
		.severity = SEVERITY_HIGH,
		.severity_rules = "critical when the binding is a ClusterRoleBinding",
		.component = COMPONENT_KIND_COUNT,
		.judge = judge_dashboard,
		.reads = "RBAC's bindings, by the API server (policy: cluster.kubeconfig); "
			 "accounts of the dashboard by their names and namespace",
		.expected = "no binding of the dashboard's account to cluster-admin",
		.why = "Whoever reaches the dashboard, or reads its account's token, owns the "
		       "cluster and every node of it.",
		.remedy = "delete the binding, and bind the account to a role with what people "
			  "look at: kubectl create rolebinding dashboard-view -n NAMESPACE "
			  "--clusterrole=view --serviceaccount=NAMESPACE:ACCOUNT",
		.references = REFERENCES(RBAC_PAGE),
	},
	{
		.id = "cluster.tiller-binding",
		.title = "Tiller's account is cluster-admin",
		.severity = SEVERITY_HIGH,
		.severity_rules = "critical when the binding is a ClusterRoleBinding",
		.component = COMPONENT_KIND_COUNT,
		.judge = judge_tiller,
		.reads = "RBAC's bindings, by the API server (policy: cluster.kubeconfig); "
			 "accounts of Tiller by their names",
		.expected = "no binding of Tiller's account to cluster-admin",
		.why = "Tiller, the server of Helm 2, does for any pod that reaches its port what "
		       "its account may do; Helm 3 needs neither.",
		.remedy = "delete the binding and Tiller itself, and move its releases to Helm 3: "
			  "kubectl delete clusterrolebinding NAME",
		.references = REFERENCES(RBAC_PAGE),
	},
	{
		.id = "cluster.anonymous-binding",
		.title = "Clients without credentials are bound to a role",
		.severity = SEVERITY_HIGH,
		.severity_rules = "critical when a ClusterRoleBinding gives them cluster-admin",
		.component = COMPONENT_KIND_COUNT,
		.judge = judge_anonymous,
		.reads = "RBAC's bindings of system:anonymous and system:unauthenticated, by the "
			 "API server (policy: cluster.kubeconfig)",
		.expected = "none but the defaults: system:public-info-viewer, system:discovery "
			    "and system:basic-user, and kubeadm's of cluster-info",
		.why = "What is bound to them is open to anyone who reaches the API server.",
		.remedy = "delete the binding: kubectl delete clusterrolebinding NAME",
		.references = REFERENCES(RBAC_PAGE),
	},
	{
		.id = "cluster.authorizers",
		.title = "The API server does not serve RBAC",
		.severity = SEVERITY_HIGH,
		.component = COMPONENT_KIND_COUNT,
		.judge = judge_authorizers,
		.reads = "how the API server answers for rbac.authorization.k8s.io, and by whose "
			 "leave it says that the bindings may be read (policy: "
			 "cluster.kubeconfig)",
		.expected = "RBAC in force",
		.why = "Without RBAC every client that has any credential may do everything, or "
		       "what a file says that nobody maintains.",
		.remedy = "start kube-apiserver with --authorization-mode=Node,RBAC and without "
			  "rbac.authorization.k8s.io/v1=false in --runtime-config",
		.references = REFERENCES(RBAC_PAGE),
	},
};

const struct check_family CLUSTER_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
