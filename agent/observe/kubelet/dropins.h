/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --config-dir: the files in it, in the order in which the kubelet merges them.
 */
#ifndef OBSERVE_KUBELET_DROPINS_H
#define OBSERVE_KUBELET_DROPINS_H

#include "observe/reading/reading.h"

/*
 * Merges every *.conf below the directory into the states, directories in lexical order, each
 * entered where its name stands. `flag` is the path as argv gives it: a link to a directory is only
 * followed when it ends in a slash.
 */
void dropins_apply(struct reading *reading, const char *flag);

#endif
