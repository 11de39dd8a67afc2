/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy's port rules in the form in which the kernel takes them. Pure: settings in, arrays out.
 */
#ifndef ENFORCE_TABLE_H
#define ENFORCE_TABLE_H

#include "nodelatch/policy.h"
#include "nodelatch/settings.h"

#include "base/arena.h"

/* One rule with the action `refuse`. */
struct guard_entry {
	const char *name;
	struct guard_rule_key key;
	struct guard_rule rule;
	/* Another rule, further up in the policy, that already speaks for this port and transport
	 * and holds instead of this one; NULL: this one holds. */
	const char *shadowed_by;
	bool wants_all_namespaces;
};

/* All of it lives in the table's own arena. */
struct guard_table {
	struct arena *arena;
	struct guard_entry *entries; /* in the policy's order */
	size_t count;
	size_t active_count;	       /* of those, not shadowed: 0 means nothing to guard */
	struct guard_allowed *allowed; /* of the rules that hold */
	size_t allowed_count;
};

/* now_ns is wall clock: ends of allow-lists become boot-clock times by it. Returns 0 or -ENOMEM. */
int guard_table_new(const struct settings *settings, int64_t now_ns,
		    struct guard_table **ret_table);
void guard_table_free(struct guard_table *table);
/* Whether the kernel would be given the same; names do not matter. */
bool guard_table_equal(const struct guard_table *one, const struct guard_table *other);
/* The rule that holds for that port and transport, or NULL. */
const struct guard_entry *guard_table_find(const struct guard_table *table,
					   const struct guard_rule_key *key);

struct guard_rule_key guard_key(uint16_t port, enum transport transport);
enum transport guard_transport(const struct guard_rule_key *key);

DEFINE_CLEANUP(guard_table, struct guard_table, guard_table_free);
#define CLEANUP_GUARD_TABLE CLEANUP(cleanup_guard_table)

#endif
