/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"

#include <openssl/sha.h>

void digest_hex(const void *data, size_t length, char ret_hex[static DIGEST_HEX_BYTES])
{
	unsigned char digest[SHA256_DIGEST_LENGTH];

	SHA256(data, length, digest);
	for (size_t i = 0; i < sizeof(digest); i++) {
		ret_hex[2 * i] = "0123456789abcdef"[digest[i] >> 4];
		ret_hex[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
	}
	ret_hex[2 * sizeof(digest)] = '\0';
}
