/* SPDX-License-Identifier: Apache-2.0 */
#include "report/http.h"

#include <curl/curl.h>
#include <limits.h>

#include "base/limits.h"
#include "base/text.h"

#define USER_AGENT "nodelatch/" NODELATCH_VERSION " OTel-OTLP-Exporter-C/" NODELATCH_VERSION

struct http_client {
	CURLM *multi;
	CURL *easy;
	struct curl_slist *constant_headers; /* the operator's */
	struct curl_slist *headers;	     /* of the request under way */
	struct text_buffer body;
	bool is_too_long;
	char retry_after[64];
	char problem[CURL_ERROR_SIZE];
	char sentence[CURL_ERROR_SIZE + 64];
	char content_type[128];
	bool is_busy;
};

static size_t take_body(char *data, size_t size, size_t count, void *context)
{
	struct http_client *client = context;

	if (client->body.length + size * count > RESPONSE_BYTES_MAX) {
		client->is_too_long = true;
		return 0;
	}
	buffer_append(&client->body, data, size * count);
	return buffer_error(&client->body) ? 0 : size * count;
}

static size_t take_header(char *data, size_t size, size_t count, void *context)
{
	static const char name[] = "retry-after:";
	struct http_client *client = context;
	size_t length = size * count, skip = sizeof(name) - 1;

	if (length < skip || strncasecmp(data, name, skip) != 0)
		return length;
	while (skip < length && (data[skip] == ' ' || data[skip] == '\t'))
		skip++;
	size_t end = length;

	while (end > skip && (data[end - 1] == '\r' || data[end - 1] == '\n'))
		end--;
	snprintf(client->retry_after, sizeof(client->retry_after), "%.*s", (int)(end - skip),
		 data + skip);
	return length;
}

static bool set_pem(CURL *easy, CURLoption option, const char *pem)
{
	struct curl_blob blob = { .len = pem ? strlen(pem) : 0, .flags = CURL_BLOB_COPY };

	if (!pem)
		return true;
	/* libcurl copies what it is given and does not write to it. */
	blob.data = (void *)(uintptr_t)pem;
	return curl_easy_setopt(easy, option, &blob) == CURLE_OK;
}

static bool set_up_tls(CURL *easy, const struct otlp_settings *settings)
{
	/* An empty passphrase, so that an encrypted key is an error and never a prompt. */
	return set_pem(easy, CURLOPT_CAINFO_BLOB, settings->ca_pem) &&
	       set_pem(easy, CURLOPT_SSLCERT_BLOB, settings->certificate_pem) &&
	       set_pem(easy, CURLOPT_SSLKEY_BLOB, settings->key_pem) &&
	       curl_easy_setopt(easy, CURLOPT_SSLCERTTYPE, "PEM") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_SSLKEYTYPE, "PEM") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_KEYPASSWD, "") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) ==
		       CURLE_OK;
}

static bool set_up(struct http_client *client, const struct otlp_settings *settings)
{
	CURL *easy = client->easy;

	return curl_easy_setopt(easy, CURLOPT_POST, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)settings->timeout_ms) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_USERAGENT, USER_AGENT) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, NULL) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEDATA, client) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HEADERDATA, client) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, client->problem) == CURLE_OK &&
	       set_up_tls(easy, settings);
}

/* "name: value", or "name;" for an empty value, as libcurl wants it. Takes the list's ownership
 * only on success. */
static int add_header(struct curl_slist **list, const char *name, const char *value)
{
	CLEANUP_BUFFER struct text_buffer line = { 0 };

	buffer_printf(&line, *value ? "%s: %s" : "%s;", name, value);
	struct curl_slist *longer =
		buffer_error(&line) ? NULL : curl_slist_append(*list, line.data);

	if (!longer)
		return -ENOMEM;
	*list = longer;
	return 0;
}

int http_client_new(const struct otlp_settings *settings, struct http_client **ret_client)
{
	CLEANUP(cleanup_http_client)
	struct http_client *client = calloc(1, sizeof(*client));

	if (!client || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return -ENOMEM;
	client->multi = curl_multi_init();
	client->easy = curl_easy_init();
	if (!client->multi || !client->easy)
		return -ENOMEM;
	if (!set_up(client, settings))
		return -EINVAL;
	for (size_t i = 0; i < settings->header_count; i++) {
		const struct otlp_pair *pair = &settings->headers[i];

		if (add_header(&client->constant_headers, pair->name, pair->value) < 0)
			return -ENOMEM;
	}
	*ret_client = take_ptr(client);
	return 0;
}

static void end_exchange(struct http_client *client)
{
	if (client->is_busy)
		curl_multi_remove_handle(client->multi, client->easy);
	client->is_busy = false;
}

void http_client_free(struct http_client *client)
{
	if (client->easy && client->multi)
		end_exchange(client);
	curl_easy_cleanup(client->easy);
	curl_multi_cleanup(client->multi);
	curl_slist_free_all(client->headers);
	curl_slist_free_all(client->constant_headers);
	buffer_done(&client->body);
	free(client);
}

static int request_headers(struct http_client *client, const struct http_request *request)
{
	int error = 0;

	curl_slist_free_all(client->headers);
	client->headers = NULL;
	for (struct curl_slist *own = client->constant_headers; own && !error; own = own->next) {
		struct curl_slist *longer = curl_slist_append(client->headers, own->data);

		client->headers = longer ? longer : client->headers;
		error = longer ? 0 : -ENOMEM;
	}
	if (!error)
		error = add_header(&client->headers, "Content-Type", request->content_type);
	if (!error && request->content_encoding)
		error = add_header(&client->headers, "Content-Encoding", request->content_encoding);
	/* Without this libcurl asks first, and waits a second for servers that do not answer that.
	 */
	if (!error)
		error = curl_slist_append(client->headers, "Expect:") ? 0 : -ENOMEM;
	return error;
}

int http_begin(struct http_client *client, const struct http_request *request)
{
	int error = request_headers(client, request);

	if (error < 0)
		return error;
	buffer_reset(&client->body);
	client->is_too_long = false;
	client->retry_after[0] = client->problem[0] = client->content_type[0] = '\0';
	if (curl_easy_setopt(client->easy, CURLOPT_URL, request->url) != CURLE_OK ||
	    curl_easy_setopt(client->easy, CURLOPT_HTTPHEADER, client->headers) != CURLE_OK ||
	    curl_easy_setopt(client->easy, CURLOPT_POSTFIELDS, request->body->data) != CURLE_OK ||
	    curl_easy_setopt(client->easy, CURLOPT_POSTFIELDSIZE_LARGE,
			     (curl_off_t)request->body->length) != CURLE_OK ||
	    curl_multi_add_handle(client->multi, client->easy) != CURLM_OK)
		return -ENOMEM;
	client->is_busy = true;
	return 0;
}

bool http_is_busy(const struct http_client *client)
{
	return client->is_busy;
}

int http_wait(struct http_client *client, int extra_fd, int timeout_ms)
{
	struct curl_waitfd extra = { .fd = extra_fd, .events = CURL_WAIT_POLLIN };
	int running;

	if (client->is_busy && curl_multi_perform(client->multi, &running) != CURLM_OK)
		return -EIO;
	if (client->is_busy && running == 0)
		timeout_ms = 0;
	if (curl_multi_poll(client->multi, &extra, 1, timeout_ms < 0 ? INT_MAX : timeout_ms,
			    NULL) != CURLM_OK)
		return -EIO;
	if (client->is_busy && curl_multi_perform(client->multi, &running) != CURLM_OK)
		return -EIO;
	return 0;
}

static void describe(struct http_client *client, CURLcode code, struct http_answer *answer)
{
	const char *type = NULL;

	*answer = (struct http_answer){
		.is_too_long = client->is_too_long,
		.retry_after = client->retry_after,
		.body = client->body.data ? client->body.data : "",
		.length = client->body.length,
	};
	if (code == CURLE_OK || client->is_too_long)
		curl_easy_getinfo(client->easy, CURLINFO_RESPONSE_CODE, &answer->status);
	curl_easy_getinfo(client->easy, CURLINFO_CONTENT_TYPE, &type);
	snprintf(client->content_type, sizeof(client->content_type), "%s", type ? type : "");
	answer->content_type = client->content_type;
	if (answer->status)
		return;
	snprintf(client->sentence, sizeof(client->sentence), "no answer: %s",
		 client->problem[0] ? client->problem : curl_easy_strerror(code));
	answer->problem = client->sentence;
}

bool http_take_answer(struct http_client *client, struct http_answer *ret_answer)
{
	int left;

	for (CURLMsg *message; (message = curl_multi_info_read(client->multi, &left));) {
		if (message->msg != CURLMSG_DONE)
			continue;
		describe(client, message->data.result, ret_answer);
		end_exchange(client);
		return true;
	}
	return false;
}
