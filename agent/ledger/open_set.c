/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/open_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

struct open_finding *open_finding_new(const struct change *change, const struct fingerprint *print,
				      const char *line)
{
	size_t check_size = strlen(change->finding.check) + 1, line_size = strlen(line) + 1;
	struct open_finding *open = malloc(sizeof(*open) + check_size + line_size);

	if (!open)
		return NULL;
	char *check = (char *)(open + 1);

	memcpy(check, change->finding.check, check_size);
	memcpy(check + check_size, line, line_size);
	*open = (struct open_finding){ .print = *print,
				       .severity = change->finding.severity,
				       .seq = change->seq,
				       .time_ns = change->time_ns,
				       .kind = change->kind,
				       .first_seen_ns = change->first_seen_ns,
				       .count = change->count,
				       .check = check,
				       .line = check + check_size };
	memcpy(open->id, change->finding_id, sizeof(open->id));
	return open;
}

void open_set_done(struct open_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		free(set->items[i]);
	free(set->items);
	*set = (struct open_set){ 0 };
}

int open_set_reserve(struct open_set *set, size_t more)
{
	if (set->capacity - set->count >= more)
		return 0;
	size_t capacity = 2 * (set->count + more);
	struct open_finding **items =
		reallocarray(set->items, capacity, sizeof(struct open_finding *));

	if (!items)
		return -ENOMEM;
	set->items = items;
	set->capacity = capacity;
	return 0;
}

/* The place of the first one that is not before the id. */
static size_t place_of(const struct open_set *set, const char *id)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(set->items[middle]->id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_at(const struct open_set *set, size_t place, const char *id)
{
	return place < set->count && strcmp(set->items[place]->id, id) == 0;
}

struct open_finding *open_set_find(const struct open_set *set, const char *id)
{
	size_t place = place_of(set, id);

	return is_at(set, place, id) ? set->items[place] : NULL;
}

void open_set_put(struct open_set *set, struct open_finding *finding)
{
	size_t place = place_of(set, finding->id);

	if (is_at(set, place, finding->id)) {
		free(set->items[place]);
	} else {
		memmove(&set->items[place + 1], &set->items[place],
			(set->count - place) * sizeof(struct open_finding *));
		set->count++;
	}
	set->items[place] = finding;
}

void open_set_remove(struct open_set *set, const char *id)
{
	size_t place = place_of(set, id);

	if (!is_at(set, place, id))
		return;
	free(set->items[place]);
	set->count--;
	memmove(&set->items[place], &set->items[place + 1],
		(set->count - place) * sizeof(struct open_finding *));
}
