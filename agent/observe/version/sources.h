/* SPDX-License-Identifier: Apache-2.0 */
/* The places that tell a version: the parts of version_find(). */
#ifndef OBSERVE_VERSION_SOURCES_H
#define OBSERVE_VERSION_SOURCES_H

#include "observe/version/version.h"

struct version_question {
	const struct host *host;
	struct version_memory *memory;
	const struct process *process;
	enum component_kind kind;
	int root;	     /* the process's own; -1: it cannot be entered */
	struct arena *arena; /* what is found goes here */
	struct arena *scratch;
};

/* Each returns whether it found one. */
typedef bool version_source(const struct version_question *question,
			    struct found_version *ret_found);

version_source version_from_image;   /* the tag of its image; of a container that does not run */
version_source version_from_program; /* what the Go toolchain left in the file */
version_source version_from_snap;    /* snap.yaml of the snap that the program is in */
version_source version_from_data;    /* RKE2's directory, named after the version */
version_source version_from_package; /* dpkg's database */
version_source version_from_rpm;     /* RPM's */
version_source version_from_os;	     /* an operating system that is of one version */

/* Names of packages that ship the component with its own version, NULL after the last. */
const char *const *version_packages(enum component_kind kind);

#endif
