/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How to reach the collector: from the policy, from the OTEL_* variables that every OpenTelemetry
 * exporter honours, and as the JSON by which the warden hands it to the courier. A variable goes
 * before the policy, the variable of the signal (..._LOGS_...) before the general one.
 */
#ifndef REPORT_OTLP_SETTINGS_H
#define REPORT_OTLP_SETTINGS_H

#include <jansson.h>

#include "base/arena.h"
#include "nodelatch/change.h"
#include "nodelatch/settings.h"

struct otlp_pair {
	const char *name, *value;
};

struct otlp_settings {
	const char *const *endpoints; /* whole URLs, tried in order */
	size_t endpoint_count;	      /* 0: nothing is to be sent */
	enum otlp_protocol protocol;
	bool compresses; /* gzip */
	int64_t timeout_ms;
	const struct otlp_pair *headers;
	size_t header_count;
	const char *service_name;
	const struct otlp_pair *resource; /* OTEL_RESOURCE_ATTRIBUTES */
	size_t resource_count;
	const char *ca_path, *certificate_path, *key_path; /* NULL: not given */
	const char *ca_pem, *certificate_pem, *key_pem;	   /* NULL: not given */
	struct node_identity node;
	const char *version; /* of this program */
};

/* The value of an environment variable, NULL when it is not set. */
typedef const char *(*otlp_variable)(const char *name);

/*
 * Fills in everything but the PEM texts and the node. Returns 0, -ENOMEM, or -EINVAL with a
 * sentence that names the variable or key and the way out.
 */
int otlp_settings_resolve(const struct collector_settings *collector, otlp_variable variable,
			  struct arena *arena, struct otlp_settings *ret_settings,
			  const char **ret_problem);
/*
 * Reads the PEM files inside the root. Returns 0, -ENOMEM, or the error of a file, with a sentence
 * that names it. The texts are in the arena, the key too: give it a short life.
 */
int otlp_settings_read_files(int root, struct arena *arena, struct otlp_settings *settings,
			     const char **ret_problem);

/* New reference; NULL: no memory. Paths stay behind. */
json_t *otlp_settings_to_json(const struct otlp_settings *settings);
/* Returns 0, -EINVAL or -ENOMEM. */
int otlp_settings_from_json(const json_t *object, struct arena *arena,
			    struct otlp_settings *ret_settings);

#endif
