/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A change as one OpenTelemetry log record, before it is encoded: OCSF 1.8 in meaning, flat in
 * form. The same change gives the same record each time, log.record.uid included, so a repeat can
 * be told from news.
 */
#ifndef REPORT_OTLP_RECORD_H
#define REPORT_OTLP_RECORD_H

#include "base/arena.h"
#include "nodelatch/change.h"
#include "report/otlp_settings.h"

enum otlp_kind { OTLP_TEXT, OTLP_INTEGER, OTLP_LIST };

struct otlp_attribute {
	const char *key;
	enum otlp_kind kind;
	const char *text;
	int64_t integer;
	const char *const *items;
	size_t count;
};

/* More than any kind of change fills in; adding past it is an error, not a loss. */
#define OTLP_ATTRIBUTES_MAX 64

struct otlp_attributes {
	struct otlp_attribute items[OTLP_ATTRIBUTES_MAX];
	size_t count;
	int error; /* 0 or -errno of the first that did not fit */
};

struct otlp_record {
	int64_t time_ns;
	unsigned severity_number;
	const char *severity_text;
	const char *body; /* one sentence, safe for a terminal */
	const char *event_name;
	struct otlp_attributes attributes;
};

/* All text is the change's or in the arena. Returns 0 or -ENOMEM. */
int otlp_record_make(const struct change *change, struct arena *arena,
		     struct otlp_record *ret_record);
/* Who speaks: constant for one node. Returns 0, or -ENOMEM, also for too many
 * OTEL_RESOURCE_ATTRIBUTES. */
int otlp_resource_make(const struct otlp_settings *settings, struct arena *arena,
		       struct otlp_attributes *ret_attributes);

#endif
