/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel saw and counted becomes changes: execs the policy asked for, gaps, clients. */
#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "model/address.h"
#include "warden/parts.h"

static struct change *add_to_batch(struct warden *warden, enum change_kind kind)
{
	struct change *change =
		arena_push(warden->batch_arena, &warden->batch, &warden->batch_count,
			   &warden->batch_capacity, sizeof(*change));

	if (change)
		*change = (struct change){ .kind = kind,
					   .finding = { .verdict = VERDICT_FAIL,
							.value = "",
							.expected = "",
							.source = "live",
							.remedy = "" } };
	return change;
}

void warden_append_batch(struct warden *warden)
{
	struct ledger_listener listener = warden_listener(warden);

	if (!warden->batch_count)
		return;
	if (ledger_append(warden->ledger, warden->batch, warden->batch_count, time_now_ns(),
			  &listener) < 0)
		log_error("%zu changes could not be recorded: out of memory", warden->batch_count);
	arena_reset(warden->batch_arena);
	warden->batch = NULL;
	warden->batch_count = warden->batch_capacity = 0;
	warden_tell_the_rest(warden);
}

static bool argument_matches(const struct process *process, const char *pattern)
{
	for (size_t i = 1; i < process->argument_count; i++)
		if (text_matches_glob(process->arguments[i], pattern))
			return true;
	return false;
}

static bool are_arguments_known(const struct exec_record *record)
{
	return !record->arguments_truncated && !record->arguments_unreadable;
}

/* What was not captured may be what the rule asks for: padding hides nothing. */
static bool rule_matches(const struct exec_rule *rule, const struct exec_record *record)
{
	if (!text_matches_glob(record->process.exe, rule->exe))
		return false;
	for (size_t i = 0; i < rule->argument_count && are_arguments_known(record); i++)
		if (!argument_matches(&record->process, rule->arguments[i]))
			return false;
	return true;
}

static const struct exec_rule *rule_for(const struct settings *settings,
					const struct exec_record *record)
{
	for (size_t i = 0; i < settings->exec_rule_count; i++)
		if (rule_matches(&settings->exec_rules[i], record))
			return &settings->exec_rules[i];
	return NULL;
}

static void add_note(struct arena *arena, const struct exec_record *record, struct finding *finding)
{
	const char **notes = arena_array(arena, 1, sizeof(*notes));

	if (!notes || are_arguments_known(record))
		return;
	notes[0] = record->arguments_unreadable
			   ? "its arguments could not be read"
			   : arena_printf(arena,
					  "it has %u bytes of arguments: only the first and the "
					  "last of them are here",
					  record->argument_bytes);
	finding->notes = notes;
	finding->note_count = notes[0] != NULL;
}

static const char *const *copy_arguments(struct arena *arena, const struct process *process)
{
	const char **copy = arena_array(arena, process->argument_count + 1, sizeof(*copy));

	for (size_t i = 0; copy && i < process->argument_count; i++) {
		copy[i] = arena_text(arena, process->arguments[i]);
		if (!copy[i])
			return NULL;
	}
	return copy;
}

static void add_exec(struct warden *warden, const struct exec_record *record,
		     const struct exec_rule *rule)
{
	const struct process *process = &record->process;
	struct arena *arena = warden->batch_arena;
	struct exec_detail *detail = arena_alloc(arena, sizeof(*detail));
	struct change *change = detail ? add_to_batch(warden, CHANGE_EXEC) : NULL;

	if (!change)
		return;
	*detail = (struct exec_detail){
		.rule = rule ? arena_text(arena, rule->name) : "",
		.arguments = copy_arguments(arena, process),
		.argument_count = process->argument_count,
		.parent_pid = process->parent_pid,
		.uid = process->uid,
	};
	if (!detail->arguments)
		detail->argument_count = 0;
	change->time_ns = change->first_seen_ns = record->time_ns;
	change->exec = detail;
	change->finding.check = "exec.recorded";
	change->finding.title = "A program that the policy records was started";
	change->finding.severity = rule ? rule->severity : SEVERITY_INFO;
	change->finding.subject = (struct subject){
		.kind = "process",
		.name = arena_text(arena, process->name),
		.key = arena_text(arena, process->exe ? process->exe : process->name),
		.pid = process->pid,
		.exe = arena_text(arena, process->exe),
		.unit = arena_text(arena, process->unit),
		.pod_uid = arena_text(arena, process->pod_uid),
	};
	add_note(arena, record, &change->finding);
}

static void on_exec(void *context, const struct exec_record *record)
{
	struct warden *warden = context;
	const struct settings *settings = warden_settings(warden);

	if (observer_note_exec(warden->observer, record))
		warden_look(warden, OBSERVE_ALL);
	if (settings->exec_record == EXEC_RECORD_NONE)
		return;
	const struct exec_rule *rule = rule_for(settings, record);

	if (rule || settings->exec_record == EXEC_RECORD_ALL)
		add_exec(warden, record, rule);
}

static void on_listeners_moved(void *context)
{
	warden_look(context, OBSERVE_LISTENERS);
}

static void on_gap(void *context, const struct gap_record *record)
{
	struct warden *warden = context;
	struct arena *arena = warden->batch_arena;
	struct gap_window *window = arena_alloc(arena, sizeof(*window));
	struct change *change = window ? add_to_batch(warden, CHANGE_GAP) : NULL;

	/* What was lost may have been news: look at everything, whatever it was. */
	if (text_equal(record->stream, "exec"))
		observer_lost_execs(warden->observer);
	warden_look(warden, OBSERVE_ALL);
	if (!change)
		return;
	*window = (struct gap_window){ arena_text(arena, record->stream), record->from_ns,
				       record->to_ns };
	change->gap = window;
	change->count = record->lost;
	change->finding.check = "agent.gap";
	change->finding.title = "The kernel had more to say than could be read";
	change->finding.severity = SEVERITY_LOW;
	change->finding.subject =
		(struct subject){ .kind = "agent", .name = window->stream, .key = window->stream };
}

struct watch_handlers warden_watch_handlers(struct warden *warden)
{
	return (struct watch_handlers){
		.context = warden,
		.exec = on_exec,
		.listeners_moved = on_listeners_moved,
		.gap = on_gap,
	};
}

static int add_refusals(void *context, const struct guard_refusals *refusals)
{
	struct warden *warden = context;
	struct arena *arena = warden->batch_arena;
	bool is_audit = refusals->mode == MODE_AUDIT;
	char address[ADDRESS_TEXT_BYTES] = "";
	struct client_window *window = arena_alloc(arena, sizeof(*window));
	struct change *change = NULL;

	if (refusals->client)
		address_format(refusals->client, address);
	if (window)
		change = add_to_batch(warden, is_audit ? CHANGE_WOULD_REFUSE : CHANGE_REFUSED);
	if (!change)
		return -ENOMEM;
	*window = (struct client_window){
		.rule = arena_text(arena, refusals->rule),
		.address = arena_text(arena, address),
		.port = refusals->port,
		.transport = refusals->transport,
		.from_ns = warden->clients_read_at_ns,
		.to_ns = time_now_ns(),
	};
	change->client = window;
	change->count = refusals->count;
	change->finding.check = is_audit ? "guard.would-refuse" : "guard.refused";
	change->finding.title =
		is_audit ? "Clients that this policy would turn away" : "Clients were turned away";
	change->finding.severity = SEVERITY_INFO;
	change->finding.subject = (struct subject){
		.kind = "client",
		.name = window->address,
		.key = arena_printf(arena, "%s %s", window->rule, window->address),
	};
	return 0;
}

void warden_read_clients(struct warden *warden)
{
	if (!warden->guard)
		return;
	guard_read_clients(warden->guard, add_refusals, warden);
	warden->clients_read_at_ns = time_now_ns();
	warden_append_batch(warden);
}
