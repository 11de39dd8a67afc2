/* SPDX-License-Identifier: Apache-2.0 */
#include "report/otlp_settings.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"

#define LOGS_PATH	   "/v1/logs"
#define TIMEOUT_DEFAULT_MS 10000 /* the specification's */
#define TIMEOUT_MAX_MS	   600000

struct resolving {
	otlp_variable variable;
	struct arena *arena;
	struct otlp_settings *settings;
	const char *problem;
};

__attribute__((format(printf, 2, 3))) static int refuse(struct resolving *resolving,
							const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	resolving->problem = arena_vprintf(resolving->arena, format, arguments);
	va_end(arguments);
	return resolving->problem ? -EINVAL : -ENOMEM;
}

/* An empty variable is as good as none, says the specification. */
static const char *value_of(const struct resolving *resolving, const char *name)
{
	const char *value = resolving->variable(name);

	return value && *value ? value : NULL;
}

/* OTEL_EXPORTER_OTLP_LOGS_NAME, else OTEL_EXPORTER_OTLP_NAME. */
static const char *exporter_value(const struct resolving *resolving, const char *name,
				  char ret_variable[static 64])
{
	snprintf(ret_variable, 64, "OTEL_EXPORTER_OTLP_LOGS_%s", name);
	const char *value = value_of(resolving, ret_variable);

	if (value)
		return value;
	snprintf(ret_variable, 64, "OTEL_EXPORTER_OTLP_%s", name);
	return value_of(resolving, ret_variable);
}

static int check_url(struct resolving *resolving, const char *where, const char *url)
{
	const char *host = text_starts_with(url, "https://")  ? url + 8
			   : text_starts_with(url, "http://") ? url + 7
							      : NULL;

	if (!host || !*host || *host == '/' || strpbrk(url, " \t\r\n"))
		return refuse(resolving,
			      "%s: \"%s\" is not a URL that starts with https:// or http://", where,
			      url);
	return 0;
}

/* A base URL, with or without the path of the logs already. */
static const char *with_logs_path(struct arena *arena, const char *url)
{
	size_t length = strlen(url);

	while (length && url[length - 1] == '/')
		length--;
	if (length >= strlen(LOGS_PATH) &&
	    memcmp(url + length - strlen(LOGS_PATH), LOGS_PATH, strlen(LOGS_PATH)) == 0)
		return arena_copy(arena, url, length);
	return arena_printf(arena, "%.*s" LOGS_PATH, (int)length, url);
}

static int one_endpoint(struct resolving *resolving, const char *where, const char *url,
			bool is_base)
{
	const char **endpoints = arena_array(resolving->arena, 1, sizeof(*endpoints));
	int error = check_url(resolving, where, url);

	if (error < 0)
		return error;
	if (!endpoints)
		return -ENOMEM;
	endpoints[0] =
		is_base ? with_logs_path(resolving->arena, url) : arena_text(resolving->arena, url);
	resolving->settings->endpoints = endpoints;
	resolving->settings->endpoint_count = 1;
	return endpoints[0] ? 0 : -ENOMEM;
}

static int policy_endpoints(struct resolving *resolving, const struct collector_settings *collector)
{
	const char **endpoints =
		arena_array(resolving->arena, collector->endpoint_count + 1, sizeof(*endpoints));

	if (!endpoints)
		return -ENOMEM;
	for (size_t i = 0; i < collector->endpoint_count; i++) {
		int error =
			check_url(resolving, "report.collector.endpoints", collector->endpoints[i]);

		if (error < 0)
			return error;
		endpoints[i] = with_logs_path(resolving->arena, collector->endpoints[i]);
		if (!endpoints[i])
			return -ENOMEM;
	}
	resolving->settings->endpoints = endpoints;
	resolving->settings->endpoint_count = collector->endpoint_count;
	return 0;
}

static int resolve_endpoints(struct resolving *resolving,
			     const struct collector_settings *collector)
{
	const char *disabled = value_of(resolving, "OTEL_SDK_DISABLED");
	const char *logs = value_of(resolving, "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT");
	const char *base = value_of(resolving, "OTEL_EXPORTER_OTLP_ENDPOINT");

	if (disabled && strcasecmp(disabled, "true") == 0)
		return 0;
	if (logs)
		return one_endpoint(resolving, "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", logs, false);
	if (base)
		return one_endpoint(resolving, "OTEL_EXPORTER_OTLP_ENDPOINT", base, true);
	return policy_endpoints(resolving, collector);
}

static int resolve_protocol(struct resolving *resolving, const struct collector_settings *collector)
{
	char variable[64];
	const char *protocol = exporter_value(resolving, "PROTOCOL", variable);

	resolving->settings->protocol = collector->protocol;
	if (!protocol)
		return 0;
	if (text_equal(protocol, "http/protobuf"))
		resolving->settings->protocol = OTLP_HTTP_PROTOBUF;
	else if (text_equal(protocol, "http/json"))
		resolving->settings->protocol = OTLP_HTTP_JSON;
	else
		return refuse(resolving,
			      "%s: \"%s\" is not spoken here; set it to http/protobuf or "
			      "http/json, and the endpoint to the collector's HTTP port (4318)",
			      variable, protocol);
	return 0;
}

static int resolve_transport(struct resolving *resolving)
{
	char variable[64];
	const char *compression = exporter_value(resolving, "COMPRESSION", variable);
	uint64_t timeout_ms = TIMEOUT_DEFAULT_MS;

	resolving->settings->compresses = !text_equal(compression, "none");
	if (compression && !text_equal(compression, "gzip") && !text_equal(compression, "none"))
		return refuse(resolving, "%s: \"%s\" is neither gzip nor none", variable,
			      compression);
	const char *timeout = exporter_value(resolving, "TIMEOUT", variable);

	if (timeout && (text_to_unsigned(timeout, TIMEOUT_MAX_MS, &timeout_ms) < 0 || !timeout_ms))
		return refuse(resolving, "%s: \"%s\" is not a number of milliseconds from 1 to %d",
			      variable, timeout, TIMEOUT_MAX_MS);
	resolving->settings->timeout_ms = (int64_t)timeout_ms;
	return 0;
}

static void resolve_paths(struct resolving *resolving, const struct collector_settings *collector)
{
	char variable[64];
	const char *ca = exporter_value(resolving, "CERTIFICATE", variable);
	const char *certificate = exporter_value(resolving, "CLIENT_CERTIFICATE", variable);
	const char *key = exporter_value(resolving, "CLIENT_KEY", variable);

	resolving->settings->ca_path = ca ? ca : collector->ca;
	resolving->settings->certificate_path = certificate ? certificate : collector->certificate;
	resolving->settings->key_path = key ? key : collector->key;
}

static int hex_digit(char letter)
{
	if (letter >= '0' && letter <= '9')
		return letter - '0';
	letter = (char)(letter | 0x20);
	return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/* Trimmed, %XX decoded; NULL when it does not decode, or holds what a header may not hold. */
static char *decoded(struct arena *arena, const char *text, size_t length)
{
	while (length && strchr(" \t", text[length - 1]))
		length--;
	while (length && strchr(" \t", *text))
		text++, length--;
	char *value = arena_copy(arena, text, length);
	size_t out = 0;

	for (size_t i = 0; value && i < length; i++) {
		char letter = value[i];

		if (letter == '%') {
			int high = i + 2 < length ? hex_digit(value[i + 1]) : -1;
			int low = high < 0 ? -1 : hex_digit(value[i + 2]);

			if (low < 0)
				return NULL;
			letter = (char)(high << 4 | low);
			i += 2;
		}
		if ((unsigned char)letter < ' ' || letter == 0x7f)
			return NULL;
		value[out++] = letter;
	}
	if (value)
		value[out] = '\0';
	return value;
}

/* "k=v,k2=v2". */
static int read_pairs(struct resolving *resolving, const char *variable, const char *text,
		      const struct otlp_pair **ret_pairs, size_t *ret_count)
{
	struct otlp_pair *pairs = NULL;
	size_t count = 0, capacity = 0;

	while (*text) {
		size_t length = strcspn(text, ",");
		const char *equals = memchr(text, '=', length);
		struct otlp_pair *pair = length && equals
						 ? arena_push(resolving->arena, &pairs, &count,
							      &capacity, sizeof(*pair))
						 : NULL;

		if (pair) {
			pair->name = decoded(resolving->arena, text, (size_t)(equals - text));
			pair->value = decoded(resolving->arena, equals + 1,
					      length - (size_t)(equals + 1 - text));
		}
		if (length && (!pair || !pair->name || !*pair->name || !pair->value))
			return refuse(
				resolving,
				"%s: \"%.*s\" is not name=value, URL-encoded where it must be",
				variable, (int)length, text);
		text += length + (text[length] == ',');
	}
	*ret_pairs = pairs;
	*ret_count = count;
	return 0;
}

static int resolve_lists(struct resolving *resolving)
{
	struct otlp_settings *settings = resolving->settings;
	char variable[64];
	const char *headers = exporter_value(resolving, "HEADERS", variable);
	const char *resource = value_of(resolving, "OTEL_RESOURCE_ATTRIBUTES");
	const char *service = value_of(resolving, "OTEL_SERVICE_NAME");
	int error = 0;

	settings->service_name = service ? service : "nodelatch";
	if (headers)
		error = read_pairs(resolving, variable, headers, &settings->headers,
				   &settings->header_count);
	if (error == 0 && resource)
		error = read_pairs(resolving, "OTEL_RESOURCE_ATTRIBUTES", resource,
				   &settings->resource, &settings->resource_count);
	return error;
}

int otlp_settings_resolve(const struct collector_settings *collector, otlp_variable variable,
			  struct arena *arena, struct otlp_settings *ret_settings,
			  const char **ret_problem)
{
	struct otlp_settings settings = { .version = NODELATCH_VERSION };
	struct resolving resolving = {
		.variable = variable,
		.arena = arena,
		.settings = &settings,
	};
	int error = resolve_endpoints(&resolving, collector);

	if (error == 0)
		error = resolve_protocol(&resolving, collector);
	if (error == 0)
		error = resolve_transport(&resolving);
	if (error == 0)
		error = resolve_lists(&resolving);
	resolve_paths(&resolving, collector);
	if (error == 0 && !settings.certificate_path != !settings.key_path)
		error = refuse(&resolving, "report.collector: a client certificate needs its key, "
					   "and a key its certificate; give both or none");
	if (error < 0) {
		*ret_problem = resolving.problem;
		return error;
	}
	*ret_settings = settings;
	return 0;
}

static int read_pem(int root, const char *path, struct arena *arena, const char **ret_text,
		    const char **ret_problem)
{
	struct file_content content;

	if (!path)
		return 0;
	int error = file_read_in(root, path, CERTIFICATE_BYTES_MAX, arena, &content);

	if (error == 0 && memchr(content.data, '\0', content.length))
		error = -EILSEQ;
	if (error < 0) {
		*ret_problem = arena_printf(arena, "%s %s", path,
					    error == -EILSEQ ? "is not PEM: it holds NUL bytes"
							     : file_error_text(error));
		return *ret_problem ? error : -ENOMEM;
	}
	*ret_text = content.data;
	return 0;
}

int otlp_settings_read_files(int root, struct arena *arena, struct otlp_settings *settings,
			     const char **ret_problem)
{
	int error = read_pem(root, settings->ca_path, arena, &settings->ca_pem, ret_problem);

	if (error == 0)
		error = read_pem(root, settings->certificate_path, arena,
				 &settings->certificate_pem, ret_problem);
	if (error == 0)
		error = read_pem(root, settings->key_path, arena, &settings->key_pem, ret_problem);
	return error;
}
