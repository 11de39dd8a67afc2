/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A check is one row. Most rows say which setting of which component must have which value; a row
 * whose rule does not fit names a pure function instead. Nothing here does I/O.
 */
#ifndef NODELATCH_CHECK_H
#define NODELATCH_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "nodelatch/finding.h"
#include "nodelatch/observation.h"

struct judge; /* what a judging function may use: check/judge.h */

struct check {
	const char *id;	   /* family.subject; stable */
	const char *title; /* the finding's title, what is wrong: "The kubelet serves its read-only
			      port" */
	enum severity severity;
	const char *severity_rules; /* in words, when it is another than the row's; NULL: never */
	enum component_kind
		component; /* what the row is about; COMPONENT_KIND_COUNT: the node itself */
	struct expectation expectation;
	bool is_about_server; /* what is judged guards the component's main server: its reach is the
				 exposure */
	/* Judges one component (or, for the node's own rows, the node: component is NULL) and
	 * records findings. NULL: the expectation says it all. */
	void (*judge)(struct judge *judge, const struct component *component);
	const char *reads;    /* what it looks at, for `explain` */
	const char *expected; /* what is good, in words for the finding */
	const char *why;
	const char *remedy;	       /* one line that a person can act on */
	const struct cis_number *cis;  /* ends with a row of NULLs; NULL: none */
	const char *const *references; /* ends with NULL; NULL: none */
};

#endif
