/* SPDX-License-Identifier: Apache-2.0 */
/* Hints that a socket started or stopped listening (bpf/listen.bpf.c). */
#include "listen.skel.h"

#include "observe/watcher.h"

static int open_listen(const struct watch_context *context,
		       const struct bpf_object_open_opts *options,
		       struct watch_program *ret_program)
{
	struct listen_bpf *skeleton = listen_bpf__open_opts(options);

	(void)context;
	if (!skeleton)
		return -errno;
	*ret_program = (struct watch_program){
		.skeleton = skeleton,
		.parts = skeleton->skeleton,
		.object = skeleton->obj,
		.reader_sleeps = &skeleton->bss->reader_sleeps,
	};
	return 0;
}

static int remember(struct watch_context *context, const void *data, size_t size)
{
	(void)data;
	if (size < sizeof(struct event_listen))
		return -EBADMSG;
	context->listeners_moved = true;
	return 0;
}

const struct watcher listen_watcher = {
	.name = "listen",
	.program = "watch_listen",
	.cost = "a port that opens or closes is seen only when the node is next looked at",
	.kind = EVENT_LISTEN,
	.open = open_listen,
	.record = remember,
};
