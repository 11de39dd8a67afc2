/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a chain leads to an authority that a component knows, by signature. Time is not looked
 * at: when each certificate holds is in it.
 */
#ifndef OBSERVE_CERTIFICATE_CHAIN_H
#define OBSERVE_CERTIFICATE_CHAIN_H

#include "nodelatch/component.h"
#include "nodelatch/probe.h"

/*
 * Sets file->signed_by to the path of the first of the component's authorities (its client CA, that
 * of its kubeconfig) that the leaf leads to, over the file's other certificates; NULL: none. A
 * certificate never vouches for itself unless an authority's file holds it. The path lives as long
 * as the component. Returns 0 or -ENOMEM.
 */
int chain_settle(const struct component *component, struct certificate_file *file);

/* The same of what each probed server showed, by the authorities of its owner. */
int chain_settle_probes(struct probe *probes, size_t count, const struct component *components,
			size_t component_count);

#endif
