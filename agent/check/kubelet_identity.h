/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose credential a kubelet shows the API server, for the checks that hang on it.
 */
#ifndef CHECK_KUBELET_IDENTITY_H
#define CHECK_KUBELET_IDENTITY_H

#include "nodelatch/component.h"

enum kubelet_identity {
	IDENTITY_UNKNOWN, /* it could not be read, or this node's name is not known */
	IDENTITY_NONE,	  /* no certificate to compare: a plugin, a token, or no kubeconfig */
	IDENTITY_OWN,
	IDENTITY_WRONG,
};

/* What is wrong with a certificate as a node's identity: a set of these. */
enum identity_fault {
	FAULT_NAME = 1 << 0,	     /* its CN is not this node's */
	FAULT_ORGANIZATION = 1 << 1, /* its organizations are not exactly system:nodes */
	FAULT_MASTER = 1 << 2,	     /* one of them is system:masters */
	FAULT_USAGE = 1 << 3,	     /* it does not name client authentication */
	FAULT_AUTHORITY = 1 << 4,    /* CA:TRUE */
	FAULT_ALTERNATIVES = 1 << 5, /* it has subject alternative names */
};

unsigned identity_faults(const struct certificate *leaf, const char *node_name);
enum kubelet_identity kubelet_identity(const struct component *kubelet);

#endif
