/* SPDX-License-Identifier: Apache-2.0 */
/* A kubeconfig that may say anything: a credential is known, or there is a sentence that says why
 * not. */
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "observe/certificate/kubeconfig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct kubeconfig found;

	if (kubeconfig_parse((const char *)data, size, "/etc/kubernetes/kubelet.conf", arena,
			     &found) < 0)
		return 0;
	if ((found.kind == CREDENTIAL_UNKNOWN) != (found.problem != NULL))
		abort();
	if (found.kind == CREDENTIAL_CERTIFICATE && !found.certificate_path &&
	    found.inline_certificate.status == FILE_UNKNOWN)
		abort();
	if (found.facts.is_known == (found.facts.problem != NULL))
		abort();
	if (found.facts.is_known && !found.facts.server)
		abort();
	if (found.authority_path && found.authority_path[0] != '/')
		abort();
	if (found.certificate_path && found.certificate_path[0] != '/')
		abort();
	return 0;
}
