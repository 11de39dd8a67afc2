/* SPDX-License-Identifier: Apache-2.0 */
/* Functions that do not compile here, and what to use instead. Included by the build before every
 * file. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat stpcpy /* base/buffer.h, memcpy with a length */
#undef sprintf /* clang refuses to poison what the fortified headers defined as macros */
#undef vsprintf
#pragma GCC poison sprintf vsprintf gets /* snprintf */
#pragma GCC poison strtok strtok_r	 /* an explicit loop */
#pragma GCC poison atoi atol atoll atof	 /* text_to_unsigned, strtoll with checks */
#pragma GCC poison system popen		 /* no program is ever started by a shell */
#undef alloca
#pragma GCC poison alloca			  /* arena_alloc */
#pragma GCC poison mktemp tmpnam tempnam	  /* mkostemp */
#pragma GCC poison asctime ctime localtime gmtime /* time_format */

#endif
