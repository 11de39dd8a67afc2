/* SPDX-License-Identifier: Apache-2.0 */
/* What is counted adds up: by client, by mode, across readers, and past the table's end. */
#include "bpf/guard_support.h"

#include <arpa/inet.h>
#include <unistd.h>

#include "base/text.h"
#include "model/address.h"

enum { ROWS = 16 };

/* Collects what one read hands over. */
struct collected {
	struct row {
		char rule[32], client[ADDRESS_TEXT_BYTES];
		enum transport transport;
		enum policy_mode mode;
		uint64_t count;
	} rows[ROWS];
	size_t count;
	uint64_t known, unknown; /* lookups, of clients with and without an address */
	size_t stop_after;	 /* 0: never */
	const char *only;	 /* the one client to keep a row of; NULL: the first ROWS */
};

static struct row new_row(const struct guard_refusals *refusals, const char *client)
{
	struct row row = {
		.transport = refusals->transport,
		.mode = refusals->mode,
		.count = refusals->count,
	};

	snprintf(row.rule, sizeof(row.rule), "%s", refusals->rule);
	snprintf(row.client, sizeof(row.client), "%s", client);
	return row;
}

static int collect(void *context, const struct guard_refusals *refusals)
{
	struct collected *collected = context;
	char client[ADDRESS_TEXT_BYTES] = "";

	if (collected->stop_after && collected->count == collected->stop_after)
		return -ECANCELED;
	if (refusals->client)
		collected->known += refusals->count;
	else
		collected->unknown += refusals->count;
	if (refusals->client)
		address_format(refusals->client, client);
	if (collected->count < ROWS && (!collected->only || text_equal(client, collected->only)))
		collected->rows[collected->count++] = new_row(refusals, client);
	else if (!collected->only)
		collected->count++;
	return 0;
}

static struct collected collect_all(struct guard *guard)
{
	struct collected collected = { 0 };

	assert_int_equal(guard_read_clients(guard, collect, &collected), 0);
	return collected;
}

/* The count handed over for that client in that mode; 0 when there was none. */
static uint64_t count_for(const struct collected *collected, const char *client,
			  enum policy_mode mode)
{
	for (size_t i = 0; i < collected->count && i < ROWS; i++)
		if (text_equal(collected->rows[i].client, client) &&
		    collected->rows[i].mode == mode)
			return collected->rows[i].count;
	return 0;
}

static void ask_times(int server, unsigned times, const char *from, enum outcome expected)
{
	for (unsigned i = 0; i < times; i++)
		assert_outcome(expected,
			       ask_tcp(server, from, from[0] == ':' ? "::1" : "127.0.0.1", PORT));
}

static void test_exact_by_client_and_mode(void **state)
{
	struct guard *guard = guard_here();
	int server = serve_tcp("::", PORT);
	struct collected collected;

	apply_simple(guard, MODE_AUDIT);
	assert_int_equal(collect_all(guard).count, 0);
	ask_times(server, 7, "127.0.0.1", SERVED);
	ask_times(server, 3, "127.0.0.2", SERVED);
	ask_times(server, 5, "::1", SERVED);
	apply_simple(guard, MODE_ENFORCE);
	ask_times(server, 4, "127.0.0.2", REFUSED);
	collected = collect_all(guard);
	assert_int_equal(collected.count, 4);
	assert_int_equal(collected.unknown, 0);
	assert_int_equal(count_for(&collected, "127.0.0.1", MODE_AUDIT), 7);
	assert_int_equal(count_for(&collected, "127.0.0.2", MODE_AUDIT), 3);
	assert_int_equal(count_for(&collected, "::1", MODE_AUDIT), 5);
	assert_int_equal(count_for(&collected, "127.0.0.2", MODE_ENFORCE), 4);
	assert_string_equal(collected.rows[0].rule, "closed");
	/* only what is new */
	assert_int_equal(collect_all(guard).count, 0);
	ask_times(server, 2, "127.0.0.1", REFUSED);
	collected = collect_all(guard);
	assert_int_equal(collected.count, 1);
	assert_int_equal(count_for(&collected, "127.0.0.1", MODE_ENFORCE), 2);
	close(server);
	guard_release(guard, false);
}

/* An allowed client is no client of the guard. */
static void test_allowed_are_not_counted(void **state)
{
	struct guard *guard = guard_here();
	int server = serve_tcp("::", PORT);
	const struct cidr network = network_of("127.0.0.2/32");
	const struct port_rule rule = RULE("some", PORT, .allow = &network, .allow_count = 1);

	apply_rules(guard, MODE_AUDIT, &rule, 1);
	ask_times(server, 3, "127.0.0.2", SERVED);
	assert_int_equal(collect_all(guard).count, 0);
	close(server);
	guard_release(guard, false);
}

static void test_udp_packets(void **state)
{
	const struct port_rule rule = RULE("packets", PORT, .transport = TRANSPORT_UDP);
	struct guard *guard = guard_here();
	int server = serve_udp("127.0.0.1", PORT);
	struct collected collected;

	apply_rules(guard, MODE_ENFORCE, &rule, 1);
	for (int i = 0; i < 6; i++)
		assert_outcome(REFUSED, ask_udp(server, NULL, "127.0.0.1", PORT));
	collected = collect_all(guard);
	assert_int_equal(count_for(&collected, "127.0.0.1", MODE_ENFORCE), 6);
	assert_int_equal(collected.rows[0].transport, TRANSPORT_UDP);
	close(server);
	guard_release(guard, false);
}

/* A successor reports what its predecessor did not, and nothing twice. */
static void test_across_agents(void **state)
{
	struct guard *guard = guard_here();
	struct collected collected;

	apply_simple(guard, MODE_ENFORCE);
	ask_times(-1, 5, "127.0.0.3", REFUSED);
	assert_int_equal(collect_all(guard).known, 5);
	ask_times(-1, 2, "127.0.0.3", REFUSED);
	guard_release(guard, true);
	ask_times(-1, 4, "127.0.0.3", REFUSED);
	guard = guard_here();
	apply_simple(guard, MODE_ENFORCE);
	collected = collect_all(guard);
	assert_int_equal(count_for(&collected, "127.0.0.3", MODE_ENFORCE), 6);
	assert_int_equal(collected.unknown, 0);
	guard_release(guard, false);
}

/* What the callback did not take comes again, once. */
static void test_callback_that_fails(void **state)
{
	struct guard *guard = guard_here();
	struct collected first = { .stop_after = 1 }, rest;

	apply_simple(guard, MODE_ENFORCE);
	for (int i = 1; i <= 4; i++)
		ask_times(-1, 3,
			  (const char *[]){ "127.0.0.1", "127.0.0.2", "::1", "127.0.0.4" }[i - 1],
			  REFUSED);
	assert_int_equal(guard_read_clients(guard, collect, &first), -ECANCELED);
	assert_int_equal(first.known, 3);
	rest = collect_all(guard);
	assert_int_equal(rest.known, 9);
	assert_int_equal(rest.unknown, 0);
	assert_int_equal(rest.count, 3);
	guard_release(guard, false);
}

static void ask_from_nth(unsigned i)
{
	struct in_addr address = { .s_addr = htonl(0x7f010000 + i) };
	char text[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &address, text, sizeof(text));
	assert_outcome(REFUSED, ask_tcp(-1, text, "127.0.0.1", PORT));
}

enum { FLOOD = 3 * GUARD_CLIENTS_MAX };

/* More clients than the kernel's table holds: none of the lookups is lost, only whose they were. */
static void test_flood_of_addresses(void **state)
{
	struct guard *guard = guard_here();
	struct collected collected;
	uint64_t known = 0, unknown = 0;

	apply_simple(guard, MODE_ENFORCE);
	for (unsigned i = 0; i < FLOOD; i++) {
		ask_from_nth(i);
		if (i % 5000 == 4999) {
			collected = collect_all(guard);
			known += collected.known;
			unknown += collected.unknown;
		}
	}
	collected = collect_all(guard);
	known += collected.known;
	unknown += collected.unknown;
	assert_true(unknown > 0);
	assert_int_equal(known + unknown, FLOOD);
	guard_release(guard, false);
}

/* A client that was pushed out and comes back is a new entry: what was said of the old one is not
 * taken off its count. */
static void test_client_that_comes_back(void **state)
{
	struct guard *guard = guard_here();
	struct collected collected = { .only = "127.0.0.9" };

	apply_simple(guard, MODE_ENFORCE);
	ask_times(-1, 3, "127.0.0.9", REFUSED);
	assert_int_equal(collect_all(guard).known, 3);
	for (unsigned i = 0; i < FLOOD; i++)
		ask_from_nth(i);
	ask_times(-1, 4, "127.0.0.9", REFUSED);
	assert_int_equal(guard_read_clients(guard, collect, &collected), 0);
	assert_int_equal(count_for(&collected, "127.0.0.9", MODE_ENFORCE), 4);
	assert_int_equal(collected.known + collected.unknown, FLOOD + 4);
	guard_release(guard, false);
}

static void test_rule_that_leaves(void **state)
{
	const struct port_rule both[] = { RULE("closed", PORT), RULE("other", PORT + 1) };
	struct guard *guard = guard_here();
	struct collected collected;

	apply_rules(guard, MODE_ENFORCE, both, 2);
	ask_times(-1, 3, "127.0.0.1", REFUSED);
	apply_rules(guard, MODE_ENFORCE, &both[1], 1);
	collected = collect_all(guard);
	assert_int_equal(collected.known, 3);
	assert_string_equal(collected.rows[0].rule, "");
	/* and back again: counted from nothing */
	apply_rules(guard, MODE_ENFORCE, both, 2);
	assert_int_equal(collect_all(guard).count, 0);
	ask_times(-1, 2, "127.0.0.1", REFUSED);
	collected = collect_all(guard);
	assert_int_equal(count_for(&collected, "127.0.0.1", MODE_ENFORCE), 2);
	assert_int_equal(collected.unknown, 0);
	guard_release(guard, false);
}

static void test_status_totals(void **state)
{
	struct guard *guard = guard_here();
	struct arena *arena = arena_new();
	struct guard_status status;
	int server = serve_tcp("::", PORT);

	apply_simple(guard, MODE_AUDIT);
	ask_times(server, 3, "::1", SERVED);
	apply_simple(guard, MODE_ENFORCE);
	ask_times(server, 2, "::1", REFUSED);
	assert_int_equal(guard_status(guard, arena, &status), 0);
	assert_int_equal(status.rules[0].would_refuse, 3);
	assert_int_equal(status.rules[0].refused, 2);
	arena_free(arena);
	close(server);
	guard_release(guard, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_exact_by_client_and_mode, support_fresh_network),
		cmocka_unit_test_setup(test_allowed_are_not_counted, support_fresh_network),
		cmocka_unit_test_setup(test_udp_packets, support_fresh_network),
		cmocka_unit_test_setup(test_across_agents, support_fresh_network),
		cmocka_unit_test_setup(test_callback_that_fails, support_fresh_network),
		cmocka_unit_test_setup(test_flood_of_addresses, support_fresh_network),
		cmocka_unit_test_setup(test_client_that_comes_back, support_fresh_network),
		cmocka_unit_test_setup(test_rule_that_leaves, support_fresh_network),
		cmocka_unit_test_setup(test_status_totals, support_fresh_network),
	};

	return cmocka_run_group_tests(tests, support_begin, NULL);
}
