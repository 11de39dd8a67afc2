/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/rest/unit_command.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"

static void fail(struct unit_text *unit, int error)
{
	if (!unit->error)
		unit->error = error;
}

static void set_variable(struct unit_text *unit, const char *name, const char *value)
{
	const char **one = arena_push(unit->arena, &unit->names, &unit->count, &unit->name_capacity,
				      sizeof(*one));
	const char **other = arena_push(unit->arena, &unit->values, &unit->value_count,
					&unit->value_capacity, sizeof(*other));

	if (!one || !other || !name || !value || unit->count > SETTING_ITEMS_MAX) {
		fail(unit, -ENOMEM);
		return;
	}
	*one = name;
	*other = value;
}

static const char *get_variable(const struct unit_text *unit, const char *name, size_t length)
{
	for (size_t i = unit->count; i--;)
		if (strlen(unit->names[i]) == length && memcmp(unit->names[i], name, length) == 0)
			return unit->values[i];
	return "";
}

/* One word of a line, unquoted; *ret_quoted: a quote was in it. NULL at the end. */
static const char *next_word(struct unit_text *unit, const char **line, bool *ret_quoted)
{
	const char *at = *line + strspn(*line, " \t\r\n");
	CLEANUP_BUFFER struct text_buffer word = { 0 };
	char quote = '\0';

	*ret_quoted = false;
	if (!*at)
		return NULL;
	for (; *at && (quote || !isspace((unsigned char)*at)); at++) {
		if (quote ? *at == quote : *at == '"' || *at == '\'') {
			quote = quote ? '\0' : *at;
			*ret_quoted = true;
		} else if (*at != '\\') {
			buffer_append(&word, at, 1);
		} else if (at[1] && strchr("\\\"' ", at[1])) {
			buffer_append(&word, ++at, 1);
		} else {
			fail(unit, -EINVAL);
		}
	}
	if (quote)
		fail(unit, -EINVAL);
	*line = at;
	const char *copy = arena_text(unit->arena, word.data ? word.data : "");

	if (!copy || buffer_error(&word) < 0)
		fail(unit, -ENOMEM);
	return copy;
}

static void take_assignments(struct unit_text *unit, const char *line)
{
	const char *word;
	bool is_quoted;

	if (!*line)
		unit->count = unit->value_count = 0;
	while ((word = next_word(unit, &line, &is_quoted))) {
		const char *equals = strchr(word, '=');

		if (equals)
			set_variable(unit, arena_copy(unit->arena, word, (size_t)(equals - word)),
				     equals + 1);
	}
}

/* A line of a file of variables: the value goes to its end, quotes around it dropped. */
static void take_variable(struct unit_text *unit, const char *line, size_t length)
{
	const char *equals = memchr(line, '=', length);

	if (!equals || *line == '#' || *line == ';')
		return;
	const char *value = equals + 1, *end = line + length;

	while (end > value && isspace((unsigned char)end[-1]))
		end--;
	if (end - value >= 2 && (*value == '"' || *value == '\'') && end[-1] == *value) {
		value++;
		end--;
	}
	if (memchr(value, '\\', (size_t)(end - value)))
		fail(unit, -EINVAL);
	set_variable(unit, arena_copy(unit->arena, line, (size_t)(equals - line)),
		     arena_copy(unit->arena, value, (size_t)(end - value)));
}

static void take_file(struct unit_text *unit, const char *path)
{
	bool is_optional = *path == '-';
	struct file_content content;

	path += is_optional;
	if (!*path || unit->root < 0)
		return;
	if (*path != '/' || strpbrk(path, "*?[%")) {
		fail(unit, -EINVAL);
		return;
	}
	int error = file_read_in(unit->root, path, CONFIG_BYTES_MAX, unit->arena, &content);

	if (error < 0) {
		if (error != -ENOENT || !is_optional)
			fail(unit, error);
		return;
	}
	for (const char *line = content.data; *line;) {
		size_t length = strcspn(line, "\n");
		size_t blanks = strspn(line, " \t");

		if (blanks < length)
			take_variable(unit, line + blanks, length - blanks);
		line += length + (line[length] == '\n');
	}
}

static void take_line(struct unit_text *unit, const char *line)
{
	const char *equals = strchr(line, '=');

	if (!equals)
		return;
	const char *value = equals + 1 + strspn(equals + 1, " \t");
	size_t length = (size_t)(equals - line);

	while (length && isspace((unsigned char)line[length - 1]))
		length--;
	if (length == 9 && memcmp(line, "ExecStart", 9) == 0) {
		/* A second one beside the first is for units that end by themselves. */
		if (*value && unit->start)
			fail(unit, -EINVAL);
		unit->start = *value ? value : NULL;
	} else if (length == 11 && memcmp(line, "Environment", 11) == 0) {
		take_assignments(unit, value);
	} else if (length == 15 && memcmp(line, "EnvironmentFile", 15) == 0) {
		take_file(unit, value);
	}
}

/* One line with those that a backslash joins to it. Moves *text past them. */
static char *join_lines(struct unit_text *unit, const char **text)
{
	CLEANUP_BUFFER struct text_buffer line = { 0 };
	const char *at = *text;

	for (; *at && *at != '\n'; at++) {
		bool is_joined = *at == '\\' && at[1] == '\n';

		buffer_append(&line, is_joined ? " " : at, 1);
		at += is_joined;
	}
	*text = *at ? at + 1 : at;
	return arena_text(unit->arena, line.data ? line.data : "");
}

void unit_text_add(struct unit_text *unit, const char *text)
{
	bool is_service = false;

	while (*text && !unit->error) {
		char *line = join_lines(unit, &text);

		if (!line) {
			fail(unit, -ENOMEM);
			return;
		}
		line += strspn(line, " \t\r");
		if (*line == '[')
			is_service = text_starts_with(line, "[Service]");
		else if (is_service && *line && *line != '#' && *line != ';')
			take_line(unit, line);
	}
}

static void push(struct unit_text *unit, struct unit_command *command, size_t *capacity,
		 const char *word)
{
	const char **place =
		arena_push(unit->arena, &command->words, &command->count, capacity, sizeof(*place));

	if (!place || !word || command->count > ARGUMENTS_MAX)
		fail(unit, -ENOMEM);
	else
		*place = word;
}

/* "${NAME}" anywhere; "$$" is '$', "%%" is '%', and other specifiers are not known here. */
static const char *expand(struct unit_text *unit, const char *word)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };

	while (*word) {
		const char *end = text_starts_with(word, "${") ? strchr(word, '}') : NULL;

		if (end) {
			buffer_text(&text, get_variable(unit, word + 2, (size_t)(end - word) - 2));
			word = end + 1;
		} else if (*word == '%' && word[1] != '%') {
			fail(unit, -EINVAL);
			return NULL;
		} else {
			bool is_doubled = (*word == '$' || *word == '%') && word[1] == *word;

			buffer_printf(&text, "%c", *word);
			word += 1 + is_doubled;
		}
	}
	return buffer_error(&text) < 0 ? NULL : arena_text(unit->arena, text.data ? text.data : "");
}

int unit_text_command(struct unit_text *unit, struct unit_command *ret_command)
{
	struct unit_command command = { 0 };
	const char *line = unit->start, *word;
	size_t capacity = 0;
	bool is_quoted;

	if (!line)
		return unit->error ? unit->error : -ENOENT;
	line += strspn(line, "-+!");
	while (!unit->error && (word = next_word(unit, &line, &is_quoted))) {
		const char *name = word + 1;

		if (*word != '$' || is_quoted || *name == '{' || *name == '$') {
			push(unit, &command, &capacity, expand(unit, word));
			continue;
		}
		/* A variable that is a word of its own becomes as many as it has. */
		const char *value = get_variable(unit, name, strlen(name));

		while (!unit->error && (word = next_word(unit, &value, &is_quoted)))
			push(unit, &command, &capacity, word);
	}
	if (unit->error || !command.count)
		return unit->error ? unit->error : -ENOENT;
	*ret_command = command;
	return 0;
}
