/* SPDX-License-Identifier: Apache-2.0 */
/* The launcher against probers of every kind: this program is its own prober, and the port of the
 * first target says which kind it is to be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "observe/probes/session.h"

enum prober { ANSWERS = 1, HANGS, SAYS_NONSENSE, SAYS_NOTHING, NEVER_ENDS, ANSWERS_FOR_OTHERS };

#define ANSWER                                                                                     \
	"{\"schema\":\"nodelatch.probes/1\",\"probes\":[{\"pid\":%d,\"address\":\"127.0.0.1\","    \
	"\"port\":%d,\"path\":\"/lies\",\"tls\":true,\"outcome\":\"answered\",\"status\":401,"     \
	"\"version\":\"1.31.9\",\"version_path\":\"/lies\"}]}"

static int be_a_prober(void)
{
	char plan[4096] = "", filling[4096];
	ssize_t length = read(STDIN_FILENO, plan, sizeof(plan) - 1);
	const char *port = strstr(plan, "\"port\":");

	if (length <= 0 || !port)
		return 2;
	switch (strtol(port + 7, NULL, 10)) {
	case ANSWERS:
		printf(ANSWER, 900, ANSWERS);
		return 0;
	case ANSWERS_FOR_OTHERS:
		printf(ANSWER, 901, ANSWERS_FOR_OTHERS);
		return 0;
	case SAYS_NONSENSE:
		puts("nonsense");
		return 0;
	case HANGS:
		pause();
		return 0;
	case NEVER_ENDS:
		memset(filling, ' ', sizeof(filling));
		while (write(STDOUT_FILENO, filling, sizeof(filling)) > 0)
			;
		return 0;
	default:
		return 0;
	}
}

static int set_up(void **state)
{
	*state = arena_new();
	return 0;
}

static int tear_down(void **state)
{
	arena_free(*state);
	return 0;
}

static struct probe_target target_of(enum prober prober)
{
	return (struct probe_target){ .pid = 900,
				      .address = { .bytes = { 127, 0, 0, 1 } },
				      .port = (uint16_t)prober,
				      .path = "/pods" };
}

static int ask_all(const char *program, const struct probe_plan *plan, struct arena *arena,
		   struct probe_list *ret_list)
{
	CLEANUP(cleanup_probe_session) struct probe_session *session = NULL;
	int error = probe_session_open(program, plan, &session);

	if (error == 0)
		error = probe_session_wait(session);
	return error == 0 ? probe_session_results(session, arena, ret_list) : error;
}

static const char *own_program(void)
{
	static char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

	assert_true(length > 0);
	path[length] = '\0';
	return path;
}

static const struct probe *ask(struct arena *arena, const char *program,
			       struct probe_target *target)
{
	const struct probe_plan plan = { target, 1 };
	struct probe_list list;

	assert_int_equal(ask_all(program, &plan, arena, &list), 0);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.items[0].pid, target->pid);
	assert_int_equal(list.items[0].port, target->port);
	return &list.items[0];
}

static void fails(struct arena *arena, enum prober prober, const char *problem)
{
	struct probe_target target = target_of(prober);
	const struct probe *probe = ask(arena, own_program(), &target);

	assert_int_equal(probe->outcome, PROBE_FAILED);
	if (!text_matches_glob(probe->problem, problem))
		fail_msg("%s is not %s", probe->problem, problem);
}

static void an_answer_comes_back(void **state)
{
	struct probe_target target = target_of(ANSWERS);
	const struct probe *probe = ask(*state, own_program(), &target);

	assert_int_equal(probe->outcome, PROBE_ANSWERED);
	assert_int_equal(probe->status, 401);
	/* What was asked is not the prober's to say. */
	assert_string_equal(probe->path, "/pods");
	assert_false(probe->is_tls);
}

static void a_version_counts_where_it_was_asked(void **state)
{
	struct probe_target target = target_of(ANSWERS);

	assert_null(ask(*state, own_program(), &target)->version);
	target.version_path = "/metrics";
	const struct probe *probe = ask(*state, own_program(), &target);

	assert_string_equal(probe->version, "1.31.9");
	assert_string_equal(probe->version_path, "/metrics");
}

static void others_answers_do_not_count(void **state)
{
	fails(*state, ANSWERS_FOR_OTHERS, "it was not answered for");
}

static void what_is_said_is_not_trusted(void **state)
{
	fails(*state, SAYS_NONSENSE, "what nodelatch-prober said is not JSON");
	fails(*state, SAYS_NOTHING, "nodelatch-prober ended without a word*");
	fails(*state, NEVER_ENDS, "nodelatch-prober says too much*");
}

static void one_that_hangs_is_ended(void **state)
{
	int64_t start_ns = time_monotonic_ns();

	fails(*state, HANGS, "nodelatch-prober did not end*");
	assert_true(time_monotonic_ns() - start_ns < (PROBE_SESSION_MS + 2000) * NS_PER_MS);
}

static void a_program_that_is_not_there_is_told(void **state)
{
	struct probe_target target = target_of(ANSWERS);
	const struct probe *probe = ask(*state, "/nowhere/nodelatch-prober", &target);

	assert_int_equal(probe->outcome, PROBE_FAILED);
	assert_true(text_matches_glob(probe->problem, "nodelatch-prober cannot be started: No*"));
}

/* The process that listened there is gone, or in another namespace by now. */
static void another_namespace_must_be_that_of_the_listener(void **state)
{
	struct probe_target target = target_of(ANSWERS);

	target.pid = getpid();
	target.netns = 1;
	const struct probe *probe = ask(*state, own_program(), &target);

	assert_int_equal(probe->outcome, PROBE_FAILED);
	assert_true(text_matches_glob(probe->problem, "nodelatch-prober cannot be started: No "
						      "such process"));
}

static void each_target_has_a_probe(void **state)
{
	struct probe_target targets[PROBES_MAX];
	const struct probe_plan plan = { targets, PROBES_MAX };
	struct probe_list list;

	for (size_t i = 0; i < PROBES_MAX; i++) {
		targets[i] = target_of(ANSWERS);
		targets[i].port = (uint16_t)(ANSWERS + 1000 * i);
	}
	assert_int_equal(ask_all(own_program(), &plan, *state, &list), 0);
	assert_int_equal(list.count, PROBES_MAX);
	for (size_t i = 0; i < PROBES_MAX; i++)
		assert_int_equal(list.items[i].outcome, i ? PROBE_FAILED : PROBE_ANSWERED);
}

static void no_child_is_left(void **state)
{
	char path[64], children[64] = "";

	(void)state;
	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)getpid(), (int)getpid());
	FILE *file = fopen(path, "re");

	if (file && fgets(children, sizeof(children), file))
		fail_msg("left behind: %s", children);
	if (file)
		fclose(file);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(an_answer_comes_back),
		TEST(others_answers_do_not_count),
		TEST(a_version_counts_where_it_was_asked),
		TEST(what_is_said_is_not_trusted),
		TEST(one_that_hangs_is_ended),
		TEST(a_program_that_is_not_there_is_told),
		TEST(another_namespace_must_be_that_of_the_listener),
		TEST(each_target_has_a_probe),
		TEST(no_child_is_left),
	};

	if (argc > 0 && text_equal(argv[0], PROBER_NAME))
		return be_a_prober();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
