/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The judging functions of etcd's rows.
 */
#ifndef CHECK_ETCD_RULES_H
#define CHECK_ETCD_RULES_H

#include "check/judge.h"

/* The row's expectation (one setting, or a pair), with the reach of the clients' or of the peers'
 * server as its exposure. */
void etcd_judge_server(struct judge *judge, const struct component *etcd);
void etcd_judge_separate_ca(struct judge *judge, const struct component *etcd);
void etcd_judge_plaintext_listener(struct judge *judge, const struct component *etcd);

#endif
