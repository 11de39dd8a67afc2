/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines to stdout that never hold up the loop: what the reader does not take yet is queued, and
 * what no longer fits is counted, not waited for.
 */
#ifndef WARDEN_OUTPUT_H
#define WARDEN_OUTPUT_H

#include <stdint.h>

#include "base/buffer.h"

struct event_base;
struct output;

/* Returns 0 or -ENOMEM. The descriptor stays the caller's. */
int output_new(struct event_base *base, int fd, struct output **ret_output);
/* Writes what is queued, as far as the reader takes it without waiting. */
void output_free(struct output *output);
/* Queues whole lines, or drops them all and counts one. */
void output_write(struct output *output, const struct text_buffer *lines);
/* How often lines were dropped since the start. */
uint64_t output_dropped(const struct output *output);

#endif
