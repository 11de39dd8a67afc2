/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one of this node's own servers answered to a client without credentials. Asked by a process
 * without privileges; never sent anywhere but to an address of this node.
 */
#ifndef NODELATCH_PROBE_H
#define NODELATCH_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "nodelatch/certificate.h"
#include "nodelatch/listener.h"

enum probe_outcome {
	PROBE_FAILED,	 /* nothing can be said: problem says why (no time left, garbage, ...) */
	PROBE_REFUSED,	 /* nobody listens, or a guard refuses */
	PROBE_HANDSHAKE, /* TLS was agreed on, and no HTTP answer came */
	PROBE_ANSWERED,	 /* an HTTP status came, over TLS or plain */
};

struct probe {
	pid_t pid;		/* the owner of the listener */
	struct address address; /* where it was asked */
	uint16_t port;
	const char *path;	  /* of the GET: "/pods"; NULL: only the handshake was made */
	const char *version;	  /* that it told of itself: "1.31.9"; NULL: none, or not asked */
	const char *version_path; /* where: "/metrics"; NULL: not asked */
	enum probe_outcome outcome;
	const char *problem; /* one sentence; NULL: none */
	bool is_tls;
	int status;	 /* of HTTP; 0: none */
	bool shows_pods; /* the body begins as a list of pods does */
	bool asks_for_client_certificate;
	const char *const *versions; /* that it really accepted: "TLSv1.2" */
	size_t version_count;
	const char *const *suites; /* the same, by their IANA names; of TLS 1.2 and below */
	size_t suite_count;
	struct certificate_file served; /* leaf first; FILE_UNKNOWN without TLS */
};

#endif
