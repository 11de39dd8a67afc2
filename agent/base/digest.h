/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256, by OpenSSL. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stddef.h>

#define DIGEST_HEX_BYTES 65

/* Lower-case hex of the SHA-256 over the bytes. */
void digest_hex(const void *data, size_t length, char ret_hex[static DIGEST_HEX_BYTES]);

#endif
