/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The judging functions of the rows about listeners (port.c), and what they share. Each judges the
 * whole node: a fail is about its listener, a pass about the node.
 */
#ifndef CHECK_PORT_RULES_H
#define CHECK_PORT_RULES_H

#include "check/judge.h"

void port_judge_read_only(struct judge *judge, const struct component *component);
void port_judge_cadvisor(struct judge *judge, const struct component *component);
void port_judge_insecure_control_plane(struct judge *judge, const struct component *component);
void port_judge_tiller(struct judge *judge, const struct component *component);
void port_judge_plaintext(struct judge *judge, const struct component *component);
void port_judge_policy(struct judge *judge, const struct component *component);
void port_judge_not_allowed(struct judge *judge, const struct component *component);

/* Without socket tables nothing here can be told; true when that was recorded. */
bool port_is_blind(struct judge *judge);
void port_record_pass(struct judge *judge);

/* Whether the read-only port's or cAdvisor's own row speaks of it. */
bool port_has_a_kubelet_row(const struct node *node, const struct listener *listener);
/* Whether a component of the control plane serves plain HTTP there. */
bool port_is_insecure_control_plane(const struct node *node, const struct listener *listener);

/* What a probe found out about the listener's protocol. */
enum port_protocol { PORT_PROTOCOL_UNKNOWN, PORT_IS_PLAIN, PORT_IS_TLS };
enum port_protocol port_protocol(const struct node *node, const struct listener *listener);

#endif
