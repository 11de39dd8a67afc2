/* SPDX-License-Identifier: Apache-2.0 */
/* Why the kernel refused a program, in words that say what to do. */
#ifndef OBSERVE_KERNEL_PROBLEM_H
#define OBSERVE_KERNEL_PROBLEM_H

#include <stddef.h>

/* "cannot be loaded: EPERM (Operation not permitted): ..."; cut where the text is full. */
void kernel_problem_text(const char *what, int error, char *ret_text, size_t size);

#endif
