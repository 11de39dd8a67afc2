/* SPDX-License-Identifier: Apache-2.0 */
/* Clients hammer a refused port while agents come, die and reload: not one gets through. */
#include "bpf/guard_support.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 100 };

/* Shared with the clients. */
struct score {
	atomic_ulong refused, leaked, odd;
};

struct hammer {
	struct score *score;
	pid_t clients[2];
	int server;
};

static void hit(struct score *score, const struct sockaddr *to, socklen_t length)
{
	int fd = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, to, length) == 0)
		atomic_fetch_add(&score->leaked, 1);
	else if (errno == ECONNREFUSED)
		atomic_fetch_add(&score->refused, 1);
	else
		atomic_fetch_add(&score->odd, 1);
	close(fd);
}

static _Noreturn void hammer_v4(struct score *score)
{
	const struct sockaddr_in to = { .sin_family = AF_INET,
					.sin_port = htons(PORT),
					.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	for (;;)
		hit(score, (const struct sockaddr *)&to, sizeof(to));
}

static _Noreturn void hammer_v6(struct score *score)
{
	const struct sockaddr_in6 to = { .sin6_family = AF_INET6,
					 .sin6_port = htons(PORT),
					 .sin6_addr = IN6ADDR_LOOPBACK_INIT };

	for (;;)
		hit(score, (const struct sockaddr *)&to, sizeof(to));
}

static struct hammer hammer_begin(void)
{
	static void (*const clients[])(struct score *) = { hammer_v4, hammer_v6 };
	struct hammer hammer = { .server = serve_tcp("::", PORT) };

	hammer.score = mmap(NULL, sizeof(*hammer.score), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(hammer.score != MAP_FAILED);
	for (size_t i = 0; i < ARRAY_SIZE(clients); i++) {
		hammer.clients[i] = fork();
		if (hammer.clients[i] == 0)
			clients[i](hammer.score);
	}
	return hammer;
}

static void hammer_end(struct hammer *hammer)
{
	for (size_t i = 0; i < ARRAY_SIZE(hammer->clients); i++) {
		kill(hammer->clients[i], SIGKILL);
		waitpid(hammer->clients[i], NULL, 0);
	}
	print_message("%lu refused, %lu got through\n", hammer->score->refused,
		      hammer->score->leaked);
	assert_true(hammer->score->refused > ROUNDS);
	assert_int_equal(hammer->score->leaked, 0);
	assert_int_equal(hammer->score->odd, 0);
	munmap(hammer->score, sizeof(*hammer->score));
	close(hammer->server);
}

/* Another set of rules each time, PORT's in all of them. */
static void apply_variant(struct guard *guard, unsigned variant)
{
	const struct cidr networks[] = { network_of("10.0.0.0/8"), network_of("2001:db8::/32") };
	const struct port_rule rules[] = {
		RULE("before", (uint16_t)(20000 + variant)),
		RULE("closed", PORT, .allow = networks, .allow_count = variant % 3),
		RULE("after", PORT, .transport = TRANSPORT_UDP),
	};

	apply_rules(guard, MODE_ENFORCE, rules + variant % 2, 3 - variant % 2 - variant / 2 % 2);
}

static void test_reloads(void **state)
{
	struct guard *guard = guard_here();

	apply_variant(guard, 0);
	struct hammer hammer = hammer_begin();

	for (unsigned round = 0; round < ROUNDS; round++) {
		apply_variant(guard, round);
		usleep(2000);
	}
	hammer_end(&hammer);
	guard_release(guard, false);
}

static void adopt_and_be_killed(unsigned round, useconds_t after_us)
{
	pid_t child = fork();

	if (child == 0) {
		apply_variant(guard_here(), round);
		pause();
		_exit(0);
	}
	usleep(after_us);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

/* Killed at any moment: before, in and after the exchange. */
static void test_adoptions(void **state)
{
	struct guard *guard = guard_here();

	apply_variant(guard, 0);
	guard_release(guard, true);
	struct hammer hammer = hammer_begin();

	for (unsigned round = 0; round < ROUNDS; round++)
		adopt_and_be_killed(round, round * 200);
	hammer_end(&hammer);
	guard_release(guard_here(), false);
}

/* Audit and back, many times: each connect is one or the other, and the guard holds at the end. */
static void test_flips(void **state)
{
	struct guard *guard = guard_here();
	int server = serve_tcp("::", PORT);

	for (unsigned round = 0; round < ROUNDS; round++) {
		apply_simple(guard, round % 2 ? MODE_ENFORCE : MODE_AUDIT);
		assert_outcome(round % 2 ? REFUSED : SERVED,
			       ask_tcp(server, NULL, "127.0.0.1", PORT));
	}
	close(server);
	guard_release(guard, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_reloads, support_fresh_network),
		cmocka_unit_test_setup(test_adoptions, support_fresh_network),
		cmocka_unit_test_setup(test_flips, support_fresh_network),
	};

	return cmocka_run_group_tests(tests, support_begin, NULL);
}
