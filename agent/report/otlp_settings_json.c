/* SPDX-License-Identifier: Apache-2.0 */
#include "report/otlp_settings.h"

#include "base/json.h"
#include "base/text.h"
#include "model/json_read.h"

#define TIMEOUT_LIMIT_MS 600000

static const char *const PROTOCOLS[] = {
	[OTLP_HTTP_PROTOBUF] = "http/protobuf",
	[OTLP_HTTP_JSON] = "http/json",
};

static json_t *pairs_to_json(const struct otlp_pair *pairs, size_t count)
{
	CLEANUP_JSON json_t *array = json_array();

	for (size_t i = 0; array && i < count; i++) {
		CLEANUP_JSON json_t *pair = json_array();

		if (!pair || json_add(pair, json_from_text(pairs[i].name)) < 0 ||
		    json_add(pair, json_from_text(pairs[i].value)) < 0 ||
		    json_add(array, take_ptr(pair)) < 0)
			return NULL;
	}
	return take_ptr(array);
}

static json_t *node_to_json(const struct node_identity *node)
{
	CLEANUP_JSON json_t *object = json_object();

	if (!object || json_set_text(object, "name", node->name) < 0 ||
	    json_set_text(object, "machine_id", node->machine_id) < 0 ||
	    json_set_text(object, "boot_id", node->boot_id) < 0)
		return NULL;
	return take_ptr(object);
}

static json_t *endpoints_to_json(const struct otlp_settings *settings)
{
	CLEANUP_JSON json_t *array = json_array();

	for (size_t i = 0; array && i < settings->endpoint_count; i++) {
		if (json_add(array, json_from_text(settings->endpoints[i])) < 0)
			return NULL;
	}
	return take_ptr(array);
}

json_t *otlp_settings_to_json(const struct otlp_settings *settings)
{
	CLEANUP_JSON json_t *object = json_object();

	if (!object || json_set(object, "endpoints", endpoints_to_json(settings)) < 0 ||
	    json_set_text(object, "protocol", PROTOCOLS[settings->protocol]) < 0 ||
	    json_set(object, "compresses", json_boolean(settings->compresses)) < 0 ||
	    json_set(object, "timeout_ms", json_integer(settings->timeout_ms)) < 0 ||
	    json_set(object, "headers", pairs_to_json(settings->headers, settings->header_count)) <
		    0 ||
	    json_set(object, "resource",
		     pairs_to_json(settings->resource, settings->resource_count)) < 0 ||
	    json_set_text(object, "service_name", settings->service_name) < 0 ||
	    json_set_text(object, "ca_pem", settings->ca_pem) < 0 ||
	    json_set_text(object, "certificate_pem", settings->certificate_pem) < 0 ||
	    json_set_text(object, "key_pem", settings->key_pem) < 0 ||
	    json_set(object, "node", node_to_json(&settings->node)) < 0 ||
	    json_set_text(object, "version", settings->version) < 0)
		return NULL;
	return take_ptr(object);
}

static int keep_text(const json_t *value, struct arena *arena, const char **ret_text)
{
	if (!json_is_string(value))
		return -EINVAL;
	*ret_text = arena_text(arena, json_string_value(value));
	return *ret_text ? 0 : -ENOMEM;
}

static int read_endpoints(const json_t *array, struct arena *arena, struct otlp_settings *settings)
{
	const char **endpoints = arena_array(arena, json_array_size(array) + 1, sizeof(char *));

	if (!endpoints)
		return -ENOMEM;
	for (size_t i = 0; i < json_array_size(array); i++) {
		int error = keep_text(json_array_get(array, i), arena, &endpoints[i]);

		if (error < 0)
			return error;
	}
	settings->endpoints = endpoints;
	settings->endpoint_count = json_array_size(array);
	return settings->endpoint_count ? 0 : -EINVAL;
}

static int read_pairs(const json_t *array, struct arena *arena, const struct otlp_pair **ret_pairs,
		      size_t *ret_count)
{
	size_t count = json_array_size(array);
	struct otlp_pair *pairs = arena_array(arena, count + 1, sizeof(*pairs));

	if (!pairs)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const json_t *pair = json_array_get(array, i);
		int error = keep_text(json_array_get(pair, 0), arena, &pairs[i].name);

		if (error == 0)
			error = keep_text(json_array_get(pair, 1), arena, &pairs[i].value);
		if (error < 0)
			return error;
	}
	*ret_pairs = pairs;
	*ret_count = count;
	return 0;
}

static int read_pems(const json_t *object, struct arena *arena, struct otlp_settings *settings)
{
	int error = read_optional(object, "ca_pem", arena, &settings->ca_pem);

	if (error == 0)
		error = read_optional(object, "certificate_pem", arena, &settings->certificate_pem);
	if (error == 0)
		error = read_optional(object, "key_pem", arena, &settings->key_pem);
	return error;
}

static int read_texts(const json_t *object, struct arena *arena, struct otlp_settings *settings)
{
	const json_t *node = json_object_get(object, "node");
	int error = read_text(object, "service_name", arena, &settings->service_name);

	if (error == 0)
		error = read_text(object, "version", arena, &settings->version);
	if (error == 0)
		error = read_text(node, "name", arena, &settings->node.name);
	if (error == 0)
		error = read_text(node, "machine_id", arena, &settings->node.machine_id);
	if (error == 0)
		error = read_text(node, "boot_id", arena, &settings->node.boot_id);
	return error;
}

int otlp_settings_from_json(const json_t *object, struct arena *arena,
			    struct otlp_settings *ret_settings)
{
	struct otlp_settings settings = { 0 };
	const char *protocol = json_get_text(object, "protocol", "");

	settings.protocol = text_equal(protocol, PROTOCOLS[OTLP_HTTP_JSON]) ? OTLP_HTTP_JSON
									    : OTLP_HTTP_PROTOBUF;
	settings.compresses = json_is_true(json_object_get(object, "compresses"));
	int error = read_number(object, "timeout_ms", TIMEOUT_LIMIT_MS, &settings.timeout_ms);

	if (error == 0)
		error = read_endpoints(json_object_get(object, "endpoints"), arena, &settings);
	if (error == 0)
		error = read_pairs(json_object_get(object, "headers"), arena, &settings.headers,
				   &settings.header_count);
	if (error == 0)
		error = read_pairs(json_object_get(object, "resource"), arena, &settings.resource,
				   &settings.resource_count);
	if (error == 0)
		error = read_pems(object, arena, &settings);
	if (error == 0)
		error = read_texts(object, arena, &settings);
	if (error < 0)
		return error;
	*ret_settings = settings;
	return 0;
}
