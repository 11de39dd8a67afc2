/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The warden's end of the courier. This program is its own courier: started under the courier's
 * name it says on descriptor 3 what its settings tell it to say, and sends back what it hears as
 * {"status":{"heard":...}}.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include <event2/event.h>

#include "base/json.h"
#include "base/limits.h"
#include "base/text.h"
#include "control/courier_link.h"

enum { CHANGES = 10 };

struct fixture {
	struct event_base *base;
	struct courier_link *link;
	size_t change_bytes; /* how long each change is */
	size_t questions;
	int64_t acknowledged;
	bool refuses_acknowledgement, closes_when_gone;
	char heard[64]; /* the last answer the courier had, its beginning */
	char gone[128];
};

static int changes_after(void *context, int64_t after, size_t limit, struct text_buffer *lines,
			 int64_t *ret_last)
{
	struct fixture *fixture = context;

	fixture->questions++;
	*ret_last = after;
	for (int64_t seq = after + 1; seq <= CHANGES && limit; seq++, limit--) {
		buffer_printf(lines, "{\"seq\":%lld,\"x\":\"%0*d\"}\n", (long long)seq,
			      (int)fixture->change_bytes, 0);
		*ret_last = seq;
	}
	return 0;
}

static int acknowledge(void *context, int64_t seq)
{
	struct fixture *fixture = context;

	fixture->acknowledged = seq;
	return fixture->refuses_acknowledgement ? -EIO : 0;
}

static void take_status(void *context, const json_t *status)
{
	struct fixture *fixture = context;

	snprintf(fixture->heard, sizeof(fixture->heard), "%s", json_get_text(status, "heard", ""));
}

static void gone(void *context, const char *reason)
{
	struct fixture *fixture = context;

	snprintf(fixture->gone, sizeof(fixture->gone), "%s", reason);
	if (fixture->closes_when_gone) {
		courier_link_close(fixture->link);
		fixture->link = NULL;
	}
	event_base_loopbreak(fixture->base);
}

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	fixture->base = event_base_new();
	*state = fixture;
	return fixture->base ? 0 : -1;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	if (fixture->link)
		courier_link_close(fixture->link);
	event_base_free(fixture->base);
	free(fixture);
	/* No courier is left behind, dead or alive. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	return 0;
}

/* Starts a courier that says these lines. */
static void start(struct fixture *fixture, const char *lines)
{
	CLEANUP_JSON json_t *settings = json_object();
	const struct courier_link_source source = { fixture, changes_after, acknowledge,
						    take_status, gone };
	struct courier_link_options options = { "/proc/self/exe", settings, 2 };

	json_set_text(settings, "says", lines);
	assert_int_equal(courier_link_open(fixture->base, &options, &source, &fixture->link), 0);
}

/* Until the courier is gone, or for so long. */
static void loop(struct fixture *fixture, int milliseconds)
{
	const struct timeval most = { .tv_sec = milliseconds / 1000,
				      .tv_usec = milliseconds % 1000 * 1000 };

	event_base_loopexit(fixture->base, &most);
	event_base_dispatch(fixture->base);
}

static void loop_until_heard(struct fixture *fixture, const char *text)
{
	for (int i = 0; i < 500 && !strstr(fixture->heard, text); i++)
		loop(fixture, 10);
	if (!strstr(fixture->heard, text))
		fail_msg("heard \"%s\" and not \"%s\"; %s", fixture->heard, text, fixture->gone);
}

static void assert_gone(struct fixture *fixture, const char *lines, const char *reason)
{
	start(fixture, lines);
	loop(fixture, 5000);
	if (!strstr(fixture->gone, reason))
		fail_msg("\"%s\" is not \"%s\"", fixture->gone, reason);
}

static void hands_over_changes(void **state)
{
	struct fixture *fixture = *state;

	start(fixture, "{\"after\":2,\"limit\":3}\n");
	loop_until_heard(fixture, "{\"changes\":[{\"seq\":3,");
	assert_string_equal(fixture->gone, "");
}

static void pushes_news_once_to_one_that_has_all(void **state)
{
	struct fixture *fixture = *state;

	start(fixture, "{\"after\":2}\n{\"acknowledge\":10}\n{\"after\":10}\n");
	loop_until_heard(fixture, "{\"changes\":[],\"last\":10}");
	assert_int_equal(fixture->acknowledged, 10);
	courier_link_notify(fixture->link);
	courier_link_notify(fixture->link);
	loop_until_heard(fixture, "{\"news\":true}");
	snprintf(fixture->heard, sizeof(fixture->heard), "nothing");
	courier_link_notify(fixture->link);
	loop(fixture, 100);
	assert_string_equal(fixture->heard, "nothing");
}

static void halves_what_does_not_fit(void **state)
{
	struct fixture *fixture = *state;

	fixture->change_bytes = LINK_LINE_BYTES_MAX / 4;
	start(fixture, "{\"after\":2,\"limit\":8}\n");
	loop_until_heard(fixture, "{\"changes\":[{\"seq\":3,");
	assert_true(fixture->questions > 1);
}

static void new_settings_are_handed_on(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_JSON json_t *settings = json_pack("{s:s}", "new", "one");

	start(fixture, "");
	assert_int_equal(courier_link_configure(fixture->link, settings), 0);
	loop_until_heard(fixture, "{\"settings\":{\"new\":\"one\"}");
}

static void what_it_may_not_say(void **state)
{
	struct fixture *fixture = *state;

	fixture->closes_when_gone = true;
	assert_gone(fixture, "what?\n{\"after\":2}\n", "not a JSON object");
	assert_null(fixture->link);
	assert_int_equal(fixture->questions, 0);
}

static void it_may_not_acknowledge_what_it_was_not_given(void **state)
{
	struct fixture *fixture = *state;

	assert_gone(fixture, "{\"after\":2,\"limit\":3}\n{\"acknowledge\":6}\n", "was not given");
	assert_int_equal(fixture->acknowledged, 0);
}

static void nor_take_back(void **state)
{
	struct fixture *fixture = *state;

	assert_gone(fixture, "{\"acknowledge\":1}\n", "was not given");
}

static void nor_ask_past_what_it_was_given(void **state)
{
	struct fixture *fixture = *state;

	assert_gone(fixture, "{\"after\":1000000}\n{\"acknowledge\":1000000}\n", "cannot be");
	assert_int_equal(fixture->acknowledged, 0);
}

static void a_line_without_end(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUFFER struct text_buffer line = { 0 };

	for (size_t i = 0; i < 3 * CONTROL_REQUEST_BYTES_MAX; i++)
		buffer_text(&line, "x");
	assert_gone(fixture, line.data, "longer than 4096 bytes");
}

/* It asks a thousand times and reads nothing: it is answered until the socket is full. */
static void one_that_does_not_read_is_not_buffered(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUFFER struct text_buffer lines = { 0 };

	fixture->change_bytes = 100000;
	buffer_text(&lines, "deaf\n");
	for (size_t i = 0; i < 1000; i++)
		buffer_text(&lines, "{\"after\":2,\"limit\":8}\n");
	start(fixture, lines.data);
	loop(fixture, 1000);
	assert_true(fixture->questions > 0 && fixture->questions < 20);
}

static void an_end_is_told_and_may_be_answered_by_closing(void **state)
{
	struct fixture *fixture = *state;

	fixture->closes_when_gone = true;
	assert_gone(fixture, "end\n", "the courier has ended");
	assert_null(fixture->link);
}

static void what_the_journal_refuses_ends_it(void **state)
{
	struct fixture *fixture = *state;

	fixture->refuses_acknowledgement = true;
	assert_gone(fixture, "{\"acknowledge\":2}\n", "could not be noted");
}

static void a_program_that_is_not_there(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_JSON json_t *settings = json_object();
	const struct courier_link_source source = { 0 };
	struct courier_link_options options = { "/nowhere/courier", settings, 0 };

	assert_int_equal(courier_link_open(fixture->base, &options, &source, &fixture->link),
			 -ENOENT);
}

/* ---- the courier */

static void say(const char *text)
{
	size_t left = strlen(text);

	while (left) {
		ssize_t sent = send(3, text, left, MSG_NOSIGNAL);

		if (sent <= 0)
			_exit(0);
		text += sent;
		left -= (size_t)sent;
	}
}

/* Descriptors: 0 and 1 are /dev/null, 2 is inherited, 3 is the link, and there is no other. */
static bool has_only_its_descriptors(void)
{
	struct stat status;

	return fstat(4, &status) < 0 && fstat(5, &status) < 0 && fstat(6, &status) < 0;
}

static int be_a_courier(void)
{
	FILE *link = fdopen(3, "r");
	CLEANUP_FREE char *line = NULL;
	size_t room = 0;

	if (getline(&line, &room, link) < 0 || !has_only_its_descriptors())
		return 1;
	CLEANUP_JSON json_t *hello = json_loads(line, 0, NULL);
	const char *says = json_get_text(json_object_get(hello, "settings"), "says", "");

	if (text_starts_with(says, "end"))
		return 0;
	if (text_starts_with(says, "deaf\n")) {
		say(says + 5);
		pause();
	}
	say(says);
	while (getline(&line, &room, link) > 0) {
		CLEANUP_BUFFER struct text_buffer answer = { 0 };
		json_t *heard = json_stringn(line, strnlen(line, 60));
		CLEANUP_JSON json_t *status = json_pack("{s:{s:o}}", "status", "heard", heard);

		json_write(status, &answer);
		buffer_text(&answer, "\n");
		say(answer.data);
	}
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		TEST(hands_over_changes),
		TEST(pushes_news_once_to_one_that_has_all),
		TEST(halves_what_does_not_fit),
		TEST(new_settings_are_handed_on),
		TEST(what_it_may_not_say),
		TEST(it_may_not_acknowledge_what_it_was_not_given),
		TEST(nor_take_back),
		TEST(nor_ask_past_what_it_was_given),
		TEST(a_line_without_end),
		TEST(one_that_does_not_read_is_not_buffered),
		TEST(an_end_is_told_and_may_be_answered_by_closing),
		TEST(what_the_journal_refuses_ends_it),
		TEST(a_program_that_is_not_there),
	};

	if (argc > 0 && text_equal(argv[0], "nodelatch-courier"))
		return be_a_courier();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
