/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nodelatch-prober: asks servers of this node what they answer to a client without credentials.
 * Started by nodelatch, never by hand: the plan comes on descriptor 0, the results go to 1, and 3
 * is the network namespace to ask in, where that is another. It has no privileges by the time it
 * sees a byte from anywhere, connects to addresses of this node alone, and ends by itself. The one
 * exception is a plan that is about the cluster: prober/cluster.h.
 */
#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/privileges.h"
#include "base/time.h"
#include "prober/cluster.h"
#include "prober/document.h"
#include "prober/own_address.h"

#define NETNS_FD 3
/* A plan is some kilobytes. */
#define PLAN_BYTES_MAX 65536
/* What OpenSSL maps and PROBES_MAX hostile peers can make us keep fit twice. */
#define MEMORY_BYTES_MAX (192UL << 20)
#define DESCRIPTORS_MAX	 (PROBES_MAX + 16)

static int set_limits(void)
{
	static const struct {
		int resource;
		struct rlimit limit;
	} limits[] = {
		{ RLIMIT_AS, { MEMORY_BYTES_MAX, MEMORY_BYTES_MAX } },
		{ RLIMIT_CPU, { PROBER_MS / 1000, PROBER_MS / 1000 } },
		{ RLIMIT_NOFILE, { DESCRIPTORS_MAX, DESCRIPTORS_MAX } },
		{ RLIMIT_FSIZE, { 0, 0 } },
		{ RLIMIT_NPROC, { 0, 0 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		if (setrlimit((__rlimit_resource_t)limits[i].resource, &limits[i].limit) < 0)
			return -errno;
	return 0;
}

/* The way to the other namespace is the last thing that needs a privilege. */
static int enter(void)
{
	if (fcntl(NETNS_FD, F_GETFD) < 0)
		return 0;
	return setns(NETNS_FD, CLONE_NEWNET) < 0 ? -errno : 0;
}

static size_t read_plan(char *text)
{
	size_t length = 0;
	ssize_t got;

	while (length < PLAN_BYTES_MAX &&
	       (got = read(STDIN_FILENO, text + length, PLAN_BYTES_MAX - length)) > 0)
		length += (size_t)got;
	return length;
}

static int64_t first_deadline(const struct visit *visits, size_t count, int64_t until_ns)
{
	for (size_t i = 0; i < count; i++)
		if (visits[i].step != ENDED && visits[i].until_ns < until_ns)
			until_ns = visits[i].until_ns;
	return until_ns;
}

/* Waits for the first of them; returns how many are not at their end. */
static size_t wait_for_any(struct visit *visits, size_t count, int64_t until_ns)
{
	int64_t left_ns = first_deadline(visits, count, until_ns) - time_monotonic_ns();
	struct pollfd waits[PROBES_MAX];
	size_t open = 0;

	for (size_t i = 0; i < count; i++) {
		bool is_open = visits[i].step != ENDED;

		waits[i] = (struct pollfd){ .fd = is_open ? visits[i].fd : -1,
					    .events = visits[i].waits_for };
		open += is_open;
	}
	if (open && poll(waits, count, left_ns > 0 ? (int)(left_ns / NS_PER_MS) + 1 : 0) < 0)
		return open;
	for (size_t i = 0; i < count && open; i++) {
		if (waits[i].fd >= 0 && waits[i].revents)
			visit_go_on(&visits[i]);
		if (visits[i].step != ENDED && time_monotonic_ns() >= visits[i].until_ns)
			visit_time_out(&visits[i]);
	}
	return open;
}

static void begin(struct visit *visit, SSL_CTX *tls, int entered)
{
	if (entered < 0)
		visit_fail(visit, "its network namespace cannot be entered: %s",
			   strerror(-entered));
	else if (!address_is_own(&visit->probe.address))
		visit_fail(visit, "it is not an address of this node that can be asked");
	else
		visit_begin(visit, tls);
}

static int make_visits(const json_t *plan, int entered)
{
	static struct visit visits[PROBES_MAX];
	CLEANUP_BUFFER struct text_buffer text = { 0 };
	int64_t until_ns = time_monotonic_ns() + PROBER_MS * NS_PER_MS;
	SSL_CTX *tls = tls_context_new();
	int count = plan_read(plan, visits);

	if (count < 0 || !tls)
		return 2;
	for (int i = 0; i < count; i++)
		begin(&visits[i], tls, entered);
	while (wait_for_any(visits, (size_t)count, until_ns))
		;
	int error = results_write(visits, (size_t)count, &text);

	for (int i = 0; i < count; i++)
		visit_done(&visits[i]);
	SSL_CTX_free(tls);
	if (error == 0)
		error = buffer_write(&text, STDOUT_FILENO);
	return error == 0 ? 0 : 1;
}

static int ask_cluster(const json_t *plan)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };

	alarm(CLUSTER_MS / 1000 + 1);
	int error = cluster_ask(plan, &text);

	if (error == 0)
		error = buffer_write(&text, STDOUT_FILENO);
	return error == 0 ? 0 : 1;
}

/* A plan may hold a credential. */
static void wipe_and_free(void *memory)
{
	if (memory)
		explicit_bzero(memory, malloc_usable_size(memory));
	free(memory);
}

int main(void)
{
	static char text[PLAN_BYTES_MAX];
	int entered = enter();

	/* Whoever started us may not be able to end us, since we are another user then. */
	alarm(PROBER_MS / 1000 + 1);
	signal(SIGPIPE, SIG_IGN);
	if (privileges_drop(STDERR_FILENO) < 0 || set_limits() < 0)
		return 2;
	json_set_alloc_funcs(malloc, wipe_and_free);
	CLEANUP_JSON json_t *plan = json_loadb(text, read_plan(text), 0, NULL);
	const json_t *cluster = json_object_get(plan, "cluster");

	explicit_bzero(text, sizeof(text));
	if (cluster)
		return ask_cluster(cluster);
	return plan ? make_visits(plan, entered) : 2;
}
