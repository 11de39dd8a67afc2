/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A finding: one verdict of one check on one subject, with its evidence. What `check` prints as a
 * result, and what the ledger remembers while it is open.
 */
#ifndef NODELATCH_FINDING_H
#define NODELATCH_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "nodelatch/listener.h"

enum verdict {
	VERDICT_ERROR, /* cannot be determined, or the component itself would refuse to start */
	VERDICT_PASS,
	VERDICT_FAIL,
	VERDICT_NOT_APPLICABLE,
	VERDICT_COUNT,
};

enum severity {
	SEVERITY_INFO,
	SEVERITY_LOW,
	SEVERITY_MEDIUM,
	SEVERITY_HIGH,
	SEVERITY_CRITICAL,
	SEVERITY_COUNT,
};

/* What the verdict is about. */
struct subject {
	const char *kind; /* "kubelet", "listener", "node", "agent", "port", "file", ... */
	const char *name; /* "kubelet", "tcp [::]:10255", ... */
	const char *key;  /* identity across restarts of the subject: no pid, no time; part of the
			     finding's id */
	pid_t pid;	  /* 0: no process */
	const char *exe;  /* NULL unknown */
	const char *unit; /* NULL none */
	const char *pod_uid; /* NULL none */
};

struct evidence {
	const char *kind;   /* "flag", "config", "dropin", "default", "listener", "certificate",
			       "file", ... */
	const char *detail; /* one sentence */
};

struct waiver_use {
	const char *reason;
	const char *until; /* as written in the policy; "" for no end */
};

struct cis_number {
	const char *benchmark; /* "1.12" */
	const char *number;    /* "4.2.4" */
};

struct finding {
	const char *check; /* the check's id */
	const char *title;
	enum verdict verdict;
	enum severity severity;
	struct subject subject;
	const char *value; /* as found; "" when there is none */
	const char *expected;
	const char
		*source; /* in the words of the finding format: "default:flag", "config:/var/..." */
	enum exposure exposure;
	const char *const *notes;
	size_t note_count;
	const struct evidence *evidence;
	size_t evidence_count;
	const char *remedy;
	const struct cis_number *cis;
	size_t cis_count;
	const struct waiver_use *waived; /* NULL: not waived */
};

#define FINDING_ID_LENGTH 32

/*
 * The finding's stable id: hex of the first 128 bits of SHA-256 over a version tag, the machine id
 * (the node's name where there is none), the check and the subject's kind and key.
 */
void finding_id(const char *machine_id, const struct finding *finding,
		char ret_id[static FINDING_ID_LENGTH + 1]);

#endif
