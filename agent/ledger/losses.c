/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/state.h"

#include <assert.h>

static const struct {
	const char *title, *detail, *remedy;
} LOSSES[] = {
	[LOSS_MEMORY] = { "Changes were lost while the journal could not be written",
			  "more changes came than memory keeps while the journal cannot be written",
			  "see that the journal's file system has room and is writable" },
	[LOSS_SIZE] = { "Changes were dropped to keep the journal within its size",
			"the journal was full; the least severe and oldest changes went",
			"raise journal.max_size, or see why they are not acknowledged" },
	[LOSS_DAMAGED] = { "The journal was damaged and a new one was started",
			   "the damaged file was moved to ",
			   "read the older changes there, and look for faults of the disk" },
	[LOSS_REPLACED] = { "The journal was removed or replaced while in use",
			    "the file was no longer at its path, and a new one was started",
			    "leave the file to the agent; journal.keep and .max_size bound it" },
};
static_assert(ARRAY_SIZE(LOSSES) == LOSS_KIND_COUNT, "every kind of loss has its words");

int loss_describe(struct ledger *ledger, enum loss_kind kind, int64_t now_ns,
		  struct change *ret_change)
{
	const struct loss *loss = &ledger->losses[kind];
	struct gap_window *gap = arena_alloc(ledger->arena, sizeof(*gap));
	struct evidence *evidence = arena_alloc(ledger->arena, sizeof(*evidence));
	const char *where =
		kind == LOSS_DAMAGED && ledger->damaged_name.data ? ledger->damaged_name.data : "";

	if (!gap || !evidence)
		return -ENOMEM;
	evidence->kind = "journal";
	evidence->detail = arena_printf(ledger->arena, "%s%s", LOSSES[kind].detail, where);
	if (!evidence->detail)
		return -ENOMEM;
	*gap = (struct gap_window){ .stream = "journal", .from_ns = now_ns, .to_ns = now_ns };
	if (loss->count) {
		gap->from_ns = loss->from_ns;
		gap->to_ns = loss->to_ns;
	}
	*ret_change = (struct change){
		.kind = CHANGE_GAP,
		.finding = { .check = "agent.journal",
			     .title = LOSSES[kind].title,
			     .verdict = VERDICT_ERROR,
			     /* a gap is the last to be dropped itself: as severe as what it hides
			      */
			     .severity = loss->worst > SEVERITY_HIGH ? loss->worst : SEVERITY_HIGH,
			     .subject = { .kind = "agent", .name = "journal", .key = "journal" },
			     .value = "",
			     .expected = "",
			     .source = "live",
			     .evidence = evidence,
			     .evidence_count = 1,
			     .remedy = LOSSES[kind].remedy },
		.count = loss->count,
		.gap = gap,
	};
	return 0;
}
