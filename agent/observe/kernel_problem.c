/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/kernel_problem.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

/* What an error of a load or an attach means, and what would help. */
static const struct {
	int error;
	const char *meaning;
} MEANINGS[] = {
	{ EPERM, "it takes root, or CAP_BPF and CAP_PERFMON (CAP_SYS_ADMIN before kernel 5.8); a "
		 "kernel may also forbid it by lockdown or a security module" },
	{ ESRCH, "this kernel does not describe its types (/sys/kernel/btf/vmlinux): it needs "
		 "CONFIG_DEBUG_INFO_BTF, or it lacks the traced function" },
	{ ENOENT, "this kernel lacks the hook" },
	{ EINVAL, "this kernel lacks the hook or a helper function, or forbids reading memory "
		  "(lockdown=confidentiality)" },
	{ EACCES, "the kernel's verifier did not accept the program: please report the kernel "
		  "version" },
	{ E2BIG, "the kernel's verifier found the program too complex: please report the kernel "
		 "version" },
	{ ENOMEM, "out of memory, or RLIMIT_MEMLOCK is too low for a kernel before 5.11" },
	{ ENOSYS, "this kernel was built without BPF (CONFIG_BPF_SYSCALL)" },
};

void kernel_problem_text(const char *what, int error, char *ret_text, size_t size)
{
	const char *meaning = "not seen before: please report the kernel version";
	const char *name = strerrorname_np(error);

	for (size_t i = 0; i < ARRAY_SIZE(MEANINGS); i++)
		if (MEANINGS[i].error == error)
			meaning = MEANINGS[i].meaning;
	snprintf(ret_text, size, "%s: %s (%s): %s", what, name ? name : "error",
		 strerrordesc_np(error), meaning);
}
