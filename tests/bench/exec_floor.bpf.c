/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The least that an exec watcher can be: it copies argv to a ring, and nothing else. */
#define RING_BYTES (1 << 20)

#include "kernel_task.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, char[8192]);
} scratches SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RING_BYTES);
} ring SEC(".maps");

SEC("tp_btf/sched_process_exec")
int exec_floor(__u64 *arguments)
{
	struct task_struct *task = (void *)arguments[0];
	__u64 start = task->mm->arg_start;
	__u64 length = task->mm->arg_end - start;
	__u32 first = 0;
	char *scratch = bpf_map_lookup_elem(&scratches, &first);

	KEEP_IN_REGISTER(length);
	if (!scratch || length > 8192)
		return 0;
	if (bpf_probe_read_user(scratch, length, (void *)start) == 0)
		bpf_ringbuf_output(&ring, scratch, length, BPF_RB_NO_WAKEUP);
	return 0;
}
