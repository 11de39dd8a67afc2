/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/reading/program.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "observe/reading/flags.h"

static bool is_named(const char *path, const char *const *names)
{
	for (; path && names && *names; names++)
		if (strcmp(text_base_name(path), *names) == 0)
			return true;
	return false;
}

static bool is_one_of(const char *word, const char *const *words)
{
	for (; words && *words; words++)
		if (strcmp(word, *words) == 0)
			return true;
	return false;
}

size_t program_start(const struct program *program, const struct process *process)
{
	static const char *const HYPERKUBE[] = { "hyperkube", NULL };
	const char *first = process->argument_count ? process->arguments[0] : NULL;

	if (process->argument_count > 1 &&
	    (is_named(process->exe, HYPERKUBE) || is_named(first, HYPERKUBE)) &&
	    is_one_of(process->arguments[1], program->hyperkube_words))
		return 2;
	return is_named(process->exe, program->names) || is_named(first, program->names) ? 1 : 0;
}

bool program_serves(const struct program *program, const struct process *process)
{
	size_t start = program_start(program, process);

	if (start == 0)
		return false;
	/* What is too long to be read is not known to print only. */
	return process->argument_count <= start || process->argument_count > ARGUMENTS_MAX ||
	       !flags_only_print(program->schema, process->arguments + start,
				 process->argument_count - start);
}

bool pod_is_static(const char *uid)
{
	return strlen(uid) == 32 && !strchr(uid, '-');
}

bool process_is_the_nodes(const struct host *host, const struct process *process)
{
	if (!process->pod_uid || pod_is_static(process->pod_uid))
		return true;
	return process->netns && process->netns == host_netns(host);
}
