/* SPDX-License-Identifier: Apache-2.0 */
/* Giving up what a network client does not need. */
#ifndef BASE_PRIVILEGES_H
#define BASE_PRIVILEGES_H

/*
 * Root becomes the unprivileged user 65534; every capability, the groups, core dumps, debuggers and
 * the way back by set-user-ID programs go, and with them every descriptor but 0, 1, 2 and keep_fd.
 * Returns 0 or -errno, on which the caller must not go on.
 */
int privileges_drop(int keep_fd);

#endif
