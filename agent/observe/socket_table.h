/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of /proc/net/tcp, tcp6, udp and udp6. Not trusted: a node tree can hold anything. A line
 * that is not one is passed over, and told.
 */
#ifndef OBSERVE_SOCKET_TABLE_H
#define OBSERVE_SOCKET_TABLE_H

#include <stddef.h>

#include "observe/socket_list.h"

/* Adds the listening sockets, as being in that namespace. Returns 0; -EBADMSG:
 * some lines are neither a socket nor the heading; or the error of socket_list_add(). */
int socket_table_parse(const char *text, size_t length, enum transport transport, uint64_t netns,
		       struct socket_list *list);

#endif
