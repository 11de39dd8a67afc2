/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/state.h"

#include <string.h>

void batch_init(struct batch *batch, struct ledger *ledger, int64_t now_ns)
{
	*batch = (struct batch){ .ledger = ledger,
				 /* whole microseconds: what a line can say */
				 .now_ns = now_ns - now_ns % 1000,
				 .last_seq = ledger->numbers.last_seq };
	record_queue_init(&batch->records);
}

void batch_done(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		free(batch->steps[i].open);
	record_queue_done(&batch->records);
	batch->count = 0;
	batch->last_seq = batch->ledger->numbers.last_seq;
}

/* Makes the record, and for an open finding its entry, and notes the step. */
static int push(struct batch *batch, const struct step *step, const struct fingerprint *print)
{
	CLEANUP_FREE struct record *record = record_new(&step->change, step->action, print);
	CLEANUP_FREE struct open_finding *open = NULL;
	struct step *place;

	if (!record)
		return -ENOMEM;
	if (step->action == OPEN_PUT) {
		open = open_finding_new(&step->change, print, record->line);
		if (!open)
			return -ENOMEM;
		open->seen_in = batch->ledger->pass;
	}
	place = arena_push(batch->ledger->arena, &batch->steps, &batch->count, &batch->capacity,
			   sizeof(*place));
	if (!place)
		return -ENOMEM;
	*place = *step;
	place->open = take_ptr(open);
	if (!step->is_news)
		record->seq = 0;
	record_queue_add(&batch->records, take_ptr(record));
	return 0;
}

int batch_add(struct batch *batch, const struct change *change, enum open_action action,
	      const struct fingerprint *print)
{
	struct ledger *ledger = batch->ledger;
	struct step step = { .change = *change, .is_news = true, .action = action };
	const char *machine =
		*ledger->node.machine_id ? ledger->node.machine_id : ledger->node.name;

	step.change.seq = batch->last_seq + 1;
	step.change.node = ledger->node;
	if (!step.change.time_ns)
		step.change.time_ns = batch->now_ns;
	if (!step.change.first_seen_ns)
		step.change.first_seen_ns = step.change.time_ns;
	finding_id(machine, &change->finding, step.change.finding_id);
	int error = push(batch, &step, print);

	if (!error)
		batch->last_seq++;
	return error;
}

int batch_refresh(struct batch *batch, const struct open_finding *old,
		  const struct finding *finding, const struct fingerprint *print)
{
	struct step step = { .action = OPEN_PUT };

	step.change = (struct change){ .seq = old->seq,
				       .time_ns = old->time_ns,
				       .kind = old->kind,
				       .finding = *finding,
				       .node = batch->ledger->node,
				       .first_seen_ns = old->first_seen_ns,
				       .count = old->count };
	memcpy(step.change.finding_id, old->id, sizeof(old->id));
	return push(batch, &step, print);
}

int batch_apply(struct batch *batch)
{
	struct ledger *ledger = batch->ledger;

	if (open_set_reserve(&ledger->open, batch->count) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < batch->count; i++) {
		struct step *step = &batch->steps[i];

		if (step->action == OPEN_PUT)
			open_set_put(&ledger->open, take_ptr(step->open));
		else if (step->action == OPEN_REMOVE)
			open_set_remove(&ledger->open, step->change.finding_id);
	}
	ledger->numbers.last_seq = batch->last_seq;
	record_queue_join(&ledger->pending, &batch->records);
	return 0;
}

void batch_deliver(const struct batch *batch, const struct ledger_listener *listener)
{
	for (size_t i = 0; listener && i < batch->count; i++)
		if (batch->steps[i].is_news)
			listener->changed(listener->context, &batch->steps[i].change);
}
