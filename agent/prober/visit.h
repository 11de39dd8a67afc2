/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One target and how far its visit is. A visit makes one connection after another:
 *
 *   ask     connect, TLS where the target has it, GET without credentials
 *   greet   for TLS: a ClientHello of each protocol version, then of TLS 1.2 with the suites that
 *           were not accepted yet, again and again until the server takes none
 *   version where the plan wants it and the server answered: one more GET, whose failure is
 * nobody's
 *
 * Whoever is there is hostile: what is read, kept and waited for is bounded here.
 */
#ifndef PROBER_VISIT_H
#define PROBER_VISIT_H

#include <poll.h>

#include <openssl/ssl.h>

#include "nodelatch/probe.h"

#include "base/limits.h"
#include "observe/probes/told_version.h"
#include "prober/hello.h"

/* All visits are made at the same time, and each has so long; the whole prober has a bit more. */
#define VISIT_MS  800
#define PROBER_MS 2000
/* What is read of an answer: the status, and the first words of the body. */
#define ANSWER_BYTES_MAX 8192
/* Connections for the suites: every one that a server of this age takes, and the refusal. */
#define GREETINGS_MAX 40

enum visit_step { CONNECTING, SHAKING_HANDS, WRITING, READING, ENDED };

struct visit {
	struct probe probe; /* address, port, path: as the plan says; texts in `problem` below */
	char problem[160];
	int64_t until_ns; /* monotonic */

	int fd; /* -1: none */
	enum visit_step step;
	short waits_for; /* POLLIN or POLLOUT */
	SSL *ssl;

	char request[512]; /* of a GET, or a ClientHello */
	size_t request_length, sent;
	char answer[ANSWER_BYTES_MAX];
	size_t received;

	/* Certificates as they came, the leaf first. */
	unsigned char *chain[PROBE_CERTIFICATES_MAX];
	size_t chain_bytes[PROBE_CERTIFICATES_MAX], chain_count;

	bool is_greeting;
	struct greeting greeting;
	unsigned greetings;
	const char *versions[PROTOCOLS];
	const char *suites[PROBE_WORDS_MAX];

	SSL_CTX *tls; /* the prober's */
	bool is_asking_version, is_in_body;
	struct probe known;    /* what was known before the version was asked */
	size_t body_forgotten; /* bytes of its answer that were looked at and are gone */
	char version[TOLD_VERSION_BYTES];
};

/* Begins it; what goes wrong is in the probe. */
void visit_begin(struct visit *visit, SSL_CTX *tls);
/* The descriptor is ready. */
void visit_go_on(struct visit *visit);
/* Its time is up: what is known stays. */
void visit_time_out(struct visit *visit);
void visit_done(struct visit *visit);

/* For the files of this folder. */

/* connection.c: one connection; 0, or the visit has failed. */
int visit_connect(struct visit *visit);
void visit_disconnect(struct visit *visit);
void visit_fail(struct visit *visit, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* What a call of OpenSSL came to that did not do what it should: -EAGAIN with what it waits for, 0
 * at the end, or -errno. */
ssize_t visit_tls_result(struct visit *visit, int result);
/* Bytes of the connection, with TLS or without: their number, 0 at the end, -EAGAIN, or -errno. */
ssize_t visit_read(struct visit *visit, char *bytes, size_t length);
ssize_t visit_write(struct visit *visit, const char *bytes, size_t length);

/* tls.c */
SSL_CTX *tls_context_new(void);
int visit_start_tls(struct visit *visit, SSL_CTX *tls);
/* 1 when TLS is agreed on, -EAGAIN, or the visit has an outcome. */
int visit_shake_hands(struct visit *visit);
void visit_keep_chain(struct visit *visit);

/* visit.c: the request, to `path`. HTTP of minor version 0 knows no chunks. */
void visit_write_request(struct visit *visit, const char *path, int minor);

/* answer.c: reads what came so far; true when that is all that is wanted. */
bool visit_take_answer(struct visit *visit, bool is_at_end);
/* Of an HTTP status line; 0: no such line. */
int answer_status(const struct visit *visit);
/* Bytes after the header; 0: it is not over. */
size_t answer_body(const struct visit *visit, const char **ret_body);

/* version.c */
/* All else has ended: asks for the version, or settles what came of that. */
void visit_ask_version(struct visit *visit);
void visit_take_version(struct visit *visit, bool is_at_end);

/* greet.c */
/* The next ClientHello on a connection of its own; the visit ends when there is none. */
void visit_greet(struct visit *visit);
void visit_take_greeting(struct visit *visit, bool is_at_end);

#endif
