/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time.h"
#include "enforce/table.h"
#include "model/address.h"

#define HOUR 3600

static const struct cidr NETWORKS[] = {
	{ .address = { .bytes = { 10, 20 } }, .prefix_length = 16 },
	{ .address = { .is_ipv6 = true, .bytes = { 0x20, 0x01, 0x0d, 0xb8 } },
	  .prefix_length = 32 },
	{ .address = { .is_ipv6 = true,
		       .bytes = { [10] = 0xff, [11] = 0xff, [12] = 192, [13] = 168 } },
	  .prefix_length = 112 },
	{ .address = { .is_ipv6 = true }, .prefix_length = 0 },
};

static struct guard_table *table_of(const struct port_rule *rules, size_t count, int64_t now_ns)
{
	const struct settings settings = { .ports = rules, .port_count = count };
	struct guard_table *table;

	assert_int_equal(guard_table_new(&settings, now_ns, &table), 0);
	return table;
}

static void test_only_refuse_rules(void **state)
{
	const struct port_rule rules[] = {
		{ .name = "a", .port = 1, .action = ACTION_ALLOW },
		{ .name = "f", .port = 2, .action = ACTION_FLAG },
		{ .name = "r", .port = 65535, .action = ACTION_REFUSE, .transport = TRANSPORT_UDP },
	};
	CLEANUP_GUARD_TABLE struct guard_table *table = table_of(rules, 3, time_now_ns());

	assert_int_equal(table->count, 1);
	assert_int_equal(table->active_count, 1);
	assert_string_equal(table->entries[0].name, "r");
	assert_int_equal(table->entries[0].key.port, 65535);
	assert_int_equal(table->entries[0].key.transport, GUARD_UDP);
	assert_int_equal(table->entries[0].rule.flags, 0);
	assert_int_equal(guard_transport(&table->entries[0].key), TRANSPORT_UDP);
}

static void test_no_rules(void **state)
{
	CLEANUP_GUARD_TABLE struct guard_table *table = table_of(NULL, 0, time_now_ns());
	const struct guard_rule_key key = guard_key(1, TRANSPORT_TCP);

	assert_int_equal(table->active_count, 0);
	assert_null(guard_table_find(table, &key));
	assert_true(guard_table_equal(table, table));
}

static void test_networks(void **state)
{
	const struct port_rule rule = { .name = "r",
					.port = 4194,
					.action = ACTION_REFUSE,
					.allow = NETWORKS,
					.allow_count = ARRAY_SIZE(NETWORKS) };
	CLEANUP_GUARD_TABLE struct guard_table *table = table_of(&rule, 1, time_now_ns());
	static const struct {
		unsigned family, prefix_length;
		uint8_t first[4];
	} expected[] = {
		{ 4, 16, { 10, 20 } },
		{ 6, 32, { 0x20, 0x01, 0x0d, 0xb8 } },
		{ 4, 16, { 192, 168 } },
		{ 6, 0, { 0 } },
	};

	assert_int_equal(table->entries[0].rule.flags, GUARD_ALLOWS_NETWORKS);
	assert_int_equal(table->allowed_count, ARRAY_SIZE(expected));
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		const struct guard_allowed *allowed = &table->allowed[i];

		assert_int_equal(allowed->peer.rule.port, 4194);
		assert_int_equal(allowed->peer.family, expected[i].family);
		assert_int_equal(allowed->prefix_length, 64 + expected[i].prefix_length);
		assert_memory_equal(allowed->peer.address, expected[i].first, 4);
	}
}

static void test_first_rule_of_a_port_holds(void **state)
{
	const struct port_rule rules[] = {
		{ .name = "open", .port = 80, .action = ACTION_ALLOW },
		{ .name = "late",
		  .port = 80,
		  .action = ACTION_REFUSE,
		  .allow = NETWORKS,
		  .allow_count = 1 },
		{ .name = "udp", .port = 80, .action = ACTION_REFUSE, .transport = TRANSPORT_UDP },
		{ .name = "again",
		  .port = 80,
		  .action = ACTION_REFUSE,
		  .transport = TRANSPORT_UDP },
	};
	CLEANUP_GUARD_TABLE struct guard_table *table = table_of(rules, 4, time_now_ns());
	const struct guard_rule_key tcp = guard_key(80, TRANSPORT_TCP);
	const struct guard_rule_key udp = guard_key(80, TRANSPORT_UDP);

	assert_int_equal(table->count, 3);
	assert_int_equal(table->active_count, 1);
	assert_string_equal(table->entries[0].shadowed_by, "open");
	assert_null(table->entries[1].shadowed_by);
	assert_string_equal(table->entries[2].shadowed_by, "udp");
	/* the list of a rule that does not hold allows nobody */
	assert_int_equal(table->allowed_count, 0);
	assert_null(guard_table_find(table, &tcp));
	assert_string_equal(guard_table_find(table, &udp)->name, "udp");
}

static unsigned long long until_of(bool has_list, int64_t until, int64_t now_ns)
{
	const struct port_rule rule = { .name = "r",
					.port = 1,
					.action = ACTION_REFUSE,
					.allows_loopback = has_list,
					.allow_until = until };
	CLEANUP_GUARD_TABLE struct guard_table *table = table_of(&rule, 1, now_ns);

	return table->entries[0].rule.allow_until_ns;
}

static void test_until(void **state)
{
	int64_t now_ns = time_now_ns(), now = now_ns / NS_PER_S;
	int64_t boot_now = (now_ns - time_boot_offset_ns()) / NS_PER_S;
	int64_t in_an_hour = (int64_t)until_of(true, now + HOUR, now_ns) / NS_PER_S;

	assert_int_equal(until_of(true, 0, now_ns), 0);
	assert_in_range(in_an_hour, boot_now + HOUR - 2, boot_now + HOUR + 2);
	/* what ended before this machine booted has ended: it is never "for ever" */
	assert_int_equal(until_of(true, 86400, now_ns), 1);
	/* without a list there is nothing to end */
	assert_int_equal(until_of(false, now + HOUR, now_ns), 0);
}

static void test_equal(void **state)
{
	struct port_rule rule = {
		.name = "r", .port = 1, .action = ACTION_REFUSE, .allow = NETWORKS, .allow_count = 2
	};
	int64_t now_ns = time_now_ns();
	CLEANUP_GUARD_TABLE struct guard_table *table = table_of(&rule, 1, now_ns);

	rule.name = "renamed";
	CLEANUP_GUARD_TABLE struct guard_table *same = table_of(&rule, 1, now_ns);

	rule.allow = NETWORKS + 1;
	CLEANUP_GUARD_TABLE struct guard_table *other_list = table_of(&rule, 1, now_ns);

	rule.allow = NETWORKS;
	rule.allow_until = now_ns / NS_PER_S + HOUR;
	CLEANUP_GUARD_TABLE struct guard_table *other_end = table_of(&rule, 1, now_ns);
	CLEANUP_GUARD_TABLE struct guard_table *none = table_of(NULL, 0, now_ns);

	assert_true(guard_table_equal(table, same));
	assert_false(guard_table_equal(table, other_list));
	assert_false(guard_table_equal(table, other_end));
	assert_false(guard_table_equal(table, none));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_refuse_rules),
		cmocka_unit_test(test_no_rules),
		cmocka_unit_test(test_networks),
		cmocka_unit_test(test_first_rule_of_a_port_holds),
		cmocka_unit_test(test_until),
		cmocka_unit_test(test_equal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
