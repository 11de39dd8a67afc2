/* SPDX-License-Identifier: Apache-2.0 */
#include "settings/problems.h"

#include <stdarg.h>

#include "base/limits.h"

static struct policy_problem *make_room(struct policy_error *error)
{
	struct policy_problem *larger;
	size_t room = error->capacity ? error->capacity * 2 : 8;

	if (error->count < error->capacity)
		return &error->problems[error->count];
	larger = reallocarray(error->problems, room, sizeof(*larger));
	if (!larger)
		return NULL;
	error->problems = larger;
	error->capacity = room;
	return &larger[error->count];
}

__attribute__((format(printf, 3, 0))) static void add(struct policy_error *error,
						      struct policy_problem problem,
						      const char *format, va_list arguments)
{
	struct policy_problem *place = NULL;

	if (error->count < POLICY_PROBLEMS_MAX &&
	    vasprintf(&problem.message, format, arguments) >= 0)
		place = make_room(error);
	else
		problem.message = NULL;
	if (!place) {
		free(problem.message);
		error->errors_left_out += !problem.is_warning;
		error->warnings_left_out += problem.is_warning;
		return;
	}
	*place = problem;
	error->count++;
}

static struct policy_problem problem_at(const struct yaml_node *node)
{
	return (struct policy_problem){ .line = node ? node->line : 0,
					.column = node ? node->column : 0 };
}

void problem_error(struct policy_error *error, const struct yaml_node *node, const char *format,
		   ...)
{
	va_list arguments;

	va_start(arguments, format);
	add(error, problem_at(node), format, arguments);
	va_end(arguments);
}

void problem_warning(struct policy_error *error, const struct yaml_node *node, const char *format,
		     ...)
{
	struct policy_problem problem = problem_at(node);
	va_list arguments;

	problem.is_warning = true;
	va_start(arguments, format);
	add(error, problem, format, arguments);
	va_end(arguments);
}

bool problems_are_errors(const struct policy_error *error)
{
	for (size_t i = 0; i < error->count; i++)
		if (!error->problems[i].is_warning)
			return true;
	return error->errors_left_out > 0;
}

static bool is_before(const struct policy_problem *one, const struct policy_problem *other)
{
	if (one->line != other->line)
		return one->line < other->line;
	return one->column < other->column;
}

void problems_sort(struct policy_error *error)
{
	for (size_t i = 1; i < error->count; i++) {
		struct policy_problem moved = error->problems[i];
		size_t at = i;

		for (; at && is_before(&moved, &error->problems[at - 1]); at--)
			error->problems[at] = error->problems[at - 1];
		error->problems[at] = moved;
	}
}

static void write_problem(const char *name, const struct policy_problem *problem,
			  struct text_buffer *buffer)
{
	buffer_escaped(buffer, name ? name : "policy");
	if (problem->line)
		buffer_printf(buffer, ":%u:%u", problem->line, problem->column);
	buffer_text(buffer, problem->is_warning ? ": warning: " : ": error: ");
	buffer_escaped(buffer, problem->message);
}

static void write_left_out(const struct policy_error *error, const char *kind, size_t count,
			   struct text_buffer *buffer)
{
	if (!count)
		return;
	buffer_escaped(buffer, error->name ? error->name : "policy");
	buffer_printf(buffer, ": %s: %zu more, not shown\n", kind, count);
}

void policy_error_write(const struct policy_error *error, struct text_buffer *buffer)
{
	for (size_t i = 0; i < error->count; i++) {
		write_problem(error->name, &error->problems[i], buffer);
		buffer_text(buffer, "\n");
	}
	write_left_out(error, "error", error->errors_left_out, buffer);
	write_left_out(error, "warning", error->warnings_left_out, buffer);
}

void policy_error_print(const struct policy_error *error, FILE *stream)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };

	policy_error_write(error, &text);
	if (text.data)
		fputs(text.data, stream);
}

void policy_error_summary(const struct policy_error *error, struct text_buffer *buffer)
{
	const struct policy_problem *first = NULL;
	size_t others = error->errors_left_out;

	for (size_t i = 0; i < error->count; i++) {
		if (error->problems[i].is_warning)
			continue;
		if (first)
			others++;
		else
			first = &error->problems[i];
	}
	if (first)
		write_problem(error->name, first, buffer);
	if (first && others)
		buffer_printf(buffer, " (and %zu more)", others);
	if (!first && others)
		buffer_printf(buffer, "%zu errors", others);
}

void policy_error_done(struct policy_error *error)
{
	for (size_t i = 0; i < error->count; i++)
		free(error->problems[i].message);
	free(error->problems);
	free(error->name);
	*error = (struct policy_error){ 0 };
}
