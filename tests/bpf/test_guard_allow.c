/* SPDX-License-Identifier: Apache-2.0 */
/* Allow-lists: by network, by loopback, with an end; both families. */
#include "bpf/guard_support.h"

#include <unistd.h>

#include "base/time.h"

struct fixture {
	struct guard *guard;
	int server;
};

static struct fixture begin(void)
{
	return (struct fixture){ .guard = guard_here(), .server = serve_tcp("::", PORT) };
}

static void end(struct fixture *fixture)
{
	close(fixture->server);
	guard_release(fixture->guard, false);
}

static void enforce(struct fixture *fixture, struct port_rule rule)
{
	apply_rules(fixture->guard, MODE_ENFORCE, &rule, 1);
}

static enum outcome ask(struct fixture *fixture, const char *from)
{
	return ask_tcp(fixture->server, from, from[0] == ':' ? "::1" : "127.0.0.1", PORT);
}

static void test_networks(void **state)
{
	struct fixture fixture = begin();
	const struct cidr networks[] = { network_of("127.1.0.0/16"), network_of("127.2.3.4/32"),
					 network_of("::1/128") };

	enforce(&fixture, RULE("some", PORT, .allow = networks, .allow_count = 3));
	assert_outcome(SERVED, ask(&fixture, "127.1.0.1"));
	assert_outcome(SERVED, ask(&fixture, "127.1.255.254"));
	assert_outcome(SERVED, ask(&fixture, "127.2.3.4"));
	assert_outcome(SERVED, ask(&fixture, "::1"));
	assert_outcome(REFUSED, ask(&fixture, "127.2.3.5"));
	assert_outcome(REFUSED, ask(&fixture, "127.0.0.1"));
	enforce(&fixture, RULE("some", PORT, .allow = networks, .allow_count = 1));
	assert_outcome(REFUSED, ask(&fixture, "127.2.3.4"));
	assert_outcome(REFUSED, ask(&fixture, "::1"));
	assert_outcome(SERVED, ask(&fixture, "127.1.0.1"));
	end(&fixture);
}

/* A network of the other family allows nobody, however wide. */
static void test_families_stay_apart(void **state)
{
	struct fixture fixture = begin();
	const struct cidr all_v6 = network_of("::/0"), all_v4 = network_of("0.0.0.0/0");

	enforce(&fixture, RULE("v6", PORT, .allow = &all_v6, .allow_count = 1));
	assert_outcome(SERVED, ask(&fixture, "::1"));
	assert_outcome(REFUSED, ask(&fixture, "127.0.0.1"));
	enforce(&fixture, RULE("v4", PORT, .allow = &all_v4, .allow_count = 1));
	assert_outcome(REFUSED, ask(&fixture, "::1"));
	assert_outcome(SERVED, ask(&fixture, "127.0.0.1"));
	end(&fixture);
}

static void test_mapped_network(void **state)
{
	struct fixture fixture = begin();
	const struct cidr mapped = network_of("::ffff:127.1.0.0/112");

	enforce(&fixture, RULE("mapped", PORT, .allow = &mapped, .allow_count = 1));
	assert_outcome(SERVED, ask(&fixture, "127.1.2.3"));
	assert_outcome(REFUSED, ask(&fixture, "127.2.2.3"));
	assert_outcome(SERVED,
		       ask_tcp(fixture.server, "::ffff:127.1.2.3", "::ffff:127.0.0.1", PORT));
	end(&fixture);
}

static void test_loopback(void **state)
{
	struct fixture fixture = begin();

	enforce(&fixture, RULE("local", PORT, .allows_loopback = true));
	assert_outcome(SERVED, ask(&fixture, "127.0.0.1"));
	assert_outcome(SERVED, ask(&fixture, "127.200.0.1"));
	assert_outcome(SERVED, ask(&fixture, "::1"));
	end(&fixture);
}

/* The list of one port says nothing of another. */
static void test_rules_stay_apart(void **state)
{
	struct fixture fixture = begin();
	const struct cidr all = network_of("0.0.0.0/0");
	const struct port_rule rules[] = {
		RULE("open", PORT + 1, .allow = &all, .allow_count = 1, .allows_loopback = true),
		RULE("udp", PORT, .transport = TRANSPORT_UDP, .allow = &all, .allow_count = 1),
		RULE("closed", PORT),
	};
	int other = serve_tcp("::", PORT + 1), udp = serve_udp("::", PORT);

	apply_rules(fixture.guard, MODE_ENFORCE, rules, 3);
	assert_outcome(SERVED, ask_tcp(other, NULL, "127.0.0.1", PORT + 1));
	assert_outcome(SERVED, ask_udp(udp, NULL, "127.0.0.1", PORT));
	assert_outcome(REFUSED, ask(&fixture, "127.0.0.1"));
	close(other);
	close(udp);
	end(&fixture);
}

/* The kernel ends the list by itself: no agent has to be there. */
static void test_until(void **state)
{
	struct fixture fixture = begin();
	const struct cidr all = network_of("0.0.0.0/0");
	int64_t now_ns = time_now_ns();
	struct port_rule rule =
		RULE("until", PORT, .allow = &all, .allow_count = 1, .allows_loopback = true,
		     .allow_until = now_ns / NS_PER_S + 3600);
	const struct settings settings = policy_of(MODE_ENFORCE, &rule, 1);

	assert_int_equal(guard_apply(fixture.guard, &settings, now_ns), 0);
	assert_outcome(SERVED, ask(&fixture, "127.0.0.1"));
	assert_outcome(SERVED, ask(&fixture, "::1"));
	/* two seconds before the end, and then past it */
	now_ns += 3598 * NS_PER_S;
	assert_int_equal(guard_apply(fixture.guard, &settings, now_ns), 0);
	assert_outcome(SERVED, ask(&fixture, "127.0.0.1"));
	sleep(3);
	assert_outcome(REFUSED, ask(&fixture, "127.0.0.1"));
	assert_outcome(REFUSED, ask(&fixture, "::1"));
	end(&fixture);
}

static void test_peer(void **state)
{
	int here = network_here(), there = network_with_peer("test_peer");
	const struct cidr networks[] = { network_of("192.0.2.0/24"),
					 network_of("2001:db8::2/128") };

	if (there < 0)
		skip();
	struct fixture fixture = begin();

	enforce(&fixture, RULE("local", PORT, .allows_loopback = true));
	assert_outcome(SERVED, ask(&fixture, "127.0.0.1"));
	network_enter(there);
	assert_outcome(REFUSED, ask_tcp(fixture.server, NULL, HERE_V4, PORT));
	assert_outcome(REFUSED, ask_tcp(fixture.server, NULL, HERE_V6, PORT));
	network_enter(here);
	enforce(&fixture, RULE("peer", PORT, .allow = networks, .allow_count = 2));
	assert_outcome(REFUSED, ask(&fixture, "127.0.0.1"));
	network_enter(there);
	assert_outcome(SERVED, ask_tcp(fixture.server, NULL, HERE_V4, PORT));
	assert_outcome(SERVED, ask_tcp(fixture.server, NULL, HERE_V6, PORT));
	network_enter(here);
	close(there);
	close(here);
	end(&fixture);
}

/* As many as a policy may hold. */
static void test_many(void **state)
{
	struct fixture fixture = begin();
	struct port_rule *rules = calloc(GUARD_RULES_MAX, sizeof(*rules));
	struct cidr networks[200];

	for (unsigned i = 0; i < ARRAY_SIZE(networks); i++) {
		networks[i] = network_of("10.0.0.0/24");
		networks[i].address.bytes[2] = (uint8_t)i;
	}
	networks[100] = network_of("127.0.0.7/32");
	for (uint16_t i = 0; i < GUARD_RULES_MAX; i++)
		rules[i] = RULE("many", (uint16_t)(PORT + i), .allow = networks,
				.allow_count = ARRAY_SIZE(networks));
	apply_rules(fixture.guard, MODE_ENFORCE, rules, GUARD_RULES_MAX);
	assert_outcome(REFUSED, ask(&fixture, "127.0.0.1"));
	assert_outcome(SERVED, ask(&fixture, "127.0.0.7"));
	free(rules);
	end(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_networks, support_fresh_network),
		cmocka_unit_test_setup(test_families_stay_apart, support_fresh_network),
		cmocka_unit_test_setup(test_mapped_network, support_fresh_network),
		cmocka_unit_test_setup(test_loopback, support_fresh_network),
		cmocka_unit_test_setup(test_rules_stay_apart, support_fresh_network),
		cmocka_unit_test_setup(test_until, support_fresh_network),
		cmocka_unit_test_setup(test_peer, support_fresh_network),
		cmocka_unit_test_setup(test_many, support_fresh_network),
	};

	return cmocka_run_group_tests(tests, support_begin, NULL);
}
