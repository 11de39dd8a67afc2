/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a finding says anything new. */
#ifndef LEDGER_FINGERPRINT_H
#define LEDGER_FINGERPRINT_H

#include "base/buffer.h"
#include "ledger/record.h"

/*
 * The hashes of a finding. A server that was restarted has another pid and is the same news, so
 * process ids do not count in `news`: the subject's own wherever it stands, and any number after
 * "pid". The scratch buffer keeps its memory from call to call. Returns 0 or -errno.
 */
int fingerprint_make(const struct finding *finding, struct text_buffer *scratch,
		     struct fingerprint *ret_print);

#endif
