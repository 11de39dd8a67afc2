/* SPDX-License-Identifier: Apache-2.0 */
/* Any text: what holds a secret holds one whatever stands before it on lines of its own. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "observe/files/secret_scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_FREE char *longer = malloc(size + 2);

	if (!longer)
		return 0;
	longer[0] = '#';
	longer[1] = '\n';
	if (size)
		memcpy(longer + 2, data, size);
	if (secret_in_text((const char *)data, size) && !secret_in_text(longer, size + 2))
		abort();
	return 0;
}
