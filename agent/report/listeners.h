/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Listening sockets, who can reach them, and what the policy says of each: for people and as
 * nodelatch.listeners/1.
 */
#ifndef REPORT_LISTENERS_H
#define REPORT_LISTENERS_H

#include "base/buffer.h"
#include "nodelatch/observation.h"
#include "nodelatch/settings.h"
#include "nodelatch/sink.h"

enum listener_choice {
	LISTENERS_HOST,	   /* in the host's network namespace, without UDP sockets of clients */
	LISTENERS_SERVERS, /* in every namespace, without UDP sockets of clients */
	LISTENERS_ALL,
};

/* A table, and a last line that counts what it leaves out. Returns 0 or -errno. */
int listeners_write_text(const struct node *node, const struct settings *settings,
			 enum listener_choice choice, const struct sink_style *style,
			 struct text_buffer *buffer);
/* One document, newline included. Returns 0 or -errno. */
int listeners_write_json(const struct node *node, const struct settings *settings,
			 enum listener_choice choice, struct text_buffer *buffer);

#endif
