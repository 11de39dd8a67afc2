/* SPDX-License-Identifier: Apache-2.0 */
/* A file that should hold certificates: whatever it holds, what was read is complete. */
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/limits.h"
#include "observe/certificate/certificate_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(const struct certificate *certificate)
{
	size_t length = strlen(certificate->common_name) + strlen(certificate->issuer) +
			strlen(certificate->serial) + strlen(certificate->key_type);

	for (size_t i = 0; i < certificate->organization_count; i++)
		length += strlen(certificate->organizations[i]);
	for (size_t i = 0; i < certificate->name_count; i++)
		length += strlen(certificate->names[i]);
	if (length > CERTIFICATE_BYTES_MAX * 8 || strlen(certificate->spki_sha256) != 64)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct certificate_file file;

	if (size > CERTIFICATE_BYTES_MAX ||
	    certificate_data_read((const char *)data, size, "/f", arena, &file) < 0)
		return 0;
	if ((file.status == FILE_READ) != (file.count > 0) ||
	    (file.status == FILE_READ) != (file.problem == NULL))
		abort();
	for (size_t i = 0; i < file.count; i++)
		look_at(&file.certificates[i]);
	return 0;
}
