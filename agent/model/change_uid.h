/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The id of one change, the same however often and in whatever form it is sent: by it a receiver
 * knows a repeat. Not the finding's id, which all changes of one finding share.
 */
#ifndef MODEL_CHANGE_UID_H
#define MODEL_CHANGE_UID_H

#include "nodelatch/change.h"

#define CHANGE_UID_LENGTH 32

/* Lower-case hex over the node, the number and the time in microseconds: a journal that was lost
 * starts to count anew, so the number alone would not do. */
void change_uid(const struct change *change, char ret_uid[static CHANGE_UID_LENGTH + 1]);

#endif
