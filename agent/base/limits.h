/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every maximum, with its reason. Nothing in the agent grows past one of these; what would is an
 * error that names the limit, or is counted as lost.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#include "base/limits_node.h"
#include "base/limits_version.h"

/* One arena: a full snapshot of a node with 10,000 listeners and 5,000 processes fits in a quarter
 * of it. */
#define ARENA_BYTES_MAX (64UL << 20)

/* One line or document that we build: the largest is a check report of a node with two kubelets,
 * about 400 kB. */
#define BUFFER_BYTES_MAX (16UL << 20)

/* A policy, kubelet configuration, kubeconfig or drop-in. etcd refuses objects over 1.5 MiB; nobody
 * writes 4 MiB by hand. */
#define CONFIG_BYTES_MAX (4UL << 20)

/* Rules of each list in a policy; the guard's kernel maps are sized by it. */
#define RULES_MAX 1024
/* Networks in one rule's allow-list. */
#define ALLOW_MAX 256

/* A policy: what is told to be wrong with it, keys of one map (each is compared with the others),
 * collectors (two sites with a spare each), globs over arguments in one exec rule. */
#define POLICY_PROBLEMS_MAX 50
#define POLICY_KEYS_MAX	    256
#define ENDPOINTS_MAX	    8
#define EXEC_GLOBS_MAX	    32

/* Argument bytes that the kernel captures of an exec: first and last part; a kubelet's argv is 1 to
 * 4 kB. */
#define EXEC_ARGUMENTS_MAX 8192

/* Elements of one list in a finding or change: the longest is the argv of an exec, which in
 * EXEC_ARGUMENTS_MAX bytes has at most so many arguments. */
#define FINDING_LIST_MAX EXEC_ARGUMENTS_MAX

/* Findings that are open at once; a node has tens, one with a listener flagged on every port of a
 * busy machine has thousands. About 1.5 kB each. */
#define LEDGER_OPEN_MAX 8192
/* Changes and their bytes kept in memory while the journal cannot be written: days of findings,
 * some minutes of a scan's refusals. */
#define LEDGER_PENDING_MAX	 4096
#define LEDGER_PENDING_BYTES_MAX (4UL << 20)
/* Damaged journals kept beside the new one: enough to see that it is the disk. */
#define JOURNAL_DAMAGED_MAX 4

/* Kernel records handled before the loop gets its turn again: some 10 ms of work. */
#define WATCH_RECORDS_MAX 8192

/* Clients of a control socket at once: a human or two, a probe, a courier. */
#define CONTROL_CLIENTS_MAX 16
/* A request on the control socket: one short JSON line. */
#define CONTROL_REQUEST_BYTES_MAX 4096

/* Lines queued for a reader of stdout that does not read: several thousand. */
#define OUTPUT_QUEUE_BYTES_MAX (4UL << 20)

/* One batch to a collector: the smallest default bound of a known receiver is 20 MiB; a thousand
 * changes are about 1 MiB. */
#define BATCH_CHANGES_MAX 1000
#define BATCH_BYTES_MAX	  (1UL << 20)
/* One line between warden and courier: COURIER_CHANGES changes, of which an exec with full
 * arguments is some 30 kB. */
#define LINK_LINE_BYTES_MAX (4UL << 20)
/* Changes that the courier asks for at once: some 400 kB in the warden for a moment. */
#define COURIER_CHANGES 250
/* What the courier may say a second: several hundred batches. */
#define LINK_BYTES_PER_SECOND (64UL << 10)
/* What we read of a collector's answer (OTLP recommends 4 MiB). */
#define RESPONSE_BYTES_MAX (4UL << 20)

#endif
