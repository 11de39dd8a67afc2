/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nodelatch: finds the subcommand and runs it.
 */
#include <stdio.h>

#include <bpf/libbpf.h>

#include "base/text.h"
#include "commands/commands.h"

static void print_usage(FILE *stream)
{
	size_t count;
	const struct command *commands = command_list(&count);

	fputs("nodelatch watches what listens and runs on this node, judges it, and refuses\n"
	      "what must not be open.\n"
	      "\n"
	      "usage: nodelatch COMMAND [OPTION...]\n"
	      "\n",
	      stream);
	for (size_t i = 0; i < count; i++)
		fprintf(stream, "  %-10s %s\n", commands[i].name, commands[i].purpose);
	fputs("\n"
	      "nodelatch COMMAND --help says more of each; nodelatch --version prints the\n"
	      "version.\n"
	      "\n"
	      "examples:\n"
	      "  nodelatch check                     judge this node now\n"
	      "  nodelatch run                       the agent, in the foreground, in audit mode\n"
	      "  nodelatch explain kubelet.read-only-port\n",
	      stream);
}

int main(int argc, char **argv)
{
	/* What the kernel refuses is told by our own words, in findings and by doctor. */
	libbpf_set_print(NULL);
	if (argc < 2) {
		print_usage(stderr);
		return EXIT_STATUS_USAGE;
	}
	if (text_equal(argv[1], "--help") || text_equal(argv[1], "-h") ||
	    text_equal(argv[1], "help")) {
		print_usage(stdout);
		return EXIT_STATUS_CLEAN;
	}
	if (text_equal(argv[1], "--version")) {
		puts("nodelatch " NODELATCH_VERSION);
		return EXIT_STATUS_CLEAN;
	}
	const struct command *command = command_find(argv[1]);

	if (!command) {
		fprintf(stderr,
			"nodelatch: there is no command \"%s\"; nodelatch --help lists them\n",
			argv[1]);
		return EXIT_STATUS_USAGE;
	}
	return command->run(argc - 1, argv + 1);
}
