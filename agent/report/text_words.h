/* SPDX-License-Identifier: Apache-2.0 */
/* A change in words: one sentence without line breaks, foreign bytes escaped. */
#ifndef REPORT_TEXT_WORDS_H
#define REPORT_TEXT_WORDS_H

#include "base/buffer.h"
#include "nodelatch/change.h"

/* "refused 12 connections from 10.0.0.7 to tcp 10255 in 10s (rule kubelet-read-only)"; without the
 * remedy. */
void change_words(const struct change *change, struct text_buffer *buffer);
/* The arguments, in quotes where their ends would not show, and how many more there are past about
 * so many bytes. */
void exec_words(const struct exec_detail *exec, size_t max_bytes, struct text_buffer *buffer);

#endif
