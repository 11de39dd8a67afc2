/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/net/tcp and its kin, as a node tree may hold them. */
#include <stdlib.h>

#include "observe/socket_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	for (int transport = TRANSPORT_TCP; arena && transport <= TRANSPORT_UDP; transport++) {
		struct socket_list list = { .arena = arena };

		int error = socket_table_parse((const char *)data, size, (enum transport)transport,
					       1, &list);

		if ((error < 0 && error != -EBADMSG) || list.count > size / 20)
			abort();
	}
	return 0;
}
