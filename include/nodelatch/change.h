/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A change: one line of news about this node. The ledger makes changes durable and numbers them;
 * sinks show them. Its JSON form is nodelatch.change/1 (model/change_json.h).
 */
#ifndef NODELATCH_CHANGE_H
#define NODELATCH_CHANGE_H

#include <stdint.h>

#include "nodelatch/finding.h"

enum change_kind {
	CHANGE_OPENED,
	CHANGE_CHANGED, /* severity, evidence or value moved */
	CHANGE_RESOLVED,
	CHANGE_REFUSED,	     /* a guard turned a client away: an aggregate */
	CHANGE_WOULD_REFUSE, /* the same in audit mode */
	CHANGE_EXEC,	     /* a record that the policy asked for */
	CHANGE_GAP,	     /* what was lost */
	CHANGE_KIND_COUNT,
};

struct node_identity {
	const char *name;
	const char *machine_id;
	const char *boot_id;
};

/* Who was turned away, for CHANGE_REFUSED and CHANGE_WOULD_REFUSE. */
struct client_window {
	const char *rule;    /* the policy's name of the port rule */
	const char *address; /* of the client, as text */
	uint16_t port;	     /* that was asked for */
	enum transport transport;
	int64_t from_ns, to_ns; /* wall clock; the count is the change's */
};

/* For CHANGE_GAP; the count is the change's. */
struct gap_window {
	const char *stream;	/* "exec", "listen", "refused", "journal" */
	int64_t from_ns, to_ns; /* wall clock */
};

/* For CHANGE_EXEC. */
struct exec_detail {
	const char *rule; /* the policy's name of the exec rule; "" with `record: all` */
	const char *const *arguments;
	size_t argument_count;
	pid_t parent_pid;
	uid_t uid;
};

struct change {
	int64_t seq;	 /* given by the ledger, 1 and up, without holes on one node */
	int64_t time_ns; /* wall clock */
	enum change_kind kind;
	char finding_id[FINDING_ID_LENGTH + 1];
	struct finding finding; /* for refused, exec and gap: subject, title, severity and evidence
				   are filled in too */
	struct node_identity node;
	int64_t first_seen_ns;
	uint64_t count;
	const struct client_window *client; /* NULL unless the kind has one */
	const struct gap_window *gap;
	const struct exec_detail *exec;
};

#endif
