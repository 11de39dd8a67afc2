/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/load.h"

#include <sys/stat.h>

#include "check/checks.h"
#include "commands/commands.h"
#include "base/helper.h"
#include "commands/options.h"
#include "control/server.h"
#include "enforce/guard.h"
#include "observe/probes/session.h"

const char *policy_path(const char *option)
{
	if (option)
		return option;
	return access(POLICY_PATH_DEFAULT, F_OK) == 0 ? POLICY_PATH_DEFAULT : NULL;
}

int load_policy(const char *command, const char *option, struct policy **ret_policy)
{
	CLEANUP_POLICY_ERROR struct policy_error error = { 0 };

	int failed = policy_load(policy_path(option), ret_policy, &error);

	if (failed == 0)
		policy_warn_of_checks(*ret_policy, check_pattern_matches_any, &error);
	policy_error_print(&error, stderr);
	if (failed == 0)
		return 0;
	return command_fail(command, "the policy %s is not usable: nothing was done",
			    policy_path(option));
}

int load_host(const char *command, const char *root, const char *netns, struct host **ret_host)
{
	CLEANUP(cleanup_host) struct host *host = NULL;
	struct stat status;
	int error = host_open(root, &host);

	if (error < 0)
		return command_fail(command, "--root %s: %s", root ? root : "/", strerror(-error));
	if (netns && stat(netns, &status) < 0)
		return command_fail(command, "--netns %s: %s", netns, strerror(errno));
	if (netns)
		host_set_netns(host, status.st_ino);
	*ret_host = take_ptr(host);
	return 0;
}

/* An agent that runs, or a guard that it left behind, counts who comes to the ports of its rules.
 */
static bool is_guarded(void)
{
	return access(GUARD_PIN_DIRECTORY, F_OK) == 0 || access(CONTROL_SOCKET_DEFAULT, F_OK) == 0;
}

static int ask_cluster(struct probe_session *session, const char *program,
		       const struct settings *settings, struct arena *scratch)
{
	CLEANUP(cluster_question_done) struct cluster_question question = { 0 };
	int error = 0;

	if (!cluster_is_wanted(settings))
		return 0;
	error = cluster_question_read(settings, scratch, &question);
	if (error == 0)
		probe_session_ask_cluster(session, program, &question);
	return error;
}

static int take_cluster(struct observer *observer, struct probe_session *session)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct cluster cluster;
	int error = arena ? probe_session_cluster(session, arena, &cluster) : -ENOMEM;

	if (error == 0)
		observer_set_cluster(observer, take_ptr(arena), &cluster);
	return error == -ENOENT ? 0 : error;
}

int load_probes(struct observer *observer, const struct settings *settings)
{
	CLEANUP(cleanup_probe_session) struct probe_session *session = NULL;
	CLEANUP_ARENA struct arena *scratch = arena_new();
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct probe_list list = { 0 };
	struct probe_plan plan = { 0 };
	char program[PATH_MAX];
	struct node node;
	int error = 0;

	if (!scratch || !arena)
		return -ENOMEM;
	observer_node(observer, &node);
	if (settings->probe_kubelet)
		error = probes_plan(&node, is_guarded() ? settings : NULL, scratch, &plan);
	/* Where it is missing, that is what the probes say. */
	helper_find(PROBER_NAME, program);
	if (error == 0)
		error = probe_session_open(program, &plan, &session);
	if (error == 0)
		error = ask_cluster(session, program, settings, scratch);
	if (error == 0)
		error = probe_session_wait(session);
	if (error == 0)
		error = take_cluster(observer, session);
	if (error == 0)
		error = probe_session_results(session, arena, &list);
	if (error == 0 && settings->probe_kubelet &&
	    observer_set_probes(observer, take_ptr(arena), &list, NULL))
		error = observer_refresh(observer, OBSERVE_COMPONENTS, node.now_ns);
	return error;
}
