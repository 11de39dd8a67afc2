/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files behind enforce/guard.h share.
 */
#ifndef ENFORCE_GUARD_PRIVATE_H
#define ENFORCE_GUARD_PRIVATE_H

#include "enforce/guard.h"
#include "enforce/pins.h"
#include "enforce/table.h"

#define TROUBLE_BYTES 256

/* Something that did not work, in words; both empty: nothing. */
struct trouble {
	char problem[TROUBLE_BYTES];
	const char *remedy;
};

/* Writes the words and returns the error. */
int trouble_set(struct trouble *trouble, int error, const char *remedy, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Maps that outlive programs and agents. */
enum kept_map { KEPT_CLIENTS, KEPT_TOTALS, KEPT_REPORTED, KEPT_COUNT };

/* The link's name is the same in every layout, so that any agent finds what is attached. */
#define PIN_LINK "link"
const char *kept_map_pin(enum kept_map map);

struct guard_bpf; /* the skeleton */

struct guard {
	int netns_fd;
	uint64_t netns;
	struct pins pins;
	struct guard_table *wish; /* what the last guard_apply() was asked for; NULL before */
	enum guard_mode wished_mode;
	struct guard_table *loaded; /* what `program` holds; may be `wish` itself */
	struct guard_bpf *program;  /* NULL: none */
	int link;		    /* -1: none; may still carry an earlier agent's program */
	int kept[KEPT_COUNT];	    /* -1: not made yet */
	struct arena *scratch;
	struct trouble off;	 /* why the last guard_apply() failed */
	struct trouble unpinned; /* why it is not pinned though it should be */
};

/* program.c: one program with its maps filled, not attached. `kept` are used where they are there,
 * made and handed out where they are not. */
int program_load(const struct guard_table *table, enum guard_mode mode, int kept[KEPT_COUNT],
		 struct guard_bpf **ret_program);
void program_free(struct guard_bpf *program);
int program_fd(const struct guard_bpf *program);
int program_set_mode(const struct guard_bpf *program, enum guard_mode mode);
int program_mode(const struct guard_bpf *program, enum guard_mode *ret_mode);
int program_load_trouble(struct trouble *trouble, int error);
/* Whether these maps, found pinned, are such as this agent's program can use. */
bool kept_maps_fit(const int kept[KEPT_COUNT]);

/* link.c */
/* Takes an earlier agent's link over if there is one for this namespace. */
void link_adopt(struct guard *guard);
/* Makes the program the one that the link carries. */
int link_carry(struct guard *guard, const struct guard_bpf *program);
/* 0: the link is in this namespace and carries that program; else -errno with words. */
int link_check(const struct guard *guard, struct trouble *trouble);

/* clients.c: the sum over all CPUs; zero when the rule has none. `counts` has room for one per CPU.
 */
int totals_read(const struct guard *guard, const struct guard_rule_key *key,
		struct guard_count *counts, struct guard_count *ret_total);
/* Room for one value per CPU; NULL when there is none. */
struct guard_count *totals_room(struct arena *arena);

#endif
