/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the agent knows, as metrics in the Prometheus text format (0.0.4): for the textfile
 * collector of a node exporter. Every series stands once, in a fixed order; nothing volatile is in
 * a label.
 */
#ifndef REPORT_METRICS_TEXT_H
#define REPORT_METRICS_TEXT_H

#include "base/buffer.h"
#include "nodelatch/finding.h"
#include "nodelatch/observation.h"
#include "nodelatch/settings.h"

struct metrics_watcher {
	const char *name;
	bool is_on;
	uint64_t seen, lost;
};

/* A port rule that refuses; the modes are words: "off", "audit", "enforce". */
struct metrics_guard_rule {
	const char *name;
	enum transport transport;
	uint16_t port;
	const char *wished, *effective;
	uint64_t refused, would_refuse;
};

struct metrics {
	const char *version;
	int64_t judged_at_ns;
	const struct node *node;
	const struct finding *findings; /* all of the pass */
	size_t finding_count;
	const struct metrics_watcher *watchers;
	size_t watcher_count;
	const struct metrics_guard_rule *rules;
	size_t rule_count;
	enum policy_mode mode;
	bool policy_is_in_force; /* false: the newest policy is not, an earlier one is */
	bool journal_is_durable;
	uint64_t journal_lost;
	int64_t last_seq;
	uint64_t unacknowledged;
	uint64_t dropped_lines;
};

/* Returns 0 or -errno. */
int metrics_write_text(const struct metrics *metrics, struct text_buffer *buffer);

#endif
