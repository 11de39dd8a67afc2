/* SPDX-License-Identifier: Apache-2.0 */
/* gzip, by zlib. */
#ifndef REPORT_GZIP_H
#define REPORT_GZIP_H

#include "base/buffer.h"

/* Appends the packed form; the same input gives the same bytes. Returns 0 or -errno. */
int gzip_pack(const struct text_buffer *plain, struct text_buffer *packed);

#endif
