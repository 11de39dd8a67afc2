/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `check` prints: every result of one pass, for people, as nodelatch.report/1, as SARIF 2.1.0
 * and as JUnit's XML.
 */
#ifndef REPORT_RESULTS_H
#define REPORT_RESULTS_H

#include "base/buffer.h"
#include "nodelatch/change.h"
#include "nodelatch/check.h"
#include "nodelatch/finding.h"
#include "nodelatch/settings.h"
#include "nodelatch/sink.h"

struct report {
	struct node_identity node;
	const char *kernel;	  /* release; "" when unknown */
	const char *const *roles; /* "worker", "control-plane"; may be empty */
	size_t role_count;
	const char *distro;  /* "kubeadm", "k3s"; NULL unknown */
	bool has_components; /* false: nothing of Kubernetes runs there */
	const char *policy_sha256;
	enum policy_mode mode;
	int64_t now_ns;			   /* as of when it was judged */
	int64_t elapsed_ns;		   /* what observing and judging took */
	const struct check *const *checks; /* those that were judged, in order */
	size_t check_count;
	const struct finding *findings; /* in the order they are printed in JSON */
	size_t finding_count;
};

/* A waived result counts in `waived` and nowhere else. */
struct results_summary {
	unsigned pass, fail, error, not_applicable, waived;
	unsigned by_severity[SEVERITY_COUNT]; /* of the fails */
};

void results_summarize(const struct report *report, struct results_summary *ret_summary);
/* 0, 1 or 3, as the interface says; waived results do not count. */
int results_exit_status(const struct report *report, enum severity fail_on);

/* By family, worst first; each pass only when verbose. Returns 0 or -errno. */
int results_write_text(const struct report *report, const struct sink_style *style, bool is_verbose,
		       struct text_buffer *buffer);
/* One document, newline included. Returns 0 or -errno. */
int results_write_json(const struct report *report, struct text_buffer *buffer);
/* One run, with a rule for each judged check. A verdict `error` is of kind "open" there and a
 * notification of the tool; what is waived is suppressed. Returns 0 or -errno. */
int results_write_sarif(const struct report *report, struct text_buffer *buffer);
/* A suite for each family; what is waived or does not apply is skipped. Returns 0 or -errno. */
int results_write_junit(const struct report *report, struct text_buffer *buffer);

#endif
