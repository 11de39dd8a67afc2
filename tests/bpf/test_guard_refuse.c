/* SPDX-License-Identifier: Apache-2.0 */
/* The guard refuses on both families, loopback and peer, TCP and UDP; and nothing else changes. */
#include "bpf/guard_support.h"

#include <unistd.h>

#define OTHER_PORT 10256

/* One server address, one client's view of it. */
static const struct {
	const char *server, *to;
} PAIRS[] = {
	{ "127.0.0.1", "127.0.0.1" },
	{ "0.0.0.0", "127.0.0.1" },
	{ "0.0.0.0", "127.8.9.1" },
	{ "::1", "::1" },
	{ "::", "::1" },
	{ "::", "127.0.0.1" },
	{ "::", "::ffff:127.0.0.1" },
};

static void check_pair(const char *server_address, const char *to)
{
	struct guard *guard = guard_here();
	int server = serve_tcp(server_address, PORT), other = serve_tcp(server_address, OTHER_PORT);

	assert_outcome(SERVED, ask_tcp(server, NULL, to, PORT));
	apply_simple(guard, MODE_AUDIT);
	assert_outcome(SERVED, ask_tcp(server, NULL, to, PORT));
	apply_simple(guard, MODE_ENFORCE);
	assert_effective(guard, 0, GUARD_ENFORCE);
	assert_outcome(REFUSED, ask_tcp(server, NULL, to, PORT));
	assert_outcome(SERVED, ask_tcp(other, NULL, to, OTHER_PORT));
	apply_simple(guard, MODE_AUDIT);
	assert_effective(guard, 0, GUARD_AUDIT);
	/* the very same socket, never closed, never rebound */
	assert_outcome(SERVED, ask_tcp(server, NULL, to, PORT));
	close(server);
	close(other);
	guard_release(guard, false);
}

static void test_every_family(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(PAIRS); i++)
		check_pair(PAIRS[i].server, PAIRS[i].to);
}

static void test_port_without_a_listener(void **state)
{
	struct guard *guard = guard_here();

	apply_simple(guard, MODE_ENFORCE);
	assert_outcome(REFUSED, ask_tcp(-1, NULL, "127.0.0.1", PORT));
	guard_release(guard, false);
}

static void test_server_that_starts_later(void **state)
{
	struct guard *guard = guard_here();

	apply_simple(guard, MODE_ENFORCE);
	/* neither bind nor listen fails: the server's life is not ours to end */
	int server = serve_tcp("::", PORT);

	assert_outcome(REFUSED, ask_tcp(server, NULL, "127.0.0.1", PORT));
	assert_outcome(REFUSED, ask_tcp(server, NULL, "::1", PORT));
	close(server);
	guard_release(guard, false);
}

static void test_udp(void **state)
{
	const struct port_rule rules[] = {
		RULE("closed", PORT, .transport = TRANSPORT_UDP),
	};
	struct guard *guard = guard_here();
	int server = serve_udp("::", PORT), tcp = serve_tcp("::", PORT);
	static const char *const targets[] = { "127.0.0.1", "::1", "::ffff:127.0.0.1" };

	for (size_t i = 0; i < ARRAY_SIZE(targets); i++) {
		apply_rules(guard, MODE_AUDIT, rules, 1);
		assert_outcome(SERVED, ask_udp(server, NULL, targets[i], PORT));
		apply_rules(guard, MODE_ENFORCE, rules, 1);
		assert_outcome(REFUSED, ask_udp(server, NULL, targets[i], PORT));
		/* the rule names UDP only */
		assert_outcome(SERVED, ask_tcp(tcp, NULL, targets[i], PORT));
	}
	close(server);
	close(tcp);
	guard_release(guard, false);
}

static void test_peer(void **state)
{
	const struct port_rule rules[] = {
		RULE("closed", PORT),
		RULE("closed-udp", PORT, .transport = TRANSPORT_UDP),
	};
	int here = network_here(), there = network_with_peer("test_peer");

	if (there < 0)
		skip();
	struct guard *guard = guard_here();
	int server = serve_tcp("::", PORT), udp = serve_udp("::", PORT);

	for (enum policy_mode mode = MODE_AUDIT; mode <= MODE_ENFORCE; mode++) {
		enum outcome expected = mode == MODE_ENFORCE ? REFUSED : SERVED;

		apply_rules(guard, mode, rules, 2);
		network_enter(there);
		assert_outcome(expected, ask_tcp(server, NULL, HERE_V4, PORT));
		assert_outcome(expected, ask_tcp(server, NULL, HERE_V6, PORT));
		assert_outcome(expected, ask_udp(udp, NULL, HERE_V4, PORT));
		assert_outcome(expected, ask_udp(udp, NULL, HERE_V6, PORT));
		network_enter(here);
	}
	close(server);
	close(udp);
	close(there);
	close(here);
	guard_release(guard, false);
}

/* Another namespace on the same machine is none of this guard's business. */
static void test_other_namespace(void **state)
{
	struct guard *guard = guard_here();
	int server;

	apply_simple(guard, MODE_ENFORCE);
	support_fresh_network(NULL);
	server = serve_tcp("::", PORT);
	assert_outcome(SERVED, ask_tcp(server, NULL, "127.0.0.1", PORT));
	close(server);
	guard_release(guard, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_every_family, support_fresh_network),
		cmocka_unit_test_setup(test_port_without_a_listener, support_fresh_network),
		cmocka_unit_test_setup(test_server_that_starts_later, support_fresh_network),
		cmocka_unit_test_setup(test_udp, support_fresh_network),
		cmocka_unit_test_setup(test_peer, support_fresh_network),
		cmocka_unit_test_setup(test_other_namespace, support_fresh_network),
	};

	return cmocka_run_group_tests(tests, support_begin, NULL);
}
