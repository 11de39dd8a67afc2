/* SPDX-License-Identifier: Apache-2.0 */
#include "model/change_uid.h"

#include <string.h>

#include "base/digest.h"

void change_uid(const struct change *change, char ret_uid[static CHANGE_UID_LENGTH + 1])
{
	const struct node_identity *node = &change->node;
	const char *who = *node->machine_id ? node->machine_id : node->name;
	char whole[DIGEST_HEX_BYTES], parts[160];

	digest_hex(who, strlen(who), whole);
	int length = snprintf(parts, sizeof(parts), "nodelatch.change/1 %s %lld %lld", whole,
			      (long long)change->seq, (long long)(change->time_ns / 1000));

	digest_hex(parts, (size_t)length, whole);
	memcpy(ret_uid, whole, CHANGE_UID_LENGTH);
	ret_uid[CHANGE_UID_LENGTH] = '\0';
}
