/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel programs send to the agent. Fixed width, the machine's own byte order. Every
 * record starts with a struct event_header; a reader skips kinds and versions that it does not
 * know. Included by kernel and agent alike, so it includes nothing.
 */
#ifndef NODELATCH_EVENT_H
#define NODELATCH_EVENT_H

typedef __UINT8_TYPE__ event_u8;
typedef __UINT16_TYPE__ event_u16;
typedef __UINT32_TYPE__ event_u32;
typedef __UINT64_TYPE__ event_u64;

#define EVENT_VERSION 1

enum event_kind {
	EVENT_EXEC = 1,
	EVENT_LISTEN = 2,
};

struct event_header {
	event_u16 version;
	event_u16 kind;
	event_u32 cpu;
	event_u64 sequence; /* 1 and up, one count per CPU and stream; a hole is a lost record */
	event_u64 time_ns;  /* since boot, suspend included */
};

/* Why a record could not be sent. */
enum event_loss {
	EVENT_LOST_RING_FULL,
	EVENT_LOST_NO_SCRATCH,
	EVENT_LOSSES,
};

/* One stream's counters on one CPU: sequence == records sent + records lost. */
struct event_counters {
	event_u64 sequence;
	event_u64 lost[EVENT_LOSSES];
};

/*
 * EVENT_EXEC: a process image was replaced. Followed by exe_bytes of path and argument_captured
 * bytes of argv, nothing between. The path is its components from the last to the first, each with
 * its NUL. The arguments are the start of the argv area, NUL after each argument; when they did not
 * fit, EVENT_ARGUMENTS_HEAD bytes of its start and EVENT_ARGUMENTS_TAIL of its end.
 */
#define EVENT_ARGUMENTS_MAX  8192
#define EVENT_ARGUMENTS_HEAD 6144
#define EVENT_ARGUMENTS_TAIL 2048
#define EVENT_PATH_MAX	     4096 /* PATH_MAX */
#define EVENT_NAME_MAX	     256  /* one component with its NUL: NAME_MAX + 1 */
#define EVENT_PATH_DEPTH_MAX 48	  /* components and mounts crossed: programs lie some ten deep */
#define EVENT_COMM_BYTES     16

enum event_exec_flags {
	EVENT_EXEC_ARGUMENTS_TRUNCATED = 1 << 0,
	EVENT_EXEC_ARGUMENTS_UNREADABLE = 1 << 1,
	EVENT_EXEC_PATH_TRUNCATED = 1 << 2,
	EVENT_EXEC_PATH_UNREADABLE = 1 << 3,
	EVENT_EXEC_FILE_DELETED = 1 << 4,
};

struct event_exec {
	struct event_header header;
	event_u64 started_ns;	     /* since boot, suspend included */
	event_u64 parent_started_ns; /* the parent's */
	event_u64 cgroup;	     /* id in the unified hierarchy */
	event_u64 pids_cgroup;	     /* id in the hierarchy of the pids controller; 0 none */
	event_u32 pid, parent_pid;   /* in the agent's pid namespace, like all pids here */
	event_u32 uid, euid, gid;
	event_u32 netns, mntns, pidns; /* inodes */
	event_u32 argument_count;
	event_u32 argument_bytes; /* of the whole argv area */
	event_u16 argument_captured;
	event_u16 exe_bytes;
	event_u32 flags;
	char comm[EVENT_COMM_BYTES];
};

/* EVENT_LISTEN: a socket went into or out of listening: a hint to look at the truth, no more. */
struct event_listen {
	struct event_header header;
	event_u32 netns;
	event_u16 port; /* host order; 0: not chosen yet */
	event_u16 protocol;
	event_u8 starts; /* 1: into listening */
	event_u8 unused[7];
};

/* One socket as the iterators show it; no header, since nothing of it can be lost. */
enum event_socket_flags {
	EVENT_SOCKET_IPV6 = 1 << 0,
	EVENT_SOCKET_IPV6_ONLY = 1 << 1,
	EVENT_SOCKET_UDP = 1 << 2,
};

struct event_socket {
	event_u64 inode; /* 0: a kernel socket without a file */
	event_u32 pid;	 /* of an owner; 0: not asked for */
	event_u32 netns;
	event_u16 port; /* host order */
	event_u16 flags;
	event_u32 unused;
	event_u8 address[16]; /* network order; IPv4 in the first four */
};

struct event_task { /* one process and its network namespace */
	event_u32 pid;
	event_u32 netns;
};

_Static_assert(sizeof(struct event_header) == 24 && sizeof(struct event_listen) == 40 &&
		       sizeof(struct event_exec) == 24 + 4 * 8 + 10 * 4 + 2 * 2 + 4 + 16 &&
		       sizeof(struct event_socket) == 40 && sizeof(struct event_task) == 8 &&
		       EVENT_ARGUMENTS_HEAD + EVENT_ARGUMENTS_TAIL == EVENT_ARGUMENTS_MAX,
	       "the format, without holes");

#endif
