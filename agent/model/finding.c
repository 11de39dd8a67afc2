/* SPDX-License-Identifier: Apache-2.0 */
#include "nodelatch/finding.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/digest.h"

#define ID_VERSION "nodelatch.finding/1"
/* A longer part stands there as its own hash. */
#define PART_BYTES_MAX 512
/* "t", digits of the length, ":". */
#define PREFIX_BYTES 8

/* "t5:tcp/1", or "h" and 64 digits: no two lists of parts run together to the same text. */
static size_t add_part(char *end, const char *part)
{
	size_t length = strlen(part);

	if (length > PART_BYTES_MAX) {
		end[0] = 'h';
		digest_hex(part, length, end + 1);
		return DIGEST_HEX_BYTES;
	}
	int prefix = snprintf(end, PREFIX_BYTES, "t%zu:", length);

	memcpy(end + prefix, part, length);
	return (size_t)prefix + length;
}

void finding_id(const char *machine_id, const struct finding *finding,
		char ret_id[static FINDING_ID_LENGTH + 1])
{
	const char *parts[] = { ID_VERSION, machine_id, finding->check, finding->subject.kind,
				finding->subject.key };
	char joined[ARRAY_SIZE(parts) * (PREFIX_BYTES + PART_BYTES_MAX)];
	char whole[DIGEST_HEX_BYTES];
	size_t length = 0;

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		length += add_part(joined + length, parts[i]);
	digest_hex(joined, length, whole);
	memcpy(ret_id, whole, FINDING_ID_LENGTH);
	ret_id[FINDING_ID_LENGTH] = '\0';
}
