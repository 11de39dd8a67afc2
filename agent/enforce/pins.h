/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pins: names in a BPF file system that keep kernel objects alive without a process. Each network
 * namespace has a folder of its own, DIRECTORY/netns-INODE/; nothing is created before there is
 * something to pin, and nothing stays when it is removed.
 */
#ifndef ENFORCE_PINS_H
#define ENFORCE_PINS_H

#include <stddef.h>
#include <stdint.h>

#define PIN_PATH_BYTES 512

struct pins {
	char directory[PIN_PATH_BYTES]; /* of the agent */
	char folder[PIN_PATH_BYTES];	/* of this namespace */
};

struct pin {
	const char *name;
	int fd; /* borrowed */
};

/* Returns 0, or -ENAMETOOLONG. */
int pins_init(struct pins *pins, const char *directory, uint64_t netns);
/* Returns 0 with a descriptor, or -errno. */
int pins_get(const struct pins *pins, const char *name, int *ret_fd);
/* 0: that very object is pinned under that name; -ENOENT: nothing is; -ESTALE: something else is;
 * else -errno. */
int pins_check(const struct pins *pins, const struct pin *pin);
/*
 * Brings the folder to exactly these pins; what is right already stays untouched, what is wrong is
 * replaced by one rename, everything else in the folder goes last. The caller puts the link last,
 * so that a link is never pinned without its maps. Returns 0; -EMEDIUMTYPE: the directory is not in
 * a BPF file system; else -errno.
 */
int pins_set(const struct pins *pins, const struct pin *pins_wanted, size_t count);
/* Removes them all, and the folders. Returns 0, also where there were none, or -errno. */
int pins_remove(const struct pins *pins);

/* The kernel's id of a map, program or link. Returns 0 or -errno. */
int kernel_object_id(int fd, uint32_t *ret_id);

#endif
