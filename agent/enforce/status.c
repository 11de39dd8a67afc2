/* SPDX-License-Identifier: Apache-2.0 */
/* What is in force, asked of the kernel. */
#include "enforce/guard_private.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

/* As many as a network namespace takes (net/core: MAX 64 links of a kind). */
enum { ATTACHED_MAX = 64 };

/* What was found out about the guard as a whole. */
struct proof {
	enum guard_mode mode;
	struct trouble trouble; /* why the mode may not be what was wished */
	bool is_pinned;
	struct trouble unpinned; /* why the guard may not last */
};

static void prove_mode(const struct guard *guard, struct proof *proof)
{
	if (!guard->program) {
		proof->trouble = guard->off;
		if (guard->link >= 0 && !proof->trouble.problem[0])
			trouble_set(&proof->trouble, 0, "restart the agent",
				    "an earlier agent's guard is attached, and not yet taken over");
		return;
	}
	if (link_check(guard, &proof->trouble) < 0)
		return;
	if (program_mode(guard->program, &proof->mode) < 0)
		trouble_set(&proof->trouble, 0, "restart the agent",
			    "the guard's mode cannot be read");
	else if (guard->off.problem[0])
		proof->trouble = guard->off;
}

/* Pins may have been removed, or made, behind our back. */
static void prove_pins(const struct guard *guard, struct proof *proof)
{
	const struct pin link = { PIN_LINK, guard->link };
	int error = guard->link >= 0 ? pins_check(&guard->pins, &link) : -ENOENT;

	proof->is_pinned = !error;
	proof->unpinned = guard->unpinned;
	if (error < 0 && proof->mode == GUARD_ENFORCE && !guard->unpinned.problem[0])
		trouble_set(&proof->unpinned, error,
			    "reload the agent (SIGHUP): it pins the guard again",
			    "the guard is no longer pinned in %.128s: ports are refused only while "
			    "this agent runs",
			    guard->pins.folder);
}

static bool is_loaded(const struct guard *guard, const struct guard_entry *entry)
{
	return !entry->shadowed_by && guard->loaded && guard_table_find(guard->loaded, &entry->key);
}

/* The first that applies of: the guard as a whole, this rule, its pins. */
static void explain(const struct guard *guard, const struct guard_entry *entry,
		    const struct proof *proof, struct trouble *trouble)
{
	*trouble = (struct trouble){ 0 };
	if (entry->shadowed_by)
		trouble_set(trouble, 0, "remove one of the two rules",
			    "the rule \"%.100s\", further up in the policy, holds for this port",
			    entry->shadowed_by);
	else if (proof->trouble.problem[0])
		*trouble = proof->trouble;
	else if (proof->mode != guard->wished_mode)
		trouble_set(trouble, 0, "reload the agent (SIGHUP)",
			    "somebody has changed the guard's mode");
	else if (proof->unpinned.problem[0])
		*trouble = proof->unpinned;
	else if (entry->wants_all_namespaces)
		trouble_set(trouble, 0,
			    "for pods, use a NetworkPolicy; this version guards one namespace",
			    "only the host's network namespace is guarded, though the rule says "
			    "namespaces: all");
}

static int fill_rule(const struct guard *guard, const struct guard_entry *entry,
		     const struct proof *proof, struct arena *arena,
		     struct guard_rule_status *ret_status)
{
	struct guard_count *counts = totals_room(arena);
	struct guard_count total = { 0 };
	struct trouble trouble;

	if (!counts)
		return -ENOMEM;
	if (guard->kept[KEPT_TOTALS] >= 0 && !entry->shadowed_by)
		totals_read(guard, &entry->key, counts, &total);
	explain(guard, entry, proof, &trouble);
	*ret_status = (struct guard_rule_status){
		.name = arena_text(arena, entry->name),
		.port = entry->key.port,
		.transport = guard_transport(&entry->key),
		.wished = guard->wished_mode,
		.effective = is_loaded(guard, entry) ? proof->mode : GUARD_OFF,
		.refused = total.refused,
		.would_refuse = total.would_refuse,
	};
	if (trouble.problem[0]) {
		ret_status->problem = arena_text(arena, trouble.problem);
		ret_status->remedy = trouble.remedy;
	}
	return !ret_status->name || (trouble.problem[0] && !ret_status->problem) ? -ENOMEM : 0;
}

static int fill_rules(const struct guard *guard, const struct proof *proof, struct arena *arena,
		      struct guard_status *status)
{
	size_t count = guard->wish ? guard->wish->count : 0;
	struct guard_rule_status *rules = arena_array(arena, count, sizeof(*rules));

	if (!rules)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		int error = fill_rule(guard, &guard->wish->entries[i], proof, arena, &rules[i]);

		if (error < 0)
			return error;
	}
	status->rules = rules;
	status->count = count;
	return 0;
}

/* Programs beside ours in the namespace; -errno when the kernel does not tell. */
static int count_foreign(const struct guard *guard, uint32_t *ret_first)
{
	uint32_t ids[ATTACHED_MAX], count = ATTACHED_MAX, flags = 0, ours = 0;
	int foreign = 0;
	int error = bpf_prog_query(guard->netns_fd, BPF_SK_LOOKUP, 0, &flags, ids, &count);

	if (error < 0)
		return error;
	if (guard->program)
		kernel_object_id(program_fd(guard->program), &ours);
	for (uint32_t i = 0; i < count; i++)
		if (ids[i] != ours && foreign++ == 0)
			*ret_first = ids[i];
	return foreign;
}

static int fill_foreign(const struct guard *guard, struct arena *arena, struct guard_status *status)
{
	uint32_t first = 0;
	int count = count_foreign(guard, &first);

	if (count <= 0)
		return 0;
	status->foreign_programs = (unsigned)count;
	status->foreign = arena_printf(
		arena,
		"%d other sk_lookup program%s attached to this network namespace (first id %u); "
		"what one of them steers to a socket is served in spite of the guard",
		count, count == 1 ? " is" : "s are", first);
	return status->foreign ? 0 : -ENOMEM;
}

static int fill_pins(const struct guard *guard, const struct proof *proof, struct arena *arena,
		     struct guard_status *status)
{
	if (proof->is_pinned) {
		status->pinned_at = arena_text(arena, guard->pins.folder);
		return status->pinned_at ? 0 : -ENOMEM;
	}
	if (!proof->unpinned.problem[0])
		return 0;
	status->unpinned_reason = arena_text(arena, proof->unpinned.problem);
	return status->unpinned_reason ? 0 : -ENOMEM;
}

int guard_status(const struct guard *guard, struct arena *arena, struct guard_status *ret_status)
{
	struct guard_status status = { 0 };
	struct proof proof = { .mode = GUARD_OFF };
	int error;

	prove_mode(guard, &proof);
	prove_pins(guard, &proof);
	error = fill_rules(guard, &proof, arena, &status);
	if (!error)
		error = fill_pins(guard, &proof, arena, &status);
	if (!error)
		error = fill_foreign(guard, arena, &status);
	if (error < 0)
		return error;
	if (proof.mode == GUARD_ENFORCE)
		status.not_covered =
			"connections that were open before a port was refused go on until they end";
	*ret_status = status;
	return 0;
}
