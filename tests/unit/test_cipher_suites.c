/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "check/cipher_suites.h"

static void suites_are_strong_weak_or_unlisted(void **state)
{
	static const struct {
		const char *name;
		enum suite_strength strength;
	} suites[] = {
		{ "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", SUITE_STRONG },
		{ "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", SUITE_STRONG },
		{ "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305", SUITE_STRONG },
		{ "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", SUITE_STRONG },
		{ "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", SUITE_STRONG },
		{ "TLS_AES_128_GCM_SHA256", SUITE_STRONG },
		{ "TLS_CHACHA20_POLY1305_SHA256", SUITE_STRONG },
		{ "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", SUITE_WEAK },
		{ "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", SUITE_WEAK },
		{ "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA", SUITE_WEAK },
		{ "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", SUITE_WEAK },
		{ "TLS_RSA_WITH_AES_128_GCM_SHA256", SUITE_WEAK },
		{ "TLS_RSA_WITH_AES_256_GCM_SHA384", SUITE_WEAK },
		{ "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", SUITE_UNLISTED },
		{ "tls_aes_128_gcm_sha256", SUITE_UNLISTED },
		{ " TLS_AES_128_GCM_SHA256", SUITE_UNLISTED },
		{ "", SUITE_UNLISTED },
	};

	for (size_t i = 0; i < ARRAY_SIZE(suites); i++)
		if (cipher_suite_strength(suites[i].name) != suites[i].strength)
			fail_msg("%s", suites[i].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(suites_are_strong_weak_or_unlisted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
