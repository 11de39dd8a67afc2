/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/certificate/path.h"

#include <string.h>

/* Takes "", "." and ".." out of an absolute path, in place. */
static void clean(char *path)
{
	char *out = path;
	const char *in = path;

	while (*in) {
		size_t slashes = strspn(in, "/");
		size_t length = strcspn(in + slashes, "/");
		const char *part = in + slashes;

		in = part + length;
		if (length == 0 || (length == 1 && part[0] == '.'))
			continue;
		if (length == 2 && part[0] == '.' && part[1] == '.') {
			while (out > path && *--out != '/')
				;
			continue;
		}
		*out++ = '/';
		memmove(out, part, length);
		out += length;
	}
	if (out == path)
		*out++ = '/';
	*out = '\0';
}

char *path_resolve(struct arena *arena, const char *directory, const char *path)
{
	if (path[0] == '/')
		return arena_text(arena, path);
	char *joined = arena_printf(arena, "/%s/%s", directory, path);

	if (joined)
		clean(joined);
	return joined;
}

char *path_directory(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash || slash == path)
		return arena_text(arena, "/");
	return arena_copy(arena, path, (size_t)(slash - path));
}
