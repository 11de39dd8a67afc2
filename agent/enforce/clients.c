/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads what the guard's program counted. Nothing is reset in the kernel: what was handed on is
 * kept beside it, in the map `reported`, and the difference is news. So counting never races with
 * reading, and a successor goes on where this process stopped.
 */
#include "enforce/guard_private.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

enum { CLIENTS_AT_ONCE = 512 };

static const enum policy_mode MODES[] = { MODE_AUDIT, MODE_ENFORCE };

/* One rule in this read. */
struct tally {
	struct guard_rule_key key;
	const char *name;
	bool is_gone;		   /* the policy no longer has it */
	struct guard_count total;  /* all that was counted */
	struct guard_count handed; /* of which the callback took so many, in all reads */
};

struct reading {
	struct guard *guard;
	guard_refusals_fn report;
	void *context;
	struct tally *tallies; /* sorted by key */
	size_t count;
};

static unsigned long long *count_of(struct guard_count *count, enum policy_mode mode)
{
	return mode == MODE_ENFORCE ? &count->refused : &count->would_refuse;
}

struct guard_count *totals_room(struct arena *arena)
{
	return arena_array(arena, (size_t)libbpf_num_possible_cpus(), sizeof(struct guard_count));
}

int totals_read(const struct guard *guard, const struct guard_rule_key *key,
		struct guard_count *counts, struct guard_count *ret_total)
{
	struct guard_count total = { 0 };
	int error = bpf_map_lookup_elem(guard->kept[KEPT_TOTALS], key, counts);

	if (error < 0 && error != -ENOENT)
		return error;
	for (int cpu = 0; !error && cpu < libbpf_num_possible_cpus(); cpu++) {
		total.would_refuse += counts[cpu].would_refuse;
		total.refused += counts[cpu].refused;
	}
	*ret_total = total;
	return 0;
}

/* Under this key `reported` holds what all clients of a rule add up to. */
static struct guard_peer sum_key(const struct guard_rule_key *key)
{
	return (struct guard_peer){ .rule = *key };
}

static int compare_tallies(const void *one, const void *other)
{
	return memcmp(&((const struct tally *)one)->key, &((const struct tally *)other)->key,
		      sizeof(struct guard_rule_key));
}

static struct tally *find_tally(const struct reading *reading, const struct guard_rule_key *key)
{
	const struct tally wanted = { .key = *key };

	return bsearch(&wanted, reading->tallies, reading->count, sizeof(wanted), compare_tallies);
}

static int read_tally(const struct reading *reading, const struct guard_rule_key *key,
		      struct guard_count *counts, struct tally *ret_tally)
{
	const struct guard *guard = reading->guard;
	const struct guard_entry *entry = guard_table_find(guard->wish, key);
	const struct guard_peer sum = sum_key(key);
	struct guard_client handed = { 0 };
	struct tally tally = { .key = *key, .name = entry ? entry->name : "" };
	int error = totals_read(guard, key, counts, &tally.total);

	if (error < 0)
		return error;
	tally.is_gone = !entry;
	error = bpf_map_lookup_elem(guard->kept[KEPT_REPORTED], &sum, &handed);
	if (error < 0 && error != -ENOENT)
		return error;
	tally.handed = handed.count;
	*ret_tally = tally;
	return 0;
}

/* Totals are read before clients: bpf/guard.bpf.c counts in the other order. */
static int read_tallies(struct reading *reading)
{
	struct arena *arena = reading->guard->scratch;
	int totals = reading->guard->kept[KEPT_TOTALS];
	struct guard_count *counts = totals_room(arena);
	struct guard_rule_key key, next;
	int error = 0;

	reading->tallies = arena_array(arena, GUARD_TOTALS_MAX, sizeof(*reading->tallies));
	if (!counts || !reading->tallies)
		return -ENOMEM;
	for (bool more = !bpf_map_get_next_key(totals, NULL, &next);
	     more && !error && reading->count < GUARD_TOTALS_MAX; reading->count++) {
		key = next;
		error = read_tally(reading, &key, counts, &reading->tallies[reading->count]);
		more = !bpf_map_get_next_key(totals, &key, &next);
	}
	qsort(reading->tallies, reading->count, sizeof(*reading->tallies), compare_tallies);
	return error;
}

/* Forgets what was reported of clients that the kernel's table has pushed out. */
static void prune_reported(const struct guard *guard)
{
	int reported = guard->kept[KEPT_REPORTED];
	struct guard_client unused;
	struct guard_peer peer, next;
	bool more = !bpf_map_get_next_key(reported, NULL, &next);

	while (more) {
		peer = next;
		more = !bpf_map_get_next_key(reported, &peer, &next);
		if (peer.family &&
		    bpf_map_lookup_elem(guard->kept[KEPT_CLIENTS], &peer, &unused) == -ENOENT)
			bpf_map_delete_elem(reported, &peer);
	}
}

static int store_reported(const struct guard *guard, const struct guard_peer *peer,
			  const struct guard_client *value)
{
	int error = bpf_map_update_elem(guard->kept[KEPT_REPORTED], peer, value, BPF_ANY);

	if (error != -E2BIG)
		return error;
	prune_reported(guard);
	return bpf_map_update_elem(guard->kept[KEPT_REPORTED], peer, value, BPF_ANY);
}

/* Gives one number to the callback and remembers, for the rule, that it was taken. */
static int hand_on(const struct reading *reading, struct tally *tally, const struct address *client,
		   enum policy_mode mode, uint64_t count)
{
	const struct guard_refusals refusals = {
		.rule = tally->name,
		.transport = guard_transport(&tally->key),
		.port = tally->key.port,
		.client = client,
		.mode = mode,
		.count = count,
	};
	const struct guard_peer sum = sum_key(&tally->key);
	struct guard_client handed = { 0 };
	int stop = reading->report(reading->context, &refusals);

	if (stop)
		return stop;
	*count_of(&tally->handed, mode) += count;
	handed.count = tally->handed;
	return store_reported(reading->guard, &sum, &handed);
}

static struct address peer_address(const struct guard_peer *peer)
{
	struct address address = { .is_ipv6 = peer->family == 6 };

	memcpy(address.bytes, peer->address, address.is_ipv6 ? 16 : 4);
	return address;
}

static void forget_client(const struct guard *guard, const struct guard_peer *peer)
{
	bpf_map_delete_elem(guard->kept[KEPT_CLIENTS], peer);
	bpf_map_delete_elem(guard->kept[KEPT_REPORTED], peer);
}

static int hand_on_client(const struct reading *reading, const struct guard_peer *peer,
			  struct guard_client *client)
{
	struct tally *tally = find_tally(reading, &peer->rule);
	const struct address address = peer_address(peer);
	struct guard_client before = { 0 };
	int error = 0;

	bpf_map_lookup_elem(reading->guard->kept[KEPT_REPORTED], peer, &before);
	if (before.since_ns != client->since_ns)
		before = (struct guard_client){ .since_ns = client->since_ns };
	for (size_t i = 0; tally && !error && i < ARRAY_SIZE(MODES); i++) {
		unsigned long long now = *count_of(&client->count, MODES[i]);
		unsigned long long *taken = count_of(&before.count, MODES[i]);

		if (now <= *taken)
			continue;
		error = hand_on(reading, tally, &address, MODES[i], now - *taken);
		if (error)
			break;
		*taken = now;
		error = store_reported(reading->guard, peer, &before);
	}
	if (!error && (!tally || tally->is_gone))
		forget_client(reading->guard, peer);
	return error;
}

static int hand_on_clients(const struct reading *reading)
{
	struct arena *arena = reading->guard->scratch;
	struct guard_peer *peers = arena_array(arena, CLIENTS_AT_ONCE, sizeof(*peers));
	struct guard_client *clients = arena_array(arena, CLIENTS_AT_ONCE, sizeof(*clients));
	uint32_t position;
	int end = 0;

	if (!peers || !clients)
		return -ENOMEM;
	for (bool first = true; !end; first = false) {
		uint32_t count = CLIENTS_AT_ONCE;

		end = bpf_map_lookup_batch(reading->guard->kept[KEPT_CLIENTS],
					   first ? NULL : &position, &position, peers, clients,
					   &count, NULL);
		if (end && end != -ENOENT)
			return end;
		for (uint32_t i = 0; i < count; i++) {
			int error = hand_on_client(reading, &peers[i], &clients[i]);

			if (error)
				return error;
		}
	}
	return 0;
}

/* What the total holds and no client accounts for. */
static int hand_on_rest(const struct reading *reading, struct tally *tally)
{
	const struct guard_peer sum = sum_key(&tally->key);

	for (size_t i = 0; i < ARRAY_SIZE(MODES); i++) {
		unsigned long long total = *count_of(&tally->total, MODES[i]);
		unsigned long long handed = *count_of(&tally->handed, MODES[i]);
		int error = total > handed ? hand_on(reading, tally, NULL, MODES[i], total - handed)
					   : 0;

		if (error)
			return error;
	}
	if (tally->is_gone) {
		bpf_map_delete_elem(reading->guard->kept[KEPT_TOTALS], &tally->key);
		bpf_map_delete_elem(reading->guard->kept[KEPT_REPORTED], &sum);
	}
	return 0;
}

int guard_read_clients(struct guard *guard, guard_refusals_fn report, void *context)
{
	struct reading reading = { .guard = guard, .report = report, .context = context };
	int error;

	if (!guard->wish || guard->kept[KEPT_TOTALS] < 0)
		return 0;
	arena_reset(guard->scratch);
	error = read_tallies(&reading);
	if (!error)
		error = hand_on_clients(&reading);
	for (size_t i = 0; !error && i < reading.count; i++)
		error = hand_on_rest(&reading, &reading.tallies[i]);
	return error;
}
