/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/cleanup.h"
#include "base/time.h"
#include "prober/cluster.h"

static void cleanup_ssl(SSL **ssl)
{
	SSL_free(*ssl);
}

static void cleanup_bio(BIO **bio)
{
	BIO_free(*bio);
}

int talk_fail(struct talk *talk, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (!*talk->problem)
		vsnprintf(talk->problem, sizeof(talk->problem), format, arguments);
	va_end(arguments);
	return -EPROTO;
}

/* Nobody is asked for a passphrase. */
static int no_passphrase(char *buffer, int size, int is_writing, void *context)
{
	(void)buffer, (void)size, (void)is_writing, (void)context;
	return -1;
}

/* Every certificate of the authority is one that a chain may end at, as Go has it. */
static int trust(struct talk *talk, const char *pem)
{
	CLEANUP(cleanup_bio) BIO *bio = BIO_new_mem_buf(pem, -1);
	X509_STORE *store = SSL_CTX_get_cert_store(talk->tls);
	X509 *certificate;
	size_t count = 0;

	while (bio && (certificate = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL))) {
		count += X509_STORE_add_cert(store, certificate) == 1;
		X509_free(certificate);
	}
	ERR_clear_error();
	return count ? 0 : talk_fail(talk, "the authority given for it holds no certificate");
}

static int take_certificates(struct talk *talk, const char *pem)
{
	CLEANUP(cleanup_bio) BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *certificate;
	int is_good = 1, count = 0;

	while (bio && is_good &&
	       (certificate = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL))) {
		is_good = count++ ? (int)SSL_CTX_add1_chain_cert(talk->tls, certificate)
				  : SSL_CTX_use_certificate(talk->tls, certificate);
		X509_free(certificate);
	}
	ERR_clear_error();
	return is_good && count ? 0 : talk_fail(talk, "the client certificate cannot be read");
}

static int take_key(struct talk *talk, const char *pem)
{
	CLEANUP(cleanup_bio) BIO *bio = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;
	int is_good = key && SSL_CTX_use_PrivateKey(talk->tls, key);

	EVP_PKEY_free(key);
	ERR_clear_error();
	return is_good ? 0
		       : talk_fail(talk, "the key of the client certificate cannot be read, is "
					 "encrypted, or is another's");
}

static int set_up_tls(struct talk *talk, const json_t *plan)
{
	const char *certificate = json_get_text(plan, "certificate", NULL);
	int error = 0;

	talk->tls = OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL)
			    ? SSL_CTX_new(TLS_client_method())
			    : NULL;
	if (!talk->tls)
		return talk_fail(talk, "TLS cannot be set up");
	SSL_CTX_set_min_proto_version(talk->tls, TLS1_2_VERSION);
	SSL_CTX_set_options(talk->tls, SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_verify(talk->tls, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_max_cert_list(talk->tls, PROBE_CHAIN_BYTES_MAX);
	X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(talk->tls), X509_V_FLAG_PARTIAL_CHAIN);
	error = trust(talk, json_get_text(plan, "authority", ""));
	if (error == 0 && certificate)
		error = take_certificates(talk, certificate);
	if (error == 0 && certificate)
		error = take_key(talk, json_get_text(plan, "key", ""));
	return error;
}

/* Within a second: nobody waits for a name server that is not there. */
static int resolve(struct talk *talk)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
	char port[8];

	snprintf(port, sizeof(port), "%u", talk->port);
	setenv("RES_OPTIONS", "timeout:1 attempts:1", 1);
	int error = getaddrinfo(talk->host, port, &hints, &talk->addresses);

	return error ? talk_fail(talk, "its name %s cannot be resolved: %s", talk->host,
				 gai_strerror(error))
		     : 0;
}

int talk_begin(const json_t *plan, struct talk *talk)
{
	int64_t port = json_get_integer(plan, "port", 0);

	*talk = (struct talk){ .host = json_get_text(plan, "host", NULL),
			       .path = json_get_text(plan, "path", ""),
			       .token = json_get_text(plan, "token", NULL),
			       .port = (uint16_t)port,
			       .until_ns = time_monotonic_ns() + CLUSTER_MS * NS_PER_MS,
			       .bytes_left = CLUSTER_BYTES_MAX };
	if (!talk->host || port < 1 || port > UINT16_MAX)
		return talk_fail(talk, "the plan names no server");
	int error = set_up_tls(talk, plan);

	return error == 0 ? resolve(talk) : error;
}

void talk_end(struct talk *talk)
{
	if (talk->addresses)
		freeaddrinfo(talk->addresses);
	SSL_CTX_free(talk->tls);
}

static int wait_until(struct talk *talk, int fd, short events, int64_t until_ns)
{
	struct pollfd wait = { .fd = fd, .events = events };
	int64_t left_ns = until_ns - time_monotonic_ns();
	int ready = left_ns > 0 ? poll(&wait, 1, (int)(left_ns / NS_PER_MS) + 1) : 0;

	if (ready < 0 && errno != EINTR)
		return -errno;
	return ready == 0 ? talk_fail(talk, "it did not answer in full within %d ms", CLUSTER_MS)
			  : 0;
}

static int connect_to(const struct addrinfo *address, int64_t until_ns, int *ret_fd)
{
	struct talk unheard = { 0 };
	socklen_t length = sizeof(int);
	int error = 0;
	CLEANUP_CLOSE int fd =
		socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (connect(fd, address->ai_addr, address->ai_addrlen) < 0 && errno != EINPROGRESS)
		return -errno;
	if (wait_until(&unheard, fd, POLLOUT, until_ns) < 0)
		return -ETIMEDOUT;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0 || error)
		return error ? -error : -errno;
	*ret_fd = take_fd(&fd);
	return 0;
}

static int connect_any(struct talk *talk, int *ret_fd)
{
	int error = -EADDRNOTAVAIL;

	for (struct addrinfo *one = talk->addresses; one && error < 0; one = one->ai_next) {
		int64_t until_ns = time_monotonic_ns() + CLUSTER_CONNECT_MS * NS_PER_MS;

		error = connect_to(one, until_ns < talk->until_ns ? until_ns : talk->until_ns,
				   ret_fd);
	}
	return error < 0 ? talk_fail(talk, "no connection: %s", strerror(-error)) : 0;
}

/* After a call of OpenSSL: 1 to call again, 0 at the end of what comes, or -errno. */
static int after_call(struct talk *talk, SSL *ssl, int result)
{
	int error = SSL_get_error(ssl, result);

	if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
		int waited =
			wait_until(talk, SSL_get_fd(ssl),
				   error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, talk->until_ns);

		return waited < 0 ? waited : 1;
	}
	return error == SSL_ERROR_ZERO_RETURN ? 0 : -EPROTO;
}

static int name_peer(struct talk *talk, SSL *ssl)
{
	X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
	struct in6_addr address;
	bool is_address = inet_pton(AF_INET, talk->host, &address) == 1 ||
			  inet_pton(AF_INET6, talk->host, &address) == 1;

	X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
						       X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (is_address)
		return X509_VERIFY_PARAM_set1_ip_asc(param, talk->host) ? 0 : -ENOMEM;
	/* OpenSSL's macro takes the const from what it is given. */
	CLEANUP_FREE char *name = strdup(talk->host);

	return name && X509_VERIFY_PARAM_set1_host(param, name, 0) &&
			       SSL_set_tlsext_host_name(ssl, name)
		       ? 0
		       : -ENOMEM;
}

static int shake_hands(struct talk *talk, SSL *ssl)
{
	int result, again = 1;

	ERR_clear_error();
	while ((result = SSL_connect(ssl)) != 1 && (again = after_call(talk, ssl, result)) == 1)
		;
	if (result == 1)
		return 0;
	long verdict = SSL_get_verify_result(ssl);
	const char *reason = ERR_reason_error_string(ERR_peek_error());

	if (verdict != X509_V_OK)
		return talk_fail(talk, "its certificate is not to be trusted: %s",
				 X509_verify_cert_error_string(verdict));
	return talk_fail(talk, "TLS could not be agreed on: %s",
			 reason ? reason : "it ended the connection");
}

static int send_request(struct talk *talk, SSL *ssl, const char *path, const char *body)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };
	bool is_ipv6 = strchr(talk->host, ':') != NULL;
	int result, again = 1;

	buffer_printf(&text,
		      "%s %s%s HTTP/1.1\r\nHost: %s%s%s:%u\r\nUser-Agent: nodelatch-prober\r\n"
		      "Accept: application/json\r\nConnection: close\r\n",
		      body ? "POST" : "GET", talk->path, path, is_ipv6 ? "[" : "", talk->host,
		      is_ipv6 ? "]" : "", talk->port);
	if (talk->token)
		buffer_printf(&text, "Authorization: Bearer %s\r\n", talk->token);
	if (body)
		buffer_printf(&text, "Content-Type: application/json\r\nContent-Length: %zu\r\n",
			      strlen(body));
	buffer_printf(&text, "\r\n%s", body ? body : "");
	if (buffer_error(&text))
		return buffer_error(&text);
	while ((result = SSL_write(ssl, text.data, (int)text.length)) <= 0 &&
	       (again = after_call(talk, ssl, result)) == 1)
		;
	explicit_bzero(text.data, text.length);
	return result > 0 ? 0 : talk_fail(talk, "it ended the connection");
}

static int receive(struct talk *talk, SSL *ssl, struct text_buffer *text)
{
	char bytes[16384];
	int result, again = 1;

	while (again == 1) {
		result = SSL_read(ssl, bytes, sizeof(bytes));
		if (result <= 0) {
			again = after_call(talk, ssl, result);
			continue;
		}
		if ((size_t)result > talk->bytes_left)
			return talk_fail(talk, "it says more than the %lu bytes that are read",
					 CLUSTER_BYTES_MAX);
		talk->bytes_left -= (size_t)result;
		buffer_append(text, bytes, (size_t)result);
	}
	if (buffer_error(text))
		return buffer_error(text);
	return again < 0 ? talk_fail(talk, "it ended the connection") : 0;
}

int talk_ask(struct talk *talk, const char *path, const char *body, struct answer *ret_answer)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };
	CLEANUP_CLOSE int fd = -1;
	CLEANUP(cleanup_ssl) SSL *ssl = NULL;
	int error = connect_any(talk, &fd);

	if (error < 0)
		return error;
	ssl = SSL_new(talk->tls);
	if (!ssl || !SSL_set_fd(ssl, fd))
		return talk_fail(talk, "TLS cannot be set up");
	error = name_peer(talk, ssl);
	if (error == 0)
		error = shake_hands(talk, ssl);
	if (error == 0)
		error = send_request(talk, ssl, path, body);
	if (error == 0)
		error = receive(talk, ssl, &text);
	if (error < 0)
		return talk_fail(talk, "out of memory");
	struct answer answer = { .bytes = text.data, .length = text.length };

	if (!text.data || memchr(text.data, '\0', text.length) || answer_read(&answer) < 0)
		return talk_fail(talk, "its answer is not whole, or not HTTP");
	text = (struct text_buffer){ 0 };
	*ret_answer = answer;
	return 0;
}
