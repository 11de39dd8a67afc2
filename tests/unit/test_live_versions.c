/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/text.h"
#include "observe/live_versions.h"

struct fixture {
	struct arena *arena;
	struct live_versions *memory;
	struct process process;
	struct component component;
	struct probe probe;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	fixture->arena = arena_new();
	fixture->memory = live_versions_new();
	fixture->process = (struct process){ .pid = 900, .start_ticks = 77 };
	fixture->component =
		(struct component){ .kind = COMPONENT_KUBELET, .process = &fixture->process };
	fixture->probe = (struct probe){
		.pid = 900, .port = 10255, .version = "1.31.9", .version_path = "/metrics"
	};
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	live_versions_free(fixture->memory);
	arena_free(fixture->arena);
	free(fixture);
	return 0;
}

static bool note(struct fixture *fixture)
{
	return live_versions_note(fixture->memory, &fixture->component, &fixture->probe);
}

static struct found_version find(struct fixture *fixture)
{
	struct found_version found = { 0 };

	assert_int_equal(live_versions_find(fixture->memory, &fixture->process,
					    fixture->component.kind, fixture->arena, &found),
			 0);
	return found;
}

static void remembers_who_told_it_and_where(void **state)
{
	struct fixture *fixture = *state;

	assert_null(find(fixture).version);
	assert_true(note(fixture));
	assert_string_equal(find(fixture).version, "1.31.9");
	assert_string_equal(find(fixture).detail, "its own /metrics on port 10255 says 1.31.9");
	fixture->process.start_ticks++;
	assert_null(find(fixture).version);
	fixture->process.start_ticks--;
	fixture->process.pid++;
	assert_null(find(fixture).version);
}

static void only_another_version_is_news(void **state)
{
	struct fixture *fixture = *state;

	assert_true(note(fixture));
	fixture->component.version = "1.31.9";
	fixture->component.version_is_live = true;
	assert_false(note(fixture));
	fixture->probe.version = "1.31.10";
	assert_true(note(fixture));
	assert_string_equal(find(fixture).version, "1.31.10");
}

static void what_is_known_otherwise_stays(void **state)
{
	struct fixture *fixture = *state;

	fixture->component.version = "1.30.0";
	assert_false(note(fixture));
	assert_null(find(fixture).version);
}

static void takes_nothing_else(void **state)
{
	struct fixture *fixture = *state;

	fixture->probe.pid = 901;
	assert_false(note(fixture));
	fixture->probe.pid = 900;
	fixture->probe.version = NULL;
	assert_false(note(fixture));
	fixture->probe.version = "99.0.0";
	assert_false(note(fixture));
	fixture->probe.version = "3.5.15";
	assert_false(note(fixture));
	fixture->probe.version = "1.31.9";
	fixture->component.kind = COMPONENT_ETCD;
	assert_false(note(fixture));
	fixture->component.kind = COMPONENT_TILLER;
	assert_false(note(fixture));
}

static void one_process_is_several(void **state)
{
	struct fixture *fixture = *state;

	fixture->component.kind = COMPONENT_APISERVER;
	assert_true(note(fixture));
	fixture->component.kind = COMPONENT_ETCD;
	assert_null(find(fixture).version);
	fixture->probe.version = "3.5.15";
	assert_true(note(fixture));
	assert_string_equal(find(fixture).version, "3.5.15");
	fixture->component.kind = COMPONENT_APISERVER;
	assert_string_equal(find(fixture).version, "1.31.9");
}

static void another_program_is_another(void **state)
{
	struct fixture *fixture = *state;

	assert_true(note(fixture));
	live_versions_forget(fixture->memory, 900);
	assert_null(find(fixture).version);
}

static void a_disk_at_rest_told_nothing(void **state)
{
	struct fixture *fixture = *state;

	fixture->process = (struct process){ 0 };
	assert_null(find(fixture).version);
}

static void is_bounded(void **state)
{
	struct fixture *fixture = *state;

	for (int i = 0; i <= LIVE_VERSIONS_MAX; i++) {
		fixture->process.pid = fixture->probe.pid = 900 + i;
		assert_true(note(fixture));
	}
	assert_non_null(find(fixture).version);
	fixture->process.pid = 900;
	assert_null(find(fixture).version);
	fixture->process.pid = 901;
	assert_non_null(find(fixture).version);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(remembers_who_told_it_and_where), TEST(only_another_version_is_news),
		TEST(what_is_known_otherwise_stays),   TEST(takes_nothing_else),
		TEST(one_process_is_several),	       TEST(another_program_is_another),
		TEST(a_disk_at_rest_told_nothing),     TEST(is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
