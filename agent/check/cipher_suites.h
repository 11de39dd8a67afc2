/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cipher suites of TLS by the names that Go, and so every component, gives them.
 */
#ifndef CHECK_CIPHER_SUITES_H
#define CHECK_CIPHER_SUITES_H

#include "check/judge.h"

enum suite_strength {
	SUITE_STRONG,	/* ECDHE with AES-GCM or ChaCha20-Poly1305, or one of TLS 1.3 */
	SUITE_UNLISTED, /* none that a component knows, and not known to be weak */
	SUITE_WEAK,	/* CBC, RC4, 3DES, or a key exchange by RSA alone */
};

enum suite_strength cipher_suite_strength(const char *name);

/*
 * Judges a list of suites (the row's setting): a subset of the strong ones, or nothing below TLS
 * 1.3, whose suites are all strong and not configurable; `minimum` names the setting of the least
 * version. What the server was seen to accept makes it worse. A weak suite makes it medium at
 * least.
 */
void cipher_suites_judge(struct judge *judge, const struct component *component,
			 const char *minimum);

#endif
