/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A POSIX access list, as the kernel gives it in an extended attribute: little-endian, a version
 * and entries of eight bytes (include/uapi/linux/posix_acl_xattr.h).
 */
#ifndef OBSERVE_FILES_ACCESS_LIST_H
#define OBSERVE_FILES_ACCESS_LIST_H

#include <stddef.h>

#include "base/arena.h"

struct access_list {
	unsigned permissions; /* 0 to 7: the most that its named users and groups really have */
	const char *names;    /* "user 1000 rw-, group 4 r--": those that have any; "" none */
};

/* Returns 0, -EINVAL for bytes that are no such list, or -ENOMEM. */
int access_list_parse(const void *bytes, size_t length, struct arena *arena,
		      struct access_list *ret_list);

#endif
