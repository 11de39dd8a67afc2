/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The judging functions of the kubelet's rows (kubelet.c). Each judges one kubelet.
 *
 * They rest on the effective settings. A live listener makes a verdict worse and never better: a
 * port that is closed in the settings and open in the socket table is a fail, a port that is open
 * in the settings stays a fail until they change.
 */
#ifndef CHECK_KUBELET_RULES_H
#define CHECK_KUBELET_RULES_H

#include "check/judge.h"

void kubelet_judge_anonymous_auth(struct judge *judge, const struct component *kubelet);
void kubelet_judge_authorization_mode(struct judge *judge, const struct component *kubelet);
void kubelet_judge_client_ca(struct judge *judge, const struct component *kubelet);
void kubelet_judge_read_only_port(struct judge *judge, const struct component *kubelet);
void kubelet_judge_cadvisor_port(struct judge *judge, const struct component *kubelet);
void kubelet_judge_rotate_client(struct judge *judge, const struct component *kubelet);
void kubelet_judge_rotate_serving(struct judge *judge, const struct component *kubelet);
void kubelet_judge_restart_pending(struct judge *judge, const struct component *kubelet);
void kubelet_judge_config_decodes(struct judge *judge, const struct component *kubelet);

#endif
