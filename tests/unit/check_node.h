/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A node to judge: one kubelet with good settings and no sockets, which each test makes worse.
 * Include after cmocka.
 */
#ifndef TESTS_UNIT_CHECK_NODE_H
#define TESTS_UNIT_CHECK_NODE_H

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "base/time.h"
#include "check/checks.h"

#define SETTINGS_MAX 64
#define NOW_S	     1795000000 /* 2026-11-18 */
#define HOST_NETNS   4026531992

struct fixture {
	struct arena *arena;
	struct process process, other_process;
	struct setting list[SETTINGS_MAX];
	struct component kubelets[2];
	struct certificate leaf, authority, serving;
	struct named_certificates
		certificates[2]; /* the client CA, and kubelet-server-current.pem */
	struct file_fact socket; /* of the runtime */
	const struct process *owners[1], *other_owners[1];
	struct listener listeners[4];
	struct node node;
	struct settings settings;
	struct port_rule rules[2];
	struct findings findings;
};

struct value boolean_value(bool boolean);
struct value integer_value(int64_t integer);
struct value text_value(const char *text);
/* Adds a setting or replaces it; its source is config:/etc/k.yaml, its detail its name. */
void set(struct fixture *fixture, const char *name, struct value value);
int make_fixture(void **state);
int free_fixture(void **state);
/* A listener of the kubelet's on every address; the caller may change what it returns. */
struct listener *listen_on(struct fixture *fixture, uint16_t port);

/* Judges by the checks that match; the number of findings. */
size_t judge_all(struct fixture *fixture, const char *pattern);
/* The one finding of a check. */
const struct finding *judge_one(struct fixture *fixture, const char *check);
bool has_evidence(const struct finding *finding, const char *glob);
bool has_note(const struct finding *finding, const char *glob);

#define assert_verdict(finding, verdict_, severity_)                                               \
	do {                                                                                       \
		assert_int_equal((finding)->verdict, verdict_);                                    \
		assert_int_equal((finding)->severity, severity_);                                  \
	} while (0)

#endif
