/* SPDX-License-Identifier: Apache-2.0 */
/* A page of results for people: what its files share. */
#ifndef REPORT_RESULTS_PAGE_H
#define REPORT_RESULTS_PAGE_H

#include "base/buffer.h"
#include "nodelatch/finding.h"
#include "nodelatch/sink.h"

struct page {
	const struct sink_style *style;
	struct text_buffer *buffer;
	bool is_verbose;
};

/* Everything of a result, and an empty line. */
void page_block(const struct page *page, const struct finding *finding);
/* Label, check and subject. */
void page_line(const struct page *page, const struct finding *finding);
/* "note      a text, broken where it must be": the label in faint, the text escaped. */
void page_remark(const struct page *page, const char *label, const char *text);

#endif
