/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header of an RPM package as its database keeps it: two counts, 16 bytes for each entry (tag,
 * type, offset, count, all big endian), and the entries' data. Whoever owns the database can write
 * anything there: what does not fit is not there. Source: the RPM project's format_header.md.
 */
#ifndef OBSERVE_VERSION_RPM_HEADER_H
#define OBSERVE_VERSION_RPM_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rpm_tag {
	RPM_NAME = 1000,
	RPM_VERSION = 1001,
	RPM_INSTALL_TIME = 1008, /* seconds since 1970; not there in a package's file */
	RPM_FILE_STATES = 1029,
	RPM_FILE_FLAGS = 1037,
	RPM_DIRECTORY_INDEXES = 1116, /* for each of the base names one of the directories */
	RPM_BASE_NAMES = 1117,
	RPM_DIRECTORY_NAMES = 1118, /* with a slash at the end */
};

/* All of it points into the bytes that it was opened on. */
struct rpm_header {
	const unsigned char *entries, *data;
	size_t entry_count, data_bytes;
};

/* Returns 0 or -EINVAL. */
int rpm_header_open(const void *bytes, size_t length, struct rpm_header *ret_header);
/* A tag that is one text, or NULL. */
const char *rpm_header_text(const struct rpm_header *header, enum rpm_tag tag);
/* A tag that is one number of 32 bits. */
bool rpm_header_number(const struct rpm_header *header, enum rpm_tag tag, uint32_t *ret_number);
/*
 * Whether the package put a file at this absolute path: it lists the file, and neither as one that
 * others make (%ghost) nor as one that was left out or taken over by another package since.
 */
bool rpm_header_installed(const struct rpm_header *header, const char *path);

#endif
