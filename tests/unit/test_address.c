/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "base/text.h"
#include "model/address.h"
#include "model/words.h"

static struct address parsed(const char *text)
{
	struct address address;

	assert_int_equal(address_parse(text, &address), 0);
	return address;
}

static void addresses_read_back(void **state)
{
	static const struct {
		const char *text, *shown;
	} addresses[] = {
		{ "0.0.0.0", "0.0.0.0" },
		{ "255.255.255.255", "255.255.255.255" },
		{ "::", "::" },
		{ "2001:DB8:0:0::1", "2001:db8::1" },
		{ "::ffff:10.0.0.1", "::ffff:10.0.0.1" },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
		  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		struct address address = parsed(addresses[i].text);
		char text[ADDRESS_TEXT_BYTES];

		address_format(&address, text);
		assert_string_equal(text, addresses[i].shown);
		address = parsed(text);
		address_format(&address, text);
		assert_string_equal(text, addresses[i].shown);
	}
}

static void refuses_what_is_no_address(void **state)
{
	static const char *const wrong[] = {
		"",    "1",	  "1.2.3",	  "1.2.3.4.5", "1.2.3.256", "01.2.3.4",	 "1.2.3.4 ",
		":::", "1::2::3", "fe80::1%eth0", "[::1]",     "g::",	    "1.2.3.4/8", "localhost"
	};
	struct address address;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (address_parse(wrong[i], &address) != -EINVAL)
			fail_msg("%s was taken", wrong[i]);
}

static void hosts_are_read_with_and_without_ports(void **state)
{
	static const struct {
		const char *text, *host;
	} hosts[] = {
		{ "10.0.0.1", "10.0.0.1" },
		{ "10.0.0.1:10249", "10.0.0.1" },
		{ "10.0.0.1:65535", "10.0.0.1" },
		{ "::1", "::1" },
		{ "[::1]", "::1" },
		{ "[::1]:10249", "::1" },
		{ "[::]:0", "::" },
		{ "[::ffff:127.0.0.1]:80", "::ffff:127.0.0.1" },
		{ "localhost", "127.0.0.1" },
		{ "localhost:80", "127.0.0.1" },
		{ ":80", "::" },
	};
	char text[ADDRESS_TEXT_BYTES];
	struct address address;

	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		if (address_parse_host(hosts[i].text, &address) < 0)
			fail_msg("%s was refused", hosts[i].text);
		address_format(&address, text);
		assert_string_equal(text, hosts[i].host);
	}
}

static void refuses_what_is_no_host(void **state)
{
	static const char *const wrong[] = { "",
					     "[",
					     "[::1",
					     "[]",
					     "[]:80",
					     "[::1]80",
					     "[127.0.0.1]evil",
					     "[::1]:",
					     "[::1]:65536",
					     "127.0.0.1:",
					     "127.0.0.1:x",
					     "127.0.0.1:-1",
					     "127.0.0.1:80:",
					     "127.0.0.1 ",
					     "example:80",
					     "localhost.example",
					     ":",
					     "[[::1]]:80",
					     "127.1:80",
					     "[::1%lo]:80",
					     "127.0.0.1/8",
					     "localhost:8080/" };
	struct address address;
	char long_host[2 * ADDRESS_TEXT_BYTES];

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (address_parse_host(wrong[i], &address) != -EINVAL)
			fail_msg("%s was taken", wrong[i]);
	memset(long_host, '1', sizeof(long_host) - 1);
	long_host[sizeof(long_host) - 1] = '\0';
	assert_int_equal(address_parse_host(long_host, &address), -EINVAL);
}

static void exposure_is_who_can_reach_it(void **state)
{
	static const struct {
		const char *text;
		enum exposure exposure;
	} addresses[] = {
		{ "0.0.0.0", EXPOSURE_ANY },
		{ "::", EXPOSURE_ANY },
		{ "::ffff:0.0.0.0", EXPOSURE_ANY },
		{ "127.0.0.1", EXPOSURE_LOOPBACK },
		{ "127.255.0.1", EXPOSURE_LOOPBACK },
		{ "::1", EXPOSURE_LOOPBACK },
		{ "::ffff:127.0.0.1", EXPOSURE_LOOPBACK },
		{ "10.0.0.1", EXPOSURE_NODE },
		{ "fe80::1", EXPOSURE_NODE },
		{ "::2", EXPOSURE_NODE },
		{ "0.0.0.1", EXPOSURE_NODE },
		{ "128.0.0.1", EXPOSURE_NODE },
		/* Not mapped: 7f is the first byte of an IPv6 address here. */
		{ "7f00::1", EXPOSURE_NODE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		struct address address = parsed(addresses[i].text);

		assert_int_equal(address_exposure(&address), addresses[i].exposure);
	}
}

static void the_families_are_told_apart(void **state)
{
	struct address mapped = parsed("::ffff:10.0.0.1"), plain = parsed("10.0.0.1");
	struct address same = address_unmapped(&mapped);

	assert_false(address_equal(&mapped, &plain));
	assert_true(address_equal(&same, &plain));
	same = address_unmapped(&plain);
	assert_true(address_equal(&same, &plain));
}

static void listeners_have_a_name(void **state)
{
	struct address any = parsed("::"), one = parsed("10.0.0.1");
	struct address longest = parsed("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
	char text[ADDRESS_TEXT_BYTES];

	listener_format(TRANSPORT_TCP, &any, 10255, text);
	assert_string_equal(text, "tcp [::]:10255");
	listener_format(TRANSPORT_UDP, &one, 53, text);
	assert_string_equal(text, "udp 10.0.0.1:53");
	listener_format(TRANSPORT_TCP, &longest, 65535, text);
	assert_string_equal(text, "tcp [ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535");
}

static void networks_read_back(void **state)
{
	static const struct {
		const char *text, *shown;
	} networks[] = {
		{ "10.0.0.0/8", "10.0.0.0/8" },	      { "10.0.0.1", "10.0.0.1/32" },
		{ "0.0.0.0/0", "0.0.0.0/0" },	      { "::/0", "::/0" },
		{ "2001:db8::/32", "2001:db8::/32" }, { "2001:db8::1", "2001:db8::1/128" },
		{ "10.0.0.128/25", "10.0.0.128/25" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(networks); i++) {
		char text[ADDRESS_TEXT_BYTES];
		struct cidr network;

		assert_int_equal(cidr_parse(networks[i].text, &network), 0);
		cidr_format(&network, text);
		assert_string_equal(text, networks[i].shown);
	}
}

static void wrong_networks_say_what_is_wrong(void **state)
{
	static const struct {
		const char *text;
		int error;
	} networks[] = {
		{ "10.0.0.0/33", -ERANGE },
		{ "::/129", -ERANGE },
		{ "10.0.0.0/99999999999999999999", -ERANGE },
		{ "10.0.0.1/8", -EADDRNOTAVAIL },
		{ "10.0.0.129/25", -EADDRNOTAVAIL },
		{ "::1/0", -EADDRNOTAVAIL },
		{ "2001:db8::1/127", -EADDRNOTAVAIL },
		{ "", -EINVAL },
		{ "/8", -EINVAL },
		{ "10.0.0.0/", -EINVAL },
		{ "10.0.0.0/-1", -EINVAL },
		{ "10.0.0.0/8/8", -EINVAL },
		{ "10.0.0.0/ 8", -EINVAL },
		{ "10.0.0/8", -EINVAL },
		{ "0000000000000000000000000000000000000000000000000000000000000000/8", -EINVAL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(networks); i++) {
		struct cidr network;

		assert_int_equal(cidr_parse(networks[i].text, &network), networks[i].error);
	}
}

static void a_network_holds_its_addresses_only(void **state)
{
	static const struct {
		const char *network, *address;
		bool is_inside;
	} pairs[] = {
		{ "10.0.0.0/8", "10.255.255.255", true },
		{ "10.0.0.0/8", "11.0.0.0", false },
		{ "10.0.0.128/25", "10.0.0.127", false },
		{ "10.0.0.128/25", "10.0.0.128", true },
		{ "0.0.0.0/0", "255.255.255.255", true },
		{ "0.0.0.0/0", "::1", false },
		{ "::/0", "10.0.0.1", false },
		{ "2001:db8::/33", "2001:db8:7fff::", true },
		{ "2001:db8::/33", "2001:db8:8000::", false },
		{ "10.0.0.1", "10.0.0.1", true },
		{ "10.0.0.1", "10.0.0.0", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		struct address address = parsed(pairs[i].address);
		struct cidr network;

		assert_int_equal(cidr_parse(pairs[i].network, &network), 0);
		assert_int_equal(cidr_contains(&network, &address), pairs[i].is_inside);
	}
}

#define ASSERT_WORDS(name, type, count)                                                            \
	do {                                                                                       \
		for (unsigned word = 0; word < (unsigned)(count); word++) {                        \
			type back;                                                                 \
                                                                                                   \
			assert_non_null(name##_word((type)word));                                  \
			assert_int_equal(name##_from_word(name##_word((type)word), &back), 0);     \
			assert_int_equal(back, word);                                              \
		}                                                                                  \
	} while (0)

static void every_word_reads_back(void **state)
{
	enum severity severity;

	ASSERT_WORDS(verdict, enum verdict, VERDICT_COUNT);
	ASSERT_WORDS(severity, enum severity, SEVERITY_COUNT);
	ASSERT_WORDS(exposure, enum exposure, EXPOSURE_ANY + 1);
	ASSERT_WORDS(change, enum change_kind, CHANGE_KIND_COUNT);
	ASSERT_WORDS(transport, enum transport, TRANSPORT_UDP + 1);
	ASSERT_WORDS(action, enum rule_action, ACTION_REFUSE + 1);
	ASSERT_WORDS(mode, enum policy_mode, MODE_ENFORCE + 1);
	assert_int_equal(severity_from_word("High", &severity), -EINVAL);
	assert_int_equal(severity_from_word("", &severity), -EINVAL);
	assert_int_equal(severity_from_word(NULL, &severity), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_read_back),
		cmocka_unit_test(refuses_what_is_no_address),
		cmocka_unit_test(hosts_are_read_with_and_without_ports),
		cmocka_unit_test(refuses_what_is_no_host),
		cmocka_unit_test(exposure_is_who_can_reach_it),
		cmocka_unit_test(the_families_are_told_apart),
		cmocka_unit_test(listeners_have_a_name),
		cmocka_unit_test(networks_read_back),
		cmocka_unit_test(wrong_networks_say_what_is_wrong),
		cmocka_unit_test(a_network_holds_its_addresses_only),
		cmocka_unit_test(every_word_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
