/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the prober says, and what a captured node tree holds of an earlier run: one JSON document,
 *
 *   {"schema":"nodelatch.probes/1","probes":[
 *     {"pid":900,"address":"127.0.0.1","port":10250,"path":"/pods","tls":true,
 *      "outcome":"answered","problem":null,"status":401,"shows_pods":false,
 *      "version":null,"version_path":null,
 *      "asks_for_client_certificate":true,"versions":["TLSv1.2","TLSv1.3"],
 *      "suites":["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],"served":["MIIB..."]}]}
 *
 * pid, address, port and outcome ("failed", "refused", "handshake", "answered") must be there; the
 * rest is false, 0 or empty where it is not. "version" is that of the component ("1.31.9"), as the
 * server told it at "version_path" (where that is missing: at "path"). "served" holds certificates,
 * DER as base64. Nothing in it is trusted: every list and text is bounded, and a certificate that
 * does not parse is told in served.problem.
 */
#ifndef OBSERVE_PROBES_RESULT_H
#define OBSERVE_PROBES_RESULT_H

#include "nodelatch/probe.h"

#include "base/arena.h"

#define PROBES_SCHEMA "nodelatch.probes/1"

struct probe_list {
	struct probe *items; /* in the arena */
	size_t count;
};

/* The word of an outcome in the document. */
const char *probe_outcome_word(enum probe_outcome outcome);

/* Returns 0; -EINVAL with ret_problem set, a phrase that says of the document what is wrong; or
 * -ENOMEM. */
int probes_from_json(const char *text, size_t length, struct arena *arena,
		     struct probe_list *ret_list, const char **ret_problem);

/* The recorded answers of a captured tree, in nodelatch/probes.json below its root. Returns 0;
 * -ENOENT: it has none; -EINVAL with ret_problem set; or -ENOMEM. */
int probes_from_tree(int root, struct arena *arena, struct probe_list *ret_list,
		     const char **ret_problem);

#endif
