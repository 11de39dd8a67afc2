/* SPDX-License-Identifier: Apache-2.0 */
/* The name under which a kubelet registers its node. */
#ifndef OBSERVE_READING_NODE_NAME_H
#define OBSERVE_READING_NODE_NAME_H

#include "observe/reading/reading.h"

/* --hostname-override, else the host name as the process sees it, lower case; NULL: unknown. */
const char *node_name_read(struct reading *reading, const struct field_state *override,
			   struct arena *arena);

#endif
