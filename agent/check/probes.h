/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this node's own servers answered to a client without credentials, as judging functions ask
 * for it. An answer makes a verdict worse and never better: nobody may have been there to give it.
 */
#ifndef CHECK_PROBES_H
#define CHECK_PROBES_H

#include <stdbool.h>
#include <stdint.h>

#include "check/judge.h"

/* The most telling probe of the component's server on that port; NULL: it was not asked. */
const struct probe *component_probe(const struct node *node, const struct component *component,
				    int64_t port);
/* The same of whoever holds the listener. */
const struct probe *listener_probe(const struct node *node, const struct listener *listener);

/* An HTTP status in the two hundreds. */
bool probe_was_served(const struct probe *probe);
/* "TLSv1.0" ... and an IANA name such as "TLS_RSA_WITH_AES_128_CBC_SHA"; false for NULL too. */
bool probe_accepts_version(const struct probe *probe, const char *version);
bool probe_accepts_suite(const struct probe *probe, const char *suite);

/* What became of the probe, as one sentence of evidence; nothing for NULL. */
void draft_probe(struct draft *draft, const struct probe *probe);

#endif
