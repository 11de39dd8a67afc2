/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The other end of the control socket: connect, send one request, read lines. Blocking.
 */
#ifndef CONTROL_CLIENT_H
#define CONTROL_CLIENT_H

#include <stdio.h>

#include <jansson.h>

/* Returns 0 or -errno: -ENOENT and -ECONNREFUSED mean that no agent runs here. */
int control_connect(const char *path, int *ret_fd);
/* Sends one request. Returns 0 or -errno. */
int control_send(int fd, const json_t *request);
/* Reads one line as JSON. Returns 0; -ENODATA at the end; -EPROTO for what is no JSON; or -errno.
 */
int control_receive(FILE *stream, json_t **ret_answer);

#endif
