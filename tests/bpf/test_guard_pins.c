/* SPDX-License-Identifier: Apache-2.0 */
/* What lasts and what does not: pins, kill -9, adoption, and no BPF file system at all. */
#include "bpf/guard_support.h"

#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/text.h"

static enum outcome ask(int server)
{
	return ask_tcp(server, NULL, "127.0.0.1", PORT);
}

/* Another process guards, and is killed. */
static void guard_and_be_killed(enum policy_mode mode)
{
	int ready[2], status;
	char byte = 0;

	assert_int_equal(pipe(ready), 0);
	pid_t child = fork();

	if (child == 0) {
		apply_simple(guard_here(), mode);
		if (write(ready[1], &byte, 1) == 1)
			pause();
		_exit(1);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
}

static unsigned count_attached(void)
{
	uint32_t ids[64], count = ARRAY_SIZE(ids), flags = 0;
	int netns = network_here();

	assert_int_equal(bpf_prog_query(netns, BPF_SK_LOOKUP, 0, &flags, ids, &count), 0);
	close(netns);
	return count;
}

/* The id of the link that is pinned for the present namespace. */
static uint32_t pinned_link(void)
{
	struct bpf_link_info info = { 0 };
	uint32_t length = sizeof(info);
	int netns = network_here(), link;
	struct stat status;
	char path[256];

	assert_int_equal(fstat(netns, &status), 0);
	snprintf(path, sizeof(path), PIN_DIRECTORY "/netns-%llu/link",
		 (unsigned long long)status.st_ino);
	link = bpf_obj_get(path);
	assert_true(link >= 0);
	assert_int_equal(bpf_obj_get_info_by_fd(link, &info, &length), 0);
	close(link);
	close(netns);
	return info.id;
}

/* The kernel frees what a killed process held a moment after it is gone. */
static void assert_soon_served(int server)
{
	enum outcome outcome = REFUSED;

	for (int i = 0; i < 200 && outcome != SERVED; i++) {
		outcome = ask(server);
		usleep(10000);
	}
	assert_outcome(SERVED, outcome);
}

static void test_enforced_survives_kill(void **state)
{
	int server = serve_tcp("::", PORT);
	uint32_t link;

	guard_and_be_killed(MODE_ENFORCE);
	assert_outcome(REFUSED, ask(server));
	usleep(200000);
	assert_outcome(REFUSED, ask(server));
	assert_int_equal(count_attached(), 1);
	link = pinned_link();
	/* opening changes nothing; the first policy takes over; nothing is attached twice */
	struct guard *guard = guard_here();

	assert_outcome(REFUSED, ask(server));
	apply_simple(guard, MODE_ENFORCE);
	assert_effective(guard, 0, GUARD_ENFORCE);
	assert_outcome(REFUSED, ask(server));
	assert_int_equal(count_attached(), 1);
	assert_int_equal(pinned_link(), link); /* the program was exchanged, not the link */
	guard_release(guard, true);
	assert_outcome(REFUSED, ask(server));
	guard_release(guard_here(), false);
	assert_soon_served(server);
	assert_int_equal(count_pins(), 0);
	close(server);
}

static void test_audit_leaves_nothing(void **state)
{
	int server = serve_tcp("::", PORT);
	struct guard *guard = guard_here();

	apply_simple(guard, MODE_AUDIT);
	assert_int_equal(count_pins(), 0);
	assert_int_equal(count_attached(), 1);
	guard_release(guard, true);
	assert_int_equal(count_attached(), 0);
	guard_and_be_killed(MODE_AUDIT);
	assert_outcome(SERVED, ask(server));
	assert_int_equal(count_pins(), 0);
	close(server);
}

/* An enforced guard of an earlier agent, and a policy that no longer wants it. */
static void test_adopted_by_audit(void **state)
{
	int server = serve_tcp("::", PORT);

	guard_and_be_killed(MODE_ENFORCE);
	assert_outcome(REFUSED, ask(server));
	guard_and_be_killed(MODE_AUDIT);
	assert_soon_served(server);
	assert_int_equal(count_pins(), 0);
	close(server);
}

static void test_adopted_by_empty_policy(void **state)
{
	int server = serve_tcp("::", PORT);
	struct port_rule flag = RULE("flag", PORT);
	struct guard *guard;

	guard_and_be_killed(MODE_ENFORCE);
	guard = guard_here();
	flag.action = ACTION_FLAG;
	apply_rules(guard, MODE_ENFORCE, &flag, 1);
	assert_soon_served(server);
	assert_int_equal(count_attached(), 0);
	assert_int_equal(count_pins(), 0);
	guard_release(guard, true);
	close(server);
}

static void test_pins_removed_by_hand(void **state)
{
	int server = serve_tcp("::", PORT), netns = network_here();
	char path[256];
	struct stat status;

	guard_and_be_killed(MODE_ENFORCE);
	assert_int_equal(fstat(netns, &status), 0);
	snprintf(path, sizeof(path), PIN_DIRECTORY "/netns-%llu/link",
		 (unsigned long long)status.st_ino);
	assert_int_equal(unlink(path), 0);
	assert_soon_served(server);
	/* what else is left there does not confuse the next agent */
	guard_and_be_killed(MODE_ENFORCE);
	assert_outcome(REFUSED, ask(server));
	guard_release(guard_here(), false);
	assert_int_equal(count_pins(), 0);
	close(netns);
	close(server);
}

static void test_without_bpf_file_system(void **state)
{
	int server = serve_tcp("::", PORT);
	struct arena *arena = arena_new();
	struct guard_status status;
	struct guard *guard;

	/* ours, and the one below it where the host has one; in this mount namespace only */
	while (umount2("/sys/fs/bpf", MNT_DETACH) == 0)
		;
	guard = guard_here();
	apply_simple(guard, MODE_ENFORCE);
	assert_outcome(REFUSED, ask(server));
	assert_effective(guard, 0, GUARD_ENFORCE);
	assert_int_equal(guard_status(guard, arena, &status), 0);
	assert_null(status.pinned_at);
	assert_non_null(status.unpinned_reason);
	assert_non_null(strstr(status.rules[0].remedy, "mount -t bpf"));
	guard_release(guard, true);
	assert_soon_served(server);
	guard_and_be_killed(MODE_ENFORCE);
	assert_soon_served(server);
	assert_int_equal(mount("bpf", "/sys/fs/bpf", "bpf", 0, NULL), 0);
	arena_free(arena);
	close(server);
}

static void test_namespaces_do_not_collide(void **state)
{
	int server = serve_tcp("::", PORT), first = network_here(), other;

	guard_and_be_killed(MODE_ENFORCE);
	support_fresh_network(NULL);
	other = serve_tcp("::", PORT);
	assert_outcome(SERVED, ask(other));
	guard_and_be_killed(MODE_ENFORCE);
	assert_outcome(REFUSED, ask(other));
	guard_release(guard_here(), false);
	assert_soon_served(other);
	network_enter(first);
	assert_outcome(REFUSED, ask(server));
	guard_release(guard_here(), false);
	assert_int_equal(count_pins(), 0);
	close(first);
	close(server);
	close(other);
}

/* Objects under our names that are not what we would have pinned. */
static void test_strange_pins(void **state)
{
	struct guard *guard = guard_here();
	struct stat status;
	int netns = network_here(), server = serve_tcp("::", PORT), map;
	static const char *const names[] = { "link", "v1-clients", "v1-totals", "v0-rules" };
	char path[256];

	map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "strange", 4, 8, 1, NULL);
	assert_int_equal(fstat(netns, &status), 0);
	mkdir(PIN_DIRECTORY, 0700);
	snprintf(path, sizeof(path), PIN_DIRECTORY "/netns-%llu",
		 (unsigned long long)status.st_ino);
	assert_int_equal(mkdir(path, 0700), 0);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), PIN_DIRECTORY "/netns-%llu/%s",
			 (unsigned long long)status.st_ino, names[i]);
		assert_int_equal(bpf_obj_pin(map, path), 0);
	}
	guard_release(guard, true);
	guard_and_be_killed(MODE_ENFORCE);
	assert_outcome(REFUSED, ask(server));
	assert_int_equal(access(path, F_OK), -1); /* v0-rules */
	guard_release(guard_here(), false);
	assert_soon_served(server);
	close(map);
	close(netns);
	close(server);
}

static void test_release_of_nothing(void **state)
{
	guard_release(NULL, true);
	guard_release(guard_here(), true);
	guard_release(guard_here(), false);
	assert_int_equal(count_pins(), 0);
}

static int end_everything(void **state)
{
	guard_release(guard_here(), false);
	return 0;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, support_fresh_network, end_everything)
	const struct CMUnitTest tests[] = {
		TEST(test_enforced_survives_kill),    TEST(test_audit_leaves_nothing),
		TEST(test_adopted_by_audit),	      TEST(test_adopted_by_empty_policy),
		TEST(test_pins_removed_by_hand),      TEST(test_without_bpf_file_system),
		TEST(test_namespaces_do_not_collide), TEST(test_strange_pins),
		TEST(test_release_of_nothing),
	};

	return cmocka_run_group_tests(tests, support_begin, NULL);
}
