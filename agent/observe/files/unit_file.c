/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/files/unit_file.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

#define BLANKS " \t\r"

/* One line of the file, without blanks around it; a backslash at its end joins the next. */
static char *next_line(struct unit_reader *reader)
{
	size_t length = strcspn(reader->rest, "\n");

	while (length && reader->rest[length - 1] == '\\' && reader->rest[length])
		length += 1 + strcspn(reader->rest + length + 1, "\n");
	const char *start = reader->rest + strspn(reader->rest, BLANKS);
	const char *end = reader->rest + length;

	reader->rest = *end ? end + 1 : end;
	if (start > end)
		start = end;
	while (end > start && strchr(BLANKS, end[-1]))
		end--;
	return arena_copy(reader->arena, start, (size_t)(end - start));
}

/* What an assignment to EnvironmentFile gives; NULL: the line is none. */
static const char *environment_of(const char *line)
{
	static const char KEY[] = "EnvironmentFile";
	const char *value = line + strlen(KEY);

	if (!text_starts_with(line, KEY))
		return NULL;
	value += strspn(value, BLANKS);
	if (*value++ != '=')
		return NULL;
	value += strspn(value, BLANKS);
	return *value == '-' ? value + 1 : value;
}

int unit_next_environment(struct unit_reader *reader, const char **ret_path)
{
	while (*reader->rest) {
		const char *line = next_line(reader);

		if (!line)
			return -ENOMEM;
		if (*line == '[')
			reader->is_in_service = text_equal(line, "[Service]");
		const char *path = reader->is_in_service ? environment_of(line) : NULL;

		/* What has a specifier in it (%i) is not known here. */
		if (!path || (*path && (*path != '/' || strchr(path, '%'))))
			continue;
		*ret_path = path;
		return 1;
	}
	return 0;
}
