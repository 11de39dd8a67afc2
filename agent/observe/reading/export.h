/* SPDX-License-Identifier: Apache-2.0 */
/* What a reading found, copied to where its component lives. */
#ifndef OBSERVE_READING_EXPORT_H
#define OBSERVE_READING_EXPORT_H

#include "observe/reading/reading.h"

/* Fills settings, problems and inputs of the component. Returns 0 or -ENOMEM. */
int export_reading(struct reading *reading, struct arena *arena, struct component *component);

#endif
