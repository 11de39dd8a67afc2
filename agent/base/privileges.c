/* SPDX-License-Identifier: Apache-2.0 */
#include "base/privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/close_range.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/cleanup.h"

/* "nobody" by number: looking the name up would ask the directory service of the node. */
#define UNPRIVILEGED 65534

static int drop_capabilities(void)
{
	cap_t none = cap_init();

	if (!none)
		return -ENOMEM;
	int error = cap_set_proc(none) < 0 ? -errno : 0;

	cap_free(none);
	return error;
}

static int close_the_rest(int keep_fd)
{
	if (keep_fd > STDERR_FILENO + 1 &&
	    close_range(STDERR_FILENO + 1, (unsigned)keep_fd - 1, 0) < 0)
		return -errno;
	return close_range((unsigned)keep_fd + 1, ~0U, 0) < 0 ? -errno : 0;
}

int privileges_drop(int keep_fd)
{
	static const struct rlimit none = { 0, 0 };
	int error = close_the_rest(keep_fd);

	if (error < 0)
		return error;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || setrlimit(RLIMIT_CORE, &none) < 0)
		return -errno;
	if (geteuid() == 0 &&
	    (setgroups(0, NULL) < 0 || setresgid(UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED) < 0 ||
	     setresuid(UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED) < 0))
		return -errno;
	error = drop_capabilities();
	if (error < 0)
		return error;
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ? -errno : 0;
}
