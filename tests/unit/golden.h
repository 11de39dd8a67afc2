/* SPDX-License-Identifier: Apache-2.0 */
/* Output against tests/golden/. GOLDEN=write writes what there is now, to be read before it is
 * committed. */
#ifndef UNIT_GOLDEN_H
#define UNIT_GOLDEN_H

#include "base/buffer.h"

void assert_golden(const char *name, const struct text_buffer *text);

#endif
