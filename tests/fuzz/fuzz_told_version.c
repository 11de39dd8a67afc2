/* SPDX-License-Identifier: Apache-2.0 */
/* An answer that may say anything: what is taken for a version is strictly one. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "observe/probes/told_version.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char version[TOLD_VERSION_BYTES] = "";
	const char *text = (const char *)data;

	if (told_version_by_metrics(text, size, version) != (*version != '\0'))
		abort();
	if (*version && !told_version_is_sound(version))
		abort();
	*version = '\0';
	if (told_version_by_json(text, size, version) != (*version != '\0'))
		abort();
	if (*version && !told_version_is_sound(version))
		abort();
	return 0;
}
