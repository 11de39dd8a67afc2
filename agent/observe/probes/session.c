/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/probes/session.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/helper.h"
#include "base/text.h"
#include "base/time.h"
#include "model/address.h"
#include "observe/cluster/document.h"

/* One prober: it asks in one network namespace. */
struct run {
	uint64_t netns;	 /* 0: our own */
	bool is_cluster; /* it asks the API server instead */
	pid_t pid;	 /* 0: not started, or ended */
	int output;	 /* -1: closed */
	struct text_buffer said;
	char problem[300]; /* why it said nothing that counts; "": nothing is wrong */
};

struct probe_session {
	const struct probe_plan *plan;
	int epoll;
	struct run runs[PROBES_MAX + 1];
	size_t run_count;
	char server[CLUSTER_TEXT_BYTES_MAX]; /* of the cluster; "": not asked */
};

static uint64_t own_netns(void)
{
	struct stat status;

	return stat("/proc/self/ns/net", &status) == 0 ? status.st_ino : 0;
}

static uint64_t netns_of(const struct probe_target *target, uint64_t own)
{
	return target->netns == own ? 0 : target->netns;
}

static json_t *target_to_json(const struct probe_target *target)
{
	char address[ADDRESS_TEXT_BYTES];

	address_format(&target->address, address);
	return json_pack("{s:i,s:s,s:i,s:s?,s:b,s:s?}", "pid", (int)target->pid, "address", address,
			 "port", (int)target->port, "path", target->path, "tls", target->is_tls,
			 "version_path", target->version_path);
}

static int write_plan(const struct probe_session *session, const struct run *run, uint64_t own,
		      struct text_buffer *text)
{
	CLEANUP_JSON json_t *document = json_object();
	json_t *targets = json_array();
	int error = document ? json_set(document, "targets", targets) : -ENOMEM;

	for (size_t i = 0; i < session->plan->count && error == 0; i++) {
		const struct probe_target *target = &session->plan->items[i];

		if (netns_of(target, own) == run->netns)
			error = json_add(targets, target_to_json(target));
	}
	if (error == 0)
		json_write(document, text);
	return error == 0 ? buffer_error(text) : error;
}

/* The namespace by the process that listens in it, which may be another by now. */
static int open_netns(const struct probe_session *session, const struct run *run, int *ret_fd)
{
	struct stat status;
	char path[64];
	pid_t pid = 0;

	for (size_t i = 0; i < session->plan->count; i++)
		if (session->plan->items[i].netns == run->netns)
			pid = session->plan->items[i].pid;
	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &status) < 0)
		return -errno;
	if (status.st_ino != run->netns)
		return -ESRCH;
	*ret_fd = take_fd(&fd);
	return 0;
}

/* A plan is some kilobytes, and an empty pipe takes 64 KiB at once. */
static int pipe_with(const char *bytes, size_t length, int *ret_fd)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	CLEANUP_CLOSE int reading = ends[0];
	CLEANUP_CLOSE int writing = ends[1];

	if (fcntl(writing, F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	if (write(writing, bytes, length) != (ssize_t)length)
		return -E2BIG;
	*ret_fd = take_fd(&reading);
	return 0;
}

static int watch(struct probe_session *session, struct run *run, int *fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = run };

	if (fcntl(*fd, F_SETFL, O_NONBLOCK) < 0 ||
	    epoll_ctl(session->epoll, EPOLL_CTL_ADD, *fd, &event) < 0)
		return -errno;
	run->output = take_fd(fd);
	return 0;
}

/* Starts it with that input; netns -1: our own. */
static int launch(struct probe_session *session, struct run *run, const char *program, int input,
		  int netns)
{
	char *const environment[] = { NULL };
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	CLEANUP_CLOSE int reading = ends[0];
	CLEANUP_CLOSE int writing = ends[1];
	const struct helper_start start = { .path = program,
					    .name = PROBER_NAME,
					    .input = input,
					    .output = writing,
					    .errors = -1,
					    .extra = netns,
					    .environment = environment };
	int error = watch(session, run, &reading);

	return error == 0 ? helper_start(&start, &run->pid) : error;
}

static int start_run(struct probe_session *session, struct run *run, const char *program,
		     uint64_t own)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };
	CLEANUP_CLOSE int netns = -1;
	CLEANUP_CLOSE int input = -1;
	int error = write_plan(session, run, own, &text);

	if (error == 0 && run->netns)
		error = open_netns(session, run, &netns);
	if (error == 0)
		error = pipe_with(text.data, text.length, &input);
	return error == 0 ? launch(session, run, program, input, netns) : error;
}

static struct run *find_run(struct probe_session *session, uint64_t netns)
{
	for (size_t i = 0; i < session->run_count; i++)
		if (!session->runs[i].is_cluster && session->runs[i].netns == netns)
			return &session->runs[i];
	return NULL;
}

static void close_output(struct run *run)
{
	cleanup_close(&run->output);
	run->output = -1;
}

static void give_up(struct run *run, const char *what, int error)
{
	snprintf(run->problem, sizeof(run->problem), "%s: %s", what, strerror(-error));
	close_output(run);
}

int probe_session_open(const char *program, const struct probe_plan *plan,
		       struct probe_session **ret_session)
{
	CLEANUP(cleanup_probe_session)
	struct probe_session *session = calloc(1, sizeof(*session));
	uint64_t own = own_netns();

	if (!session)
		return -ENOMEM;
	session->plan = plan;
	session->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (session->epoll < 0)
		return -errno;
	for (size_t i = 0; i < plan->count; i++) {
		uint64_t netns = netns_of(&plan->items[i], own);

		if (find_run(session, netns))
			continue;
		struct run *run = &session->runs[session->run_count++];

		*run = (struct run){ .netns = netns, .output = -1 };
		int error = start_run(session, run, program, own);

		if (error < 0)
			give_up(run, PROBER_NAME " cannot be started", error);
	}
	*ret_session = take_ptr(session);
	return 0;
}

void probe_session_ask_cluster(struct probe_session *session, const char *program,
			       const struct cluster_question *question)
{
	struct run *run = &session->runs[session->run_count++];
	CLEANUP_CLOSE int input = -1;

	*run = (struct run){ .is_cluster = true, .output = -1 };
	snprintf(session->server, sizeof(session->server), "%s", question->server);
	if (question->problem) {
		snprintf(run->problem, sizeof(run->problem), "%s", question->problem);
		return;
	}
	int error = pipe_with(question->plan.data, question->plan.length, &input);

	if (error == 0)
		error = launch(session, run, program, input, -1);
	if (error < 0)
		give_up(run, PROBER_NAME " cannot be started", error);
}

int probe_session_ms(const struct probe_session *session)
{
	return *session->server ? CLUSTER_SESSION_MS : PROBE_SESSION_MS;
}

int probe_session_fd(const struct probe_session *session)
{
	return session->epoll;
}

static void read_run(struct run *run)
{
	char bytes[16384];
	ssize_t length;

	while ((length = read(run->output, bytes, sizeof(bytes))) > 0) {
		buffer_append(&run->said, bytes, (size_t)length);
		if (buffer_error(&run->said) || run->said.length > PROBE_RESULT_BYTES_MAX) {
			give_up(run, PROBER_NAME " says too much", -E2BIG);
			return;
		}
	}
	if (length == 0)
		close_output(run);
	else if (errno != EAGAIN && errno != EINTR)
		give_up(run, PROBER_NAME " cannot be heard", -errno);
}

bool probe_session_read(struct probe_session *session)
{
	bool is_done = true;

	for (size_t i = 0; i < session->run_count; i++) {
		if (session->runs[i].output >= 0)
			read_run(&session->runs[i]);
		is_done &= session->runs[i].output < 0;
	}
	return is_done;
}

/* Whether there is something to parse; else the problem says why not. */
static bool has_spoken(struct run *run)
{
	if (run->output >= 0)
		give_up(run, PROBER_NAME " did not end", -ETIMEDOUT);
	if (!*run->problem && !run->said.length)
		give_up(run, PROBER_NAME " ended without a word", -EPIPE);
	return !*run->problem;
}

/* What parsing came to: 0 or -ENOMEM; nonsense is a problem of the run. */
static int settle_parsing(struct run *run, int error, const char *problem)
{
	if (error == -EINVAL)
		snprintf(run->problem, sizeof(run->problem), "what " PROBER_NAME " said %s",
			 problem ? problem : "cannot be read");
	return error == -EINVAL ? 0 : error;
}

/* What a run said, or nothing and why. Returns 0 or -ENOMEM. */
static int parse_run(struct run *run, struct arena *arena, struct probe_list *ret_list)
{
	const char *problem = NULL;

	*ret_list = (struct probe_list){ 0 };
	if (!has_spoken(run))
		return 0;
	int error = probes_from_json(run->said.data, run->said.length, arena, ret_list, &problem);

	return settle_parsing(run, error, problem);
}

static int parse_cluster(struct run *run, struct arena *arena, struct cluster *cluster)
{
	const char *problem = NULL;

	if (!has_spoken(run))
		return 0;
	int error = cluster_from_json(run->said.data, run->said.length, arena, cluster, &problem);

	return settle_parsing(run, error, problem);
}

int probe_session_cluster(struct probe_session *session, struct arena *arena,
			  struct cluster *ret_cluster)
{
	struct cluster cluster = { .is_asked = true };

	for (size_t i = 0; i < session->run_count; i++) {
		struct run *run = &session->runs[i];

		if (!run->is_cluster)
			continue;
		int error = parse_cluster(run, arena, &cluster);

		cluster.server = arena_text(arena, session->server);
		if (*run->problem)
			cluster.problem = arena_text(arena, run->problem);
		if (error < 0 || !cluster.server || (*run->problem && !cluster.problem))
			return -ENOMEM;
		*ret_cluster = cluster;
		return 0;
	}
	return -ENOENT;
}

static bool is_answer_to(const struct probe *probe, const struct probe_target *target)
{
	return probe->pid == target->pid && probe->port == target->port &&
	       address_equal(&probe->address, &target->address);
}

static struct probe unanswered(const struct probe_target *target, const char *problem)
{
	return (struct probe){ .pid = target->pid,
			       .address = target->address,
			       .port = target->port,
			       .path = target->path,
			       .is_tls = target->is_tls,
			       .problem = problem };
}

/* Of what it said only the answers count, and only to what it was asked. */
static void take_answer(const struct probe_list *said, const struct probe_target *target,
			struct probe *probe)
{
	for (size_t i = 0; i < said->count; i++) {
		if (!is_answer_to(&said->items[i], target))
			continue;
		*probe = said->items[i];
		probe->path = target->path;
		probe->is_tls = target->is_tls;
		probe->version_path = target->version_path;
		if (!target->version_path)
			probe->version = NULL;
		return;
	}
}

int probe_session_results(struct probe_session *session, struct arena *arena,
			  struct probe_list *ret_list)
{
	const struct probe_plan *plan = session->plan;
	struct probe *probes = arena_array(arena, plan->count + 1, sizeof(*probes));
	uint64_t own = own_netns();

	if (!probes)
		return -ENOMEM;
	for (size_t i = 0; i < session->run_count; i++) {
		struct run *run = &session->runs[i];
		struct probe_list said;

		if (run->is_cluster)
			continue;
		int error = parse_run(run, arena, &said);
		const char *problem =
			arena_text(arena, *run->problem ? run->problem : "it was not answered for");

		if (error < 0 || !problem)
			return -ENOMEM;
		for (size_t j = 0; j < plan->count; j++) {
			if (netns_of(&plan->items[j], own) != run->netns)
				continue;
			probes[j] = unanswered(&plan->items[j], problem);
			take_answer(&said, &plan->items[j], &probes[j]);
		}
	}
	*ret_list = (struct probe_list){ probes, plan->count };
	return 0;
}

void probe_session_close(struct probe_session *session)
{
	for (size_t i = 0; i < session->run_count; i++) {
		close_output(&session->runs[i]);
		helper_end(session->runs[i].pid);
		buffer_done(&session->runs[i].said);
	}
	if (session->epoll >= 0)
		close(session->epoll);
	free(session);
}

int probe_session_wait(struct probe_session *session)
{
	int64_t left_ns, until_ns = time_monotonic_ns() + probe_session_ms(session) * NS_PER_MS;

	while (!probe_session_read(session) && (left_ns = until_ns - time_monotonic_ns()) > 0) {
		struct pollfd wait = { .fd = session->epoll, .events = POLLIN };

		if (poll(&wait, 1, (int)(left_ns / NS_PER_MS) + 1) < 0 && errno != EINTR)
			return -errno;
	}
	return 0;
}
