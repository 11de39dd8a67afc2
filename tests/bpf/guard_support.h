/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the guard's tests share: network namespaces of their own, servers, clients, policies.
 * Failures are cmocka's.
 */
#ifndef TESTS_GUARD_SUPPORT_H
#define TESTS_GUARD_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "enforce/guard.h"

#define PIN_DIRECTORY GUARD_PIN_DIRECTORY

/* Mount namespace with an empty bpffs on /sys/fs/bpf; for cmocka_run_group_tests. Ends the program
 * with `skip:` where it has no right to, or the kernel takes no guard. */
int support_begin(void **state);
/* A fresh network namespace with loopback up, for each test. */
int support_fresh_network(void **state);

/* Descriptor of the present network namespace. */
int network_here(void);
void network_enter(int netns);

/* A second namespace behind a veth pair: 192.0.2.1/24 and 2001:db8::1/64 here, .2 and ::2 there.
 * -1 when the kernel has no veth; says so aloud. */
int network_with_peer(const char *test);
#define HERE_V4	 "192.0.2.1"
#define HERE_V6	 "2001:db8::1"
#define THERE_V4 "192.0.2.2"
#define THERE_V6 "2001:db8::2"

/* Listening or bound sockets, not blocking; "::" takes IPv4 too. */
int serve_tcp(const char *address, uint16_t port);
int serve_udp(const char *address, uint16_t port);

enum outcome { SERVED, REFUSED, SILENCE };

/* One client: from an address (NULL: any) to an address and port. A TCP client counts as served
 * when the server accepted it, a UDP client when its packet reached the server. `server` may be -1:
 * then to be connected is enough. */
enum outcome ask_tcp(int server, const char *from, const char *to, uint16_t port);
enum outcome ask_udp(int server, const char *from, const char *to, uint16_t port);

#define assert_outcome(expected, found) assert_int_equal(expected, found)

/* A policy of refuse rules; the array is borrowed. */
struct settings policy_of(enum policy_mode mode, const struct port_rule *rules, size_t count);
#define RULE(rule_name, rule_port, ...)                                                            \
	((struct port_rule){                                                                       \
		.name = (rule_name), .port = (rule_port), .action = ACTION_REFUSE, __VA_ARGS__ })
struct cidr network_of(const char *text);

struct guard *guard_here(void);
/* Applies, and asserts that it worked. */
void apply_rules(struct guard *guard, enum policy_mode mode, const struct port_rule *rules,
		 size_t count);
/* The one TCP rule "closed" for PORT, without an allow-list. */
#define PORT 10255
void apply_simple(struct guard *guard, enum policy_mode mode);
void assert_effective(const struct guard *guard, size_t rule, enum guard_mode mode);

/* Entries below the pin directory, folders included; 0: the directory is not there. */
unsigned count_pins(void);

#endif
