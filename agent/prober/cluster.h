/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One API server, asked with a credential of the operator's: the single one that may be elsewhere
 * than on this node, and the only one that is sent a credential, after it has shown a certificate
 * that the given authority vouches for. GETs, and one SelfSubjectAccessReview, which is a POST that
 * changes nothing.
 *
 *   talk      connections and answers (talk.c), each within the total of time and bytes
 *   harvest   what is kept of the answers (harvest.c), for observe/cluster/document.h
 */
#ifndef PROBER_CLUSTER_H
#define PROBER_CLUSTER_H

#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>

#include <openssl/ssl.h>

#include "nodelatch/cluster.h"

#include "base/json.h"
#include "base/limits.h"

/* All requests together. */
#define CLUSTER_MS 3000
/* One address of a server that has several. */
#define CLUSTER_CONNECT_MS 1000
/* Pages of 250 in all, and their bytes: a binding takes some 600, a large cluster has 5,000. */
#define CLUSTER_PAGES_MAX 40
#define CLUSTER_BYTES_MAX (8UL << 20)
/* What a page says to get the next one: some 200 bytes. */
#define CONTINUE_BYTES_MAX 2048

struct talk {
	const char *host, *path; /* "/prefix" or "" */
	uint16_t port;
	const char *token; /* NULL: a certificate */
	SSL_CTX *tls;
	struct addrinfo *addresses;
	int64_t until_ns; /* monotonic */
	size_t bytes_left;
	char problem[400]; /* "": none yet */
};

struct answer {
	char *bytes; /* header and body; to be freed */
	size_t length;
	int status;
	const char *body; /* NULL: it is not whole */
	size_t body_length;
};

/* From the plan's "cluster", whose texts it borrows. 0, or -errno with the problem set. */
int talk_begin(const json_t *plan, struct talk *talk);
/* A path below the server's: GET, or POST of a JSON body. 0, or -errno with the problem set. */
int talk_ask(struct talk *talk, const char *path, const char *body, struct answer *ret_answer);
void talk_end(struct talk *talk);
int talk_fail(struct talk *talk, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Finds status and body in bytes that came; takes chunks apart in place. Returns 0 or -EINVAL. */
int answer_read(struct answer *answer);

struct harvest {
	json_t *bindings;
	char next[CONTINUE_BYTES_MAX]; /* "": there is no next page */
	char problem[200];
};

/* One page of a list of this kind of binding. Returns 0; -EINVAL with the problem set; or -ENOMEM.
 */
int harvest_page(struct harvest *harvest, const char *kind, const char *text, size_t length);

/* All of it: writes the document. Returns 0 or -ENOMEM. */
int cluster_ask(const json_t *plan, struct text_buffer *text);

#endif
