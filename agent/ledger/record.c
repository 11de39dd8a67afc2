/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/record.h"

#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/json.h"
#include "base/limits.h"
#include "model/change_json.h"

struct record *record_new(const struct change *change, enum open_action action,
			  const struct fingerprint *print)
{
	CLEANUP_JSON json_t *object = change_to_json(change);
	CLEANUP_BUFFER struct text_buffer line = { 0 };

	if (!object)
		return NULL;
	json_write(object, &line);
	if (buffer_error(&line) < 0)
		return NULL;
	size_t check_size = strlen(change->finding.check) + 1;
	size_t size = sizeof(struct record) + check_size + line.length + 1;
	struct record *record = malloc(size);

	if (!record)
		return NULL;
	char *check = (char *)(record + 1);

	memcpy(check, change->finding.check, check_size);
	memcpy(check + check_size, line.data, line.length + 1);
	*record = (struct record){ .seq = change->seq,
				   .time_ns = change->time_ns,
				   .severity = change->finding.severity,
				   .action = action,
				   .check = check,
				   .line = check + check_size,
				   .size = size };
	memcpy(record->finding_id, change->finding_id, sizeof(record->finding_id));
	if (print)
		record->print = *print;
	return record;
}

void record_queue_init(struct record_queue *queue)
{
	*queue = (struct record_queue){ .end = &queue->first };
}

void record_queue_done(struct record_queue *queue)
{
	struct record *record = queue->first;

	while (record) {
		struct record *next = record->next;

		free(record);
		record = next;
	}
	record_queue_init(queue);
}

void record_queue_add(struct record_queue *queue, struct record *record)
{
	record->next = NULL;
	*queue->end = record;
	queue->end = &record->next;
	queue->count++;
	queue->bytes += record->size;
}

void record_queue_join(struct record_queue *queue, struct record_queue *more)
{
	if (!more->first)
		return;
	*queue->end = more->first;
	queue->end = more->end;
	queue->count += more->count;
	queue->bytes += more->bytes;
	record_queue_init(more);
}

void loss_add(struct loss *loss, int64_t time_ns, enum severity severity)
{
	const struct loss one = {
		.count = 1, .from_ns = time_ns, .to_ns = time_ns, .worst = severity
	};

	loss_join(loss, &one);
}

void loss_join(struct loss *loss, const struct loss *more)
{
	if (!more->count)
		return;
	if (!loss->count || more->from_ns < loss->from_ns)
		loss->from_ns = more->from_ns;
	if (!loss->count || more->to_ns > loss->to_ns)
		loss->to_ns = more->to_ns;
	if (more->worst > loss->worst)
		loss->worst = more->worst;
	loss->count += more->count;
}

static bool is_over(const struct record_queue *queue)
{
	return queue->count > LEDGER_PENDING_MAX || queue->bytes > LEDGER_PENDING_BYTES_MAX;
}

/* One walk over the queue that drops records of one severity while there are too many. What an open
 * finding looks like is kept by the open set, so nothing else is lost with the record. */
static void trim_severity(struct record_queue *queue, enum severity severity, struct loss *loss)
{
	struct record **link = &queue->first;

	while (*link && is_over(queue)) {
		struct record *record = *link;

		if (record->severity != severity) {
			link = &record->next;
			continue;
		}
		*link = record->next;
		if (!record->next)
			queue->end = link;
		queue->count--;
		queue->bytes -= record->size;
		if (record->seq)
			loss_add(loss, record->time_ns, record->severity);
		free(record);
	}
}

void record_queue_trim(struct record_queue *queue, struct loss *loss)
{
	for (enum severity s = SEVERITY_INFO; s <= SEVERITY_CRITICAL && is_over(queue); s++)
		trim_severity(queue, s, loss);
}
