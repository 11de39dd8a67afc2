/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which API server is asked, and with what: the credential that the policy names, as a plan for the
 * prober, {"cluster":{"host","port","path","authority","certificate","key","token"}}. Read anew for
 * every question, since tokens and certificates rotate. No program is ever started for one, and no
 * server is asked that does not have to show who it is.
 */
#ifndef OBSERVE_CLUSTER_QUESTION_H
#define OBSERVE_CLUSTER_QUESTION_H

#include "nodelatch/settings.h"

#include "base/arena.h"
#include "observe/certificate/secret.h"

struct cluster_question {
	const char *server;  /* URL, in the arena or static; never "" */
	const char *problem; /* why it cannot be asked, the same; NULL: the plan is there */
	struct secret plan;
};

bool cluster_is_wanted(const struct settings *settings);
/* Returns 0 or -ENOMEM. */
int cluster_question_read(const struct settings *settings, struct arena *arena,
			  struct cluster_question *ret_question);
/* Wipes the plan. */
void cluster_question_done(struct cluster_question *question);

#endif
