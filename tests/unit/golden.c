/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"

void assert_golden(const char *name, const struct text_buffer *text)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_CLOSE int root = -1;
	struct file_content content;
	char path[128];

	snprintf(path, sizeof(path), "tests/golden/%s", name);
	assert_int_equal(buffer_error(text), 0);
	if (text_equal(getenv("GOLDEN"), "write"))
		assert_int_equal(file_replace(path, text->data, text->length, 0644), 0);
	assert_int_equal(file_root_open(".", &root), 0);
	assert_int_equal(file_read_in(root, path, 1 << 20, arena, &content), 0);
	assert_string_equal(text->data, content.data);
}
