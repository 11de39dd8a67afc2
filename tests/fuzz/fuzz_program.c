/* SPDX-License-Identifier: Apache-2.0 */
/* A program's file that may hold anything: what is taken for a version looks like one. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/arena.h"
#include "observe/version/go_build.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(const struct elf *elf, struct arena *arena)
{
	const char *text;
	const char *version = go_code_version(elf, arena);

	if (version && !go_is_release(version, strlen(version)))
		abort();
	if (go_build_text(elf, arena, &text) < 0)
		return;
	version = go_build_module(text, "k8s.io/kubernetes", arena);
	if (version && *version != 'v')
		abort();
	go_build_variable(text, "k8s.io/component-base/version.gitVersion", arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_CLOSE int fd = memfd_create("program", MFD_CLOEXEC);
	struct elf elf;

	if (!arena || fd < 0 || write(fd, data, size) != (ssize_t)size)
		return 0;
	if (elf_open(fd, arena, &elf) == 0)
		look_at(&elf, arena);
	return 0;
}
