/* SPDX-License-Identifier: Apache-2.0 */
/* Where to send, what an answer means, and when to try again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "report/otlp_delivery.h"
#include "unit/certificates.h"

/* 1994-11-06T08:49:37Z, the date of RFC 9110. */
#define NOW_NS (784111777LL * NS_PER_S)

static struct otlp_verdict judge(long status, const char *retry_after)
{
	struct http_answer answer = { .status = status,
				      .problem = status ? NULL : "no answer: refused",
				      .content_type = "",
				      .retry_after = retry_after,
				      .body = "" };
	struct otlp_verdict verdict;

	otlp_judge(&otlp_protobuf, &answer, NOW_NS, &verdict);
	return verdict;
}

static void every_status(void **state)
{
	for (long status = 200; status < 300; status++)
		assert_int_equal(judge(status, "").delivery, DELIVERY_DONE);
	for (long status = 300; status < 600; status++) {
		bool is_later = status == 429 || status == 502 || status == 503 || status == 504;

		assert_int_equal(judge(status, "").delivery,
				 is_later ? DELIVERY_LATER : DELIVERY_REFUSED);
		assert_true(judge(status, "").words[0] != '\0');
	}
	assert_int_equal(judge(0, "").delivery, DELIVERY_LATER);
	assert_string_equal(judge(0, "").words, "no answer: refused");
	assert_int_equal(judge(503, "7").retry_after_ms, 7000);
	assert_int_equal(judge(400, "7").retry_after_ms, -1);
}

static void retry_after_in_both_forms(void **state)
{
	assert_int_equal(otlp_retry_after_ms("0", NOW_NS), 0);
	assert_int_equal(otlp_retry_after_ms("120", NOW_NS), 120000);
	assert_int_equal(otlp_retry_after_ms("99999999999999999999", NOW_NS), 3600000);
	assert_int_equal(otlp_retry_after_ms("Sun, 06 Nov 1994 08:50:07 GMT", NOW_NS), 30000);
	assert_int_equal(otlp_retry_after_ms("Sun, 06 Nov 1994 08:49:07 GMT", NOW_NS), 0);
	assert_int_equal(otlp_retry_after_ms("Sun, 06 Nov 2094 08:49:07 GMT", NOW_NS), 3600000);
	assert_int_equal(otlp_retry_after_ms("", NOW_NS), -1);
	assert_int_equal(otlp_retry_after_ms("-1", NOW_NS), -1);
	assert_int_equal(otlp_retry_after_ms("soon", NOW_NS), -1);
	assert_int_equal(otlp_retry_after_ms("Sun, 06 Nov 1994 08:49:37 GMT+1", NOW_NS), -1);
}

static void backoff_doubles_up_to_five_minutes(void **state)
{
	int64_t bound = OTLP_BACKOFF_FIRST_MS;

	for (unsigned failures = 1; failures < 100; failures++) {
		assert_int_equal(otlp_backoff_ms(failures, (uint64_t)bound), bound);
		assert_int_equal(otlp_backoff_ms(failures, (uint64_t)bound + 1), 0);
		bound = bound * 2 < OTLP_BACKOFF_MAX_MS ? bound * 2 : OTLP_BACKOFF_MAX_MS;
	}
	assert_int_equal(bound, 300000);
}

/* The variables of the test at hand: name, value, name, value, ..., NULL. */
static const char *const *variables;

static const char *variable(const char *name)
{
	for (size_t i = 0; variables && variables[i]; i += 2)
		if (text_equal(variables[i], name))
			return variables[i + 1];
	return NULL;
}

static int resolve(const struct collector_settings *collector, const char *const *names,
		   struct arena *arena, struct otlp_settings *settings)
{
	const char *problem = NULL;

	variables = names;
	int error = otlp_settings_resolve(collector, variable, arena, settings, &problem);

	variables = NULL;
	if (error == -EINVAL)
		assert_non_null(problem);
	return error;
}
#define VARIABLES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const char *const ENDPOINTS[] = { "https://a:4318", "https://b/otlp/",
					 "https://c/x/v1/logs" };
static const struct collector_settings POLICY = {
	.endpoints = ENDPOINTS,
	.endpoint_count = 3,
	.protocol = OTLP_HTTP_JSON,
	.ca = "/ca",
	.certificate = "/crt",
	.key = "/key",
};

static void the_policy_alone(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct otlp_settings settings;

	assert_int_equal(resolve(&POLICY, NULL, arena, &settings), 0);
	assert_int_equal(settings.endpoint_count, 3);
	assert_string_equal(settings.endpoints[0], "https://a:4318/v1/logs");
	assert_string_equal(settings.endpoints[1], "https://b/otlp/v1/logs");
	assert_string_equal(settings.endpoints[2], "https://c/x/v1/logs");
	assert_int_equal(settings.protocol, OTLP_HTTP_JSON);
	assert_true(settings.compresses);
	assert_int_equal(settings.timeout_ms, 10000);
	assert_string_equal(settings.service_name, "nodelatch");
	assert_string_equal(settings.key_path, "/key");
}

static void variables_go_before_the_policy(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct otlp_settings settings;

	assert_int_equal(resolve(&POLICY,
				 VARIABLES("OTEL_EXPORTER_OTLP_ENDPOINT", "http://e:1/",
					   "OTEL_SERVICE_NAME", "s", "OTEL_EXPORTER_OTLP_PROTOCOL",
					   "http/protobuf", "OTEL_EXPORTER_OTLP_HEADERS",
					   "a=b%20c, d = e ,f=", "OTEL_EXPORTER_OTLP_COMPRESSION",
					   "gzip", "OTEL_EXPORTER_OTLP_LOGS_COMPRESSION", "none",
					   "OTEL_EXPORTER_OTLP_TIMEOUT", "2500",
					   "OTEL_EXPORTER_OTLP_CERTIFICATE", "/own-ca",
					   "OTEL_RESOURCE_ATTRIBUTES", "k8s.cluster.name=prod"),
				 arena, &settings),
			 0);
	assert_int_equal(settings.endpoint_count, 1);
	assert_string_equal(settings.endpoints[0], "http://e:1/v1/logs");
	assert_int_equal(settings.protocol, OTLP_HTTP_PROTOBUF);
	assert_int_equal(settings.header_count, 3);
	assert_string_equal(settings.headers[0].value, "b c");
	assert_string_equal(settings.headers[1].name, "d");
	assert_string_equal(settings.headers[1].value, "e");
	assert_string_equal(settings.headers[2].value, "");
	assert_false(settings.compresses);
	assert_int_equal(settings.timeout_ms, 2500);
	assert_string_equal(settings.ca_path, "/own-ca");
	assert_string_equal(settings.certificate_path, "/crt");
	assert_string_equal(settings.service_name, "s");
	assert_string_equal(settings.resource[0].name, "k8s.cluster.name");
	assert_int_equal(resolve(&POLICY,
				 VARIABLES("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "https://l:1",
					   "OTEL_EXPORTER_OTLP_ENDPOINT", "https://e"),
				 arena, &settings),
			 0);
	assert_string_equal(settings.endpoints[0], "https://l:1");
	assert_int_equal(resolve(&POLICY, VARIABLES("OTEL_SDK_DISABLED", "TRUE"), arena, &settings),
			 0);
	assert_int_equal(settings.endpoint_count, 0);
}

static void wrong_values_are_refused(void **state)
{
	static const char *const wrong[][2] = {
		{ "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc" },
		{ "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "grpc" },
		{ "OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317" },
		{ "OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://a" },
		{ "OTEL_EXPORTER_OTLP_ENDPOINT", "https://" },
		{ "OTEL_EXPORTER_OTLP_ENDPOINT", "https:///path" },
		{ "OTEL_EXPORTER_OTLP_ENDPOINT", "https://a b" },
		{ "OTEL_EXPORTER_OTLP_COMPRESSION", "zstd" },
		{ "OTEL_EXPORTER_OTLP_TIMEOUT", "10s" },
		{ "OTEL_EXPORTER_OTLP_TIMEOUT", "0" },
		{ "OTEL_EXPORTER_OTLP_HEADERS", "no equals" },
		{ "OTEL_EXPORTER_OTLP_HEADERS", "=b" },
		{ "OTEL_EXPORTER_OTLP_HEADERS", "a=%0d%0aInjected: x" },
		{ "OTEL_EXPORTER_OTLP_HEADERS", "a=%4" },
		{ "OTEL_EXPORTER_OTLP_HEADERS", "a=%zz" },
	};
	struct collector_settings collector = POLICY;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		struct otlp_settings settings;

		if (resolve(&POLICY, VARIABLES(wrong[i][0], wrong[i][1]), arena, &settings) !=
		    -EINVAL)
			fail_msg("%s=%s was taken", wrong[i][0], wrong[i][1]);
	}
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct otlp_settings settings;

	collector.key = NULL;
	assert_int_equal(resolve(&collector, NULL, arena, &settings), -EINVAL);
}

static void settings_reach_the_courier_whole(void **state)
{
	static const struct otlp_pair headers[] = { { "x-token", "a b" } };
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct otlp_settings settings, again;
	struct scratch scratch;
	const char *problem = NULL;

	assert_int_equal(resolve(&POLICY, NULL, arena, &settings), 0);
	scratch_make(&scratch);
	scratch_text(&scratch, "ca", "CA\n");
	scratch_text(&scratch, "crt", "CRT\n");
	assert_int_equal(otlp_settings_read_files(scratch.root, arena, &settings, &problem),
			 -ENOENT);
	assert_string_equal(problem, "/key does not exist");
	scratch_text(&scratch, "key", "KEY\n");
	assert_int_equal(otlp_settings_read_files(scratch.root, arena, &settings, &problem), 0);
	scratch_remove(&scratch);
	settings.headers = headers;
	settings.header_count = 1;
	settings.node = (struct node_identity){ "n", "m", "b" };
	CLEANUP_JSON json_t *object = otlp_settings_to_json(&settings);

	assert_int_equal(otlp_settings_from_json(object, arena, &again), 0);
	assert_int_equal(again.endpoint_count, 3);
	assert_string_equal(again.endpoints[2], settings.endpoints[2]);
	assert_int_equal(again.protocol, settings.protocol);
	assert_int_equal(again.compresses, settings.compresses);
	assert_int_equal(again.timeout_ms, settings.timeout_ms);
	assert_string_equal(again.headers[0].value, "a b");
	assert_string_equal(again.key_pem, "KEY\n");
	assert_string_equal(again.ca_pem, "CA\n");
	assert_string_equal(again.node.machine_id, "m");
	json_object_del(object, "endpoints");
	assert_int_equal(otlp_settings_from_json(object, arena, &again), -EINVAL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_status),
		cmocka_unit_test(retry_after_in_both_forms),
		cmocka_unit_test(backoff_doubles_up_to_five_minutes),
		cmocka_unit_test(the_policy_alone),
		cmocka_unit_test(variables_go_before_the_policy),
		cmocka_unit_test(wrong_values_are_refused),
		cmocka_unit_test(settings_reach_the_courier_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
