/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One round of probes: a plan goes to unprivileged probers, one a network namespace, and what they
 * say comes back. This process opens no socket for it and waits for nothing: it reads when the
 * descriptor of the session is readable, and ends them at the deadline.
 */
#ifndef OBSERVE_PROBES_SESSION_H
#define OBSERVE_PROBES_SESSION_H

#include "base/cleanup.h"
#include "observe/cluster/question.h"
#include "observe/probes/plan.h"
#include "observe/probes/result.h"

#define PROBER_NAME "nodelatch-prober"
/* A prober's own total is shorter (agent/prober/visit.h), so that it says what it has. */
#define PROBE_SESSION_MS 3000
/* The same of the one that asks the API server (agent/prober/cluster.h). */
#define CLUSTER_SESSION_MS 4000

struct probe_session;

/*
 * `program`: the path of nodelatch-prober. The plan and its arena must outlive the session. A
 * prober that cannot be started is not an error here: its targets become failed probes. Returns 0
 * or -errno.
 */
int probe_session_open(const char *program, const struct probe_plan *plan,
		       struct probe_session **ret_session);
/* One prober more, for the API server. The question is not needed after. What goes wrong is told by
 * probe_session_cluster(). */
void probe_session_ask_cluster(struct probe_session *session, const char *program,
			       const struct cluster_question *question);
/* How long the session may take. */
int probe_session_ms(const struct probe_session *session);
/* Readable while there is something to read. */
int probe_session_fd(const struct probe_session *session);
/* Takes what is there; true when every prober has said everything. */
bool probe_session_read(struct probe_session *session);
/*
 * One probe for each target of the plan, in its order; what did not come back has failed, with the
 * reason. Returns 0 or -ENOMEM.
 */
int probe_session_results(struct probe_session *session, struct arena *arena,
			  struct probe_list *ret_list);
/* What the API server answered, or why that is not known. Returns 0; -ENOENT when it was not asked;
 * or -ENOMEM. */
int probe_session_cluster(struct probe_session *session, struct arena *arena,
			  struct cluster *ret_cluster);
/* Waits for all of them, at most that long. Returns 0 or -errno. */
int probe_session_wait(struct probe_session *session);
/* Ends every prober that still runs. */
void probe_session_close(struct probe_session *session);

DEFINE_CLEANUP(probe_session, struct probe_session, probe_session_close);

#endif
