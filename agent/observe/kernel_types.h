/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The running kernel's types, cut down to what a kernel program reads.
 *
 * libbpf looks for each type that a program names among all of the kernel's, 2.4 ms a name on a
 * kernel with 126,000 types: 100 ms for our programs. Given a file with only those types it needs
 * none of that, so they are picked out here, in one pass.
 */
#ifndef OBSERVE_KERNEL_TYPES_H
#define OBSERVE_KERNEL_TYPES_H

#include <bpf/libbpf.h>

#include "base/cleanup.h"

struct kernel_types;

/* Returns 0; -ENOENT: this kernel describes no types (CONFIG_DEBUG_INFO_BTF); or -errno. */
int kernel_types_open(struct kernel_types **ret_types);
void kernel_types_close(struct kernel_types *types);

/*
 * Writes what the opened object reads into the file at fd, which was given to the object as
 * btf_custom_path when it was opened and is read when it is loaded. Returns 0 or -errno.
 */
int kernel_types_write(const struct kernel_types *types, const struct bpf_object *object, int fd);

DEFINE_CLEANUP(kernel_types, struct kernel_types, kernel_types_close);

#endif
