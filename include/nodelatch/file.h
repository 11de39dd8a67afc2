/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file or directory that somebody must not read or write: what stat says of it, inside the root
 * of the process that uses it. Never its content.
 */
#ifndef NODELATCH_FILE_H
#define NODELATCH_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "nodelatch/certificate.h"

/* One directory on the way to a file, links followed. */
struct path_step {
	const char *path;
	mode_t mode; /* type and permission bits, as in struct stat */
	uid_t uid;
	gid_t gid;
};

struct file_fact {
	const char *object; /* what it is, by which the checks ask for it: "kubelet-kubeconfig",
			       "pki-key", "apiserver-manifest"; NULL: it could be any, as the
			       look at this process's files ended here */
	const char *path;   /* absolute, as named, as the process sees it */
	const char *target; /* where links lead; NULL: it is no link */
	pid_t pid;	    /* of the component's process that uses it; 0: the node's own */
	enum file_status status; /* FILE_READ: the rest is known; FILE_ABSENT is a fact too */
	const char *problem;
	mode_t mode;
	uid_t uid; /* numeric, as the host counts */
	gid_t gid;
	bool has_acl; /* a POSIX access list says more than the mode: its group bits are then
			 only the most that the list gives anybody */
	unsigned acl_permissions; /* 0 to 7: the most that the list gives a named user or group */
	const char *acl_names;	  /* "user 1000 rw-": who that is; NULL: there is no list */
	bool is_immutable;	  /* chattr +i */
	bool is_again;	   /* the same file as an earlier fact of this object, by another way */
	bool holds_secret; /* a private key, token or password is in it; false also where it was
			      not looked for */
	const struct path_step *steps; /* from "/" to the directory that holds it (the target) */
	size_t step_count;
};

#endif
