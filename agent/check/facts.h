/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of a component, as judging functions ask for it: a setting as a number, the sockets
 * it holds, its version. Everything answers "unknown" where nothing was seen.
 */
#ifndef CHECK_FACTS_H
#define CHECK_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "check/judge.h"

/* The integer a setting holds; -1 when it is unknown, unset or no integer. */
int64_t setting_integer(const struct component *component, const char *name);
bool setting_is_text(const struct component *component, const char *name, const char *text);
bool setting_is_false(const struct component *component, const char *name);

/* Whether the component itself would refuse to start on its inputs as they are now. */
bool component_would_not_start(const struct component *component);
/* Every problem of the component's inputs, as evidence. */
void draft_problems(struct draft *draft, const struct component *component);

/* A setting as supporting evidence: its detail only. */
void draft_setting_detail(struct draft *draft, const struct setting *setting);
/*
 * The setting that the verdict is about: puts its value, source and detail into the draft. Where it
 * is unknown, or the component would refuse to start, records the draft as an error and returns
 * NULL.
 */
const struct setting *draft_setting(struct draft *draft, const struct component *component,
				    const char *name);

bool process_owns(const struct process *process, const struct listener *listener);
bool process_shares_netns(const struct node *node, const struct process *process,
			  const struct listener *listener);
/* The worst exposed TCP listener of the component on that port, NULL when there is none. */
const struct listener *component_listener(const struct node *node,
					  const struct component *component, int64_t port);
/* Whether any listener of the component is seen. */
bool component_listens(const struct node *node, const struct component *component);
/*
 * Who reaches the component's server on that port: by the live listeners where the component is
 * seen to listen at all, else (it has just started, or its sockets cannot be seen) by what the
 * setting of its address gives. Port 0 is a server that is off, -1 one whose port is unknown. Notes
 * in the draft that there was no socket table.
 */
enum exposure draft_reach(struct draft *draft, const struct component *component, int64_t port);
/* A draft whose exposure is the reach of the component's main server. */
struct draft draft_on_server(struct judge *judge, const struct component *component);
/* The same where the row is about that server, else a draft on the component. */
struct draft draft_for_row(struct judge *judge, const struct component *component);
/* "tcp [::]:10255 is held by pid 900 (/usr/bin/kubelet, kubelet.service)" */
void draft_listener(struct draft *draft, const struct listener *listener);

/* "1.31.5", "v1.31", "1.32.0+k3s1"; a missing patch is -1. */
struct version {
	int major, minor, patch;
};
/* Returns 0 or -EINVAL; NULL text is -EINVAL. */
int version_parse(const char *text, struct version *ret_version);
/* N of a component whose version is 1.N; -1 when that is not known. */
int component_minor(const struct component *component);
/* The feature gate that keeps kubelets from rotating their serving certificates; NULL: none. */
const struct setting *component_closed_serving_gate(const struct component *component);

#endif
