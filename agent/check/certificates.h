/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates as judging functions ask about them: whether they hold, how strong they are, and
 * with which of them a kubelet's server shows itself.
 */
#ifndef CHECK_CERTIFICATES_H
#define CHECK_CERTIFICATES_H

#include <stdbool.h>
#include <stdint.h>

#include "check/judge.h"

/* "2026-11-22T05:48:26Z"; certificates may name years that a node's clock does not reach. */
const char *certificate_date(struct judge *judge, int64_t seconds);
/* "CN=system:node:n1,O=system:nodes" */
const char *certificate_subject(struct judge *judge, const struct certificate *certificate);
bool certificate_is_valid_at(const struct certificate *certificate, int64_t now_s);
/* Signed by itself, or by the authority that a kubelet makes up at its start and forgets. */
bool certificate_is_self_made(const struct certificate *certificate);
/* What is weak about its key or signature, as one phrase; NULL: nothing. */
const char *certificate_weakness(struct judge *judge, const struct certificate *certificate);

/* Where a kubelet's server takes its certificate from. */
enum serving_mechanism {
	SERVING_UNKNOWN,
	SERVING_ROTATED, /* from the cluster: kubelet-server-current.pem */
	SERVING_PAIR,	 /* tlsCertFile and tlsPrivateKeyFile */
	SERVING_SELF_MADE,
};

enum serving_mechanism serving_mechanism(const struct component *kubelet);
/* The file of that mechanism; NULL: there is none to name. */
const struct certificate_file *serving_file(const struct component *kubelet);
/* The chain that its server was seen to show; NULL: it was not asked, or showed none. */
const struct certificate_file *serving_live(const struct node *node,
					    const struct component *kubelet);
/* Whether what it shows is another certificate than what its file holds: it was not restarted. */
bool serving_is_stale(const struct node *node, const struct component *kubelet);

#endif
