/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a component shows of certificates: the files that its settings name, those that a kubelet
 * keeps in its --cert-dir, and its own identity.
 */
#ifndef OBSERVE_COMPONENT_CERTIFICATES_H
#define OBSERVE_COMPONENT_CERTIFICATES_H

#include "nodelatch/component.h"

#include "base/arena.h"
#include "observe/host.h"

/*
 * Fills certificates and identity; kind, process and settings are set. The process may end while it
 * is looked at. Returns 0 or -ENOMEM.
 */
int component_certificates_observe(const struct host *host, struct arena *arena,
				   struct component *component);

#endif
