/* SPDX-License-Identifier: Apache-2.0 */
/* What the control socket answers: nodelatch.status/1, and changes for tails. */
#include "base/json.h"
#include "base/time.h"
#include "model/words.h"
#include "warden/parts.h"

static const char *guard_word(enum guard_mode mode)
{
	static const char *const words[] = {
		[GUARD_OFF] = "off", [GUARD_AUDIT] = "audit", [GUARD_ENFORCE] = "enforce"
	};

	return words[mode];
}

/* Gives up a half-made object. */
static json_t *whole(json_t *object, int error)
{
	if (error == 0)
		return object;
	json_decref(object);
	return NULL;
}

static int set_time(json_t *object, const char *key, int64_t time_ns)
{
	char text[TIME_TEXT_BYTES];

	time_format(time_ns, text);
	return json_set_text(object, key, text);
}

static json_t *policy_json(struct warden *warden)
{
	const struct settings *settings = warden_settings(warden);
	json_t *object = json_object();
	int error = json_set_text(object, "path", settings->path);

	error = error ? error : json_set_text(object, "sha256", settings->sha256);
	error = error ? error : json_set_text(object, "mode", mode_word(settings->mode));
	error = error ? error : json_set_text(object, "problem", warden->policy_problem);
	return whole(object, error);
}

static json_t *watchers_json(struct warden *warden)
{
	const struct watch_status *watchers;
	size_t count = watch_status(warden->watch, &watchers);
	json_t *array = json_array();
	int error = array ? 0 : -ENOMEM;

	for (size_t i = 0; i < count && error == 0; i++) {
		json_t *object = json_object();

		error = json_set_text(object, "name", watchers[i].name);
		error = error ? error : json_set(object, "on", json_boolean(watchers[i].is_on));
		error = error ? error : json_set_text(object, "problem", watchers[i].problem);
		error = error ? error : json_set_text(object, "cost", watchers[i].cost);
		error = error ? error
			      : json_set(object, "seen",
					 json_integer((json_int_t)watchers[i].seen));
		error = error ? error
			      : json_set(object, "lost",
					 json_integer((json_int_t)watchers[i].lost));
		error = json_add(array, whole(object, error));
	}
	return whole(array, error);
}

static json_t *rule_json(const struct guard_rule_status *rule, int64_t proved_at_ns)
{
	json_t *object = json_object();
	int error = json_set_text(object, "rule", rule->name);

	error = error ? error : json_set_text(object, "protocol", transport_word(rule->transport));
	error = error ? error : json_set(object, "port", json_integer(rule->port));
	error = error ? error : json_set_text(object, "wished", guard_word(rule->wished));
	error = error ? error : json_set_text(object, "effective", guard_word(rule->effective));
	error = error ? error : set_time(object, "proved", proved_at_ns);
	error = error ? error : json_set_text(object, "problem", rule->problem);
	error = error ? error : json_set_text(object, "remedy", rule->remedy);
	error = error ? error
		      : json_set(object, "refused", json_integer((json_int_t)rule->refused));
	error = error ? error
		      : json_set(object, "would_refuse",
				 json_integer((json_int_t)rule->would_refuse));
	return whole(object, error);
}

static json_t *rules_json(const struct guard_status *status)
{
	int64_t now_ns = time_now_ns();
	json_t *array = json_array();
	int error = array ? 0 : -ENOMEM;

	for (size_t i = 0; i < status->count && error == 0; i++)
		error = json_add(array, rule_json(&status->rules[i], now_ns));
	return whole(array, error);
}

static json_t *guard_json(struct warden *warden, struct arena *arena)
{
	struct guard_status status = { 0 };
	json_t *object = json_object();
	int error = warden->guard ? guard_status(warden->guard, arena, &status) : 0;

	error = error ? error : json_set_text(object, "problem", warden->guard_problem);
	error = error ? error : json_set_text(object, "pinned_at", status.pinned_at);
	error = error ? error : json_set_text(object, "unpinned_reason", status.unpinned_reason);
	error = error ? error : json_set_text(object, "foreign", status.foreign);
	error = error ? error : json_set_text(object, "not_covered", status.not_covered);
	error = error ? error : json_set(object, "rules", rules_json(&status));
	return whole(object, error);
}

static json_t *findings_json(const struct ledger_counts *counts)
{
	json_t *object = json_object(), *severities = json_object();
	int error = severities ? 0 : -ENOMEM;
	unsigned open = 0;

	for (size_t i = SEVERITY_COUNT; i-- > 0 && error == 0;) {
		open += counts->open[i];
		error = json_set(severities, severity_word((enum severity)i),
				 json_integer(counts->open[i]));
	}
	severities = whole(severities, error);
	error = json_set(object, "open", json_integer(open));
	error = error ? error : json_set(object, "by_severity", severities);
	return whole(object, error);
}

static json_t *journal_json(struct warden *warden, const struct ledger_counts *counts)
{
	json_t *object = json_object();
	int error = json_set_text(object, "path", warden_settings(warden)->journal_path);

	error = error ? error : json_set_text(object, "problem", ledger_problem(warden->ledger));
	error = error ? error : json_set(object, "last_seq", json_integer(counts->last_seq));
	error = error ? error
		      : json_set(object, "changes", json_integer((json_int_t)counts->changes));
	error = error ? error
		      : json_set(object, "in_memory", json_integer((json_int_t)counts->in_memory));
	error = error ? error : json_set(object, "lost", json_integer((json_int_t)counts->lost));
	error = error ? error : json_set(object, "bytes", json_integer(counts->bytes));
	return whole(object, error);
}

static json_t *collector_json(struct warden *warden, const struct ledger_counts *counts)
{
	json_t *object = json_object();
	int error = json_set_text(object, "endpoint", warden->delivery.endpoint);

	error = error ? error : json_set_text(object, "problem", warden->delivery.problem);
	error = error ? error
		      : json_set(object, "unacknowledged",
				 json_integer((json_int_t)counts->unacknowledged));
	error = error ? error
		      : json_set(object, "acknowledged_seq",
				 json_integer(counts->acknowledged_seq));
	error = error ? error
		      : json_set(object, "courier",
				 warden->delivery.status ? json_incref(warden->delivery.status)
							 : json_null());
	return whole(object, error);
}

static json_t *node_json(const struct node *node)
{
	json_t *object = json_object();
	int error = json_set_text(object, "name", node->name);

	error = error ? error : json_set_text(object, "machine_id", node->machine_id);
	error = error ? error : json_set_text(object, "boot_id", node->boot_id);
	error = error ? error : json_set_text(object, "kernel", node->kernel);
	return whole(object, error);
}

static int answer_status(void *context, struct text_buffer *answer)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_JSON json_t *document = json_object();
	struct warden *warden = context;
	struct ledger_counts counts;
	struct node node;
	int error;

	if (!arena)
		return -ENOMEM;
	observer_node(warden->observer, &node);
	ledger_counts(warden->ledger, &counts);
	error = json_set_text(document, "schema", "nodelatch.status/1");
	error = error ? error : json_set_text(document, "version", NODELATCH_VERSION);
	error = error ? error : json_set(document, "pid", json_integer(getpid()));
	error = error ? error : set_time(document, "started", warden->started_ns);
	error = error ? error : json_set(document, "node", node_json(&node));
	error = error ? error : json_set(document, "policy", policy_json(warden));
	error = error ? error : json_set(document, "watch", watchers_json(warden));
	error = error ? error : json_set(document, "guard", guard_json(warden, arena));
	error = error ? error : json_set(document, "findings", findings_json(&counts));
	error = error ? error : json_set(document, "journal", journal_json(warden, &counts));
	error = error ? error : json_set(document, "collector", collector_json(warden, &counts));
	error = error ? error
		      : json_set(document, "stdout_dropped",
				 json_integer((json_int_t)output_dropped(warden->output)));
	if (error == 0)
		json_write(document, answer);
	return error ? error : buffer_error(answer);
}

struct collected {
	struct text_buffer *lines;
	int64_t last;
};

static bool collect(void *context, const struct change *change, const char *line)
{
	struct collected *collected = context;

	buffer_text(collected->lines, line);
	buffer_text(collected->lines, "\n");
	collected->last = change->seq;
	return buffer_error(collected->lines) == 0;
}

int warden_changes_after(void *context, int64_t after, size_t limit, struct text_buffer *lines,
			 int64_t *ret_last)
{
	struct warden *warden = context;
	struct collected collected = { lines, after };
	struct change_query query = { .after_seq = after, .limit = limit };
	struct change_visitor visitor = { collect, &collected };
	int error = ledger_read(warden->ledger, &query, &visitor);

	if (error == 0)
		*ret_last = collected.last;
	return error;
}

struct control_handlers warden_control_handlers(struct warden *warden)
{
	return (struct control_handlers){
		.context = warden,
		.status = answer_status,
		.changes_after = warden_changes_after,
	};
}
