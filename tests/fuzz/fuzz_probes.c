/* SPDX-License-Identifier: Apache-2.0 */
/* A document of probes that may say anything: what is taken stays within its bounds. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "observe/probes/result.h"
#include "observe/probes/told_version.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(const struct probe *probe)
{
	if (probe->pid < 1 || !probe->port || probe->version_count > PROBE_WORDS_MAX ||
	    probe->suite_count > PROBE_WORDS_MAX || probe->served.count > PROBE_CERTIFICATES_MAX)
		abort();
	if (probe->path && strlen(probe->path) > PROBE_TEXT_BYTES_MAX)
		abort();
	if (probe->version && !told_version_is_sound(probe->version))
		abort();
	for (size_t i = 0; i < probe->suite_count; i++)
		if (strlen(probe->suites[i]) > PROBE_WORD_BYTES_MAX)
			abort();
	if (probe->served.status == FILE_INVALID && !probe->served.problem)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct probe_list list = { 0 };
	const char *problem = NULL;
	int error = probes_from_json((const char *)data, size, arena, &list, &problem);

	if (error == -EINVAL && !problem)
		abort();
	for (size_t i = 0; error == 0 && i < list.count; i++)
		hold(&list.items[i]);
	return 0;
}
