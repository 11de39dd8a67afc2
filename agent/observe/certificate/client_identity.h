/* SPDX-License-Identifier: Apache-2.0 */
/*
 * With which credential a component talks to the API server, by the rules of the kubelet and
 * client-go: the rotation store first where client certificates rotate, else the kubeconfig's.
 */
#ifndef OBSERVE_CERTIFICATE_CLIENT_IDENTITY_H
#define OBSERVE_CERTIFICATE_CLIENT_IDENTITY_H

#include "nodelatch/component.h"

#include "base/arena.h"

/*
 * root is the process's own root, working_directory what relative flags count from (NULL: unknown).
 * Reads the settings "rotateCertificates", "--kubeconfig", "--cert-dir" and
 * "--bootstrap-kubeconfig", of a kube-proxy "clientConnection.kubeconfig". Returns 0 or -ENOMEM;
 * everything else that goes wrong is in the identity.
 */
int client_identity_observe(int root, const struct component *component,
			    const char *working_directory, struct arena *arena,
			    struct client_identity *ret_identity);

#endif
