/* SPDX-License-Identifier: Apache-2.0 */
/* Findings and changes that several tests use. */
#ifndef UNIT_SAMPLES_H
#define UNIT_SAMPLES_H

#include "nodelatch/change.h"

/* 2026-11-22T05:48:26.123456Z */
#define SAMPLE_TIME_NS 1795326506123456000LL

/* The kubelet serves its read-only port: high, with evidence, a note and a CIS number. */
struct finding sample_finding(void);
/* One change of that kind, with what belongs to the kind. */
struct change sample_change(enum change_kind kind);

#endif
