/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/options.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "commands/commands.h"

#define OPTIONS_MAX 24
/* Of a terminal: what all have, and what none has. */
#define COLUMNS_DEFAULT 80
#define COLUMNS_MAX	10000
/* getopt_long() returns this plus the row's index for a long option. */
#define LONG_BASE  1000
#define HELP_VALUE (LONG_BASE + OPTIONS_MAX)

int command_fail(const char *command, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fprintf(stderr, "nodelatch %s: ", command);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	return EXIT_STATUS_USAGE;
}

/* What COLUMNS says goes before what the terminal says: people set it to see less, or more. */
static unsigned terminal_width(int fd)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	uint64_t width;

	if (columns && text_to_unsigned(columns, COLUMNS_MAX, &width) == 0 && width)
		return (unsigned)width;
	return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : COLUMNS_DEFAULT;
}

struct sink_style terminal_style(int fd)
{
	const char *no_colour = getenv("NO_COLOR");
	struct sink_style style = { 0 };

	if (!isatty(fd))
		return style;
	style.has_colour = !(no_colour && *no_colour);
	style.width = terminal_width(fd);
	return style;
}

static void print_help(const struct command_line *line)
{
	printf("usage: nodelatch %s [OPTION...]%s%s\n\n%s\n\noptions:\n", line->name,
	       *line->operands ? " " : "", line->operands, line->purpose);
	for (size_t i = 0; i < line->option_count; i++) {
		const struct option_row *row = &line->options[i];
		char name[64];

		snprintf(name, sizeof(name), "--%s%s%s", row->name, row->argument ? " " : "",
			 row->argument ? row->argument : "");
		if (row->letter)
			printf("  -%c, %-26s %s\n", row->letter, name, row->help);
		else
			printf("      %-26s %s\n", name, row->help);
	}
	printf("      %-26s %s\n\nexamples:\n%s\n", "--help", "show this", line->examples);
}

static int set_value(const struct command_line *line, const struct option_row *row,
		     const char *value)
{
	if (row->is_set) {
		*row->is_set = true;
	} else if (row->text) {
		*row->text = value;
	} else if (row->values->count == OPTION_VALUES_MAX) {
		return command_fail(line->name, "--%s is given more than %d times", row->name,
				    OPTION_VALUES_MAX);
	} else {
		row->values->items[row->values->count++] = value;
	}
	return 0;
}

static void fill_tables(const struct command_line *line, struct option *longs, char *letters)
{
	size_t at = 0;

	letters[at++] = ':';
	for (size_t i = 0; i < line->option_count; i++) {
		const struct option_row *row = &line->options[i];

		longs[i] = (struct option){ row->name, row->argument != NULL, NULL,
					    LONG_BASE + (int)i };
		if (!row->letter)
			continue;
		letters[at++] = row->letter;
		if (row->argument)
			letters[at++] = ':';
	}
	longs[line->option_count] = (struct option){ "help", no_argument, NULL, HELP_VALUE };
}

static const struct option_row *row_of(const struct command_line *line, int value)
{
	for (size_t i = 0; i < line->option_count; i++)
		if (value == LONG_BASE + (int)i || value == line->options[i].letter)
			return &line->options[i];
	return NULL;
}

/* Returns 0 or EXIT_STATUS_USAGE; sets ret_is_help where that was asked for. */
static int parse(const struct command_line *line, int argc, char **argv, bool *ret_is_help)
{
	struct option longs[OPTIONS_MAX + 2] = { 0 };
	char letters[2 * OPTIONS_MAX + 2] = "";
	int value;

	fill_tables(line, longs, letters);
	optind = 1;
	opterr = 0;
	while ((value = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		*ret_is_help = value == HELP_VALUE;
		if (*ret_is_help)
			return 0;
		if (value == '?' || value == ':')
			return command_fail(
				line->name, "%s %s; nodelatch %s --help lists the options",
				argv[optind - 1],
				value == ':' ? "needs a value" : "is no option of it", line->name);
		if (set_value(line, row_of(line, value), optarg) != 0)
			return EXIT_STATUS_USAGE;
	}
	if (optind < argc && !*line->operands)
		return command_fail(line->name, "takes no operand, and was given \"%s\"",
				    argv[optind]);
	return 0;
}

bool command_line_begin(const struct command_line *line, int argc, char **argv, int *ret_first,
			int *ret_status)
{
	bool is_help = false;

	*ret_status = parse(line, argc, argv, &is_help);
	*ret_first = optind;
	if (is_help)
		print_help(line);
	return *ret_status == 0 && !is_help;
}
