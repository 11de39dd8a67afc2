/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the prober says of a cluster, and what a captured node tree holds of an earlier run: one
 * JSON document,
 *
 *   {"schema":"nodelatch.cluster/1","server":"https://10.0.0.1:6443","problem":null,
 *    "rbac":"unknown","bindings":[
 *     {"kind":"ClusterRoleBinding","namespace":null,"name":"tiller","role_kind":"ClusterRole",
 *      "role":"cluster-admin","subject_kind":"ServiceAccount","subject_namespace":"kube-system",
 *      "subject":"tiller"}]}
 *
 * "rbac" is "unknown", "in-force" or "absent". With a problem the bindings do not count. Nothing in
 * it is trusted: the list and every text are bounded.
 */
#ifndef OBSERVE_CLUSTER_DOCUMENT_H
#define OBSERVE_CLUSTER_DOCUMENT_H

#include "nodelatch/cluster.h"

#include "base/arena.h"

#define CLUSTER_SCHEMA "nodelatch.cluster/1"

/* The word in the document. */
const char *cluster_rbac_word(enum cluster_rbac rbac);

/* Returns 0; -EINVAL with ret_problem set, a phrase that says of the document what is wrong; or
 * -ENOMEM. */
int cluster_from_json(const char *text, size_t length, struct arena *arena,
		      struct cluster *ret_cluster, const char **ret_problem);

/* The recorded answer of a captured tree, in nodelatch/cluster.json below its root; one that cannot
 * be read is an unknown cluster. Left alone where there is none. Returns 0 or -ENOMEM. */
int cluster_from_tree(int root, struct arena *arena, struct cluster *ret_cluster);

#endif
