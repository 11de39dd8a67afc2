/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One POST at a time over HTTP or HTTPS, by libcurl, without ever blocking the caller's loop. The
 * connection is kept between requests. Redirects are not followed, proxies are taken from the
 * environment (HTTPS_PROXY, NO_PROXY), answers are bounded by RESPONSE_BYTES_MAX.
 */
#ifndef REPORT_HTTP_H
#define REPORT_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "report/otlp_settings.h"

struct http_client;

struct http_request {
	const char *url;
	const char *content_type;
	const char *content_encoding;	/* NULL: none */
	const struct text_buffer *body; /* the caller's, until the answer is taken */
};

/* Where the exchange ended. */
struct http_answer {
	long status;		  /* 0: there was no answer, problem says why */
	const char *problem;	  /* one sentence; NULL with a status */
	bool is_too_long;	  /* the body went past the bound */
	const char *content_type; /* "" when there is none */
	const char *retry_after;  /* as sent; "" when there is none */
	const char *body;	  /* not NUL-terminated */
	size_t length;
};

/* The settings' PEM texts, headers and timeout; copied. Returns 0, -ENOMEM, or -EINVAL. */
int http_client_new(const struct otlp_settings *settings, struct http_client **ret_client);
void http_client_free(struct http_client *client);

/* Starts an exchange; there must be none under way. Returns 0 or -errno. */
int http_begin(struct http_client *client, const struct http_request *request);
bool http_is_busy(const struct http_client *client);
/*
 * Waits until something happens on the exchange or the extra descriptor becomes readable, at most
 * that long (-1: for ever), and goes on with the exchange. Returns 0 or -errno.
 */
int http_wait(struct http_client *client, int extra_fd, int timeout_ms);
/* True once an exchange has ended: its answer, valid until the next http_begin(). */
bool http_take_answer(struct http_client *client, struct http_answer *ret_answer);

DEFINE_CLEANUP(http_client, struct http_client, http_client_free);

#endif
