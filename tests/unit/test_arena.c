/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/limits.h"

static void hands_out_zeroed_aligned_memory(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	for (size_t size = 0; size < 300; size++) {
		unsigned char *memory = arena_alloc(arena, size);

		assert_non_null(memory);
		assert_int_equal((uintptr_t)memory % alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(memory[i], 0);
		memset(memory, 0xff, size);
	}
}

static void what_was_used_is_zero_after_a_reset(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	for (int round = 0; round < 3; round++) {
		char *memory = arena_alloc(arena, 200000);

		assert_non_null(memory);
		assert_int_equal(memory[0] | memory[199999], 0);
		memset(memory, 0xff, 200000);
		assert_int_equal(arena_used(arena), 200000);
		arena_reset(arena);
		assert_int_equal(arena_used(arena), 0);
	}
}

static void ends_at_its_bound(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	size_t total = 0;

	assert_null(arena_alloc(arena, SIZE_MAX));
	assert_null(arena_alloc(arena, SIZE_MAX - 8));
	assert_null(arena_alloc(arena, ARENA_BYTES_MAX + 1));
	assert_null(arena_array(arena, SIZE_MAX / 2 + 1, 2));
	assert_null(arena_copy(arena, "", SIZE_MAX));
	while (arena_alloc(arena, 100000))
		total += 100000;
	assert_true(total <= ARENA_BYTES_MAX);
	assert_true(total > ARENA_BYTES_MAX / 2);
	assert_null(arena_alloc(arena, 16UL << 20));
	arena_reset(arena);
	assert_non_null(arena_alloc(arena, 16UL << 20));
}

static void small_pieces_fill_it_too(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	size_t count = 0;

	assert_non_null(arena_alloc(arena, 50UL << 20));
	while (arena_alloc(arena, 1000))
		count++;
	assert_true(count > 10000);
}

static void copies_may_hold_nuls(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	char *copy = arena_copy(arena, "a\0b", 3);

	assert_memory_equal(copy, "a\0b", 4);
	assert_string_equal(arena_copy(arena, NULL, 0), "");
	assert_null(arena_text(arena, NULL));
	assert_string_equal(arena_printf(arena, "%s:%d", "tcp", 22), "tcp:22");
	assert_string_equal(arena_printf(arena, "%s", ""), "");
}

static void a_growing_array_keeps_what_it_has(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	size_t count = 0, capacity = 0;
	int *numbers = NULL;

	for (int i = 0; i < 1000; i++) {
		int *place = arena_push(arena, &numbers, &count, &capacity, sizeof(*numbers));

		assert_non_null(place);
		*place = i;
	}
	assert_int_equal(count, 1000);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(numbers[i], i);
	while (arena_alloc(arena, 4096))
		;
	while (arena_push(arena, &numbers, &count, &capacity, sizeof(*numbers)))
		;
	assert_int_equal(count, capacity);
	assert_int_equal(numbers[999], 999);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hands_out_zeroed_aligned_memory),
		cmocka_unit_test(what_was_used_is_zero_after_a_reset),
		cmocka_unit_test(ends_at_its_bound),
		cmocka_unit_test(small_pieces_fill_it_too),
		cmocka_unit_test(copies_may_hold_nuls),
		cmocka_unit_test(a_growing_array_keeps_what_it_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
