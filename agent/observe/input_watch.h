/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tells when one of a set of files changes, is replaced, removed or made, by inotify. A missed
 * event costs nothing but time: the resync timer looks again.
 */
#ifndef OBSERVE_INPUT_WATCH_H
#define OBSERVE_INPUT_WATCH_H

#include <stdbool.h>
#include <stddef.h>

struct input_watch;

/* Returns 0 or -errno. */
int input_watch_open(struct input_watch **ret_watch);
void input_watch_close(struct input_watch *watch);
/* Readable when something changed. */
int input_watch_fd(const struct input_watch *watch);
/* Begins to watch a file, or a directory with its entries; asking again is cheap.
 * What does not exist is not watched. */
void input_watch_add(struct input_watch *watch, const char *path);
/* Takes everything that was reported; returns whether there was anything. */
bool input_watch_drain(struct input_watch *watch);

#endif
