/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which providers an EncryptionConfiguration of kube-apiserver names for which resources. The file
 * holds keys: it is read into memory of its own and wiped, and only these names leave.
 */
#ifndef OBSERVE_CONTROL_PLANE_ENCRYPTION_H
#define OBSERVE_CONTROL_PLANE_ENCRYPTION_H

#include <stddef.h>

#include "base/arena.h"

struct encryption {
	const char **first; /* "secrets=aescbc", resources as written: what new objects are written
			       with */
	size_t first_count, first_capacity;
	const char **all; /* "secrets=aescbc", "secrets=identity": what can be read, in order */
	size_t all_count, all_capacity;
};

/*
 * Returns 0; -EINVAL with ret_problem, a phrase that follows the path and holds nothing of the
 * file's content but a line; -ENOMEM; or, of the second, the errors of file_read_in().
 */
int encryption_parse(const char *text, size_t length, struct arena *arena,
		     struct encryption *ret_encryption, const char **ret_problem);
int encryption_read(int root, const char *path, struct arena *arena,
		    struct encryption *ret_encryption, const char **ret_problem);

#endif
