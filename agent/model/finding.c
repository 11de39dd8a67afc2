/* SPDX-License-Identifier: Apache-2.0 */
#include "nodelatch/finding.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/digest.h"

#define ID_VERSION "nodelatch.finding/1"

/* Each part is hashed alone, so that no two lists of parts run together to the same text. */
void finding_id(const char *machine_id, const struct finding *finding,
		char ret_id[static FINDING_ID_LENGTH + 1])
{
	const char *parts[] = { ID_VERSION, machine_id, finding->check, finding->subject.kind,
				finding->subject.key };
	char joined[ARRAY_SIZE(parts)][DIGEST_HEX_BYTES];
	char whole[DIGEST_HEX_BYTES];

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		digest_hex(parts[i], strlen(parts[i]), joined[i]);
	digest_hex(joined, sizeof(joined), whole);
	memcpy(ret_id, whole, FINDING_ID_LENGTH);
	ret_id[FINDING_ID_LENGTH] = '\0';
}
