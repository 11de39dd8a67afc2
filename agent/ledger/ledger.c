/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/state.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "model/change_json.h"

static int copy_node(struct ledger *ledger, const struct node_identity *node)
{
	const char *const given[] = { node->name, node->machine_id, node->boot_id };

	for (size_t i = 0; i < ARRAY_SIZE(given); i++) {
		ledger->texts[i] = strdup(given[i] ? given[i] : "");
		if (!ledger->texts[i])
			return -ENOMEM;
	}
	ledger->node = (struct node_identity){ .name = ledger->texts[0],
					       .machine_id = ledger->texts[1],
					       .boot_id = ledger->texts[2] };
	return 0;
}

void ledger_configure(struct ledger *ledger, const struct ledger_options *options)
{
	ledger->keep_ns = options->keep_ns;
	ledger->max_bytes = options->max_bytes;
	ledger->has_collector = options->has_collector;
	ledger->sweep_at_ns = 0;
	if (ledger->journal)
		journal_bound(ledger->journal, ledger->max_bytes);
}

int ledger_open(const struct ledger_options *options, struct ledger **ret_ledger)
{
	CLEANUP_LEDGER struct ledger *ledger = calloc(1, sizeof(*ledger));

	if (!ledger)
		return -ENOMEM;
	record_queue_init(&ledger->pending);
	ledger->path = strdup(options->path);
	ledger->arena = arena_new();
	if (!ledger->path || !ledger->arena || copy_node(ledger, &options->node) < 0)
		return -ENOMEM;
	ledger_configure(ledger, options);
	int error = ledger_adopt(ledger);

	if (error)
		journal_trouble(ledger->path, error, &ledger->problem);
	*ret_ledger = take_ptr(ledger);
	return 0;
}

void ledger_close(struct ledger *ledger)
{
	if (!ledger)
		return;
	if (ledger->path && ledger->pending.count)
		ledger_commit(ledger, NULL);
	journal_close(ledger->journal);
	open_set_done(&ledger->open);
	record_queue_done(&ledger->pending);
	buffer_done(&ledger->problem);
	buffer_done(&ledger->damaged_name);
	buffer_done(&ledger->scratch);
	arena_free(ledger->arena);
	for (size_t i = 0; i < ARRAY_SIZE(ledger->texts); i++)
		free(ledger->texts[i]);
	free(ledger->path);
	free(ledger);
}

const char *ledger_problem(const struct ledger *ledger)
{
	return ledger->problem.length ? ledger->problem.data : NULL;
}

int ledger_append(struct ledger *ledger, const struct change *changes, size_t count, int64_t now_ns,
		  const struct ledger_listener *listener)
{
	CLEANUP_BATCH struct batch batch;
	int error = 0;

	arena_reset(ledger->arena);
	batch_init(&batch, ledger, now_ns);
	for (size_t i = 0; i < count && !error; i++) {
		struct change change = changes[i];

		change.count = change.count ? change.count : 1;
		error = batch_add(&batch, &change, OPEN_LEAVE, NULL);
	}
	error = error ? error : batch_apply(&batch);
	if (!error)
		ledger_finish(ledger, &batch, listener);
	return error;
}

int ledger_flush(struct ledger *ledger, int64_t now_ns, const struct ledger_listener *listener)
{
	CLEANUP_BATCH struct batch nothing;

	arena_reset(ledger->arena);
	batch_init(&nothing, ledger, now_ns);
	ledger->retry_at_ns = 0;
	ledger_finish(ledger, &nothing, listener);
	return ledger->problem.length ? -EIO : 0;
}

int ledger_acknowledge(struct ledger *ledger, int64_t seq)
{
	if (seq < 0 || seq > ledger->numbers.last_seq)
		return -EINVAL;
	if (seq <= ledger->numbers.acknowledged_seq)
		return 0;
	ledger->numbers.acknowledged_seq = seq;
	ledger->state_moved = true;
	if (!ledger->problem.length)
		ledger_commit(ledger, NULL);
	return 0;
}

static bool is_wanted(const struct record *record, const struct change_query *query)
{
	return record->seq > query->after_seq && record->time_ns >= query->since_ns &&
	       record->severity >= query->at_least &&
	       text_matches_glob(record->check, query->check);
}

static size_t count_wanted(const struct ledger *ledger, const struct change_query *query)
{
	size_t count = 0;

	for (const struct record *r = ledger->pending.first; r; r = r->next)
		count += is_wanted(r, query);
	return count;
}

/* Remembers whether the visitor stopped, and how many it saw, while the file is read. */
struct watched_visit {
	const struct change_visitor *visitor;
	size_t seen;
	bool has_stopped;
};

static bool visit_watched(void *context, const struct change *change, const char *line)
{
	struct watched_visit *watched = context;

	watched->seen++;
	watched->has_stopped = !watched->visitor->visit(watched->visitor->context, change, line);
	return !watched->has_stopped;
}

static bool show_line(struct ledger *ledger, const char *line, struct watched_visit *watched)
{
	struct change change;

	arena_reset(ledger->arena);
	if (change_from_line(line, strlen(line), ledger->arena, &change) < 0)
		return true;
	return visit_watched(watched, &change, line);
}

/* What is still in memory comes after all that is in the file. */
int ledger_read(struct ledger *ledger, const struct change_query *query,
		const struct change_visitor *visitor)
{
	struct watched_visit watched = { .visitor = visitor };
	const struct change_visitor through = { .visit = visit_watched, .context = &watched };
	struct change_query in_file = *query;
	size_t in_memory = count_wanted(ledger, query), skip = 0;
	int error = 0;

	if (query->last) {
		skip = in_memory > query->last ? in_memory - query->last : 0;
		in_file.last = in_memory < query->last ? query->last - in_memory : 0;
	}
	if (ledger->journal && (!query->last || in_file.last))
		error = journal_read(ledger->journal, &in_file, &through);
	for (const struct record *r = ledger->pending.first; r && !error; r = r->next) {
		if (!is_wanted(r, query) || (skip && skip--))
			continue;
		if (watched.has_stopped || (query->limit && watched.seen >= query->limit))
			break;
		show_line(ledger, r->line, &watched);
	}
	return error;
}

int ledger_open_findings(struct ledger *ledger, const struct change_visitor *visitor)
{
	struct watched_visit watched = { .visitor = visitor };

	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_INFO; s--)
		for (size_t i = 0; i < ledger->open.count && !watched.has_stopped; i++)
			if ((int)ledger->open.items[i]->severity == s)
				show_line(ledger, ledger->open.items[i]->line, &watched);
	return 0;
}

void ledger_counts(struct ledger *ledger, struct ledger_counts *ret_counts)
{
	struct ledger_counts counts = { 0 };

	if (ledger->journal)
		journal_counts(ledger->journal, &counts);
	memset(counts.open, 0, sizeof(counts.open));
	for (size_t i = 0; i < ledger->open.count; i++)
		counts.open[ledger->open.items[i]->severity]++;
	for (const struct record *r = ledger->pending.first; r; r = r->next) {
		counts.in_memory += r->seq > 0;
		counts.unacknowledged += r->seq > ledger->numbers.acknowledged_seq;
	}
	counts.changes += counts.in_memory;
	counts.lost = ledger->numbers.lost;
	counts.untracked = ledger->untracked;
	counts.last_seq = ledger->numbers.last_seq;
	counts.acknowledged_seq = ledger->numbers.acknowledged_seq;
	*ret_counts = counts;
}
