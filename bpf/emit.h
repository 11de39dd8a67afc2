/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The only way out of a kernel program: nothing else may write to a ring. Every record gets a
 * number, so that a hole shows, and what does not fit is counted by reason.
 *
 * A wake-up costs 25 times the record, so it is sent only to a reader that sleeps: the reader says
 * so in `reader_sleeps`, and once awake looks by itself every few milliseconds until nothing comes.
 *
 * One object has one stream. Its programs never run inside one another on one CPU: the kernel skips
 * a nested run and counts it (recursion_misses of the program), which the agent reads as a loss.
 */
#ifndef BPF_EMIT_H
#define BPF_EMIT_H

#include "kernel_types.h"
#include "nodelatch/event.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RING_BYTES);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct event_counters);
} counters SEC(".maps");

volatile __u32 reader_sleeps;

static __always_inline struct event_counters *emit_counters(void)
{
	__u32 first = 0;

	return bpf_map_lookup_elem(&counters, &first);
}

static __always_inline void emit_lost(enum event_loss reason)
{
	struct event_counters *count = emit_counters();

	if (!count)
		return;
	count->sequence++;
	count->lost[reason]++;
}

/* Sends `length` bytes that start with `header`, whose fields it fills in. */
static __always_inline void emit(struct event_header *header, enum event_kind kind, __u32 length)
{
	struct event_counters *count = emit_counters();
	__u64 flags = BPF_RB_NO_WAKEUP;

	if (!count)
		return;
	header->version = EVENT_VERSION;
	header->kind = kind;
	header->cpu = bpf_get_smp_processor_id();
	header->sequence = ++count->sequence;
	header->time_ns = bpf_ktime_get_boot_ns();
	if (reader_sleeps) {
		reader_sleeps = 0;
		flags = BPF_RB_FORCE_WAKEUP;
	}
	if (bpf_ringbuf_output(&ring, header, length, flags))
		count->lost[EVENT_LOST_RING_FULL]++;
}

#endif
