/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/input_watch.h"

#include <sys/inotify.h>

#include "base/cleanup.h"

/* Reading a file reports nothing, so that our own passes do not wake us. */
#define FILE_EVENTS                                                                                \
	(IN_CLOSE_WRITE | IN_MODIFY | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_CREATE |      \
	 IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO)

struct input_watch {
	int fd;
};

int input_watch_open(struct input_watch **ret_watch)
{
	struct input_watch *watch = calloc(1, sizeof(*watch));

	if (!watch)
		return -ENOMEM;
	watch->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (watch->fd < 0) {
		int error = -errno;

		free(watch);
		return error;
	}
	*ret_watch = watch;
	return 0;
}

void input_watch_close(struct input_watch *watch)
{
	if (!watch)
		return;
	close(watch->fd);
	free(watch);
}

int input_watch_fd(const struct input_watch *watch)
{
	return watch->fd;
}

void input_watch_add(struct input_watch *watch, const char *path)
{
	/* The kernel knows an inode that is watched already and changes nothing. */
	inotify_add_watch(watch->fd, path, FILE_EVENTS);
}

bool input_watch_drain(struct input_watch *watch)
{
	char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	bool is_any = false;

	while (read(watch->fd, events, sizeof(events)) > 0)
		is_any = true;
	return is_any;
}
