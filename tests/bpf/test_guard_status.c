/* SPDX-License-Identifier: Apache-2.0 */
/* The effective mode is what the kernel does, whatever was wished and whoever interfered. */
#include "bpf/guard_support.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <guard.skel.h>

#include "base/text.h"
#include "base/time.h"

struct fixture {
	struct guard *guard;
	struct arena *arena;
	struct guard_status status;
	char link_path[256];
};

static struct fixture begin(void)
{
	struct fixture fixture = { .guard = guard_here(), .arena = arena_new() };
	int netns = network_here();
	struct stat status;

	assert_int_equal(fstat(netns, &status), 0);
	snprintf(fixture.link_path, sizeof(fixture.link_path), PIN_DIRECTORY "/netns-%llu/link",
		 (unsigned long long)status.st_ino);
	close(netns);
	return fixture;
}

static void end(struct fixture *fixture)
{
	guard_release(fixture->guard, false);
	arena_free(fixture->arena);
}

static const struct guard_status *ask_status(struct fixture *fixture)
{
	assert_int_equal(guard_status(fixture->guard, fixture->arena, &fixture->status), 0);
	return &fixture->status;
}

static enum outcome ask(void)
{
	int server = serve_tcp("::", PORT);
	enum outcome outcome = ask_tcp(server, NULL, "127.0.0.1", PORT);

	close(server);
	return outcome;
}

static void assert_says(const char *text, const char *words)
{
	assert_non_null(text);
	if (!strstr(text, words))
		print_error("\"%s\" does not say \"%s\"\n", text, words);
	assert_non_null(strstr(text, words));
}

static void test_as_wished(void **state)
{
	struct fixture fixture = begin();
	const struct guard_status *status;

	assert_int_equal(ask_status(&fixture)->count, 0);
	apply_simple(fixture.guard, MODE_ENFORCE);
	status = ask_status(&fixture);
	assert_int_equal(status->count, 1);
	assert_string_equal(status->rules[0].name, "closed");
	assert_int_equal(status->rules[0].port, PORT);
	assert_int_equal(status->rules[0].transport, TRANSPORT_TCP);
	assert_int_equal(status->rules[0].wished, GUARD_ENFORCE);
	assert_int_equal(status->rules[0].effective, GUARD_ENFORCE);
	assert_null(status->rules[0].problem);
	assert_non_null(status->pinned_at);
	assert_null(status->unpinned_reason);
	assert_int_equal(status->foreign_programs, 0);
	assert_says(status->not_covered, "open before");
	apply_simple(fixture.guard, MODE_AUDIT);
	status = ask_status(&fixture);
	assert_int_equal(status->rules[0].effective, GUARD_AUDIT);
	assert_null(status->rules[0].problem);
	assert_null(status->pinned_at);
	assert_null(status->not_covered);
	end(&fixture);
}

static void test_detached_by_force(void **state)
{
	struct fixture fixture = begin();
	int link;

	apply_simple(fixture.guard, MODE_ENFORCE);
	link = bpf_obj_get(fixture.link_path);
	assert_int_equal(bpf_link_detach(link), 0);
	close(link);
	assert_outcome(SERVED, ask());
	assert_int_equal(ask_status(&fixture)->rules[0].effective, GUARD_OFF);
	assert_says(fixture.status.rules[0].problem, "detached");
	apply_simple(fixture.guard, MODE_ENFORCE);
	assert_outcome(REFUSED, ask());
	assert_int_equal(ask_status(&fixture)->rules[0].effective, GUARD_ENFORCE);
	assert_null(fixture.status.rules[0].problem);
	/* the pin is of the new link: it lasts */
	guard_release(fixture.guard, true);
	assert_outcome(REFUSED, ask());
	fixture.guard = guard_here();
	end(&fixture);
}

static void test_program_exchanged(void **state)
{
	struct fixture fixture = begin();
	struct guard_bpf *empty = guard_bpf__open_and_load();
	int link;

	apply_simple(fixture.guard, MODE_ENFORCE);
	link = bpf_obj_get(fixture.link_path);
	assert_int_equal(bpf_link_update(link, bpf_program__fd(empty->progs.guard), NULL), 0);
	close(link);
	assert_outcome(SERVED, ask());
	assert_int_equal(ask_status(&fixture)->rules[0].effective, GUARD_OFF);
	assert_says(fixture.status.rules[0].problem, "another program");
	apply_simple(fixture.guard, MODE_ENFORCE);
	assert_outcome(REFUSED, ask());
	assert_effective(fixture.guard, 0, GUARD_ENFORCE);
	guard_bpf__destroy(empty);
	end(&fixture);
}

static void test_pin_removed(void **state)
{
	struct fixture fixture = begin();

	apply_simple(fixture.guard, MODE_ENFORCE);
	assert_int_equal(unlink(fixture.link_path), 0);
	assert_int_equal(ask_status(&fixture)->rules[0].effective, GUARD_ENFORCE);
	assert_says(fixture.status.rules[0].problem, "no longer pinned");
	assert_null(fixture.status.pinned_at);
	apply_simple(fixture.guard, MODE_ENFORCE);
	assert_null(ask_status(&fixture)->rules[0].problem);
	assert_non_null(fixture.status.pinned_at);
	end(&fixture);
}

static void test_foreign_program(void **state)
{
	struct fixture fixture = begin();
	struct guard_bpf *other = guard_bpf__open_and_load();
	int netns = network_here();
	int link = bpf_link_create(bpf_program__fd(other->progs.guard), netns, BPF_SK_LOOKUP, NULL);

	assert_true(link >= 0);
	apply_simple(fixture.guard, MODE_ENFORCE);
	assert_int_equal(ask_status(&fixture)->foreign_programs, 1);
	assert_says(fixture.status.foreign, "1 other sk_lookup program is attached");
	assert_int_equal(fixture.status.rules[0].effective, GUARD_ENFORCE);
	close(link);
	assert_int_equal(ask_status(&fixture)->foreign_programs, 0);
	assert_null(fixture.status.foreign);
	close(netns);
	guard_bpf__destroy(other);
	end(&fixture);
}

static void test_no_room_for_the_link(void **state)
{
	const struct port_rule rule = RULE("closed", PORT);
	const struct settings settings = policy_of(MODE_ENFORCE, &rule, 1);
	struct fixture fixture = begin();
	struct guard_bpf *other = guard_bpf__open_and_load();
	int netns = network_here(), links[64];

	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		links[i] = bpf_link_create(bpf_program__fd(other->progs.guard), netns,
					   BPF_SK_LOOKUP, NULL);
	assert_int_equal(guard_apply(fixture.guard, &settings, time_now_ns()), -E2BIG);
	assert_int_equal(ask_status(&fixture)->rules[0].effective, GUARD_OFF);
	assert_int_equal(fixture.status.rules[0].wished, GUARD_ENFORCE);
	assert_says(fixture.status.rules[0].problem, "as many as the kernel takes");
	assert_int_equal(fixture.status.foreign_programs, 64);
	assert_int_equal(count_pins(), 0);
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		close(links[i]);
	apply_simple(fixture.guard, MODE_ENFORCE);
	assert_effective(fixture.guard, 0, GUARD_ENFORCE);
	close(netns);
	guard_bpf__destroy(other);
	end(&fixture);
}

static void test_odd_rules(void **state)
{
	struct port_rule rules[] = {
		RULE("first", PORT),
		RULE("second", PORT),
		RULE("all", PORT + 1, .all_namespaces = true),
		RULE("flagged", PORT + 2),
		RULE("udp", PORT, .transport = TRANSPORT_UDP),
	};
	struct fixture fixture = begin();

	rules[3].action = ACTION_FLAG;
	apply_rules(fixture.guard, MODE_ENFORCE, rules, ARRAY_SIZE(rules));
	assert_int_equal(ask_status(&fixture)->count, 4);
	assert_null(fixture.status.rules[0].problem);
	assert_says(fixture.status.rules[1].problem, "\"first\"");
	assert_int_equal(fixture.status.rules[1].effective, GUARD_OFF);
	assert_says(fixture.status.rules[2].problem, "namespaces: all");
	assert_int_equal(fixture.status.rules[2].effective, GUARD_ENFORCE);
	assert_string_equal(fixture.status.rules[3].name, "udp");
	assert_int_equal(fixture.status.rules[3].effective, GUARD_ENFORCE);
	end(&fixture);
}

/* A child without privileges: -EPERM, in words, and nothing on the host. */
static int without_privileges(struct fixture *fixture)
{
	const struct port_rule rule = RULE("closed", PORT);
	const struct settings settings = policy_of(MODE_ENFORCE, &rule, 1);
	const char *problem = NULL, *remedy = NULL;

	if (setresgid(65534, 65534, 65534) < 0 || setresuid(65534, 65534, 65534) < 0)
		return 1;
	if (guard_apply(fixture->guard, &settings, time_now_ns()) != -EPERM)
		return 2;
	if (guard_status(fixture->guard, fixture->arena, &fixture->status) < 0 ||
	    fixture->status.rules[0].effective != GUARD_OFF ||
	    !strstr(fixture->status.rules[0].remedy, "CAP_BPF"))
		return 3;
	if (guard_probe(fixture->arena, &problem, &remedy) != -EPERM || !problem || !remedy)
		return 4;
	return 0;
}

static void test_without_privileges(void **state)
{
	struct fixture fixture = begin();
	pid_t child = fork();
	int status;

	if (child == 0)
		_exit(without_privileges(&fixture));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(count_pins(), 0);
	end(&fixture);
}

static void test_bad_options(void **state)
{
	struct guard_options options = { .netns_fd = -1 };
	char long_path[600];
	struct guard *guard;

	assert_int_equal(guard_open(&options, &guard), -EBADF);
	options.netns_fd = STDIN_FILENO;
	assert_int_equal(guard_open(&options, &guard), -EINVAL);
	memset(long_path, 'a', sizeof(long_path));
	long_path[sizeof(long_path) - 1] = '\0';
	options = (struct guard_options){ .pin_directory = long_path, .netns_fd = network_here() };
	assert_int_equal(guard_open(&options, &guard), -ENAMETOOLONG);
	close(options.netns_fd);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, support_fresh_network)
	const struct CMUnitTest tests[] = {
		TEST(test_as_wished),	      TEST(test_detached_by_force),
		TEST(test_program_exchanged), TEST(test_pin_removed),
		TEST(test_foreign_program),   TEST(test_no_room_for_the_link),
		TEST(test_odd_rules),	      TEST(test_without_privileges),
		TEST(test_bad_options),
	};

	return cmocka_run_group_tests(tests, support_begin, NULL);
}
