/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "prober/hello.h"

/* Numbers and names as in IANA's registry of TLS parameters. At most 64. */
const struct cipher_suite CIPHER_SUITES[] = {
	/* no encryption, no authentication, or forty bits of it */
	{ 0x0001, true, "TLS_RSA_WITH_NULL_MD5" },
	{ 0x0002, true, "TLS_RSA_WITH_NULL_SHA" },
	{ 0x003b, true, "TLS_RSA_WITH_NULL_SHA256" },
	{ 0x0003, true, "TLS_RSA_EXPORT_WITH_RC4_40_MD5" },
	{ 0x0008, true, "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA" },
	{ 0x0018, true, "TLS_DH_anon_WITH_RC4_128_MD5" },
	{ 0x0034, true, "TLS_DH_anon_WITH_AES_128_CBC_SHA" },
	{ 0xc018, true, "TLS_ECDH_anon_WITH_AES_128_CBC_SHA" },
	/* RC4, DES, 3DES */
	{ 0x0004, true, "TLS_RSA_WITH_RC4_128_MD5" },
	{ 0x0005, true, "TLS_RSA_WITH_RC4_128_SHA" },
	{ 0xc007, true, "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA" },
	{ 0xc011, true, "TLS_ECDHE_RSA_WITH_RC4_128_SHA" },
	{ 0x0009, true, "TLS_RSA_WITH_DES_CBC_SHA" },
	{ 0x000a, true, "TLS_RSA_WITH_3DES_EDE_CBC_SHA" },
	{ 0x0016, true, "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA" },
	{ 0xc008, true, "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA" },
	{ 0xc012, true, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA" },
	/* the key by RSA alone: whoever has it later reads what was said before */
	{ 0x002f, true, "TLS_RSA_WITH_AES_128_CBC_SHA" },
	{ 0x0035, true, "TLS_RSA_WITH_AES_256_CBC_SHA" },
	{ 0x003c, true, "TLS_RSA_WITH_AES_128_CBC_SHA256" },
	{ 0x003d, true, "TLS_RSA_WITH_AES_256_CBC_SHA256" },
	{ 0x009c, true, "TLS_RSA_WITH_AES_128_GCM_SHA256" },
	{ 0x009d, true, "TLS_RSA_WITH_AES_256_GCM_SHA384" },
	/* CBC */
	{ 0x0033, true, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA" },
	{ 0x0039, true, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA" },
	{ 0x0067, true, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256" },
	{ 0x006b, true, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256" },
	{ 0xc009, true, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA" },
	{ 0xc00a, true, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA" },
	{ 0xc013, true, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA" },
	{ 0xc014, true, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA" },
	{ 0xc023, true, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256" },
	{ 0xc024, true, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384" },
	{ 0xc027, true, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256" },
	{ 0xc028, true, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384" },
	/* the strong ones */
	{ 0xc02b, false, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" },
	{ 0xc02c, false, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" },
	{ 0xc02f, false, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" },
	{ 0xc030, false, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" },
	{ 0xcca8, false, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256" },
	{ 0xcca9, false, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256" },
};
const size_t CIPHER_SUITE_COUNT = ARRAY_SIZE(CIPHER_SUITES);

_Static_assert(ARRAY_SIZE(CIPHER_SUITES) <= 64, "one bit each in struct greeting");
