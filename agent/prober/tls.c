/* SPDX-License-Identifier: Apache-2.0 */
/* The handshake by OpenSSL: whoever is there is not verified, only looked at. */
#include <errno.h>

#include <openssl/err.h>
#include <openssl/x509.h>

#include "base/text.h"
#include "prober/visit.h"

/* The server asks for a client certificate: noted, and none is given. */
static int on_request(SSL *ssl, X509 **ret_certificate, EVP_PKEY **ret_key)
{
	struct visit *visit = SSL_get_app_data(ssl);

	(void)ret_certificate, (void)ret_key;
	visit->probe.asks_for_client_certificate = true;
	return 0;
}

SSL_CTX *tls_context_new(void)
{
	/* The machine's own wishes for TLS are for its own programs. */
	if (!OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL))
		return NULL;
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());

	if (!tls)
		return NULL;
	/* Weak is what is to be found. */
	SSL_CTX_set_security_level(tls, 0);
	SSL_CTX_set_min_proto_version(tls, 0);
	SSL_CTX_set_cipher_list(tls, "ALL:COMPLEMENTOFALL:@SECLEVEL=0");
	SSL_CTX_set_options(tls, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_IGNORE_UNEXPECTED_EOF |
					 SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_verify(tls, SSL_VERIFY_NONE, NULL);
	SSL_CTX_set_max_cert_list(tls, PROBE_CHAIN_BYTES_MAX);
	SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_client_cert_cb(tls, on_request);
	return tls;
}

int visit_start_tls(struct visit *visit, SSL_CTX *tls)
{
	visit->ssl = SSL_new(tls);
	if (!visit->ssl || !SSL_set_fd(visit->ssl, visit->fd))
		return -ENOMEM;
	SSL_set_app_data(visit->ssl, visit);
	SSL_set_connect_state(visit->ssl);
	return 0;
}

static bool is_reason(unsigned long error, const char *words)
{
	return text_equal(ERR_reason_error_string(error), words);
}

static void fail_handshake(struct visit *visit)
{
	unsigned long error = ERR_peek_error();
	const char *reason = ERR_reason_error_string(error);

	if (is_reason(error, "excessive message size"))
		visit_fail(visit, "it presented a chain of more than %lu bytes",
			   PROBE_CHAIN_BYTES_MAX);
	else if (is_reason(error, "wrong version number") || is_reason(error, "http request") ||
		 is_reason(error, "packet length too long"))
		visit_fail(visit, "it does not speak TLS");
	else if (reason)
		visit_fail(visit, "TLS could not be agreed on: %s", reason);
	else
		visit_fail(visit, "it ended the connection during the handshake");
}

/* A server that insists on a client certificate has shown its own before it says so. */
static void refused_without_certificate(struct visit *visit)
{
	visit->probe.outcome = PROBE_HANDSHAKE;
	visit->probe.problem = "it turned away a client without a certificate";
	visit_disconnect(visit);
}

int visit_shake_hands(struct visit *visit)
{
	ERR_clear_error();
	int result = SSL_do_handshake(visit->ssl);

	if (result == 1) {
		if (!visit->is_asking_version)
			visit_keep_chain(visit);
		return visit->step == ENDED ? -EPROTO : 1;
	}
	if (visit_tls_result(visit, result) == -EAGAIN)
		return -EAGAIN;
	if (visit->is_asking_version) {
		visit_fail(visit, "no TLS for its version");
	} else if (visit->probe.asks_for_client_certificate) {
		visit_keep_chain(visit);
		if (visit->step != ENDED)
			refused_without_certificate(visit);
	} else {
		fail_handshake(visit);
	}
	return -EPROTO;
}

static void note_version(struct visit *visit)
{
	int version = SSL_version(visit->ssl);

	if (version >= TLS1_VERSION && version <= TLS1_3_VERSION)
		visit->greeting.protocols |= 1U << (version - TLS1_VERSION);
}

void visit_keep_chain(struct visit *visit)
{
	STACK_OF(X509) *chain = SSL_get_peer_cert_chain(visit->ssl);
	int count = chain ? sk_X509_num(chain) : 0;

	if (count > PROBE_CERTIFICATES_MAX) {
		visit_fail(visit, "it presented %d certificates, more than the %d that are read",
			   count, PROBE_CERTIFICATES_MAX);
		return;
	}
	note_version(visit);
	for (int i = 0; i < count; i++) {
		unsigned char *der = NULL;
		int length = i2d_X509(sk_X509_value(chain, i), &der);

		if (length <= 0)
			return visit_fail(visit, "its certificates cannot be read");
		visit->chain[visit->chain_count] = der;
		visit->chain_bytes[visit->chain_count++] = (size_t)length;
	}
}
