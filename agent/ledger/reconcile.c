/* SPDX-License-Identifier: Apache-2.0 */
/* One pass of findings against those that are open. */
#include "ledger/state.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "ledger/fingerprint.h"
#include "model/change_json.h"

/* A finding of the pass that is open: what it is called, and what it says. */
struct candidate {
	const struct finding *finding;
	char id[FINDING_ID_LENGTH + 1];
	struct fingerprint print;
};

static const char *machine_of(const struct ledger *ledger)
{
	return *ledger->node.machine_id ? ledger->node.machine_id : ledger->node.name;
}

static bool is_open(const struct finding *finding)
{
	return (finding->verdict == VERDICT_FAIL || finding->verdict == VERDICT_ERROR) &&
	       !finding->waived;
}

/* By id; of the same id the most severe first, and an order that does not hang on the pass. */
static int compare_candidates(const void *one, const void *other)
{
	const struct candidate *a = one, *b = other;
	int order = strcmp(a->id, b->id);

	if (!order)
		order = (int)b->finding->severity - (int)a->finding->severity;
	return order ? order : strcmp(a->print.exact, b->print.exact);
}

static int compare_places(const void *one, const void *other)
{
	const struct candidate *a = one, *b = other;

	return (a->finding > b->finding) - (a->finding < b->finding);
}

/* Leaves one of each id, in the order of the findings. */
static size_t unite(struct candidate *candidates, size_t count)
{
	size_t kept = 0;

	qsort(candidates, count, sizeof(*candidates), compare_candidates);
	for (size_t i = 0; i < count; i++)
		if (!kept || strcmp(candidates[kept - 1].id, candidates[i].id) != 0)
			candidates[kept++] = candidates[i];
	qsort(candidates, kept, sizeof(*candidates), compare_places);
	return kept;
}

static int collect(struct ledger *ledger, const struct finding *findings, size_t count,
		   struct candidate **ret_candidates, size_t *ret_count)
{
	struct candidate *candidates = arena_array(ledger->arena, count, sizeof(*candidates));
	size_t kept = 0;

	if (!candidates)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		struct candidate *candidate = &candidates[kept];

		if (!is_open(&findings[i]))
			continue;
		candidate->finding = &findings[i];
		finding_id(machine_of(ledger), &findings[i], candidate->id);
		if (fingerprint_make(&findings[i], &ledger->scratch, &candidate->print) < 0)
			return -ENOMEM;
		kept++;
	}
	*ret_candidates = candidates;
	*ret_count = unite(candidates, kept);
	return 0;
}

static int add_opened(struct batch *batch, const struct candidate *candidate)
{
	const struct change change = { .kind = CHANGE_OPENED,
				       .finding = *candidate->finding,
				       .count = 1 };

	if (batch->ledger->open.count + batch->count >= LEDGER_OPEN_MAX) {
		batch->ledger->untracked++;
		return 0;
	}
	return batch_add(batch, &change, OPEN_PUT, &candidate->print);
}

static int add_changed(struct batch *batch, const struct open_finding *old,
		       const struct candidate *candidate)
{
	const struct change change = { .kind = CHANGE_CHANGED,
				       .finding = *candidate->finding,
				       .first_seen_ns = old->first_seen_ns,
				       .count = old->count + 1 };

	return batch_add(batch, &change, OPEN_PUT, &candidate->print);
}

static int compare(struct batch *batch, const struct candidate *candidate)
{
	struct open_finding *old = open_set_find(&batch->ledger->open, candidate->id);

	if (!old)
		return add_opened(batch, candidate);
	old->seen_in = batch->ledger->pass;
	if (strcmp(old->print.news, candidate->print.news) != 0)
		return add_changed(batch, old, candidate);
	if (strcmp(old->print.exact, candidate->print.exact) != 0)
		return batch_refresh(batch, old, candidate->finding, &candidate->print);
	return 0;
}

/* What the pass says of the check of an open finding that is not open in it. */
struct judgement {
	bool was_judged, has_error, is_applicable;
	const struct finding *own; /* the result of that very finding */
};

static struct judgement judge(const struct ledger *ledger, const struct open_finding *open,
			      const struct finding *findings, size_t count)
{
	struct judgement judgement = { 0 };

	for (size_t i = 0; i < count; i++) {
		const struct finding *finding = &findings[i];
		char id[FINDING_ID_LENGTH + 1];

		if (!text_equal(finding->check, open->check))
			continue;
		finding_id(machine_of(ledger), finding, id);
		if (strcmp(id, open->id) == 0)
			judgement.own = finding;
		judgement.was_judged = true;
		judgement.has_error |= finding->verdict == VERDICT_ERROR;
		judgement.is_applicable |= finding->verdict != VERDICT_NOT_APPLICABLE;
	}
	return judgement;
}

/* Resolves with what was last known of it, under the verdict that holds now. */
static int add_resolved(struct batch *batch, const struct open_finding *open,
			const struct finding *own, enum verdict verdict)
{
	struct change last = { 0 };

	if (own)
		last.finding = *own;
	else if (change_from_line(open->line, strlen(open->line), batch->ledger->arena, &last) < 0)
		return -ENOMEM;
	else
		last.finding.verdict = verdict;
	last.finding.severity = open->severity;
	const struct change change = { .kind = CHANGE_RESOLVED,
				       .finding = last.finding,
				       .first_seen_ns = open->first_seen_ns,
				       .count = open->count };

	return batch_add(batch, &change, OPEN_REMOVE, NULL);
}

static int resolve_unseen(struct batch *batch, const struct finding *findings, size_t count)
{
	const struct ledger *ledger = batch->ledger;
	int error = 0;

	for (size_t i = 0; i < ledger->open.count && !error; i++) {
		const struct open_finding *open = ledger->open.items[i];

		if (open->seen_in == ledger->pass)
			continue;
		struct judgement judgement = judge(ledger, open, findings, count);

		if (judgement.own || (judgement.was_judged && !judgement.has_error))
			error = add_resolved(batch, open, judgement.own,
					     judgement.is_applicable ? VERDICT_PASS
								     : VERDICT_NOT_APPLICABLE);
	}
	return error;
}

int ledger_reconcile(struct ledger *ledger, const struct finding *findings, size_t count,
		     int64_t now_ns, const struct ledger_listener *listener)
{
	CLEANUP_BATCH struct batch batch;
	struct candidate *candidates;
	size_t candidate_count = 0;

	arena_reset(ledger->arena);
	batch_init(&batch, ledger, now_ns);
	ledger->pass++;
	ledger->untracked = 0;
	int error = collect(ledger, findings, count, &candidates, &candidate_count);

	for (size_t i = 0; i < candidate_count && !error; i++)
		error = compare(&batch, &candidates[i]);
	error = error ? error : resolve_unseen(&batch, findings, count);
	error = error ? error : batch_apply(&batch);
	if (!error)
		ledger_finish(ledger, &batch, listener);
	return error;
}

int ledger_retire(struct ledger *ledger, bool (*is_in_force)(void *context, const char *check),
		  void *context, int64_t now_ns, const struct ledger_listener *listener)
{
	CLEANUP_BATCH struct batch batch;
	int error = 0;

	arena_reset(ledger->arena);
	batch_init(&batch, ledger, now_ns);
	for (size_t i = 0; i < ledger->open.count && !error; i++) {
		const struct open_finding *open = ledger->open.items[i];

		if (!is_in_force(context, open->check))
			error = add_resolved(&batch, open, NULL, VERDICT_NOT_APPLICABLE);
	}
	error = error ? error : batch_apply(&batch);
	if (!error)
		ledger_finish(ledger, &batch, listener);
	return error;
}
