/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What every kernel program starts with: types, helpers and the numbers of the stable interface.
 *
 * Types of the kernel's inside are in kernel_file.h, kernel_task.h and kernel_socket.h, as far as
 * they are read. Only names matter there: libbpf moves every field to where the running kernel has
 * it (CO-RE), so that no kernel's own header is needed.
 */
#ifndef BPF_KERNEL_TYPES_H
#define BPF_KERNEL_TYPES_H

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u64 __be64;
typedef __u32 __wsum;
typedef __u16 __sum16;
typedef _Bool bool;

#define true 1
#define false 0
#define NULL ((void *)0)

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

/* include/uapi/linux/bpf.h; numbers that never change */
#define BPF_MAP_TYPE_HASH	  1
#define BPF_MAP_TYPE_ARRAY	  2
#define BPF_MAP_TYPE_PERCPU_ARRAY 6
#define BPF_MAP_TYPE_LRU_HASH	  9
#define BPF_MAP_TYPE_LPM_TRIE	  11
#define BPF_MAP_TYPE_RINGBUF	  27
#define BPF_ANY			  0
#define BPF_NOEXIST		  1
#define BPF_F_NO_PREALLOC	  1
#define BPF_RB_NO_WAKEUP	  1
#define BPF_RB_FORCE_WAKEUP	  2

/* include/linux/socket.h, include/uapi/linux/in.h, include/net/tcp_states.h */
#define AF_INET	      2
#define AF_INET6      10
#define IPPROTO_TCP   6
#define IPPROTO_UDP   17
#define IPPROTO_MPTCP 262
#define TCP_CLOSE     7
#define TCP_LISTEN    10

/* Keeps a bounded number in one register: clang 14 may compare one copy and use the other. */
#define KEEP_IN_REGISTER(number) asm volatile("" : "+r"(number))

/* Around structs of the kernel's inside. */
#define KERNEL_STRUCTS_BEGIN                                                                       \
	_Pragma("clang attribute push(__attribute__((preserve_access_index)), apply_to = record)")
#define KERNEL_STRUCTS_END _Pragma("clang attribute pop")

#endif
