/* SPDX-License-Identifier: Apache-2.0 */
/* A result in sentences, as found: whoever prints them escapes them. */
#ifndef REPORT_RESULTS_WORDS_H
#define REPORT_RESULTS_WORDS_H

#include "base/buffer.h"
#include "nodelatch/finding.h"

/* "The kubelet serves its read-only port: 10255 (default:flag)"; what is not a fail says so. */
void result_sentence(const struct finding *finding, struct text_buffer *buffer);
/* Everything else of it, each as a label and a text: expected, because, note, waived, fix. The
 * callback gets `context`. */
void result_details(const struct finding *finding,
		    void (*take)(const char *label, const char *text, void *context),
		    void *context);

#endif
