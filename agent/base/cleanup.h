/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ownership that shows: a local that owns something says so with a CLEANUP attribute, and what
 * escapes goes through take_ptr() or take_fd().
 */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CLEANUP(function) __attribute__((cleanup(function)))
#define CLEANUP_FREE	  CLEANUP(cleanup_free)
#define CLEANUP_CLOSE	  CLEANUP(cleanup_close)
#define CLEANUP_FCLOSE	  CLEANUP(cleanup_fclose)

/* Defines cleanup_NAME() for a type whose release function takes the pointer and ignores NULL. */
#define DEFINE_CLEANUP(name, type, release)                                                        \
	static inline void cleanup_##name(type **owned)                                            \
	{                                                                                          \
		if (*owned)                                                                        \
			release(*owned);                                                           \
	}                                                                                          \
	struct cleanup_##name##_takes_a_semicolon

static inline void cleanup_free(void *owned)
{
	free(*(void **)owned);
}

/* Closes and keeps errno. */
static inline void cleanup_close(const int *fd)
{
	if (*fd >= 0) {
		int saved = errno;

		close(*fd);
		errno = saved;
	}
}

static inline void cleanup_fclose(FILE **stream)
{
	if (*stream)
		fclose(*stream);
}

static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

#define take_ptr(pointer)                                                                          \
	({                                                                                         \
		__typeof__(pointer) taken_ = (pointer);                                            \
		(pointer) = NULL;                                                                  \
		taken_;                                                                            \
	})

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
