/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the API server of this node's cluster says of RBAC. Asked only with a credential that the
 * policy names, and reduced before it is kept: to bindings of the role cluster-admin, to those of
 * clients without credentials, and to those of accounts that are called like a dashboard or tiller.
 */
#ifndef NODELATCH_CLUSTER_H
#define NODELATCH_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>

/* One subject of a binding. */
struct cluster_binding {
	const char *kind;      /* "ClusterRoleBinding", "RoleBinding" */
	const char *namespace; /* of a RoleBinding; NULL */
	const char *name;
	const char *role_kind; /* "ClusterRole", "Role" */
	const char *role;
	const char *subject_kind;      /* "User", "Group", "ServiceAccount" */
	const char *subject_namespace; /* of a ServiceAccount; NULL */
	const char *subject;
};

enum cluster_rbac {
	RBAC_UNKNOWN,  /* it serves RBAC's bindings, which does not prove that it asks them */
	RBAC_IN_FORCE, /* RBAC itself was seen to allow or refuse a request */
	RBAC_ABSENT,   /* it does not serve RBAC at all */
};

struct cluster {
	bool is_asked;	     /* false: nobody was asked, problem says why */
	bool is_known;	     /* the bindings are all those that count; false: problem says why */
	const char *problem; /* a phrase; NULL: none */
	const char *server;  /* its URL; NULL unknown */
	enum cluster_rbac rbac;
	const struct cluster_binding *bindings;
	size_t binding_count;
};

/* The problem where the policy does not name a credential. */
#define CLUSTER_IS_OFF "cluster.kubeconfig is not set in the policy"

#endif
