/* SPDX-License-Identifier: Apache-2.0 */
/* Packages as RPM's database holds them, made for one test. */
#ifndef TESTS_UNIT_RPM_PACKAGE_H
#define TESTS_UNIT_RPM_PACKAGE_H

#include <stddef.h>
#include <stdint.h>

#include "tree.h"

#define RPM_HEADER_ROOM 2048

/* What is not said is as of a kubelet 1.31.4 that was installed in 1970. */
struct rpm_package {
	const char *name, *version;
	const char *directories[4], *base_names[4]; /* one of each a file; directories differ */
	uint32_t installed_at;
	unsigned char state;  /* of all files */
	uint32_t flags;	      /* likewise */
	uint32_t without_tag; /* one that it lacks */
	uint32_t damaged_tag; /* whose entry begins so many bytes behind its offset ... */
	uint32_t damage;      /* ... and has as many more elements */
	uint32_t wrong_type_tag;
	uint32_t endless_tag; /* that claims all elements there can be */
};

/* Returns its length. */
size_t rpm_package_make(const struct rpm_package *package,
			unsigned char bytes[static RPM_HEADER_ROOM]);
/* Writes a database with these packages into a tree; then runs further statements on it. */
void rpm_database_write(const struct tree *tree, const char *path,
			const struct rpm_package *packages, size_t count, const char *statements);

#endif
