/* SPDX-License-Identifier: Apache-2.0 */
#include "version_node.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

int version_set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	tree_make(&fixture->tree);
	fixture->arena = arena_new();
	*state = fixture;
	return 0;
}

int version_tear_down(void **state)
{
	struct fixture *fixture = *state;

	tree_remove(&fixture->tree);
	arena_free(fixture->arena);
	free(fixture);
	return 0;
}

struct found_version version_find_in(struct fixture *fixture, const char *exe,
				     enum component_kind kind)
{
	CLEANUP(cleanup_host) struct host *host = NULL;
	struct process *process;
	struct found_version found;

	tree_process(&fixture->tree, PID, exe, (const char *const[]){ exe, NULL });
	assert_int_equal(host_open(fixture->tree.path, &host), 0);
	assert_int_equal(process_read(host, PID, fixture->arena, &process), 0);
	process->started_at_ns = BOOT * 1000000000LL;
	assert_int_equal(version_find(&(struct version_reader){ .host = host }, process, kind,
				      fixture->arena, &found),
			 0);
	assert_int_equal(found.version != NULL, found.detail != NULL);
	return found;
}
