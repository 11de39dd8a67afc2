/* SPDX-License-Identifier: Apache-2.0 */
/* One certificate from its DER encoding, by OpenSSL. */
#ifndef OBSERVE_CERTIFICATE_X509_H
#define OBSERVE_CERTIFICATE_X509_H

#include "nodelatch/certificate.h"

#include "base/arena.h"

/*
 * Without an extendedKeyUsage extension both allows_client_auth and allows_server_auth are true, as
 * API servers take it. Returns 0; -EINVAL with ret_problem set, a phrase that says of the
 * certificate what is wrong ("is not valid DER"); or -ENOMEM.
 */
int certificate_from_der(const char *der, size_t length, struct arena *arena,
			 struct certificate *ret_certificate, const char **ret_problem);

#endif
