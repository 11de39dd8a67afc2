/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "model/listener.h"

static struct process sshd = { .pid = 10, .exe = "/usr/sbin/sshd", .unit = "ssh.service" };
static struct process init = { .pid = 1, .exe = "/usr/lib/systemd/systemd" };
static struct process hidden = { .pid = 11, .name = "sshd" };
static struct process stranger = { .pid = 12, .exe = "/tmp/x", .cgroup = "/user.slice" };
static const struct process *owners[] = { &sshd, &init, &stranger };
static const struct process *hidden_owner[] = { &hidden };

static const struct listener_allowance ALLOWED[] = { { 22, "*/sshd", NULL },
						     { 0, NULL, "kube*" },
						     { 111, NULL, NULL } };
static struct port_rule rules[] = {
	{ .name = "ntp", .port = 123, .transport = TRANSPORT_UDP, .action = ACTION_ALLOW },
	{ .name = "dns", .port = 53, .action = ACTION_FLAG, .all_namespaces = true }
};
static const struct settings POLICY = { .ports = rules,
					.port_count = 2,
					.listeners_default = ACTION_REFUSE,
					.listeners_allow = ALLOWED,
					.listeners_allow_count = 3 };

static struct listener listener_on(uint16_t port, size_t owner_count)
{
	return (struct listener){
		.port = port, .is_in_host_netns = true, .owners = owners, .owner_count = owner_count
	};
}

static enum rule_action action_on(const struct listener *listener)
{
	return listener_policy(&POLICY, listener).action;
}

static void lets_a_rule_speak_first(void **state)
{
	struct listener ntp = listener_on(123, 1), dns = listener_on(53, 1);

	ntp.transport = TRANSPORT_UDP;
	assert_int_equal(action_on(&ntp), ACTION_ALLOW);
	assert_string_equal(listener_policy(&POLICY, &ntp).rule->name, "ntp");
	ntp.transport = TRANSPORT_TCP;
	assert_int_equal(action_on(&ntp), ACTION_REFUSE);
	assert_null(listener_policy(&POLICY, &ntp).rule);
	assert_int_equal(action_on(&dns), ACTION_FLAG);
	dns.is_in_host_netns = false;
	assert_int_equal(action_on(&dns), ACTION_FLAG);
	ntp.is_in_host_netns = false;
	assert_int_equal(action_on(&ntp), ACTION_ALLOW);
}

static void takes_every_key_of_an_entry(void **state)
{
	struct listener ssh = listener_on(22, 1), kubelet = listener_on(10250, 1);
	struct listener rpc = listener_on(111, 0);

	assert_int_equal(action_on(&ssh), ACTION_ALLOW);
	ssh.port = 2222;
	assert_int_equal(action_on(&ssh), ACTION_REFUSE);
	assert_int_equal(action_on(&kubelet), ACTION_REFUSE);
	sshd.unit = "kubelet.service";
	assert_int_equal(action_on(&kubelet), ACTION_ALLOW);
	sshd.unit = "ssh.service";
	assert_int_equal(action_on(&rpc), ACTION_ALLOW);
}

static void wants_every_owner_but_holders(void **state)
{
	struct listener ssh = listener_on(22, 2);

	assert_int_equal(action_on(&ssh), ACTION_ALLOW);
	ssh.owner_count = 3;
	assert_int_equal(action_on(&ssh), ACTION_REFUSE);
	assert_false(listener_policy(&POLICY, &ssh).is_unclear);
}

static void says_what_cannot_be_seen(void **state)
{
	struct listener ssh = listener_on(22, 0);

	assert_int_equal(action_on(&ssh), ACTION_REFUSE);
	assert_true(listener_policy(&POLICY, &ssh).is_unclear);
	ssh.owners = hidden_owner;
	ssh.owner_count = 1;
	assert_true(listener_policy(&POLICY, &ssh).is_unclear);
	hidden.cgroup = "/user.slice";
	hidden.exe = "/tmp/sshd2";
	assert_false(listener_policy(&POLICY, &ssh).is_unclear);
}

static void tells_clients_and_names(void **state)
{
	struct listener socket = listener_on(40000, 1);

	assert_false(listener_is_client(&socket));
	socket.transport = TRANSPORT_UDP;
	assert_true(listener_is_client(&socket));
	socket.port = 53;
	assert_false(listener_is_client(&socket));
	assert_true(process_is_named(&sshd, "sshd"));
	assert_false(process_is_named(&stranger, "sshd"));
	assert_true(process_is_holder(&init));
	assert_false(process_is_holder(&sshd));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lets_a_rule_speak_first),
		cmocka_unit_test(takes_every_key_of_an_entry),
		cmocka_unit_test(wants_every_owner_but_holders),
		cmocka_unit_test(says_what_cannot_be_seen),
		cmocka_unit_test(tells_clients_and_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
