/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/reading/reading.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "observe/certificate/path.h"

#define SHORT_TEXT_BYTES 120

const char *reading_printf(struct reading *reading, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	const char *text = arena_vprintf(reading->arena, format, arguments);

	va_end(arguments);
	if (!text)
		reading->error = -ENOMEM;
	return text ? text : "";
}

const char *reading_short(struct reading *reading, const char *text)
{
	size_t length = strlen(text), at = 0;

	if (length <= SHORT_TEXT_BYTES)
		return text;
	while (at < SHORT_TEXT_BYTES) {
		size_t taken = text_utf8_length(text + at, length - at);

		at += taken ? taken : 1;
	}
	return reading_printf(reading, "%.*s... (%zu bytes)", (int)at, text, length);
}

static void put_problem(struct reading *reading, struct problem problem)
{
	struct problem *place =
		arena_push(reading->arena, &reading->problems, &reading->problem_count,
			   &reading->problem_capacity, sizeof(*place));

	if (place)
		*place = problem;
	else
		reading->error = -ENOMEM;
}

void reading_problem(struct reading *reading, enum problem_kind kind, const char *path,
		     unsigned line, const char *message)
{
	struct problem problem = { kind, path, line, message };

	if (reading->problem_count < PROBLEMS_MAX - 1) {
		put_problem(reading, problem);
		return;
	}
	if (reading->problem_count == PROBLEMS_MAX - 1)
		put_problem(reading, (struct problem){ kind, path, line,
						       "there are more problems than are listed" });
	/* The last place is the worst one's. */
	if (kind == PROBLEM_FATAL)
		reading->problems[reading->problem_count - 1].kind = kind;
}

const char *reading_path(struct reading *reading, const char *path)
{
	const char *directory = *path == '/' ? "" : reading->directory;

	if (!directory)
		return NULL;
	const char *clean = path_resolve(reading->arena, directory, path + strspn(path, "/"));

	if (!clean)
		reading->error = -ENOMEM;
	return clean;
}

int reading_input(struct reading *reading, const char *path)
{
	struct stat status = { 0 };
	int error = reading->root_error ? reading->root_error
					: file_status_in(reading->root, path, &status);
	struct input_file *input =
		arena_push(reading->arena, &reading->inputs, &reading->input_count,
			   &reading->input_capacity, sizeof(*input));

	if (!input) {
		reading->error = -ENOMEM;
		return -ENOMEM;
	}
	*input = (struct input_file){
		.path = path,
		.host_path = process_host_path(reading->host, reading->process->pid, path,
					       reading->arena),
		.exists = error == 0,
	};
	/* ctime cannot be carried into a tree: there it only tells when the tree was made. */
	if (error == 0)
		input->changed_at_ns =
			host_is_tree(reading->host)
				? status.st_mtim.tv_sec * 1000000000LL + status.st_mtim.tv_nsec
				: file_changed_at_ns(&status);
	return error;
}

/* Whether the component, too, would fail on it, and not just this agent. */
static bool stops_component(const struct reading *reading, int error)
{
	return !reading->root_error &&
	       (error == -ENOENT || error == -ENOTDIR || error == -ELOOP || error == -EISDIR);
}

int reading_file(struct reading *reading, const char *path, struct file_content *ret_content)
{
	struct stat status;
	int error = reading_input(reading, path);

	if (error == 0)
		error = file_read_in(reading->root, path, CONFIG_BYTES_MAX, reading->arena,
				     ret_content);
	if (error == -ENOMEM)
		reading->error = error;
	if (error == -EINVAL && file_status_in(reading->root, path, &status) == 0 &&
	    S_ISDIR(status.st_mode))
		error = -EISDIR;
	if (error < 0)
		reading_files_unknown(
			reading,
			stops_component(reading, error) ? PROBLEM_FATAL : PROBLEM_UNREADABLE, path,
			0,
			error == -EFBIG ? reading_printf(reading,
							 "is larger than %lu bytes, more than is "
							 "read of a configuration",
							 CONFIG_BYTES_MAX)
					: file_error_text(error));
	return error;
}

void reading_files_unknown(struct reading *reading, enum problem_kind kind, const char *path,
			   unsigned line, const char *message)
{
	reading_problem(reading, kind, path, line, message);
	if (!reading->files_problem)
		reading->files_problem = reading_printf(reading, "%s %s", path, message);
}
